/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import javax.mail.MessagingException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work that threads of James wait for and threads of its own do. James interrupts its threads when it stops, and when it consumes its spool
 * anew. An interrupt inside a queue would break what that queue shares with others.
 */
final class Uninterrupted {
    private static final Logger LOGGER = LoggerFactory.getLogger(Uninterrupted.class);

    /** Threads that end a while after their last work; never shut down, since James puts mail into queues until its own end. */
    private final ThreadPoolExecutor threads;

    /** A piece of work. */
    @FunctionalInterface
    interface Work {
        boolean call(Caller caller) throws MessagingException;
    }

    /** The thread that waits for a piece of work. */
    interface Caller {
        /** Tests whether it was interrupted meanwhile. The thread that interrupted it no longer waits for the end of the work. */
        boolean isInterrupted();
    }

    Uninterrupted(String name) {
        AtomicInteger number = new AtomicInteger();
        threads = new ThreadPoolExecutor(0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
            Thread thread = new Thread(task, name + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Does a piece of work, and waits for it. If the work succeeds, the interrupted status that this thread got meanwhile is cleared. The
     * interrupt asked for an end, and the end has come. With the status set, James would take finished work for unfinished.
     *
     * @return whether it has succeeded
     */
    boolean call(Work work) throws MessagingException {
        AtomicBoolean interrupted = new AtomicBoolean(Thread.interrupted());
        boolean done = false;
        try {
            done = end(work, interrupted);
        } finally {
            // The end may have come before this thread heard of the interrupt.
            if (Thread.interrupted()) {
                interrupted.set(true);
            }
            if (!done && interrupted.get()) {
                Thread.currentThread().interrupt();
            }
        }
        return done;
    }

    private boolean end(Work work, AtomicBoolean interrupted) throws MessagingException {
        Thread waiting = Thread.currentThread();
        Future<Boolean> end;
        try {
            // On a busy server the work may ask before the thread that waits has heard of the interrupt.
            end = threads.submit(() -> work.call(() -> interrupted.get() || waiting.isInterrupted()));
        } catch (OutOfMemoryError e) {
            // The JDK says so where the system has no thread left: then this one has to do it.
            LOGGER.warn("There is no thread to put a mail into its queue; the thread of James does it", e);
            return work.call(() -> {
                if (Thread.interrupted()) {
                    interrupted.set(true);
                }
                return interrupted.get();
            });
        }
        while (true) {
            try {
                return end.get();
            } catch (InterruptedException e) {
                interrupted.set(true);
            } catch (ExecutionException e) {
                throw thrown(e.getCause());
            }
        }
    }

    private static MessagingException thrown(@Nullable Throwable cause) {
        if (cause instanceof MessagingException exception) {
            return exception;
        }
        if (cause instanceof RuntimeException exception) {
            throw exception;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        throw new IllegalStateException(cause);
    }

    /** Pauses on one of these threads, which nobody interrupts. The stop of James does not end the pause. */
    static void pause(Duration time) {
        try {
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
        } catch (InterruptedException e) {
            // A thread of James, for want of one of these.
            Thread.currentThread().interrupt();
        }
    }
}
