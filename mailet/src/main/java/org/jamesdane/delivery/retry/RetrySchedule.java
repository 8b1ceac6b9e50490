/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.retry;

import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

import org.jamesdane.delivery.destination.FailureBackoff;

/**
 * Times at which a deferred mail is tried again.
 *
 * @param delays the delays before the first retries, in their order; at least one
 * @param lifetime how long after its first attempt a mail may live; then it is bounced
 */
public record RetrySchedule(List<Duration> delays, Duration lifetime) {
    /** Once the configured delays are used up, retries come at least this far apart (RFC 5321 §4.5.4.1). */
    static final Duration LATER_RETRIES = Duration.ofMinutes(30);
    private static final Duration LONGEST_WAIT = Duration.ofDays(1);
    /** A delay is stretched by up to this part of itself, so that mails deferred together do not return together. */
    private static final double JITTER = 0.1;

    public RetrySchedule {
        delays = List.copyOf(delays);
        if (delays.isEmpty()) {
            throw new IllegalArgumentException("A retry schedule needs at least one delay");
        }
    }

    /**
     * Delay before a retry, never beyond the end of the mail's life, so that the bounce comes when it is due.
     *
     * @param retry the number of the coming retry, from 1
     * @param age how long the mail has been tried
     */
    public Duration delayBefore(int retry, Duration age, RandomGenerator random) {
        Duration delay = retry <= delays.size() ? delays.get(retry - 1) : laterDelay();
        Duration jittered = delay.plusMillis((long) (delay.toMillis() * JITTER * random.nextDouble()));
        Duration left = lifetime.minus(age);
        if (left.isNegative()) {
            // Only a mail that may not be bounced now is still here: a fault of our own, for example.
            return jittered;
        }
        return jittered.compareTo(left) < 0 ? jittered : left;
    }

    /**
     * The most that one wait between two attempts adds to a mail's age. Twice the longest delay leaves room for a busy queue, and a day for
     * a server that was off. A longer wait means that the clock was set.
     */
    public Duration longestWait() {
        Duration longest = delays.stream().max(Duration::compareTo).orElse(LATER_RETRIES).multipliedBy(2);
        return longest.compareTo(LONGEST_WAIT) < 0 ? LONGEST_WAIT : longest;
    }

    /** The longest that a mail is ever deferred for: by this schedule, or because its destination takes no more now. */
    public Duration longestDelay() {
        Duration configured = delays.stream().max(Duration::compareTo).orElse(LATER_RETRIES);
        Duration longest = configured.compareTo(LATER_RETRIES) < 0 ? LATER_RETRIES : configured;
        Duration jittered = longest.plusMillis((long) (longest.toMillis() * JITTER));
        return jittered.compareTo(FailureBackoff.LONGEST_HOLD) < 0 ? FailureBackoff.LONGEST_HOLD : jittered;
    }

    private Duration laterDelay() {
        Duration last = delays.get(delays.size() - 1);
        return last.compareTo(LATER_RETRIES) < 0 ? LATER_RETRIES : last;
    }
}
