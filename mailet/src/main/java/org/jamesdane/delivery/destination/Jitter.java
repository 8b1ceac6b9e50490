/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.destination;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Spread of waits by a random factor, so that waits that begin together do not end together. */
public final class Jitter {
    /** Least factor of a wait. */
    static final double LEAST = 0.75;
    /** Largest factor of a wait. */
    static final double MOST = 1.25;

    private final RandomGenerator random;

    public Jitter(RandomGenerator random) {
        this.random = random;
    }

    /** Spreads a wait around its length. */
    Duration around(Duration wait) {
        return scaled(wait, LEAST + random.nextDouble() * (MOST - LEAST));
    }

    /** Returns a part of a length, from nothing to all of it. */
    Duration partOf(Duration length) {
        return scaled(length, random.nextDouble());
    }

    /** Multiplies a length by a factor that need not be whole. */
    static Duration scaled(Duration length, double factor) {
        return Duration.ofNanos((long) (length.toNanos() * factor));
    }
}
