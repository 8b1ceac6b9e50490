/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import java.time.Duration;

/**
 * Time for which a mail of a queue is held unacknowledged at most, and what has to be left of it when something is done for that.
 *
 * @param longest shorter than what the broker allows: RabbitMQ closes the channel of a consumer after 30 minutes by default
 */
public record HoldingTime(Duration longest) {
    public static final HoldingTime DEFAULT = new HoldingTime(Duration.ofMinutes(25));

    public HoldingTime {
        if (longest.isNegative() || longest.isZero()) {
            throw new IllegalArgumentException("A mail can't be held for " + longest);
        }
    }

    /** What is left when a mail that waits for its turn is kept elsewhere: enough for an attempt, had it begun. */
    public Duration leavesLineAt() {
        return longest.multipliedBy(2).dividedBy(5);
    }

    /** What is left when a mail under way moves to the store; that may fail, and is tried again. */
    public Duration movesAt() {
        return longest.dividedBy(5);
    }

    /** What is left when a mail that could not be moved goes back. */
    public Duration returnsAt() {
        return longest.dividedBy(25);
    }
}
