/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Proof;

/** The domains that are insecure by the operator's word: configured ones, and negative trust anchors. */
final class InsecureOverrides {
    private final Set<DomainName> configured;
    private final NegativeTrustAnchors negativeTrustAnchors;
    private final Clock clock;

    InsecureOverrides(Set<DomainName> configured, NegativeTrustAnchors negativeTrustAnchors, Clock clock) {
        this.configured = configured;
        this.negativeTrustAnchors = negativeTrustAnchors;
        this.clock = clock;
    }

    /** Exception that makes a name insecure, with its end. */
    record InForce(Proof.Insecure proof, Instant expiry) {
    }

    /** The exception a name is at or below, unless a trust anchor lies between the two (RFC 7646 §1.1). */
    Optional<InForce> covering(DomainName name, TrustAnchors anchors) {
        Optional<DomainName> ancestor = Optional.of(name);
        DomainName anchored = anchors.closestZone(name);
        while (ancestor.isPresent()) {
            DomainName zone = ancestor.get();
            if (configured.contains(zone)) {
                return Optional.of(new InForce(InsecurityProofs.configured(zone), Instant.MAX));
            }
            Optional<NegativeTrustAnchor> negative = negativeTrustAnchors.at(zone, clock.instant());
            if (negative.isPresent()) {
                return Optional.of(new InForce(InsecurityProofs.negativeTrustAnchor(negative.get()), negative.get().expiry()));
            }
            if (zone.equals(anchored)) {
                return Optional.empty();
            }
            ancestor = zone.parent();
        }
        return Optional.empty();
    }
}
