/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.destination;

import java.time.Duration;

/** Source of time that nobody can set: readings mean nothing by themselves, and their differences are time that has passed. */
@FunctionalInterface
public interface Ticker {
    /** Reads the nanoseconds since an origin of the ticker's own; a reading may be negative, and may overflow. */
    long nanos();

    /** Returns the time since a reading. */
    default Duration since(long reading) {
        return Duration.ofNanos(nanos() - reading);
    }

    /** Returns the time until a reading; zero once it has come. */
    default Duration until(long reading) {
        return Duration.ofNanos(Math.max(0, reading - nanos()));
    }

    /** Returns the reading after some time from now. */
    default long after(Duration time) {
        return nanos() + time.toNanos();
    }

    /** Tests whether the time of a reading has come. */
    default boolean hasReached(long reading) {
        return nanos() - reading >= 0;
    }
}
