/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tlsrpt;

import java.net.InetAddress;

/** Writes IP addresses as reports have them: IPv4 in decimal numbers, IPv6 in the one form of RFC 5952 §4 (RFC 8460 §4.4). */
final class AddressText {
    private static final int IPV6_OCTETS = 16;
    private static final int GROUPS = 8;

    private AddressText() {
    }

    static String of(InetAddress address) {
        byte[] octets = address.getAddress();
        if (octets.length != IPV6_OCTETS) {
            return address.getHostAddress();
        }
        int[] groups = new int[GROUPS];
        for (int i = 0; i < GROUPS; i++) {
            groups[i] = ((octets[2 * i] & 0xff) << 8) | (octets[2 * i + 1] & 0xff);
        }
        // RFC 5952 §4.2: the longest run of zero groups is left out, the first of equals, and never a single group.
        int gapStart = -1;
        int gapLength = 1;
        for (int i = 0; i < GROUPS; i++) {
            int length = zeros(groups, i);
            if (length > gapLength) {
                gapStart = i;
                gapLength = length;
            }
        }
        return gapStart < 0 ? join(groups, 0, GROUPS)
            : join(groups, 0, gapStart) + "::" + join(groups, gapStart + gapLength, GROUPS);
    }

    private static int zeros(int[] groups, int start) {
        int length = 0;
        while (start + length < GROUPS && groups[start + length] == 0) {
            length++;
        }
        return length;
    }

    private static String join(int[] groups, int start, int end) {
        StringBuilder text = new StringBuilder();
        for (int i = start; i < end; i++) {
            text.append(i == start ? "" : ":").append(Integer.toHexString(groups[i]));
        }
        return text.toString();
    }
}
