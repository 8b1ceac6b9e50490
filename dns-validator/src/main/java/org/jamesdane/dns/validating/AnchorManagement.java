/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.time.Duration;

/**
 * Settings for trust anchors that follow their owner's roll-overs (RFC 5011).
 *
 * @param journal the place of the state
 * @param addHoldDown the time before a new key is trusted; RFC 5011 §2.4.1 asks for 30 days
 */
public record AnchorManagement(AnchorJournal journal, Duration addHoldDown) {
    /** RFC 5011 §2.4.1. */
    public static final Duration ADD_HOLD_DOWN = Duration.ofDays(30);

    /** Checks the time. */
    public AnchorManagement {
        if (addHoldDown.isNegative() || addHoldDown.isZero()) {
            throw new IllegalArgumentException("The hold-down time of new trust anchors is " + addHoldDown + "; it has to be positive");
        }
    }

    /** With the hold-down time of RFC 5011. */
    public AnchorManagement(AnchorJournal journal) {
        this(journal, ADD_HOLD_DOWN);
    }
}
