/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

import org.jamesdane.tls.TlsSettings;

/**
 * Target and settings of a connection: address, local address, HELO name and TLS offer. Before credentials are sent, two connections to
 * equal endpoints may stand in for each other.
 *
 * @param address where to connect; it is never resolved again
 * @param bindAddress the local address to connect from; empty leaves it to the system
 * @param heloName the name or address literal said in EHLO
 * @param implicitTls whether TLS starts with the first octet (RFC 8314 §3.3) instead of by STARTTLS
 * @param tls what a handshake on this connection offers
 */
public record SmtpEndpoint(InetSocketAddress address, Optional<InetAddress> bindAddress, String heloName, boolean implicitTls,
                           TlsSettings tls) {
    /** RFC 5321 §4.5.3.1.2: the maximum length of a domain. */
    private static final int MAX_HELO_NAME = 255;

    public SmtpEndpoint {
        if (address.isUnresolved()) {
            throw new IllegalArgumentException("An SMTP connection needs an address, not the name " + address.getHostString());
        }
        if (heloName.isEmpty() || heloName.length() > MAX_HELO_NAME || !heloName.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new IllegalArgumentException("The HELO name must be 1 to " + MAX_HELO_NAME
                + " printable ASCII characters without spaces");
        }
    }

    @Override
    public String toString() {
        return show(address);
    }

    /** The form of an address in sentences: {@code 192.0.2.1:25} or {@code [2001:db8::1]:25}. */
    static String show(InetSocketAddress address) {
        String host = address.isUnresolved() ? address.getHostString() : address.getAddress().getHostAddress();
        return (address.getAddress() instanceof Inet6Address ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
