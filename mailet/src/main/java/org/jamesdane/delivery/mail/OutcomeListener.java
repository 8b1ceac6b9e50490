/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.mail;

import java.time.Instant;
import java.util.List;

import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.smtp.Recipient;

/**
 * Receiver of a mail's outcomes: delivered, relayed, delayed or failed recipients.
 *
 * @param <M> the mail
 */
public interface OutcomeListener<M extends OutboundMail> {
    /** A host has taken over the mail for these recipients. */
    void delivered(M mail, List<Recipient> recipients, SecurityLabel label) throws MailAccessException;

    /**
     * The mail is given up for these recipients, and its sender has to be told.
     *
     * @throws SenderPartlyToldException if he was told of some of them; of the others it will be tried again
     * @throws MailAccessException if that was not possible; it will be tried again
     */
    void failed(M mail, List<Recipient> recipients, FailureNotice notice) throws MailAccessException;

    /**
     * The mail is given up, its sender can't be told, and that is the mail's own fault: the operator is to find it.
     *
     * @throws MailAccessException if it could not be put where he finds it; by default there is no such place
     */
    default void untold(M mail, List<Recipient> recipients, FailureNotice notice) throws MailAccessException {
        throw new MailAccessException("There is no place for the mail " + mail.name(), new UnsupportedOperationException());
    }

    /**
     * The mail takes long, and its sender is to be told so, once. By default nobody is told.
     *
     * @param until when it will be given up
     * @throws MailAccessException if that was not possible; it will be tried again with the next attempt
     */
    default void delayed(M mail, List<Recipient> recipients, FailureNotice notice, Instant until) throws MailAccessException {
        // A listener without notices of delay.
    }

    /**
     * Hosts that do not notify have taken the mail for recipients whose sender wants to hear of success (RFC 3461 §5.2.2). By default
     * nobody is told.
     *
     * @throws MailAccessException if he could not be told; the mail itself is delivered
     */
    default void relayed(M mail, List<Relay> recipients) throws MailAccessException {
        // A listener without notices of success.
    }

    /**
     * A recipient whose mail a host took that does not notify.
     *
     * @param recipient the address
     * @param host the host
     * @param reply what it said, for people
     * @param diagnostic the same word for word, in ASCII
     */
    record Relay(String recipient, String host, String reply, String diagnostic) {
    }
}
