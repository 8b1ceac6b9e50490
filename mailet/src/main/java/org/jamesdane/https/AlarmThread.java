/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.https;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A thread that ends what takes too long. Time limits of sockets would not do, since these count from each octet anew. */
public final class AlarmThread implements Alarm, AutoCloseable {
    private final ScheduledThreadPoolExecutor timer;

    /** Starts the thread; {@link #close} ends it. */
    public AlarmThread() {
        timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "https-deadlines");
            thread.setDaemon(true);
            return thread;
        });
        // A cancelled alarm would otherwise hold on to its connection for a minute.
        timer.setRemoveOnCancelPolicy(true);
        // Now, since later there may be no thread to be had.
        timer.prestartAllCoreThreads();
    }

    @Override
    public Handle after(Duration limit, Runnable task) {
        try {
            Future<?> alarm = timer.schedule(task, limit.toMillis(), TimeUnit.MILLISECONDS);
            return () -> alarm.cancel(false);
        } catch (RejectedExecutionException e) {
            // Nobody would guard the time any more: what is begun now has to end at once.
            task.run();
            return () -> { };
        }
    }

    @Override
    public void close() {
        timer.shutdown();
    }
}
