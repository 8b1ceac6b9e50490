/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.channel;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.jamesdane.dane.routing.Routing;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Security;

/** The names of which a certificate under a DANE-TA record must bear one (RFC 7672 §3.2.2). */
final class ReferenceIdentifiers {
    private ReferenceIdentifiers() {
    }

    /** The reference identifiers for a host, each once, the TLSA base domain first. */
    static List<DomainName> of(Routing.Route route, DomainName base) {
        Set<DomainName> names = new LinkedHashSet<>();
        names.add(base);
        if (!route.usesMx()) {
            // RFC 7672 §3.2.2 "non-MX hostnames": the host is the next hop itself; its original name counts beside the expanded one.
            route.nextHop().domain().ifPresent(names::add);
        } else if (route.security() == Security.SECURE) {
            // RFC 7672 §3.2.2 "MX hostnames": the original next-hop domain, and the expanded one.
            route.nextHop().domain().ifPresent(names::add);
            DomainName.parse(route.expanded()).ifPresent(names::add);
        }
        // RFC 7672 §3.2.2: with insecure MX records the MX hostname is the only one; the domain has not named it.
        return List.copyOf(names);
    }
}
