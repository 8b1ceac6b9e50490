/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A change of a key's state at a trust point.
 *
 * @param anchor the key, as the digest that stands for it
 * @param from the state before; empty for a key that was not known
 * @param to the state now; empty for a key that is not looked at any more (RFC 5011 §4: "Start")
 * @param at the time of the set that led to it
 * @param why the reason, as a clause
 * @param by what led to it: an anchor before it by RFC 5011 (learned), the operator's file, or what is built in
 */
public record AnchorChange(TrustAnchor anchor, Optional<AnchorState> from, Optional<AnchorState> to, Instant at, String why,
        AnchorSource by) {

    /** A change that RFC 5011 led to. */
    AnchorChange(TrustAnchor anchor, Optional<AnchorState> from, Optional<AnchorState> to, Instant at, String why) {
        this(anchor, from, to, at, why, AnchorSource.LEARNED);
    }

    /** Changes from one state of anchors to another, because other anchors were given. */
    static List<AnchorChange> between(List<AnchorsStatus.Anchor> before, List<AnchorsStatus.Anchor> after, Instant at, AnchorSource by) {
        Map<TrustAnchor, AnchorState> earlier = states(before);
        Map<TrustAnchor, AnchorState> later = states(after);
        Set<TrustAnchor> all = new LinkedHashSet<>(earlier.keySet());
        all.addAll(later.keySet());
        return all.stream().filter(anchor -> earlier.get(anchor) != later.get(anchor))
            .map(anchor -> new AnchorChange(anchor, Optional.ofNullable(earlier.get(anchor)), Optional.ofNullable(later.get(anchor)), at,
                later.containsKey(anchor) ? "it is given" : "it is given no longer", by)).toList();
    }

    private static Map<TrustAnchor, AnchorState> states(List<AnchorsStatus.Anchor> anchors) {
        Map<TrustAnchor, AnchorState> states = new LinkedHashMap<>();
        anchors.forEach(each -> states.put(each.anchor(), each.state()));
        return states;
    }

    /** A sentence without its full stop. */
    @Override
    public String toString() {
        return "Trust anchor " + anchor + ": " + from.map(AnchorState::word).orElse("unknown") + " -> "
            + to.map(AnchorState::word).orElse("unknown") + ", " + why;
    }
}
