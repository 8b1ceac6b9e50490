/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Repeats a task at intervals on a thread of its own. The thread is never interrupted: the task may be inside a queue or a store. */
final class Ticking implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Ticking.class);
    private static final Duration TICK = Duration.ofSeconds(1);
    /** Longest wait of the end for what is being done. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final String name;
    private final Runnable task;
    private final Duration period;
    private final ScheduledExecutorService thread;

    /** Every second, and at once. */
    Ticking(String name, Runnable task) {
        this(name, task, TICK);
    }

    /**
     * Prepares it; nothing is done before {@link #start}.
     *
     * @param period between two times; if it is longer than a second, also before the first
     */
    Ticking(String name, Runnable task, Duration period) {
        this.name = name;
        this.task = task;
        this.period = period;
        this.thread = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread created = new Thread(work, name);
            created.setDaemon(true);
            return created;
        });
    }

    void start() {
        long first = period.compareTo(TICK) > 0 ? period.toMillis() : 0;
        ScheduledFuture<?> ticks = thread.scheduleWithFixedDelay(this::tick, first, period.toMillis(), TimeUnit.MILLISECONDS);
        LOGGER.debug("{} begins in {} ms", name, ticks.getDelay(TimeUnit.MILLISECONDS));
    }

    /** A timer's task that throws would never run again. */
    private void tick() {
        try {
            task.run();
        } catch (Throwable e) {
            LOGGER.error("{} ended unexpectedly; it goes on at its next time", name, e);
        }
    }

    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOGGER.warn("{} has not come to its end; it is left to the end of the process", name);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
