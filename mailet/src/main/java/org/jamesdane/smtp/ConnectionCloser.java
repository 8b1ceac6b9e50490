/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says QUIT where nobody has to wait for the answer. */
final class ConnectionCloser implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(ConnectionCloser.class);
    private static final int THREADS = 4;
    /** A host that is slow to answer QUIT must not make others pile up: beyond this number connections end without one. */
    private static final int WAITING = 500;
    private static final long PATIENCE_SECONDS = 2;

    private final ThreadPoolExecutor threads;
    private final Set<SmtpConnection> unfinished = ConcurrentHashMap.newKeySet();

    ConnectionCloser(ThreadFactory factory) {
        AtomicInteger number = new AtomicInteger();
        threads = new ThreadPoolExecutor(THREADS, THREADS, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(WAITING), task -> {
            Thread thread = factory.newThread(task);
            thread.setName("smtp-quit-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        threads.allowCoreThreadTimeOut(true);
    }

    /** Ends a connection soon. */
    void say(SmtpConnection connection) {
        if (!connection.isReusable()) {
            connection.abort();
            return;
        }
        unfinished.add(connection);
        try {
            threads.execute(() -> end(connection));
        } catch (RejectedExecutionException | Error e) {
            // Without a thread to be had there is no QUIT; whatever was sent over the connection keeps its outcome.
            unfinished.remove(connection);
            connection.abort();
        }
    }

    /** Ends a connection now; its host has a short time to answer. */
    void sayNow(SmtpConnection connection) {
        unfinished.add(connection);
        try {
            connection.close(Duration.ofSeconds(PATIENCE_SECONDS));
        } finally {
            unfinished.remove(connection);
        }
    }

    private void end(SmtpConnection connection) {
        try {
            connection.close();
        } catch (Throwable e) {
            LOGGER.debug("The farewell to {} failed", connection, e);
            connection.abort();
        } finally {
            unfinished.remove(connection);
        }
    }

    /** Gives what waits a moment, and cuts the rest. */
    @Override
    public void close() {
        threads.shutdown();
        try {
            if (threads.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        threads.shutdownNow();
        unfinished.forEach(SmtpConnection::abort);
    }
}
