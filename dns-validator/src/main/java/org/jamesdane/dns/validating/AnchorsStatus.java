/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * State of the trust anchors of this node, for people.
 *
 * @param managed whether they follow their owner's roll-overs by RFC 5011
 * @param anchors the anchors and all keys with a state
 * @param warnings sentences about what does not hold mail, without their full stops
 * @param journalFailed whether the journal cannot be used, so that a restart would lose what was seen since
 */
public record AnchorsStatus(boolean managed, List<Anchor> anchors, List<String> warnings, boolean journalFailed) {
    public AnchorsStatus {
        anchors = List.copyOf(anchors);
        warnings = List.copyOf(warnings);
    }

    /**
     * An anchor, or a key that is or was meant to be one.
     *
     * @param anchor the digest that stands for it
     * @param state its state; a given anchor whose key was not met yet is valid
     * @param seen the times of its sights; empty if its key was not met yet
     * @param holdDownEnd when it can be trusted at the earliest; empty where no hold-down runs
     */
    public record Anchor(TrustAnchor anchor, AnchorState state, AnchorSource source, Optional<TrackedKey.Sights> seen,
            Optional<Instant> holdDownEnd) {
    }

    /** The anchors that a chain can start at. */
    public List<TrustAnchor> inForce() {
        return anchors.stream().filter(anchor -> anchor.state().isTrusted()).map(Anchor::anchor).toList();
    }

    /** Number of keys in a state. */
    public long count(AnchorState state) {
        return anchors.stream().filter(anchor -> anchor.state() == state).count();
    }

    /** The state of anchors that nobody manages. */
    public static AnchorsStatus unmanaged(List<TrustAnchor> anchors, AnchorSource source) {
        return new AnchorsStatus(false, anchors.stream().map(anchor -> given(anchor, source)).toList(), List.of(), false);
    }

    private static Anchor given(TrustAnchor anchor, AnchorSource source) {
        return new Anchor(anchor, AnchorState.VALID, source, Optional.empty(), Optional.empty());
    }

    /** The state that a journal tells of, as it was when it was written. */
    public static AnchorsStatus of(List<TrustPoint> points) {
        List<Anchor> all = points.stream().flatMap(point -> of(point, AnchorSource.BUILT_IN).stream()).toList();
        return new AnchorsStatus(true, all, List.of(), false);
    }

    /** Keys of a trust point: the given anchors, unless they are revoked, then all other keys with a state. */
    static List<Anchor> of(TrustPoint point, AnchorSource seedSource) {
        List<TrustAnchor> given = point.seeds().stream().filter(seed -> !point.isRevoked(seed)).toList();
        List<Anchor> shown = new ArrayList<>();
        for (TrustAnchor seed : given) {
            shown.add(point.keys().stream().filter(tracked -> tracked.key().isNamedBy(seed)).findFirst()
                .map(tracked -> tracked(seed, tracked)).orElseGet(() -> given(seed, seedSource)));
        }
        point.keys().stream().filter(tracked -> given.stream().noneMatch(tracked.key()::isNamedBy))
            .forEach(tracked -> shown.add(tracked(tracked.key().anchor(), tracked)));
        return shown;
    }

    private static Anchor tracked(TrustAnchor anchor, TrackedKey tracked) {
        Optional<Instant> end = tracked.holdDown().filter(wait -> tracked.state() == AnchorState.PENDING)
            .map(wait -> tracked.seen().last().plus(wait.needed()).minus(wait.passed()));
        return new Anchor(anchor, tracked.state(), tracked.source(), Optional.of(tracked.seen()), end);
    }
}
