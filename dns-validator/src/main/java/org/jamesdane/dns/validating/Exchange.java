/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.io.IOException;
import java.nio.channels.Channel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import org.jamesdane.dns.Lookup;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Query under way over one socket. All methods but the constructor are called on the I/O thread. */
abstract class Exchange {
    private static final Logger LOGGER = LoggerFactory.getLogger(Exchange.class);

    private final Query query;
    private final long deadline;
    private final CompletableFuture<byte[]> result;
    private final Executor executor;
    private boolean done;

    Exchange(Query query, long deadline, CompletableFuture<byte[]> result, Executor executor) {
        this.query = query;
        this.deadline = deadline;
        this.result = result;
        this.executor = executor;
    }

    /** Opens the socket and sends, as far as that goes at once. */
    abstract void open(Selector selector) throws IOException;

    /** Goes on where the socket is ready. */
    abstract void ready(SelectionKey key) throws IOException;

    /** Closes the socket. */
    abstract void release();

    /** Closes a channel whose data was read; a failure of that loses nothing. */
    static void close(@Nullable Channel channel) {
        if (channel == null) {
            return;
        }
        try {
            channel.close();
        } catch (IOException e) {
            LOGGER.debug("A DNS socket could not be closed", e);
        }
    }

    Query query() {
        return query;
    }

    /** End of the exchange's time, in terms of {@link System#nanoTime()}. */
    long deadline() {
        return deadline;
    }

    boolean isDone() {
        return done;
    }

    void succeed(byte[] reply) {
        finish(() -> result.complete(reply));
    }

    void fail(Lookup.Reason reason, String text) {
        finish(() -> result.completeExceptionally(LookupFailure.of(reason, text)));
    }

    /** Ends the exchange; the completion runs elsewhere than on the I/O thread. */
    private void finish(Runnable completion) {
        if (done) {
            return;
        }
        done = true;
        release();
        try {
            executor.execute(completion);
        } catch (RejectedExecutionException | Error e) {
            // Whoever waits has to hear of it, if need be on this thread: there may be no other one to be had.
            completion.run();
        }
    }
}
