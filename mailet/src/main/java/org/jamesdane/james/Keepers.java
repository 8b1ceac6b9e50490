/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Moves a mail to the deferral store when its queue's holding time ends, on threads that no delivery uses. */
final class Keepers {
    /** Few, since they are rarely needed. */
    static final int THREADS = 2;
    private static final Logger LOGGER = LoggerFactory.getLogger(Keepers.class);

    private final String queue;
    private final Executor threads;
    private final AtomicBoolean looking = new AtomicBoolean();

    Keepers(String queue, Executor threads) {
        this.queue = queue;
        this.threads = threads;
    }

    /** Looks after mail that is on its way for long, unless that is being done. Without a thread it is for the next time. */
    void look(Runnable after) {
        if (!looking.compareAndSet(false, true)) {
            return;
        }
        try {
            threads.execute(() -> {
                try {
                    after.run();
                } catch (Throwable e) {
                    LOGGER.error("Mail of the queue {} that is on its way for long could not be looked after", queue, e);
                } finally {
                    looking.set(false);
                }
            });
        } catch (Throwable e) {
            looking.set(false);
            LOGGER.error("There is no thread to look after mail of the queue {} that is on its way for long", queue, e);
        }
    }
}
