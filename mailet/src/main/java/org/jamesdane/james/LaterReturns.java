/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.time.Duration;

import org.jamesdane.delivery.retry.StopSignal;
import org.jamesdane.delivery.retry.StorageRetryQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives mails back to their queue after a pause, since queues give out at once what they get back. No thread waits for the pause, which
 * never outlasts the time for which the queue leaves the mail here.
 */
final class LaterReturns {
    private static final Logger LOGGER = LoggerFactory.getLogger(LaterReturns.class);
    private static final Duration PAUSE = Duration.ofSeconds(30);

    private final StopSignal stopping;
    private final StorageRetryQueue aside;

    /**
     * Prepares.
     *
     * @param stopping ends all pauses
     * @param aside where mail waits meanwhile
     */
    LaterReturns(StopSignal stopping, StorageRetryQueue aside) {
        this.stopping = stopping;
        this.aside = aside;
    }

    /** Gives a mail back by this step, which throws nothing; at once if this server stops. */
    void give(TakenMail mail, Runnable step) {
        boolean stops = stopping.isGiven();
        if (!stops && isTaken(new Returning(mail, step))) {
            return;
        }
        if (!stops) {
            // There is no place aside: this thread has to wait.
            boolean waited = stopping.pause(pause(mail));
            LOGGER.debug("The mail {} goes back into its queue, {}", mail.mail().getName(),
                waited ? "after a pause" : "since this server stops");
        }
        step.run();
    }

    private boolean isTaken(Returning returning) {
        try {
            return aside.take(returning);
        } catch (Throwable e) {
            LOGGER.error("The mail {} could not be set aside", returning.mail().mail().getName(), e);
            return false;
        }
    }

    private static Duration pause(TakenMail mail) {
        return mail.holding().untilReturn(mail.left(), PAUSE);
    }

    private record Returning(TakenMail mail, Runnable step) implements StorageRetryQueue.Work {
        @Override
        public Duration pause(int failures) {
            return LaterReturns.pause(mail);
        }

        @Override
        public boolean tryAgain() {
            step.run();
            return true;
        }

        @Override
        public void giveUp() {
            step.run();
        }
    }
}
