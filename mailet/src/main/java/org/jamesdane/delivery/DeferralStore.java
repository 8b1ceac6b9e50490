/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import java.time.Duration;
import java.util.List;

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
}
