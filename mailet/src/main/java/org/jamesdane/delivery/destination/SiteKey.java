/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.destination;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * Name of a site: the hosts to which a domain's mail goes, whatever their preferences. Domains that name the same hosts share a site.
 *
 * @param name the hosts in alphabetical order, with commas between, and a port that is not 25
 */
public record SiteKey(String name) {
    /** Most characters of a name; of a longer list the first hosts and a digest of all are the name. */
    private static final int MOST = 255;
    private static final int SMTP = 25;

    /**
     * Names the site of these hosts.
     *
     * @param hosts MX hosts or gateways, in any order and case
     * @param port their TCP port
     */
    public static SiteKey of(Collection<String> hosts, int port) {
        List<String> sorted = hosts.stream().map(host -> host.toLowerCase(Locale.ROOT)).distinct().sorted().toList();
        String whole = String.join(",", sorted) + (port == SMTP ? "" : ":" + port);
        if (whole.length() <= MOST) {
            return new SiteKey(whole);
        }
        String digest = digest(whole);
        return new SiteKey(whole.substring(0, MOST - digest.length() - 1) + "#" + digest);
    }

    private static String digest(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Each JVM has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
