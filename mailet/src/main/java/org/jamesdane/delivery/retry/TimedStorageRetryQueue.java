/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.retry;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tries storage work again after the pauses that the work asks for, and holds no thread meanwhile. */
public final class TimedStorageRetryQueue implements StorageRetryQueue, AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(TimedStorageRetryQueue.class);

    /** Longest wait of the end for what is being tried. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    private final ScheduledExecutorService timer;
    private final Executor threads;
    private final Optional<ExecutorService> own;
    private final int most;
    @GuardedBy("this")
    private final Set<Work> waiting = new HashSet<>();
    /** Work of which the timer may not know, with the number of its failures. */
    @GuardedBy("this")
    private final Map<Work, Integer> stranded = new HashMap<>();
    @GuardedBy("this")
    private boolean closed;

    /**
     * Prepares, with threads of its own: those of deliveries may all be waiting for slow hosts for longer than a queue leaves a mail here.
     *
     * @param timer tells when; nothing runs on it
     * @param most pieces of work that are taken, and run at once
     */
    public TimedStorageRetryQueue(ScheduledExecutorService timer, int most) {
        this(timer, most, DeliveryThreads.atMost(most, "dane-aside-"));
    }

    private TimedStorageRetryQueue(ScheduledExecutorService timer, int most, ExecutorService own) {
        this.timer = timer;
        this.threads = own;
        this.own = Optional.of(own);
        this.most = most;
    }

    /** Prepares, with threads that outlive it. */
    public TimedStorageRetryQueue(ScheduledExecutorService timer, Executor threads, int most) {
        this.timer = timer;
        this.threads = threads;
        this.own = Optional.empty();
        this.most = most;
    }

    @Override
    public boolean take(Work work) {
        synchronized (this) {
            if (closed || waiting.size() >= most) {
                return false;
            }
            waiting.add(work);
        }
        again(work, 0);
        return true;
    }

    /** Tries work again after a pause; where this server stops, work not tried again waits for {@link #close}. */
    private void again(Work work, int failures) {
        try {
            ScheduledFuture<?> next = timer.schedule(() -> begin(work, failures), pause(work, failures).toMillis(),
                TimeUnit.MILLISECONDS);
            LOGGER.debug("Storage work is tried again in {} ms", next.getDelay(TimeUnit.MILLISECONDS));
        } catch (RejectedExecutionException e) {
            LOGGER.debug("Storage work is not tried again: this server stops");
        } catch (Throwable e) {
            LOGGER.error("There is no thread to wait with storage work; the work is tried again soon", e);
            synchronized (this) {
                stranded.put(work, failures);
            }
        }
    }

    /** Tries again what the timer could not be given. For every second or so. */
    public void tick() {
        Map<Work, Integer> due;
        synchronized (this) {
            due = Map.copyOf(stranded);
            stranded.clear();
        }
        due.forEach(this::begin);
    }

    private static Duration pause(Work work, int failures) {
        try {
            return work.pause(failures);
        } catch (Throwable e) {
            LOGGER.error("The pause of storage work is unknown after an unexpected error", e);
            return Backoff.after(failures);
        }
    }

    private void begin(Work work, int failures) {
        try {
            threads.execute(() -> tryAgain(work, failures));
        } catch (RejectedExecutionException e) {
            LOGGER.debug("Storage work is not tried again: this server stops");
        } catch (Throwable e) {
            LOGGER.error("There is no thread for storage work; the work is tried again", e);
            again(work, failures + 1);
        }
    }

    private void tryAgain(Work work, int failures) {
        synchronized (this) {
            // Who has it out of here works on it alone.
            if (!waiting.remove(work)) {
                return;
            }
        }
        if (succeeds(work)) {
            return;
        }
        boolean stopped;
        synchronized (this) {
            stopped = closed;
            if (!stopped) {
                waiting.add(work);
            }
        }
        if (stopped) {
            giveUp(work);
        } else {
            again(work, failures + 1);
        }
    }

    private static boolean succeeds(Work work) {
        try {
            return work.tryAgain();
        } catch (Throwable e) {
            LOGGER.error("Storage work failed unexpectedly; it is tried again", e);
            return false;
        }
    }

    /** Tries everything a last time, and gives up what does not succeed. What is being tried is given a moment, and never interrupted. */
    @Override
    public void close() {
        own.ifPresent(ExecutorService::shutdown);
        List<Work> left;
        synchronized (this) {
            closed = true;
            left = List.copyOf(waiting);
            waiting.clear();
            stranded.clear();
        }
        for (Work work : left) {
            if (!succeeds(work)) {
                giveUp(work);
            }
        }
        own.ifPresent(TimedStorageRetryQueue::await);
    }

    private static void await(ExecutorService threads) {
        try {
            if (!threads.awaitTermination(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOGGER.warn("Storage work is still being tried; its mail stays in the queue");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void giveUp(Work work) {
        try {
            work.giveUp();
        } catch (Throwable e) {
            // The others are given up all the same.
            LOGGER.error("Storage work could not be given up in good order; its mail stays in the queue", e);
        }
    }
}
