/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.time.Instant;
import java.util.Optional;

/**
 * A change of a key's state at a trust point.
 *
 * @param anchor the key, as the digest that stands for it
 * @param from the state before; empty for a key that was not known
 * @param to the state now; empty for a key that is not looked at any more (RFC 5011 §4: "Start")
 * @param at the time of the set that led to it
 * @param why the reason, as a clause
 */
public record AnchorChange(TrustAnchor anchor, Optional<AnchorState> from, Optional<AnchorState> to, Instant at, String why) {
    /** A sentence without its full stop. */
    @Override
    public String toString() {
        return "Trust anchor " + anchor + ": " + from.map(AnchorState::word).orElse("unknown") + " -> "
            + to.map(AnchorState::word).orElse("unknown") + ", " + why;
    }
}
