/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A key of a trust point as this node sees it (RFC 5011 §4).
 *
 * @param seen the times of its sights
 * @param holdDown the hold-down that runs; empty where none does
 */
public record TrackedKey(AnchorKey key, AnchorState state, AnchorSource source, Sights seen, Optional<HoldDown> holdDown) {

    /**
     * Times by the wall clock, for people; no decision rests on them.
     *
     * @param first the first validated set with the key
     * @param last the last one
     * @param changed when the state changed last
     */
    public record Sights(Instant first, Instant last, Instant changed) {
    }

    /**
     * A hold-down time: to be added (RFC 5011 §2.4.1), or to be forgotten after a revocation (§2.4.2).
     *
     * @param needed its length
     * @param passed the part that has passed for certain, whatever the clock said
     * @param vouchers the anchors whose keys validated the first set with the key (§2.2)
     */
    public record HoldDown(Duration needed, Duration passed, List<TrustAnchor> vouchers) {
        public HoldDown {
            if (needed.isNegative() || passed.isNegative()) {
                throw new IllegalArgumentException("a time is negative");
            }
            vouchers = List.copyOf(vouchers);
        }

        boolean isOver() {
            return passed.compareTo(needed) >= 0;
        }

        HoldDown after(Duration more) {
            return new HoldDown(needed, passed.plus(more), vouchers);
        }
    }

    TrackedKey in(AnchorState next, Instant now) {
        return new TrackedKey(key, next, source, new Sights(seen.first(), seen.last(), now), Optional.empty());
    }

    TrackedKey seenAt(Instant now) {
        return new TrackedKey(key, state, source, new Sights(seen.first(), now, seen.changed()), holdDown);
    }

    TrackedKey waiting(HoldDown next) {
        return new TrackedKey(key, state, source, seen, Optional.of(next));
    }

    TrackedKey from(AnchorSource origin) {
        return new TrackedKey(key, state, origin, seen, holdDown);
    }
}
