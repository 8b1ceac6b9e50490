/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread that talks to a store. A caller of a store that hangs waits for a limited time, and nobody else waits at all. */
public final class StoreThread implements AutoCloseable {
    /** Longest wait of an operator's request for a store. Longer than a driver's own limits. */
    static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Logger LOGGER = LoggerFactory.getLogger(StoreThread.class);
    /** Requests that may wait; more come from nobody but a script that does not wait for answers. */
    private static final int MAX_WAITING = 100;

    /** Progress of a request. */
    private enum Progress {
        WAITS, BEGUN, GIVEN_UP
    }

    private final ScheduledThreadPoolExecutor executor;
    private final Duration patience;

    /** Starts the thread; a request waits for its answer for at most 15 s. */
    public StoreThread() {
        this(PATIENCE);
    }

    StoreThread(Duration patience) {
        this.patience = patience;
        executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "dane-store");
            thread.setDaemon(true);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true);
    }

    /** Does something again and again, whatever becomes of it. */
    void every(Duration pause, String what, Runnable task) {
        ScheduledFuture<?> unused = executor.scheduleWithFixedDelay(() -> guarded(what, task), pause.toMillis(), pause.toMillis(),
            TimeUnit.MILLISECONDS);
    }

    /** Does something soon; nobody waits for it. */
    void later(String what, Runnable task) {
        try {
            executor.execute(() -> guarded(what, task));
        } catch (RejectedExecutionException e) {
            LOGGER.debug("{} is left out: this server stops", what);
        }
    }

    private static void guarded(String what, Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            // A timer's task that throws would never run again.
            LOGGER.error("{} failed", what, e);
        }
    }

    /**
     * Does something and waits for it.
     *
     * @throws StoreException if the store refuses, or has not answered in time
     */
    <T> T call(String what, Callable<T> task) throws StoreException {
        if (executor.getQueue().size() >= MAX_WAITING) {
            throw new StoreException(what + " was not begun: " + MAX_WAITING + " other requests wait for the store");
        }
        AtomicReference<Progress> progress = new AtomicReference<>(Progress.WAITS);
        Future<T> result;
        try {
            result = executor.submit(() -> {
                if (!progress.compareAndSet(Progress.WAITS, Progress.BEGUN)) {
                    throw new CancellationException();
                }
                return task.call();
            });
        } catch (RejectedExecutionException e) {
            throw new StoreException(what + " was not begun: this server stops", e);
        }
        try {
            return result.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw leave(progress, what, "was not confirmed within " + patience.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw leave(progress, what, "was interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StoreException refused) {
                throw refused.again();
            }
            if (e.getCause() instanceof IllegalArgumentException wrong) {
                throw wrong;
            }
            throw new StoreException(what + " failed: " + e.getCause(), e);
        }
    }

    /** Waits no longer. A request that has begun goes on to its end: a thread inside a store is never interrupted. */
    private static StoreException leave(AtomicReference<Progress> progress, String what, String why, Exception cause) {
        return progress.compareAndSet(Progress.WAITS, Progress.GIVEN_UP)
            ? new StoreException(what + " was not begun: other requests have kept the store busy", cause)
            : StoreException.inDoubt(what + " " + why + "; it may still be done, look again", cause);
    }

    /** Stops; what is under way is given a moment, and then left to the end of the process. */
    @Override
    public void close() {
        executor.shutdown();
        try {
            if (!executor.awaitTermination(2, TimeUnit.SECONDS)) {
                LOGGER.warn("The store has not answered; its last request is no longer waited for");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
