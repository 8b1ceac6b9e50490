/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.io.Closeable;
import java.time.Instant;
import java.util.List;

import org.apache.james.mailrepository.api.MailKey;
import org.apache.james.server.core.MailImpl;
import org.jamesdane.delivery.deferral.DeferralStore;
import org.jamesdane.delivery.deferral.DeferredMails;
import org.jamesdane.delivery.mail.MailAccessException;

/** Form in which the deferred mail of a queue is kept. */
interface DeferralBackend extends DeferralStore<JamesMail>, DeferredMails, Closeable {
    /** Begins to give back mail that is due. */
    void start();

    /**
     * Stores a mail that waited elsewhere, once: its id is made from the key that it had there.
     *
     * @return false if it is here already
     */
    default boolean adopt(MailKey key, MailImpl mail, Instant due) throws MailAccessException {
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
