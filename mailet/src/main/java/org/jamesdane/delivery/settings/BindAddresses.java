/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.settings;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/** The local addresses to connect from: none at all leaves it to the system, else one address for each family that may be used. */
public final class BindAddresses {
    /** The system chooses. */
    public static final BindAddresses ANY = new BindAddresses(List.of());

    private final List<InetAddress> addresses;

    private BindAddresses(List<InetAddress> addresses) {
        this.addresses = List.copyOf(addresses);
    }

    /**
     * At most one address of each family.
     *
     * @throws IllegalArgumentException if there are two of one family
     */
    public static BindAddresses of(List<InetAddress> addresses) {
        long ipv4 = addresses.stream().filter(Inet4Address.class::isInstance).count();
        if (ipv4 > 1 || addresses.size() - ipv4 > 1) {
            throw new IllegalArgumentException("there are two addresses of one family; one IPv4 and one IPv6 address are possible");
        }
        return new BindAddresses(addresses);
    }

    /** Tests whether a peer at that address can be connected to at all. */
    public boolean allows(InetAddress peer) {
        return addresses.isEmpty() || forPeer(peer).isPresent();
    }

    /** The address to connect from; empty leaves it to the system. */
    public Optional<InetAddress> forPeer(InetAddress peer) {
        return addresses.stream().filter(address -> (address instanceof Inet4Address) == (peer instanceof Inet4Address)).findFirst();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BindAddresses that && addresses.equals(that.addresses);
    }

    @Override
    public int hashCode() {
        return addresses.hashCode();
    }

    @Override
    public String toString() {
        return addresses.isEmpty() ? "any" : addresses.toString();
    }
}
