/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.schedule;

import java.time.Duration;

import org.jamesdane.delivery.destination.AttemptEnd;
import org.jamesdane.delivery.destination.SitePass;
import org.jamesdane.delivery.mail.OutboundMail;
import org.jamesdane.delivery.mail.QueuedMail;

/**
 * Tries or holds the mails of one queue when the {@link Dispatcher} says so.
 *
 * @param <M> the mail
 */
public interface MailWorker<M extends OutboundMail> {
    /**
     * Waits, without a place among the deliveries, for what an attempt needs to know and may take long.
     *
     * @param next lets the mail have its turn; called once, on whatever thread, at once where nothing is to be waited for
     */
    default void prepare(QueuedMail<M> mail, Runnable next) {
        next.run();
    }

    /**
     * Tries to deliver a mail, and settles what follows.
     *
     * @param pass the way into the site of the mail
     */
    AttemptEnd process(QueuedMail<M> mail, SitePass pass);

    /**
     * Tries to deliver a mail, as the other method does.
     *
     * @param pass the way into the site of the mail
     * @param line gives the mail that may follow over the same connection
     */
    default AttemptEnd process(QueuedMail<M> mail, SitePass pass, Line<M> line) {
        return process(mail, pass);
    }

    /** Holds a mail in the deferral store without an attempt; no retry is counted. */
    void hold(QueuedMail<M> mail, Duration time);

    /**
     * Tests whether a mail can be held that long without an attempt. A mail whose lifetime would end meanwhile can't wait. Its last attempt
     * is made as soon as there is a place for it, so that its sender learns what was wrong.
     */
    boolean canWait(QueuedMail<M> mail, Duration time);

    /** Tests whether a mail comes well before the end of its hold: an operator or a flush has sent for it. */
    boolean isSentFor(QueuedMail<M> mail);
}
