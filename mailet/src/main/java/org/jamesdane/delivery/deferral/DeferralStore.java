/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.deferral;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.jamesdane.delivery.mail.MailAccessException;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.delivery.mail.OutboundMail;
import org.jamesdane.delivery.mail.QueuedMail;
import org.jamesdane.smtp.Recipient;

/**
 * Keeps deferred mail until it is due, then gives it back to the queue.
 *
 * @param <M> the mail
 */
public interface DeferralStore<M extends OutboundMail> {
    /**
     * Stores a copy of a mail, so that it outlives the process as well as the queue itself does.
     *
     * @param recipients those for whom it is deferred
     * @param history what the copy has been through
     * @param delay from now; zero or more
     * @throws MailAccessException if it could not be stored; then the mail must not leave the queue
     */
    void defer(M mail, List<Recipient> recipients, MailHistory history, Duration delay) throws MailAccessException;

    /**
     * Stores a mail that is to be sent now, so that it can be taken out of its queue before it is sent. As long as the returned item is
     * open, nobody else is given the mail, on any node. The store ensures that for as long as this process lives.
     *
     * <p>The item's mail is read from the store. {@link QueuedMail#finish} removes it from the store, {@link QueuedMail#requeue} makes it
     * due again. If this process ends before either, the mail is due again, here after a restart or on another node.
     *
     * @param history what the stored copy has been through
     * @return the item; empty if this form of a store can't do that, and nothing was stored
     * @throws MailAccessException if it could not be stored; then the mail must not leave the queue
     */
    default Optional<QueuedMail<M>> storeInHand(M mail, MailHistory history) throws MailAccessException {
        return Optional.empty();
    }
}
