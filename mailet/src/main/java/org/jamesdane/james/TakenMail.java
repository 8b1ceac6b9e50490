/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

import org.apache.james.queue.api.MailQueue.MailQueueException;
import org.apache.james.queue.api.MailQueue.MailQueueItem;
import org.apache.james.queue.api.MailQueue.MailQueueItem.CompletionStatus;
import org.apache.mailet.Mail;
import org.jamesdane.delivery.mail.HoldingTime;
import org.jamesdane.store.ItemLife;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A mail that was taken from its queue, until it is taken out or put back. */
final class TakenMail implements JamesMail.Right {
    private static final Logger LOGGER = LoggerFactory.getLogger(TakenMail.class);

    /**
     * Source of a mail: its queue, and what is known of that.
     *
     * @param inHand all that was taken from there
     * @param bounded whether the queue leaves a mail here for a bounded time only
     * @param holding how long that is
     */
    record Source(QueueReturn returns, InHand inHand, boolean bounded, HoldingTime holding) {
    }

    /** Listener to the end of a mail that is in hand. */
    interface Origin {
        /** The mail could not be taken out of the queue or put back. */
        void returnFailed();

        /** The mail is in hand no longer; once for each that was. */
        void ended();
    }

    private final MailQueueItem item;
    private final Source source;
    private final Origin origin;
    private final Optional<ItemLife> life;
    private final long since = System.nanoTime();
    private volatile boolean returned;
    private volatile boolean ended;

    /**
     * Takes an item.
     *
     * @param origin hears of the end, and if the queue could not be told of it
     */
    TakenMail(MailQueueItem item, Source source, Origin origin) {
        this.item = item;
        this.source = source;
        this.origin = origin;
        this.life = MailAttributes.life(item.getMail());
    }

    Mail mail() {
        return item.getMail();
    }

    /** The life of the item; empty for mail that an older version put into the queue. */
    Optional<ItemLife> life() {
        return life;
    }

    Duration left() {
        return source.bounded() ? source.holding().longest().minusNanos(System.nanoTime() - since) : HoldingTime.UNLIMITED;
    }

    HoldingTime holding() {
        return source.holding();
    }

    /** Tests whether the queue was told, or was to be told, the outcome of the mail. */
    boolean isEnded() {
        return ended;
    }

    /** Leaves it to the queue, and keeps it in hand: a second appearance waits for the end of the first. */
    void requeueEarly() throws MailQueueException {
        returned = true;
        source.returns().requeue(item);
    }

    /** A message whose end was not sent when its mail went back to the queue is not ended here: another node may be sending it. */
    @Override
    public void check() throws IOException {
        if (returned) {
            throw new IOException("the mail went back to its queue, which may have given it to another node");
        }
    }

    void finish() throws MailQueueException {
        end(() -> item.done(CompletionStatus.SUCCESS), CompletionStatus.SUCCESS);
    }

    void requeue() throws MailQueueException {
        end(() -> source.returns().requeue(item), CompletionStatus.RETRY);
    }

    /** Puts the mail back; a failure is logged, since nobody else can do anything about it. */
    void requeueOrLog() {
        try {
            requeue();
        } catch (Throwable e) {
            LOGGER.error("The mail {} was not put back; its queue may give it out again", mail().getName(), e);
        }
    }

    private void end(Step step, CompletionStatus status) throws MailQueueException {
        ended = true;
        boolean succeeded = false;
        try {
            if (!returned) {
                step.run();
            }
            succeeded = true;
        } finally {
            if (!succeeded) {
                origin.returnFailed();
            }
            source.inHand().end(life).forEach(twin -> endTwin(twin, status));
            origin.ended();
        }
    }

    private static void endTwin(MailQueueItem twin, CompletionStatus status) {
        try {
            twin.done(status);
        } catch (Throwable e) {
            // There may be more of them.
            LOGGER.error("The mail {}, which came twice, could not be given back", twin.getMail().getName(), e);
        }
    }

    /** Tells a queue something. */
    @FunctionalInterface
    interface Step {
        void run() throws MailQueueException;
    }
}
