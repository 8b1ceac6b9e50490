/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jamesdane.dns.validating.AnchorSight.SeenKey;
import org.jamesdane.dns.validating.TrackedKey.HoldDown;
import org.jamesdane.dns.validating.TrackedKey.Sights;

/**
 * The state table of RFC 5011 §4: from what is known of a trust point's keys and one sight of them to what is known afterwards. No I/O, no
 * clock.
 *
 * <p>Two rules are stricter than the RFC. A key that waits is not trusted after a time without any sight of more than 15 days; its
 * hold-down begins anew. And what was revoked is remembered for ever, so that no seed and no later set brings it back (§4.2 "Removed").
 */
final class AnchorLife {
    /** RFC 5011 §2.4.2. */
    static final Duration REMOVE_HOLD_DOWN = Duration.ofDays(30);
    /** The longest time between two queries (RFC 5011 §2.3); more than that without a sight is no watching. */
    static final Duration LONGEST_GAP = RefreshTimes.LONGEST;
    /** Keys at one point that are trusted or wait; RFC 5011 §2.4.3 asks for five. Revoked keys do not count, and keep no other out. */
    static final int MAX_KEYS = 100;
    /** Revoked keys at one point that never were anchors. A thief can make such keys up; those that were anchors always find room. */
    static final int MAX_REVOKED_STRANGERS = 50;

    private final Duration addHoldDown;
    private final AnchorSource seedSource;

    /**
     * Sets the rules.
     *
     * @param addHoldDown the time before a new key is trusted (RFC 5011 §2.4.1)
     * @param seedSource where the seeds come from
     */
    AnchorLife(Duration addHoldDown, AnchorSource seedSource) {
        this.addHoldDown = addHoldDown;
        this.seedSource = seedSource;
    }

    /**
     * The state after a sight.
     *
     * @param validated whether an anchor in force vouched for the set
     */
    record Next(TrustPoint point, boolean validated, List<AnchorChange> changes) {
    }

    /** Takes a sight. A set that no anchor vouches for changes nothing, but for the revocations in it. */
    Next advance(TrustPoint point, AnchorSight sight, ElapsedTime elapsed) {
        return new Step(point, sight, elapsed).run();
    }

    /** Sight on its way through the table. */
    private final class Step {
        private final TrustPoint before;
        private final AnchorSight sight;
        private final Instant now;
        private final ElapsedTime elapsed;
        private final Map<TrustAnchor, TrackedKey> keys = new LinkedHashMap<>();
        private final List<AnchorChange> changes = new ArrayList<>();

        Step(TrustPoint before, AnchorSight sight, ElapsedTime elapsed) {
            this.before = before;
            this.sight = sight;
            this.now = sight.at();
            this.elapsed = elapsed;
            before.keys().forEach(tracked -> keys.put(tracked.key().anchor(), tracked));
        }

        Next run() {
            revokeKnown();
            stopUnvouched();
            List<TrustAnchor> vouchers = vouchers();
            if (vouchers.isEmpty()) {
                return new Next(point(before.last()), false, changes);
            }
            revokeUnknown();
            List.copyOf(keys.values()).forEach(this::follow);
            sight.keys().forEach(seen -> addNew(seen, vouchers));
            Instant latest = before.last().map(TrustPoint.LastSight::latest).filter(time -> time.isAfter(now)).orElse(now);
            return new Next(point(Optional.of(new TrustPoint.LastSight(latest, sight.refresh()))), true, changes);
        }

        private TrustPoint point(Optional<TrustPoint.LastSight> last) {
            return new TrustPoint(before.zone(), before.seeds(), List.copyOf(keys.values()), last);
        }

        /** RFC 5011 §2.1: REVOKE bit and own signature suffice; nobody else has to vouch for the set. */
        private void revokeKnown() {
            for (SeenKey seen : sight.keys()) {
                if (isRevocation(seen)) {
                    List<TrackedKey> same = keys.values().stream().filter(tracked -> tracked.key().isSameKey(seen.key())).toList();
                    same.stream().filter(tracked -> !tracked.state().isRevoked()).forEach(this::revoke);
                    if (same.isEmpty() && before.seeds().stream().anyMatch(seen.key()::isNamedWithAnyFlagsBy)) {
                        addRevoked(seen.key(), seedSource, Optional.of(AnchorState.VALID));
                    }
                }
            }
        }

        /** A revoked key that was never known here is remembered, so that no seed to come brings it back. */
        private void revokeUnknown() {
            for (SeenKey seen : sight.keys()) {
                if (isRevocation(seen) && seen.key().isOffered() && count(true) < MAX_REVOKED_STRANGERS
                    && keys.values().stream().noneMatch(tracked -> tracked.key().isSameKey(seen.key()))) {
                    addRevoked(seen.key(), AnchorSource.LEARNED, Optional.empty());
                }
            }
        }

        private long count(boolean revoked) {
            return keys.values().stream().filter(tracked -> tracked.state().isRevoked() == revoked).count();
        }

        private boolean isRevocation(SeenKey seen) {
            return seen.revoked() && seen.signed();
        }

        private void revoke(TrackedKey tracked) {
            change(tracked, AnchorState.REVOKED, "its owner has revoked it (RFC 5011 §2.1)");
            TrackedKey revoked = tracked.in(AnchorState.REVOKED, now).seenAt(now);
            put(revoked.waiting(new HoldDown(REMOVE_HOLD_DOWN, Duration.ZERO, List.of())));
        }

        private void addRevoked(AnchorKey key, AnchorSource source, Optional<AnchorState> from) {
            changes.add(new AnchorChange(key.anchor(), from, Optional.of(AnchorState.REVOKED), now,
                "it was met revoked (RFC 5011 §2.1)"));
            put(new TrackedKey(key, AnchorState.REVOKED, source, new Sights(now, now, now),
                Optional.of(new HoldDown(REMOVE_HOLD_DOWN, Duration.ZERO, List.of()))));
        }

        /** RFC 5011 §2.2: a key is not accepted if all keys that vouched for it are revoked. */
        private void stopUnvouched() {
            for (TrackedKey tracked : List.copyOf(keys.values())) {
                if (tracked.state() == AnchorState.PENDING
                    && tracked.holdDown().stream().allMatch(wait -> wait.vouchers().stream().allMatch(point(before.last())::isRevoked))) {
                    forget(tracked, "all keys that vouched for it are revoked (RFC 5011 §2.2)");
                }
            }
        }

        /** The anchors in force whose own keys, not revoked, made right signatures over the set (RFC 5011 §2). */
        private List<TrustAnchor> vouchers() {
            TrustPoint point = point(before.last());
            List<TrustAnchor> inForce = point.inForce();
            return sight.keys().stream()
                .filter(seen -> seen.signed() && !seen.revoked() && !point.isRevoked(seen.key()))
                .filter(seen -> inForce.stream().anyMatch(seen.key()::isNamedBy))
                .map(seen -> seen.key().anchor())
                .distinct().toList();
        }

        /** Follows a key with a state through a validated set. */
        private void follow(TrackedKey tracked) {
            boolean present = sight.keys().stream().anyMatch(seen -> !seen.revoked() && seen.key().equals(tracked.key()));
            switch (tracked.state()) {
                case PENDING -> followPending(tracked, present);
                case VALID -> {
                    if (present) {
                        put(tracked.seenAt(now));
                    } else {
                        move(tracked, AnchorState.MISSING, "a validated set lacks it (RFC 5011 §4.1 KeyRem); it stays trusted");
                    }
                }
                case MISSING -> {
                    if (present) {
                        move(tracked.seenAt(now), AnchorState.VALID, "it is back (RFC 5011 §4.1 KeyPres)");
                    }
                }
                case REVOKED -> followRevoked(tracked);
                case REMOVED -> {
                    // For ever.
                }
            }
        }

        private void followPending(TrackedKey tracked, boolean present) {
            HoldDown wait = tracked.holdDown().orElseThrow();
            if (!present) {
                forget(tracked, "a validated set lacks it (RFC 5011 §4.1 KeyRem)");
            } else if (elapsed.gap().compareTo(LONGEST_GAP) > 0) {
                forget(tracked, "nobody watched it for more than 15 days; its hold-down begins anew");
            } else if (wait.after(elapsed.counted()).isOver()) {
                move(tracked.seenAt(now), AnchorState.VALID, "it was in every validated set of its hold-down (RFC 5011 §4.1 AddTime)");
            } else {
                put(tracked.seenAt(now).waiting(wait.after(elapsed.counted())));
            }
        }

        private void followRevoked(TrackedKey tracked) {
            HoldDown wait = tracked.holdDown().orElseThrow();
            if (sight.keys().stream().anyMatch(seen -> seen.key().isSameKey(tracked.key()))) {
                put(tracked.seenAt(now).waiting(new HoldDown(wait.needed(), Duration.ZERO, List.of())));
            } else if (wait.after(elapsed.counted()).isOver()) {
                move(tracked, AnchorState.REMOVED, "it has been gone for 30 days (RFC 5011 §4.1 RemTime)");
            } else {
                put(tracked.waiting(wait.after(elapsed.counted())));
            }
        }

        /** RFC 5011 §4.1 NewKey: SEP keys alone, of algorithms that can be computed. */
        private void addNew(SeenKey seen, List<TrustAnchor> vouchers) {
            AnchorKey key = seen.key();
            if (seen.revoked() || keys.containsKey(key.anchor()) || point(before.last()).isRevoked(key)) {
                return;
            }
            Sights seenNow = new Sights(now, now, now);
            if (before.seeds().stream().anyMatch(key::isNamedBy)) {
                // No change: the anchor that names it was in force before it was met.
                put(new TrackedKey(key, AnchorState.VALID, seedSource, seenNow, Optional.empty()));
            } else if (key.isOffered() && DnssecAlgorithms.isSupported(key.algorithm()) && count(false) < MAX_KEYS) {
                // RFC 5011 §2.4.1: or the TTL of the first set with the key, whichever is longer.
                Duration needed = addHoldDown.compareTo(sight.originalTtl()) >= 0 ? addHoldDown : sight.originalTtl();
                changes.add(new AnchorChange(key.anchor(), Optional.empty(), Optional.of(AnchorState.PENDING), now,
                    "it is new in a validated set (RFC 5011 §4.1 NewKey); it can be trusted after " + needed.toHours() + " h"));
                put(new TrackedKey(key, AnchorState.PENDING, AnchorSource.LEARNED, seenNow,
                    Optional.of(new HoldDown(needed, Duration.ZERO, vouchers))));
            }
        }

        private void move(TrackedKey tracked, AnchorState to, String why) {
            change(tracked, to, why);
            put(tracked.in(to, now));
        }

        private void change(TrackedKey tracked, AnchorState to, String why) {
            changes.add(new AnchorChange(tracked.key().anchor(), Optional.of(tracked.state()), Optional.of(to), now, why));
        }

        private void forget(TrackedKey tracked, String why) {
            changes.add(new AnchorChange(tracked.key().anchor(), Optional.of(tracked.state()), Optional.empty(), now, why));
            keys.remove(tracked.key().anchor());
        }

        private void put(TrackedKey tracked) {
            keys.put(tracked.key().anchor(), tracked);
        }
    }
}
