/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.time.Duration;
import java.util.Collection;

import org.apache.james.lifecycle.api.LifecycleUtil;
import org.jamesdane.delivery.mail.HoldingTime;
import org.jamesdane.delivery.mail.MailAccessException;
import org.jamesdane.delivery.mail.QueuedMail;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A mail in hand as the worker sees it, which may be done with it later and on another thread. */
final class TakenItem implements QueuedMail<JamesMail> {
    private static final Logger LOGGER = LoggerFactory.getLogger(TakenItem.class);

    private final TakenMail item;
    private final JamesMail mail;
    private final Releases releases;
    private final SettledItems settled;
    private final LaterReturns later;

    TakenItem(TakenMail item, JamesMail mail, Releases releases, SettledItems settled, LaterReturns later) {
        this.item = item;
        this.mail = mail.under(item);
        this.releases = releases;
        this.settled = settled;
        this.later = later;
    }

    @Override
    public JamesMail mail() {
        return mail;
    }

    @Override
    public void done() throws MailAccessException {
        try {
            step(() -> releases.settled(mail.mail()), "removed from the store of deferred mail and");
        } finally {
            // Also where the store does not know it: whoever gives the mail out again finds all recipients settled.
            complete(item::done, "taken out of");
        }
    }

    @Override
    public void putBack() {
        later.give(item, () -> {
            item.giveBack();
            releaseOnce();
        });
    }

    @Override
    public HoldingTime holding() {
        return item.holding();
    }

    @Override
    public Duration left() {
        return item.left();
    }

    @Override
    public void acknowledge() throws MailAccessException {
        step(item::done, "taken out of");
    }

    @Override
    public void giveBackEarly() throws MailAccessException {
        step(item::giveBackEarly, "put back into");
    }

    @Override
    public void release() {
        mail.close();
        LifecycleUtil.dispose(mail.mail());
    }

    @Override
    public void settled(Collection<String> recipients) {
        settled.record(item.key(), recipients);
    }

    private void complete(TakenMail.Step step, String what) throws MailAccessException {
        try {
            step(step, what);
        } finally {
            releaseOnce();
        }
    }

    /** Releases what the mail held here; the outcome of the mail does not depend on that. */
    private void releaseOnce() {
        try {
            release();
        } catch (Throwable e) {
            LOGGER.warn("What the mail {} held here could not be given back", mail.name(), e);
        }
    }

    private void step(TakenMail.Step step, String what) throws MailAccessException {
        try {
            step.run();
        } catch (Throwable e) {
            throw new MailAccessException("The mail " + mail.name() + " could not be " + what + " its queue", e);
        }
    }
}
