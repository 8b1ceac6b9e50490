/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import org.jamesdane.dns.DomainName;

/** The negative trust anchors in force, within the limits of RFC 7646. */
final class NegativeTrustAnchors {
    /** RFC 7646 §4: the lifetime should not exceed a week. */
    static final Duration MAX_LIFETIME = Duration.ofDays(7);
    /** Each is an incident someone looks after. */
    static final int MAX_ANCHORS = 1000;

    private static final int MIN_LABELS = 2;
    private static final int MAX_REASON = 500;

    private final ConcurrentMap<DomainName, NegativeTrustAnchor> anchors = new ConcurrentHashMap<>();
    private final Clock clock;

    NegativeTrustAnchors(Clock clock) {
        this.clock = clock;
    }

    /**
     * Sets one, in place of one for the same zone.
     *
     * @throws IllegalArgumentException with a sentence that says which limit it breaks
     */
    void put(NegativeTrustAnchor anchor) {
        Instant now = clock.instant();
        if (anchor.zone().labels().size() < MIN_LABELS) {
            throw new IllegalArgumentException("\"" + anchor.zone()
                + "\" cannot have a negative trust anchor: it would switch off DNSSEC for the root or a top-level domain; "
                + "name the broken domain");
        }
        if (!anchor.expiry().isAfter(now) || anchor.expiry().isAfter(now.plus(MAX_LIFETIME))) {
            throw new IllegalArgumentException("The negative trust anchor for \"" + anchor.zone() + "\" ends at " + anchor.expiry()
                + "; a time in the next 7 days is allowed (RFC 7646)");
        }
        if (anchor.reason().isBlank() || anchor.reason().length() > MAX_REASON) {
            throw new IllegalArgumentException("The reason of the negative trust anchor for \"" + anchor.zone() + "\" has "
                + anchor.reason().length() + " characters; 1 to " + MAX_REASON + " are needed");
        }
        if (anchors.size() >= MAX_ANCHORS && !anchors.containsKey(anchor.zone())) {
            throw new IllegalArgumentException("There are already " + MAX_ANCHORS + " negative trust anchors; remove others first");
        }
        anchors.put(anchor.zone(), anchor);
    }

    /** Removes the one of a zone; says whether there was one. */
    boolean remove(DomainName zone) {
        return anchors.remove(zone) != null;
    }

    /** Removes this one, unless another has taken its place; says whether it did. */
    boolean remove(NegativeTrustAnchor anchor) {
        return anchors.remove(anchor.zone(), anchor);
    }

    Optional<NegativeTrustAnchor> at(DomainName zone, Instant now) {
        return Optional.ofNullable(anchors.get(zone)).filter(anchor -> anchor.expiry().isAfter(now));
    }

    /** Removes those that have ended and returns them. */
    List<NegativeTrustAnchor> removeExpired() {
        Instant now = clock.instant();
        List<NegativeTrustAnchor> expired = anchors.values().stream().filter(anchor -> !anchor.expiry().isAfter(now)).toList();
        expired.forEach(anchor -> anchors.remove(anchor.zone(), anchor));
        return expired;
    }

    /** Negative trust anchors in force, by name. */
    List<NegativeTrustAnchor> list() {
        Instant now = clock.instant();
        return anchors.values().stream()
            .filter(anchor -> anchor.expiry().isAfter(now))
            .sorted(Comparator.comparing(NegativeTrustAnchor::zone))
            .toList();
    }
}
