/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import org.apache.mailet.Mail;
import org.jamesdane.delivery.mail.MailAccessException;

/** Account of mail that was put back into the queue from a store which may put it back once more. */
interface Releases {
    /** A server without such a store. */
    Releases NONE = new Releases() {
        @Override
        public boolean take(Mail mail) {
            return true;
        }

        @Override
        public void settled(Mail mail) {
        }
    };

    /**
     * Asks whether a mail that came out of the queue is to be worked on. A mail that was released twice is worked on once.
     *
     * @return false if the mail is a double, which is to be taken out of the queue unsent
     * @throws MailAccessException if that can't be known now; then the mail stays in the queue
     */
    boolean take(Mail mail) throws MailAccessException;

    /** Hears that all of a mail is settled, just before it leaves the queue. */
    void settled(Mail mail);
}
