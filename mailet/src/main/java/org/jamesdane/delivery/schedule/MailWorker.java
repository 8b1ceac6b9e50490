/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.schedule;

import java.time.Duration;

import org.jamesdane.delivery.mail.OutboundMail;
import org.jamesdane.delivery.mail.QueuedMail;

/**
 * Worker on the mails of one queue, as the {@link Dispatcher} sees it.
 *
 * @param <M> the mail
 */
public interface MailWorker<M extends OutboundMail> {
    /** Tries to deliver a mail, and settles what follows. */
    Reachability process(QueuedMail<M> mail);

    /** Holds a mail elsewhere without an attempt, which counts for nothing. */
    void hold(QueuedMail<M> mail, Duration time);

    /**
     * Tests whether a mail can be held that long without an attempt. A mail whose life would end meanwhile can't: its last attempt is made
     * as soon as there is a place for it, so that its sender learns what was wrong.
     */
    boolean canWait(QueuedMail<M> mail, Duration time);

    /** Tests whether a mail comes well before the time it was held until: somebody has sent for it, and wants it tried now. */
    boolean isSentFor(QueuedMail<M> mail);
}
