/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import javax.mail.MessagingException;

import org.apache.james.lifecycle.api.LifecycleUtil;
import org.apache.james.queue.api.MailQueue;
import org.apache.james.server.core.MailImpl;
import org.jamesdane.store.DamagedRows;
import org.jamesdane.store.StoreException;
import org.jamesdane.store.WaitingMail;
import org.jamesdane.store.WaitingMail.Handle;
import org.jamesdane.waiting.DamagedMailException;
import org.jamesdane.waiting.StoredHeader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Damaged mails of a queue in the database. Their senders are told when their lifetime ends, if their envelopes can be read. */
final class DamagedRowMails {
    private static final Logger LOGGER = LoggerFactory.getLogger(DamagedRowMails.class);
    /** Senders that are told in one turn, well within the lease. */
    private static final int AT_ONCE = 20;
    /** Time until somebody is told for whom it did not work. */
    private static final Duration AFTER_FAILURE = Duration.ofHours(1);

    private final MailQueue queue;
    private final String name;
    private final DamagedRows rows;
    private final Duration lifetime;
    private volatile int number;

    DamagedRowMails(MailQueue queue, DamagedRows rows, Duration lifetime) {
        this.queue = queue;
        this.name = queue.getName().asString();
        this.rows = rows;
        this.lifetime = lifetime;
    }

    /** Keeps a mail where it is, and never releases it again. A database that can't even mark it must not hold others up. */
    void keep(Handle handle, String why) {
        LOGGER.error("The deferred mail {} of the queue {} is damaged: {}. It stays in the table dane_waiting, and is neither sent nor "
            + "removed", handle.id(), name, why);
        try {
            rows.mark(handle, "The stored mail is damaged (" + why + ") and stays in the row " + handle.id() + " of dane_waiting");
            number = rows.count(name);
        } catch (StoreException | RuntimeException e) {
            LOGGER.error("The damaged mail {} could not be marked, and is looked at again", handle.id(), e);
        }
    }

    /** Gives the notices to the queue, as mails of which nothing is left to do but that. */
    void tellWhoseTimeIsOver() throws StoreException {
        number = rows.count(name);
        if (number > 0) {
            for (Handle handle : rows.over(name, lifetime, AT_ONCE)) {
                tell(handle);
            }
        }
    }

    private void tell(Handle handle) throws StoreException {
        try {
            Optional<WaitingMail.Read> read = rows.envelope(handle);
            if (read.isEmpty()) {
                return;
            }
            MailImpl mail = DamagedMails.notice(StoredHeader.decode(read.get().header()).to(read.get().recipients()));
            try {
                queue.enQueue(mail);
            } finally {
                LifecycleUtil.dispose(mail);
            }
        } catch (DamagedMailException | MessagingException | RuntimeException e) {
            LOGGER.debug("The sender of the damaged mail {} could not be told", handle.id(), e);
            rows.later(handle, AFTER_FAILURE);
            return;
        }
        rows.told(handle);
        LOGGER.error("The lifetime of the damaged mail {} is over; its sender is told. It stays in the table dane_waiting", handle.id());
    }

    /** Sentences about what an operator should look at. */
    List<String> problems() {
        int damaged = number;
        return damaged == 0 ? List.of() : List.of(damaged + " damaged deferred mails of the queue " + name + " stay in the database (table "
            + "dane_waiting, states damaged and damaged-told); they are not sent: restore them from a backup, or write to their senders "
            + "and delete their rows.");
    }
}
