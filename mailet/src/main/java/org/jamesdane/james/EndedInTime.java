/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/** Waits for the end of threads, for a limited time. */
final class EndedInTime {
    private EndedInTime() {
    }

    /** Waits for an executor that was shut down; false if it has not ended in time. */
    static boolean of(ExecutorService threads, Duration patience) {
        try {
            return threads.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Waits for a thread; false if it has not ended in time. */
    static boolean of(Thread thread, Duration patience) {
        try {
            thread.join(patience.toMillis());
            return !thread.isAlive();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
