/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.retry;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Signal that this server stops. The signal ends all pauses, and interrupts no thread. An interrupt would also meet threads inside a queue
 * or a store, and break what these share with others.
 */
public final class StopSignal implements Backoff {
    private final CountDownLatch given = new CountDownLatch(1);

    /** Gives the signal; more than once is the same as once. */
    public void give() {
        given.countDown();
    }

    /** Tests if this server is stopping; a signal is never taken back. */
    public boolean isGiven() {
        return given.getCount() == 0;
    }

    @Override
    public boolean pause(Duration time) {
        try {
            return !given.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
