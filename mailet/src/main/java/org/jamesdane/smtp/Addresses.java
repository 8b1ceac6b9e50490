/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.net.Inet6Address;
import java.net.InetSocketAddress;

/** Form of addresses in sentences. */
final class Addresses {
    private Addresses() {
    }

    /** {@code 192.0.2.1:25} or {@code [2001:db8::1]:25}. */
    static String show(InetSocketAddress address) {
        String host = address.isUnresolved() ? address.getHostString() : address.getAddress().getHostAddress();
        return (address.getAddress() instanceof Inet6Address ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
