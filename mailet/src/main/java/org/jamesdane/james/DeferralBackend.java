/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.io.Closeable;
import java.time.Instant;
import java.util.List;

import org.apache.james.server.core.MailImpl;
import org.apache.mailet.Mail;
import org.jamesdane.delivery.deferral.DeferralStore;
import org.jamesdane.delivery.deferral.DeferredMails;
import org.jamesdane.delivery.mail.MailAccessException;

/** Form in which the deferred mail of a queue is kept. */
interface DeferralBackend extends DeferralStore<JamesMail>, DeferredMails, Closeable {
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

    /**
     * Stores a mail that waited elsewhere, once: its id is made from the key that it had there.
     *
     * @return false if it is here already
     */
    default boolean adopt(String key, MailImpl mail, Instant due) throws MailAccessException {
        throw new UnsupportedOperationException("This form of deferral.store can't take over mail; set files or database");
    }

    /** Tells if {@link #adopt} works. */
    default boolean adopts() {
        return false;
    }

    /** Sentences about what an operator should look at. */
    default List<String> problems() {
        return List.of();
    }

    /** Ends that; mail that is stored stays stored. */
    @Override
    void close();
}
