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
 * @param anchors the anchors and all keys with a state
 * @param warnings sentences about what does not hold mail, without their full stops
 * @param journal where they follow their owner's roll-overs by RFC 5011; empty where nobody manages them
 */
public record AnchorsStatus(List<Anchor> anchors, List<String> warnings, Optional<Journal> journal) {
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

    /**
     * Journal of managed anchors.
     *
     * @param place its file
     * @param failed whether it cannot be used, so that a restart would lose what was seen since
     * @param fresh whether this run found none that it could use, so that revocations before it are unknown until they are seen again
     */
    public record Journal(String place, boolean failed, boolean fresh) {
    }

    /** Tests whether they follow their owner's roll-overs by RFC 5011. */
    public boolean managed() {
        return journal.isPresent();
    }

    /** Tests whether a restart would lose what was seen. */
    public boolean journalFailed() {
        return journal.filter(Journal::failed).isPresent();
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
        return new AnchorsStatus(anchors.stream().map(anchor -> given(anchor, source)).toList(), List.of(), Optional.empty());
    }

    private static Anchor given(TrustAnchor anchor, AnchorSource source) {
        return new Anchor(anchor, AnchorState.VALID, source, Optional.empty(), Optional.empty());
    }

    /** The state that a journal tells of, as it was when it was written. */
    public static AnchorsStatus of(List<TrustPoint> points, String place) {
        List<Anchor> all = points.stream().flatMap(point -> of(point, AnchorSource.BUILT_IN).stream()).toList();
        return new AnchorsStatus(all, List.of(), Optional.of(new Journal(place, false, false)));
    }

    /**
     * Keys of a trust point: the given anchors, unless they are revoked, then all other keys with a state. Nothing but revocations counts
     * at a zone that is no trust point any more.
     */
    static List<Anchor> of(TrustPoint point, AnchorSource seedSource) {
        List<TrustAnchor> given = point.seeds().stream().filter(seed -> !point.isRevoked(seed)).toList();
        List<Anchor> shown = new ArrayList<>();
        for (TrustAnchor seed : given) {
            shown.add(point.keys().stream().filter(tracked -> tracked.key().isNamedBy(seed)).findFirst()
                .map(tracked -> tracked(seed, tracked)).orElseGet(() -> given(seed, seedSource)));
        }
        point.keys().stream().filter(tracked -> given.stream().noneMatch(tracked.key()::isNamedBy))
            .filter(tracked -> !point.seeds().isEmpty() || tracked.state().isRevoked())
            .forEach(tracked -> shown.add(tracked(tracked.key().anchor(), tracked)));
        return shown;
    }

    private static Anchor tracked(TrustAnchor anchor, TrackedKey tracked) {
        Optional<Instant> end = tracked.holdDown().filter(wait -> tracked.state() == AnchorState.PENDING)
            .map(wait -> tracked.seen().last().plus(wait.needed()).minus(wait.passed()));
        return new Anchor(anchor, tracked.state(), tracked.source(), Optional.of(tracked.seen()), end);
    }
}
