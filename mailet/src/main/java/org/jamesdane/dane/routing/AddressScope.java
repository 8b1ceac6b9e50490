/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.routing;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The reach of an address: an MX record of a stranger may name any address, and must not lead mail into this server's own surroundings.
 *
 * <p>An IPv6 address that carries an IPv4 address is as special as the address inside, because a translator or tunnel leads there.
 */
enum AddressScope {
    /** An address like any other. */
    GLOBAL,
    /** An address of a private network, whose hosts may trust this server. */
    PRIVATE,
    /** A loopback, link-local, multicast or other special address, which is no host of another network. */
    SPECIAL;

    private static final List<AddressRange> PRIVATE_RANGES = Stream.of(
        // RFC 1918 §3
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
        // RFC 6598 §7: shared address space of providers
        "100.64.0.0/10",
        // RFC 4193 §3.1
        "fc00::/7",
        // RFC 3879 §4: site-local addresses, deprecated and still in use
        "fec0::/10",
        // RFC 8215 §5: translation to IPv4 within one's own network, by a rule of the network
        "64:ff9b:1::/48").map(AddressRange::parse).toList();
    private static final AddressRange COMPATIBLE = AddressRange.parse("::/96");
    private static final AddressRange TRANSLATABLE = AddressRange.parse("::ffff:0:0:0/96");
    private static final AddressRange NAT64 = AddressRange.parse("64:ff9b::/96");
    private static final AddressRange SIX_TO_FOUR = AddressRange.parse("2002::/16");
    private static final AddressRange TEREDO = AddressRange.parse("2001::/32");

    /** The reach of the address. */
    static AddressScope of(InetAddress address) {
        if (isSpecial(address)) {
            return SPECIAL;
        }
        if (PRIVATE_RANGES.stream().anyMatch(range -> range.contains(address))) {
            return PRIVATE;
        }
        return embedded(address).map(AddressScope::of).max(AddressScope::compareTo).orElse(GLOBAL);
    }

    private static boolean isSpecial(InetAddress address) {
        byte[] octets = address.getAddress();
        // RFC 6890 §2.2.2: 0.0.0.0/8 is "this network", 255.255.255.255 the limited broadcast; neither is a destination.
        boolean thisNetworkOrBroadcast = octets.length == 4
            && (octets[0] == 0 || (octets[0] & octets[1] & octets[2] & octets[3] & 0xff) == 0xff);
        return address.isLoopbackAddress() || address.isAnyLocalAddress() || address.isMulticastAddress()
            || address.isLinkLocalAddress() || thisNetworkOrBroadcast;
    }

    /** The IPv4 addresses that an IPv6 address carries. The JDK itself turns IPv4-mapped ones (RFC 4291 §2.5.5.2) into IPv4 addresses. */
    private static Stream<InetAddress> embedded(InetAddress address) {
        byte[] octets = address.getAddress();
        if (octets.length != 16) {
            return Stream.empty();
        }
        // RFC 4291 §2.5.5.1, RFC 2765 §2.1, RFC 6052 §2.1
        if (COMPATIBLE.contains(address) || TRANSLATABLE.contains(address) || NAT64.contains(address) || isIsatap(octets)) {
            return Stream.of(ipv4(octets, 12, 0));
        }
        // RFC 3056 §2
        if (SIX_TO_FOUR.contains(address)) {
            return Stream.of(ipv4(octets, 2, 0));
        }
        // RFC 4380 §4: the client's address has its bits inverted
        return TEREDO.contains(address) ? Stream.of(ipv4(octets, 12, 0xff)) : Stream.empty();
    }

    /** RFC 5214 §6.1: the interface identifier is 00-00-5E-FE, or 02-00-5E-FE, and the IPv4 address. */
    private static boolean isIsatap(byte[] octets) {
        return (octets[8] & 0xfd) == 0 && octets[9] == 0 && octets[10] == 0x5e && octets[11] == (byte) 0xfe;
    }

    private static InetAddress ipv4(byte[] octets, int from, int inverted) {
        byte[] four = Arrays.copyOfRange(octets, from, from + 4);
        for (int i = 0; i < four.length; i++) {
            four[i] ^= (byte) inverted;
        }
        try {
            return InetAddress.getByAddress(four);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four octets are an address", e);
        }
    }
}
