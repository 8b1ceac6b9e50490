/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.mail;

import java.time.Duration;
import java.util.Collection;

/**
 * A mail taken from the queue; it stays the queue's until one of the two ways of giving it back was taken.
 *
 * @param <M> the mail
 */
public interface QueuedMail<M extends OutboundMail> {
    M mail();

    /** Takes the mail out of the queue: all of it is done, or stored elsewhere. */
    void done() throws MailAccessException;

    /** Leaves the mail in the queue as it is. */
    void putBack() throws MailAccessException;

    /** The time for which the queue leaves the mail here unacknowledged from now on. */
    default Duration left() {
        return HoldingTime.UNLIMITED;
    }

    /** The time for which the queue leaves a mail here in all. */
    default HoldingTime holding() {
        return HoldingTime.DEFAULT;
    }

    /** A pause, or what is left of the time until the mail goes back if that is shorter. */
    default Duration untilReturn(Duration pause) {
        return holding().untilReturn(left(), pause);
    }

    /** Takes the mail out of the queue while its content may still be read; {@link #release} follows. */
    default void acknowledge() throws MailAccessException {
        done();
    }

    /** Leaves the mail to the queue while it is still being worked on; {@link #done} follows all the same. */
    default void giveBackEarly() throws MailAccessException {
    }

    /** Gives back what the mail holds here, after {@link #acknowledge}. */
    default void release() {
    }

    /**
     * Records on disk that recipients need the mail no more, in case the queue gives it out again.
     *
     * @param recipients their addresses
     */
    default void settled(Collection<String> recipients) {
    }
}
