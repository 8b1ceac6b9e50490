/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.time.Duration;

/** The times of active refresh (RFC 5011 §2.3). */
final class RefreshTimes {
    /** Never more often. */
    static final Duration SHORTEST = Duration.ofHours(1);
    /** Never less often while all goes well. */
    static final Duration LONGEST = Duration.ofDays(15);
    /** Never less often after a failure. */
    static final Duration LONGEST_RETRY = Duration.ofDays(1);
    private static final int HALF = 2;
    private static final int TENTH = 10;

    private RefreshTimes() {
    }

    /**
     * The time to the next query: MAX(1 h, MIN(15 d, TTL / 2, life / 2)).
     *
     * @param originalTtl the TTL of the set in its zone
     * @param life the time from now to the end of its signature
     */
    static Duration afterSuccess(Duration originalTtl, Duration life) {
        return within(smallest(LONGEST, originalTtl.dividedBy(HALF), life.dividedBy(HALF)));
    }

    /** The time to the next query where this one failed: MAX(1 h, MIN(1 d, TTL / 10, life / 10)). A fifth of a half is a tenth. */
    static Duration afterFailure(Duration intervalOfSuccess) {
        Duration tenth = intervalOfSuccess.dividedBy(TENTH / HALF);
        return within(tenth.compareTo(LONGEST_RETRY) < 0 ? tenth : LONGEST_RETRY);
    }

    private static Duration within(Duration time) {
        return time.compareTo(SHORTEST) < 0 ? SHORTEST : time;
    }

    private static Duration smallest(Duration a, Duration b, Duration c) {
        Duration ab = a.compareTo(b) < 0 ? a : b;
        return ab.compareTo(c) < 0 ? ab : c;
    }
}
