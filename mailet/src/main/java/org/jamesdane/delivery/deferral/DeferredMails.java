/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.deferral;

import java.util.List;

import org.jamesdane.delivery.mail.MailAccessException;

/** Lists, releases and deletes the deferred mails of one queue, or of all, for an administrator. */
public interface DeferredMails {
    /**
     * The mails with a recipient that is meant, those that are due first before the others.
     *
     * @param limit how many at most; one or more
     */
    Listing list(DeferredSelection selection, int limit) throws MailAccessException;

    /**
     * Makes mails due now, each with all its recipients. The retries they had are not forgotten, and this one counts. They go back to
     * their queue within seconds, no faster than the queue can work on them.
     *
     * @return how many
     */
    int release(DeferredSelection selection) throws MailAccessException;

    /**
     * Takes the recipients that are meant out of the mails, and removes the mails that have no other. Nobody is told, neither sender nor
     * recipient.
     *
     * @return how many mails this has changed or removed
     */
    int delete(DeferredSelection selection) throws MailAccessException;

    /**
     * Puts everything that waits back into its queue, as fast as the queue takes it, so that nothing waits but in the queue. No mail is
     * taken out of the queue any more; that begins again with the next start.
     *
     * @return how many mails there were
     */
    default int drain() throws MailAccessException {
        return release(new DeferredSelection.All());
    }

    /** Tests whether the mails of all nodes are meant, and not of this node alone. */
    default boolean ofAllNodes() {
        return false;
    }

    /**
     * The beginning of a list.
     *
     * @param mails at most as many as were asked for
     * @param total how many there are
     */
    record Listing(List<DeferredMail> mails, int total) {
        public Listing {
            mails = List.copyOf(mails);
        }
    }
}
