/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.destination;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Ticker that a test moves on. It overflows after the first second, which nothing may notice. */
public final class ManualTicker implements Ticker {
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - Duration.ofSeconds(1).toNanos());

    @Override
    public long nanos() {
        return nanos.get();
    }

    /** Moves the ticker on by some time. */
    public void advance(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    /** Moves the ticker on by some milliseconds. */
    public void advanceMillis(long millis) {
        advance(Duration.ofMillis(millis));
    }
}
