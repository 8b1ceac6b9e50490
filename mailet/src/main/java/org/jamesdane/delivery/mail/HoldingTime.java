/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.mail;

import java.time.Duration;

/**
 * Longest time for which a mail of a queue is held unacknowledged, and the rests of that time at which something has to be done.
 *
 * @param longest shorter than what the broker allows: RabbitMQ closes the channel of a consumer after 30 minutes by default
 */
public record HoldingTime(Duration longest) {
    /** Time that is left of a mail which nobody waits for; longer than any attempt lasts. */
    public static final Duration UNLIMITED = Duration.ofDays(365);
    public static final HoldingTime DEFAULT = new HoldingTime(Duration.ofMinutes(25));

    public HoldingTime {
        if (longest.isNegative() || longest.isZero()) {
            throw new IllegalArgumentException("A mail can't be held for " + longest);
        }
    }

    /** Rest of the time at which a mail in line is kept elsewhere: enough for an attempt, had it begun. */
    public Duration leavesLineAt() {
        return longest.multipliedBy(2).dividedBy(5);
    }

    /** Rest of the time at which a mail under way moves to the store; a move that fails is tried again. */
    public Duration movesAt() {
        return longest.dividedBy(5);
    }

    /** Rest of the time at which a mail that could not be moved goes back. */
    public Duration returnsAt() {
        return longest.dividedBy(25);
    }

    /**
     * Bounds a pause by the time after which the mail has to go back.
     *
     * @param left the rest of the time for which the mail is held
     */
    public Duration untilReturn(Duration left, Duration pause) {
        Duration most = left.minus(returnsAt());
        if (most.isNegative()) {
            return Duration.ZERO;
        }
        return pause.compareTo(most) < 0 ? pause : most;
    }
}
