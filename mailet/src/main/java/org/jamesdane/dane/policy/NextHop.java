/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.policy;

import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;

import org.jamesdane.dns.DomainName;

/**
 * Destination of a mail, before anything was looked up (the "original next-hop destination" of RFC 7672 §1.1).
 */
public sealed interface NextHop {
    /** The port of SMTP between mail servers. */
    int SMTP_PORT = 25;

    /**
     * A domain whose MX records lead on.
     *
     * @param name the recipient's domain, or a gateway's
     * @param port the TCP port of its hosts
     * @param gateway whether it is configured rather than taken from an address
     */
    record Domain(DomainName name, int port, boolean gateway) implements NextHop {
        public Domain {
            checkPort(port);
        }

        @Override
        public Optional<DomainName> domain() {
            return Optional.of(name);
        }

        @Override
        public String toString() {
            return name.toString();
        }
    }

    /**
     * A configured gateway whose MX records are not looked up.
     *
     * @param name the host
     * @param port its TCP port
     */
    record Host(DomainName name, int port) implements NextHop {
        public Host {
            checkPort(port);
        }

        @Override
        public boolean gateway() {
            return true;
        }

        @Override
        public Optional<DomainName> domain() {
            return Optional.of(name);
        }

        @Override
        public String toString() {
            return name + ":" + port;
        }
    }

    /**
     * An address literal, from a recipient's address or as gateway.
     *
     * @param address the address
     * @param port its TCP port
     * @param gateway whether it is configured rather than taken from an address
     */
    record Address(InetAddress address, int port, boolean gateway) implements NextHop {
        public Address {
            checkPort(port);
        }

        @Override
        public Optional<DomainName> domain() {
            return Optional.empty();
        }

        @Override
        public String toString() {
            return "[" + address.getHostAddress() + "]" + (gateway ? ":" + port : "");
        }
    }

    /**
     * The next hop for a recipient, from what stands behind the at sign: a domain, or an address literal in brackets
     * (RFC 5321 §4.1.3).
     *
     * @throws IllegalArgumentException if it is neither
     */
    static NextHop ofRecipientDomain(String domain, int port) {
        if (!domain.startsWith("[")) {
            return new Domain(DomainName.of(domain), port, false);
        }
        if (!domain.endsWith("]")) {
            throw notAnAddress(domain);
        }
        String literal = domain.substring(1, domain.length() - 1);
        boolean ipv6 = literal.toLowerCase(Locale.ROOT).startsWith("ipv6:");
        return IpAddresses.parse(ipv6 ? literal.substring(5) : literal)
            .filter(address -> ipv6 == (address.getAddress().length == 16))
            .map(address -> new Address(address, port, false))
            .orElseThrow(() -> notAnAddress(domain));
    }

    private static IllegalArgumentException notAnAddress(String domain) {
        return new IllegalArgumentException("\"" + domain.replaceAll("\\p{Cntrl}", "?")
            + "\" is no address literal; allowed are [192.0.2.1] and [IPv6:2001:db8::1]");
    }

    private static void checkPort(int port) {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("A port is 1 to 65535, not " + port);
        }
    }

    /** The TCP port; it is part of the TLSA records' name (RFC 7672 §2.2.3). */
    int port();

    /** Tests whether the next hop is configured rather than taken from an address. */
    boolean gateway();

    /** The name by which a policy is chosen; empty for an address literal. */
    Optional<DomainName> domain();
}
