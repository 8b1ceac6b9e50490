/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import org.jamesdane.dns.DomainName;

/**
 * A zone with trust anchors, and what is known of its keys (RFC 5011 §1).
 *
 * @param seeds the anchors that the release or the operator's file names
 * @param keys all keys with a state, each once
 * @param last the last validated sight; empty before the first
 */
public record TrustPoint(DomainName zone, List<TrustAnchor> seeds, List<TrackedKey> keys, Optional<LastSight> last) {
    /** Copies the lists. */
    public TrustPoint {
        seeds = List.copyOf(seeds);
        keys = List.copyOf(keys);
    }

    /**
     * The last validated sight.
     *
     * @param latest the latest time that the clock has shown at any of them, so that a clock that goes to and fro gains nothing
     * @param interval the time after which the set was to be asked for again
     */
    public record LastSight(Instant latest, Duration interval) {
        public LastSight {
            if (interval.isNegative()) {
                throw new IllegalArgumentException("a time is negative");
            }
        }
    }

    static TrustPoint begin(DomainName zone, List<TrustAnchor> seeds) {
        return new TrustPoint(zone, seeds, List.of(), Optional.empty());
    }

    /** The anchors in force: the seeds and the learned ones, without those that were ever revoked. */
    List<TrustAnchor> inForce() {
        Stream<TrustAnchor> unrevoked = seeds.stream().filter(seed -> !isRevoked(seed));
        Stream<TrustAnchor> learned = keys.stream()
            .filter(tracked -> tracked.state().isTrusted() && tracked.source() == AnchorSource.LEARNED)
            .map(tracked -> tracked.key().anchor());
        return Stream.concat(unrevoked, learned).distinct().toList();
    }

    /** Tests whether an anchor names a key that its owner has revoked. */
    boolean isRevoked(TrustAnchor anchor) {
        return keys.stream().anyMatch(tracked -> tracked.state().isRevoked() && tracked.key().isNamedWithAnyFlagsBy(anchor));
    }

    /** Tests whether a key was revoked, whatever its flags are now. */
    boolean isRevoked(AnchorKey key) {
        return keys.stream().anyMatch(tracked -> tracked.state().isRevoked() && tracked.key().isSameKey(key));
    }

    /** Tests whether a set of seeds and this state are about the keys of one owner. */
    boolean isRelatedTo(List<TrustAnchor> others) {
        return others.stream().anyMatch(other -> seeds.contains(other)
            || keys.stream().anyMatch(tracked -> tracked.key().isNamedWithAnyFlagsBy(other)));
    }

    /**
     * Replaces the seeds. A key that came with a seed goes with that seed: this is the operator's word, and no automation. A key that
     * waited and is named now is trusted at once. A revoked key stays revoked.
     */
    TrustPoint withSeeds(List<TrustAnchor> now, AnchorSource source) {
        List<TrackedKey> kept = keys.stream()
            .filter(tracked -> tracked.source() == AnchorSource.LEARNED || tracked.state().isRevoked() || isNamed(tracked, now))
            .map(tracked -> tracked.state() == AnchorState.PENDING && isNamed(tracked, now)
                ? tracked.in(AnchorState.VALID, tracked.seen().last()).from(source) : tracked)
            .toList();
        return new TrustPoint(zone, now, kept, last);
    }

    private static boolean isNamed(TrackedKey tracked, List<TrustAnchor> seeds) {
        return seeds.stream().anyMatch(tracked.key()::isNamedBy);
    }
}
