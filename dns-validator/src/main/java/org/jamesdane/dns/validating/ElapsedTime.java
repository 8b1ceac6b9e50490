/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.time.Duration;
import java.time.Instant;

/**
 * The time between two validated sights. A wrong clock makes {@code counted} shorter and never longer than the truth.
 *
 * @param counted the time that has passed for certain
 * @param gap the longest time that may have passed
 */
record ElapsedTime(Duration counted, Duration gap) {
    static final ElapsedTime NONE = new ElapsedTime(Duration.ZERO, Duration.ZERO);

    /**
     * A moment of this process.
     *
     * @param monotonic nanoseconds of a timer that nobody can set
     */
    record Moment(Instant wall, long monotonic) {
    }

    /** The time between two moments of one process: the smaller of what wall clock and monotonic timer say. */
    static ElapsedTime between(Moment before, Moment now) {
        Duration wall = Duration.between(before.wall(), now.wall());
        Duration monotonic = Duration.ofNanos(now.monotonic() - before.monotonic());
        return new ElapsedTime(notNegative(smaller(wall, monotonic)), notNegative(larger(wall, monotonic)));
    }

    /** The time since a sight of an earlier process: at most one query interval, since nothing but the clock tells of it. */
    static ElapsedTime sinceRestart(TrustPoint.LastSight before, Instant now) {
        Duration wall = notNegative(Duration.between(before.latest(), now));
        return new ElapsedTime(smaller(wall, before.interval()), wall);
    }

    private static Duration notNegative(Duration time) {
        return time.isNegative() ? Duration.ZERO : time;
    }

    private static Duration smaller(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    private static Duration larger(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }
}
