/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Ends what takes too long, from a thread of its own. The time limits of a socket would not do: they count from each octet anew, and
 * there are none for writing.
 */
class Watchdog implements AutoCloseable {
    private final ScheduledThreadPoolExecutor timer;

    Watchdog() {
        timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "smtp-deadlines");
            thread.setDaemon(true);
            return thread;
        });
        // A cancelled task of ten minutes would otherwise hold on to its connection for as long.
        timer.setRemoveOnCancelPolicy(true);
        // Now, since later there may be no thread to be had.
        timer.prestartAllCoreThreads();
    }

    /** Runs that, which must not block, after the time, unless it is cancelled before; at once if the watchdog is closed. */
    Future<?> after(Duration limit, Runnable expiry) {
        try {
            return timer.schedule(expiry, limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // Nobody would guard the time any more: what is left of a connection then has to end now.
            expiry.run();
            return CompletableFuture.completedFuture(expiry);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
