/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.policy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads IP addresses without ever asking a name service, which the JDK's own way does for whatever it cannot read.
 */
public final class IpAddresses {
    private static final Pattern DECIMAL_OCTET = Pattern.compile("0|[1-9][0-9]{0,2}");
    private static final Pattern HEX_GROUP = Pattern.compile("[0-9A-Fa-f]{1,4}");
    private static final int GROUPS = 8;

    private IpAddresses() {
    }

    /** An IPv4 address in four decimal numbers, or an IPv6 address (RFC 4291 §2.2) without a zone. */
    public static Optional<InetAddress> parse(String text) {
        return text.indexOf(':') < 0 ? ipv4(text).map(IpAddresses::address) : ipv6(text).map(IpAddresses::address);
    }

    private static Optional<byte[]> ipv4(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            return Optional.empty();
        }
        byte[] octets = new byte[4];
        for (int i = 0; i < 4; i++) {
            if (!DECIMAL_OCTET.matcher(parts[i]).matches() || Integer.parseInt(parts[i]) > 255) {
                return Optional.empty();
            }
            octets[i] = (byte) Integer.parseInt(parts[i]);
        }
        return Optional.of(octets);
    }

    private static Optional<byte[]> ipv6(String text) {
        // A second gap leaves an empty group, which is none.
        int gap = text.indexOf("::");
        Optional<List<Integer>> head = groups(gap < 0 ? text : text.substring(0, gap), gap < 0);
        Optional<List<Integer>> tail = groups(gap < 0 ? "" : text.substring(gap + 2), true);
        if (head.isEmpty() || tail.isEmpty()) {
            return Optional.empty();
        }
        int given = head.get().size() + tail.get().size();
        if (gap < 0 ? given != GROUPS : given >= GROUPS) {
            return Optional.empty();
        }
        List<Integer> all = new ArrayList<>(head.get());
        for (int i = given; i < GROUPS; i++) {
            all.add(0);
        }
        all.addAll(tail.get());
        byte[] octets = new byte[2 * GROUPS];
        for (int i = 0; i < GROUPS; i++) {
            octets[2 * i] = (byte) (all.get(i) >> 8);
            octets[2 * i + 1] = (byte) (int) all.get(i);
        }
        return Optional.of(octets);
    }

    /** The 16-bit groups of one side of the gap; the last of the right side may be an IPv4 address. */
    private static Optional<List<Integer>> groups(String text, boolean rightmost) {
        List<Integer> groups = new ArrayList<>();
        String[] parts = text.isEmpty() ? new String[0] : text.split(":", -1);
        for (int i = 0; i < parts.length; i++) {
            if (HEX_GROUP.matcher(parts[i]).matches()) {
                groups.add(Integer.parseInt(parts[i], 16));
                continue;
            }
            Optional<byte[]> embedded = rightmost && i == parts.length - 1 ? ipv4(parts[i]) : Optional.empty();
            if (embedded.isEmpty()) {
                return Optional.empty();
            }
            byte[] octets = embedded.get();
            groups.add(((octets[0] & 0xff) << 8) | (octets[1] & 0xff));
            groups.add(((octets[2] & 0xff) << 8) | (octets[3] & 0xff));
        }
        return Optional.of(groups);
    }

    private static InetAddress address(byte[] octets) {
        try {
            return InetAddress.getByAddress(octets);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 octets, not " + octets.length, e);
        }
    }
}
