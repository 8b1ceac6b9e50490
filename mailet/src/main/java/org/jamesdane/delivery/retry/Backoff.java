/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.retry;

import java.time.Duration;

/** Pause of the calling thread between two attempts, which ends early when this server stops. */
@FunctionalInterface
public interface Backoff {
    /**
     * Waits for the time, or until this server stops.
     *
     * @return whether the time is over; false if this server stops, and there is no more time
     */
    boolean pause(Duration time);

    /** The time to wait after a number of failures in a row: 1 s, 2 s, 4 s, at most a minute. */
    static Duration after(int failures) {
        return Duration.ofSeconds(Math.min(60, 1L << Math.min(failures, 6)));
    }
}
