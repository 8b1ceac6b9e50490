/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import javax.mail.MessagingException;

import org.apache.james.queue.api.MailQueue;
import org.apache.mailet.Mail;
import org.slf4j.Logger;

/** Entrance of a queue for deferred mail. A queue that takes no mail is named itself, in place of the store that the mail comes from. */
final class QueueEntrance {
    private final MailQueue queue;
    private final OutageLog outage;

    QueueEntrance(MailQueue queue, Logger logger) {
        this.queue = queue;
        this.outage = new OutageLog(logger, "The queue " + queue.getName().asString());
    }

    /** A queue did not take a mail; the log has the reason. */
    static final class ClosedException extends MessagingException {
        private static final long serialVersionUID = 1L;

        ClosedException(String queue) {
            super("The queue " + queue + " takes no mail");
        }
    }

    /** Puts a mail into the queue. */
    void put(Mail mail) throws ClosedException {
        try {
            queue.enQueue(mail);
        } catch (Throwable e) {
            outage.failed("Deferred mail that is due waits", e);
            throw new ClosedException(queue.getName().asString());
        }
        outage.over();
    }
}
