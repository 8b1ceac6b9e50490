/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import org.jamesdane.dns.DomainName;

/**
 * Which policy a next-hop domain has: that of its own name, else that of the nearest parent written {@code .example.com}, else
 * the default (RFC 7672 §9.1: enabling and disabling DANE for selected sites).
 */
public final class PolicyTable {
    private final Policy byDefault;
    private final Map<DomainName, Policy> exact;
    private final Map<DomainName, Policy> below;

    private PolicyTable(Policy byDefault, Map<DomainName, Policy> exact, Map<DomainName, Policy> below) {
        this.byDefault = byDefault;
        this.exact = exact;
        this.below = below;
    }

    /**
     * A table of keys {@code example.com} (that name alone) and {@code .example.com} (all names below it, not itself).
     *
     * @throws IllegalArgumentException if a key is no domain name or stands there twice
     */
    public static PolicyTable of(Policy byDefault, Map<String, Policy> entries) {
        Map<DomainName, Policy> exact = new TreeMap<>();
        Map<DomainName, Policy> below = new TreeMap<>();
        entries.forEach((key, policy) -> {
            boolean wildcard = key.length() > 1 && key.startsWith(".");
            DomainName name = DomainName.of(wildcard ? key.substring(1) : key);
            if ((wildcard ? below : exact).put(name, policy) != null) {
                throw new IllegalArgumentException("The policy table names \"" + key + "\" twice");
            }
        });
        return new PolicyTable(byDefault, exact, below);
    }

    /** The policy of a next hop; that of an address literal is the default. */
    public PolicySelection select(NextHop nextHop) {
        return nextHop.domain().map(this::select).orElseGet(this::fallback);
    }

    /** The policy of a next-hop domain. */
    public PolicySelection select(DomainName domain) {
        Policy own = exact.get(domain);
        if (own != null) {
            return new PolicySelection(own, "domain " + domain);
        }
        Optional<DomainName> parent = domain.parent();
        while (parent.isPresent()) {
            DomainName name = parent.get();
            Policy inherited = below.get(name);
            if (inherited != null) {
                return new PolicySelection(inherited, "wildcard ." + name);
            }
            parent = name.parent();
        }
        return fallback();
    }

    private PolicySelection fallback() {
        return new PolicySelection(byDefault, "default");
    }
}
