/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.io.Closeable;

import org.apache.mailet.Mail;
import org.jamesdane.delivery.DeferralStore;
import org.jamesdane.delivery.DeferredMails;
import org.jamesdane.delivery.MailAccessException;

/** One of the two ways in which the deferred mail of a queue is kept: with the queue's own delay, or in a mail repository. */
interface Deferrals extends DeferralStore<JamesMail>, DeferredMails, Closeable {
    /** Begins to give back mail that is due. */
    void start();

    /**
     * Asks whether a mail that came out of the queue is to be worked on. A mail that was released from here twice is worked on once.
     *
     * @return false if the mail is a double, which is to be taken out of the queue unsent
     * @throws MailAccessException if that can't be known now; then the mail stays in the queue
     */
    default boolean take(Mail mail) throws MailAccessException {
        return true;
    }

    /** Hears that all of a mail is settled, just before it leaves the queue. */
    default void settled(Mail mail) {
    }

    /** Ends that; mail that is stored stays stored. */
    @Override
    void close();
}
