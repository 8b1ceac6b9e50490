/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.policy;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

import org.jamesdane.dns.DomainName;

/**
 * Policies of next-hop domains (RFC 7672 §9.1: enabling and disabling DANE for selected sites). The policy of the domain's own name counts,
 * else that of the nearest parent written {@code .example.com}, else the default. A rule whose time is over is passed over.
 */
public final class PolicyTable implements PolicyLookup {
    private final Policy byDefault;
    private final Map<DomainName, Rule> exact;
    private final Map<DomainName, Rule> below;

    /**
     * The policy of a name.
     *
     * @param until when it ends; empty if it stays
     */
    public record Rule(Policy policy, Optional<Instant> until) {
        boolean holdsAt(Instant now) {
            return until.filter(end -> !end.isAfter(now)).isEmpty();
        }

        PolicySelection from(String source) {
            return new PolicySelection(policy, source + until.map(end -> " until " + end).orElse(""));
        }
    }

    private PolicyTable(Policy byDefault, Map<DomainName, Rule> exact, Map<DomainName, Rule> below) {
        this.byDefault = byDefault;
        this.exact = exact;
        this.below = below;
    }

    /**
     * A table of keys {@code example.com} (that name alone) and {@code .example.com} (all names below it, not itself).
     *
     * @throws IllegalArgumentException if a key is no domain name or stands there twice
     */
    public static PolicyTable of(Policy byDefault, Map<String, Rule> entries) {
        Map<DomainName, Rule> exact = new HashMap<>();
        Map<DomainName, Rule> below = new HashMap<>();
        entries.forEach((key, rule) -> {
            boolean wildcard = key.length() > 1 && key.startsWith(".");
            DomainName name = DomainName.of(wildcard ? key.substring(1) : key);
            if ((wildcard ? below : exact).put(name, rule) != null) {
                throw new IllegalArgumentException("The policy table names \"" + key + "\" twice");
            }
        });
        return new PolicyTable(byDefault, exact, below);
    }

    /** A table in which all have the same policy. */
    public static PolicyTable of(Policy byDefault) {
        return of(byDefault, Map.of());
    }

    /** The policy of a next hop; that of an address literal is the default. */
    @Override
    public PolicySelection select(NextHop nextHop, Instant now) {
        return nextHop.domain().map(domain -> select(domain, now)).orElseGet(this::fallback);
    }

    /** The policy of a next-hop domain. */
    public PolicySelection select(DomainName domain, Instant now) {
        Rule own = exact.get(domain);
        if (own != null && own.holdsAt(now)) {
            return own.from("domain " + domain);
        }
        Optional<DomainName> parent = domain.parent();
        while (parent.isPresent()) {
            DomainName name = parent.get();
            Rule inherited = below.get(name);
            if (inherited != null && inherited.holdsAt(now)) {
                return inherited.from("wildcard ." + name);
            }
            parent = name.parent();
        }
        return fallback();
    }

    private PolicySelection fallback() {
        return new PolicySelection(byDefault, "default");
    }
}
