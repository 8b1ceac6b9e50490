/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Ends what takes too long, from a thread of its own. The time limits of a socket would not do: they count from each octet anew, and
 * there are none for writing.
 */
final class Watchdog implements AutoCloseable {
    private final ScheduledThreadPoolExecutor timer;

    Watchdog() {
        timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "smtp-deadlines");
            thread.setDaemon(true);
            return thread;
        });
        // A cancelled task of ten minutes would otherwise hold on to its connection for as long.
        timer.setRemoveOnCancelPolicy(true);
    }

    /** Runs that, which must not block, after the time, unless it is cancelled before. */
    Future<?> after(Duration limit, Runnable expiry) {
        return timer.schedule(expiry, limit.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
