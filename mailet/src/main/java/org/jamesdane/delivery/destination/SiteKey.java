/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.destination;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

import com.google.common.hash.Hashing;

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
        String digest = Hashing.sha256().hashString(whole, StandardCharsets.UTF_8).toString();
        return new SiteKey(whole.substring(0, MOST - digest.length() - 1) + "#" + digest);
    }

    @Override
    public String toString() {
        return name;
    }
}
