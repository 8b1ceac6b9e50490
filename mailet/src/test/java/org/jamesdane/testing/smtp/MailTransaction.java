/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.smtp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A transaction that is going on; each step is seen in the session at once. */
final class MailTransaction {
    private final Session session;
    private final int index;
    private final Mailbox sender;
    private final Protection protection;
    private final List<Mailbox> recipients = new ArrayList<>();
    private final List<Mailbox> refused = new ArrayList<>();
    private Optional<Transaction.Content> content = Optional.empty();
    private boolean accepted;

    MailTransaction(Session session, Mailbox sender, Protection protection) {
        this.session = session;
        this.sender = sender;
        this.protection = protection;
        this.index = session.open(snapshot());
    }

    private Transaction snapshot() {
        return new Transaction(sender, recipients, refused, protection, content, accepted);
    }

    void recipient(Mailbox recipient, boolean fine) {
        (fine ? recipients : refused).add(recipient);
        session.update(index, snapshot());
    }

    boolean hasRecipients() {
        return !recipients.isEmpty();
    }

    void content(Transaction.Content received) {
        content = Optional.of(received);
        session.update(index, snapshot());
    }

    /** Takes responsibility; whether this is the first time. */
    boolean accept() {
        boolean first = !accepted;
        accepted = true;
        session.update(index, snapshot());
        return first;
    }
}
