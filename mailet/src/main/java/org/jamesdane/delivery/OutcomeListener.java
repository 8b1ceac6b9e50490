/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import java.util.List;

import org.jamesdane.dane.SecurityLabel;
import org.jamesdane.smtp.Recipient;

/**
 * Hears what has become of a mail.
 *
 * @param <M> the mail
 */
public interface OutcomeListener<M extends OutboundMail> {
    /** A host has taken over the mail for these recipients. */
    void delivered(M mail, List<Recipient> recipients, SecurityLabel label) throws MailAccessException;

    /**
     * The mail is given up for these recipients, and its sender has to be told.
     *
     * @throws MailAccessException if that was not possible; it will be tried again
     */
    void failed(M mail, List<Recipient> recipients, FailureNotice notice) throws MailAccessException;
}
