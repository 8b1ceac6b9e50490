/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.mail;

import java.time.Duration;
import java.util.Collection;
import java.util.Optional;

/**
 * A mail taken from its queue, from the moment it is in hand until its end. It stays the queue's until it is finished or
 * requeued: exactly one of the methods that do so is called, once.
 *
 * @param <M> the mail
 */
public interface QueuedMail<M extends OutboundMail> {
    /** The name by which logs speak of the mail. */
    default String name() {
        return mail().name();
    }

    /** Word for mails that share their fate: mails with the same word go to the same hosts under the same conditions. */
    default String destination() {
        return "-";
    }

    /** The domain of the recipients, which are all of one domain; empty where that is not known before work on the mail begins. */
    default Optional<String> recipientDomain() {
        return Optional.empty();
    }

    /** Id of the whole mail that this is an item of, the same for all of its items; empty if the mail was never divided. */
    default Optional<String> fanOut() {
        return Optional.empty();
    }

    /** Record of what was tried before the queue gave the mail out. */
    default MailHistory history() {
        return mail().history();
    }

    /** Tests whether somebody has marked the mail as one to be tried now. */
    default boolean isSentFor() {
        return false;
    }

    /** Tests whether a host awaits the content of the mail, since its commands were sent with the end of another. */
    default boolean isAwaited() {
        return false;
    }

    /** Tests whether the mail has waited in line for as long as its queue lets it wait there. */
    default boolean isOverdue() {
        return left().compareTo(holding().leavesLineAt()) < 0;
    }

    /**
     * Begins work on the mail, an attempt or a hold.
     *
     * @return false if there is nothing to be done; then the mail has its end already
     * @throws MailAccessException if work can't begin; then the mail has to be put back
     */
    default boolean begin() throws MailAccessException {
        return true;
    }

    /**
     * Ends work that was begun and came to nothing, so that the mail can wait for another turn.
     *
     * @return the mail as it waits; empty if its queue leaves it here no more, and it has to be put back
     */
    default Optional<QueuedMail<M>> setBack() {
        return Optional.of(this);
    }

    /** The mail itself, once work on it has begun. */
    M mail();

    /** Takes the mail out of the queue: all of it is done, or stored elsewhere. */
    void finish() throws MailAccessException;

    /** Leaves the mail in the queue as it is, after a pause where the queue would give it out again at once. */
    void requeue() throws MailAccessException;

    /** Leaves the mail in the queue at once, before any work on it has begun. */
    default void requeueAtOnce() throws MailAccessException {
        requeue();
    }

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
        finish();
    }

    /** Leaves the mail to the queue while it is still being worked on; {@link #finish} follows all the same. */
    default void requeueEarly() throws MailAccessException {
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
