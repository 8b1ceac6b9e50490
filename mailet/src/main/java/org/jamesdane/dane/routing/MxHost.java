/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.routing;

import java.net.InetAddress;

import org.jamesdane.dns.DomainName;

/**
 * A host of a route, before its addresses were looked up.
 */
public sealed interface MxHost {

    /**
     * A host with a name: an MX hostname, the next-hop domain itself, or a gateway.
     *
     * @param name the name, not expanded
     * @param preference that of the MX record, 0 without one
     */
    record Named(DomainName name, int preference) implements MxHost {
        @Override
        public String toString() {
            return name.toString();
        }
    }

    /**
     * An address, from an address literal or an MX record that wrongly names one. DANE does not apply to it (RFC 7672 §2.2).
     *
     * @param address the address
     * @param preference that of the MX record, 0 without one
     */
    record Literal(InetAddress address, int preference) implements MxHost {
        @Override
        public String toString() {
            return "[" + address.getHostAddress() + "]";
        }
    }

    /** Lower is tried first (RFC 5321 §5.1). */
    int preference();
}
