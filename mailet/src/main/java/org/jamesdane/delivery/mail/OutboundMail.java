/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.mail;

import java.util.Optional;

import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.policy.SenderTlsPreference;
import org.jamesdane.smtp.Envelope;
import org.jamesdane.smtp.MessageContent;

/** A mail on its way out, as delivery sees it. */
public interface OutboundMail {
    /** The name by which logs speak of it. */
    String name();

    /** Id of this queue item, the same for all copies of the item; empty on mail that an older version put into the queue. */
    default Optional<ItemId> item() {
        return Optional.empty();
    }

    /** Sender, recipients and their conditions. */
    Envelope envelope();

    /** The message as it is to be sent. Opened as often as it is needed; released with the mail. */
    MessageContent content() throws MailAccessException;

    /** The message with each 8-bit part that can be encoded in 7 bits (RFC 6152 §3); where none can, the message as it is. */
    MessageContent sevenBitContent() throws MailAccessException;

    /** The reason for which the message is sent to no host; empty if it is sent. */
    default Optional<ContentRefusal> refusal() throws MailAccessException {
        return Optional.empty();
    }

    /** Record of what was tried before. */
    MailHistory history();

    /**
     * Makes sure that a transaction can end while the mail may be held, be it by storing the mail elsewhere first.
     *
     * @param host where the mail goes
     * @param octets of its content
     * @return false if it must not begin now
     */
    default boolean mayBegin(String host, long octets) {
        return true;
    }

    /** Notes that a transaction that {@link #mayBegin} allowed has ended, with all of its content taken. */
    default void ended(String host, long octets) {
    }

    /** The mails before and after it over one connection. */
    default Succession succession() {
        return Succession.none();
    }

    /** A policy that this mail demands beside that of its destination. */
    Optional<Policy> demand();

    /** Party that made the demand, as the audit line and the trace name it. */
    default String demandedBy() {
        return "the mailet's policy";
    }

    /** Wish of the mail's sender about TLS. A mail with REQUIRETLS has it in its envelope as well, unless its sender is the null one. */
    default SenderTlsPreference tlsWish() {
        return SenderTlsPreference.UNSAID;
    }
}
