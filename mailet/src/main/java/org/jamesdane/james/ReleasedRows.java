/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

import org.apache.mailet.Mail;
import org.jamesdane.dane.outcome.MailAge;
import org.jamesdane.delivery.mail.MailAccessException;
import org.jamesdane.store.StoreException;
import org.jamesdane.store.WaitingMail;
import org.jamesdane.store.WaitingMail.Handle;
import org.jamesdane.store.WaitingMails;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Account of mail that was put into the queue from the database. It is kept whatever form deferred mail has now. A row that nobody hears
 * of would be released once more, as soon as some node has that form again.
 */
final class ReleasedRows implements Releases {
    private static final Logger LOGGER = LoggerFactory.getLogger(ReleasedRows.class);

    private final String queue;
    private final WaitingMails waiting;
    private final InstantSource clock;
    private final Duration longestWait;
    private final OutageLog outage;

    /**
     * Keeps account of one queue.
     *
     * @param longestWait the most that one wait adds to a mail's age
     */
    ReleasedRows(String queue, WaitingMails waiting, InstantSource clock, Duration longestWait) {
        this.queue = queue;
        this.waiting = waiting;
        this.clock = clock;
        this.longestWait = longestWait;
        this.outage = new OutageLog(LOGGER, "The account of mail that went from the database to the queue " + queue);
    }

    @Override
    public boolean take(Mail mail) throws MailAccessException {
        Optional<Handle> handle = WaitingCopy.handle(mail);
        if (handle.isEmpty()) {
            return true;
        }
        try {
            WaitingMail.Taking taking = waiting.take(handle.get());
            outage.over();
            if (taking instanceof WaitingMail.Taking.Yours yours) {
                setTimes(mail, yours);
            }
            if (taking instanceof WaitingMail.Taking.Doubled) {
                LOGGER.info("The mail {} is dropped from the queue {}: it was given back once more since, or is done", mail.getName(),
                    queue);
                return false;
            }
            return true;
        } catch (StoreException e) {
            outage.failed("Mail that may be a double stays in the queue", e);
            throw new MailAccessException("The database could not be asked whether the mail " + mail.getName() + " is a double", e);
        }
    }

    /** Clocks of nodes may differ: times of another node, or of the database, become times of this one. */
    private void setTimes(Mail mail, WaitingMail.Taking.Yours yours) {
        Instant now = clock.instant();
        yours.age().ifPresent(age -> {
            Duration waited = yours.waited().compareTo(longestWait) < 0 ? yours.waited() : longestWait;
            Duration counted = yours.paused() ? age : age.plus(waited);
            MailAttributes.setAge(mail, new MailAge(now.minus(counted), now, yours.paused() ? Optional.of(now) : Optional.empty()));
        });
        MailAttributes.setDue(mail, now.minus(yours.late()));
    }

    @Override
    public void settled(Mail mail) {
        WaitingCopy.handle(mail).ifPresent(handle -> {
            try {
                waiting.done(handle);
            } catch (StoreException e) {
                outage.failed("Mail that the queue gives out again is sent again", e);
            }
        });
    }
}
