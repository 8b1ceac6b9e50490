/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.routing;

import java.net.InetAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jamesdane.dane.policy.IpAddresses;

/**
 * A range of addresses: {@code 127.0.0.0/8}, {@code ::1}.
 *
 * @param network any address in it
 * @param prefixLength how many leading bits are the same in all of it
 */
public record AddressRange(InetAddress network, int prefixLength) {
    private static final Pattern FORM = Pattern.compile("([^/]+)(?:/(0|[1-9][0-9]{0,2}))?");

    public AddressRange {
        int bits = 8 * network.getAddress().length;
        if (prefixLength < 0 || prefixLength > bits) {
            throw new IllegalArgumentException("A prefix length for " + network.getHostAddress() + " is 0 to " + bits
                + ", not " + prefixLength);
        }
    }

    /**
     * Reads an address with or without prefix length.
     *
     * @throws IllegalArgumentException if it is neither
     */
    public static AddressRange parse(String text) {
        Matcher form = FORM.matcher(text);
        if (form.matches()) {
            InetAddress network = IpAddresses.parse(form.group(1)).orElse(null);
            if (network != null) {
                String length = form.group(2);
                return new AddressRange(network, length == null ? 8 * network.getAddress().length : Integer.parseInt(length));
            }
        }
        throw new IllegalArgumentException("\"" + text + "\" is no address range; allowed are 192.0.2.1, 192.0.2.0/24 and 2001:db8::/32");
    }

    /** Tests whether the address is of the same family and in the range. */
    public boolean contains(InetAddress address) {
        byte[] ours = network.getAddress();
        byte[] theirs = address.getAddress();
        if (ours.length != theirs.length) {
            return false;
        }
        for (int bit = 0; bit < prefixLength; bit++) {
            int mask = 0x80 >> (bit % 8);
            if ((ours[bit / 8] & mask) != (theirs[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return network.getHostAddress() + "/" + prefixLength;
    }
}
