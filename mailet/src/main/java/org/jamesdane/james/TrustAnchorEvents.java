/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.util.Optional;

import org.jamesdane.dns.validating.AnchorChange;
import org.jamesdane.dns.validating.AnchorSource;
import org.jamesdane.dns.validating.AnchorState;
import org.jamesdane.dns.validating.ValidatingDns;
import org.jamesdane.store.OperatorEvent;
import org.jamesdane.store.OperatorEvents;

/** Passes changes of trust anchors on to the stream of operator events. */
final class TrustAnchorEvents {
    private TrustAnchorEvents() {
    }

    /** Links the two; changes before are told as well. */
    static void between(ValidatingDns dns, OperatorEvents events) {
        dns.onTrustAnchorChange(change -> events.tell(OperatorEvent.Kind.TRUST_ANCHOR, change.anchor().toString(),
            change.to().map(AnchorState::word).orElse("dropped"), change.from().map(state -> "was " + state.word()), by(change)));
    }

    private static Optional<OperatorEvent.By> by(AnchorChange change) {
        return Optional.of(new OperatorEvent.By(owner(change.by()), change.why()));
    }

    static String owner(AnchorSource source) {
        return switch (source) {
            case LEARNED -> "RFC 5011";
            case FILE -> "dns.trust-anchors";
            case BUILT_IN -> "this release";
        };
    }
}
