/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.time.Duration;
import java.util.Collection;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

import org.apache.james.lifecycle.api.LifecycleUtil;
import org.apache.mailet.Mail;
import org.jamesdane.delivery.mail.HoldingTime;
import org.jamesdane.delivery.mail.MailAccessException;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.delivery.mail.QueuedMail;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A mail of one of James's queues in hand. The worker may be done with it later and on another thread than it began. */
final class TakenItem implements QueuedMail<JamesMail> {
    private static final Logger LOGGER = LoggerFactory.getLogger(TakenItem.class);

    /**
     * Surroundings of the mails of one queue.
     *
     * @param destinations the word for a mail's destination
     * @param opening opens a mail when work on it begins
     * @param releases accounts for mail that was put back from the database
     * @param settled recipients who need a mail no more that its queue may give out again
     * @param later gives mails back after a pause
     */
    record Surroundings(Function<Mail, String> destinations, Opening opening, Releases releases, SettledItems settled,
            LaterReturns later) {
    }

    /** Opening of mails. */
    interface Opening {
        /** Tests whether no more mail is opened, because this server stops. */
        boolean isClosed();

        /** Opens a mail for those who are still open; empty if nothing is to be done for anyone. */
        Optional<JamesMail> open(TakenMail item) throws MailAccessException;
    }

    private final TakenMail item;
    private final Surroundings queue;
    /** Read once: it is asked for often, and does not change while the mail is in hand. */
    private final MailHistory history;
    private @Nullable JamesMail opened;

    TakenItem(TakenMail item, Surroundings queue) {
        this.item = item;
        this.queue = queue;
        this.history = history(item.mail());
    }

    /** The history of a mail. One that cannot be read would send the mail back to its queue again and again. */
    private static MailHistory history(Mail mail) {
        try {
            return MailAttributes.history(mail);
        } catch (Throwable e) {
            LOGGER.error("A mail of the queue could not be looked at; it is taken as if nothing were known of it", e);
            return MailHistory.NEW;
        }
    }

    @Override
    public String name() {
        return item.mail().getName();
    }

    @Override
    public Optional<String> recipientDomain() {
        return item.mail().getRecipients().stream().findFirst().map(recipient -> recipient.getDomain().asString());
    }

    @Override
    public String destination() {
        return queue.destinations().apply(item.mail());
    }

    @Override
    public Optional<String> fanOut() {
        return MailAttributes.fanOut(item.mail());
    }

    @Override
    public MailHistory history() {
        return history;
    }

    @Override
    public boolean isSentFor() {
        return MailAttributes.isSentFor(item.mail());
    }

    @Override
    public boolean begin() throws MailAccessException {
        if (queue.opening().isClosed()) {
            // It has not begun: nothing is lost if the next run begins it. A queue may give out what it was asked for before.
            item.requeueOrLog();
            return false;
        }
        if (opened != null) {
            // Its first turn was yielded: what was opened is as it was.
            return true;
        }
        Optional<JamesMail> open = queue.opening().open(item);
        if (open.isEmpty()) {
            complete(item::finish, "taken out of");
            return false;
        }
        opened = open.get().under(item);
        return true;
    }

    @Override
    public JamesMail mail() {
        return Objects.requireNonNull(opened, "work on this mail has not begun");
    }

    @Override
    public void finish() throws MailAccessException {
        try {
            step(() -> queue.releases().settled(item.mail()), "removed from the store of deferred mail and");
        } finally {
            // Also where the store does not know it: whoever gives the mail out again finds all recipients settled.
            complete(item::finish, "taken out of");
        }
    }

    @Override
    public void requeue() {
        if (!item.isEnded()) {
            queue.later().give(item, () -> {
                item.requeueOrLog();
                releaseOnce();
            });
        }
    }

    @Override
    public void requeueAtOnce() {
        item.requeueOrLog();
        if (opened != null) {
            // Its first turn was yielded.
            releaseOnce();
        }
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
        step(item::finish, "taken out of");
    }

    @Override
    public void requeueEarly() throws MailAccessException {
        step(item::requeueEarly, "put back into");
    }

    @Override
    public void release() {
        if (opened != null) {
            opened.close();
        }
        LifecycleUtil.dispose(item.mail());
    }

    @Override
    public void settled(Collection<String> recipients) {
        item.life().ifPresent(life -> queue.settled().record(life, recipients));
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
            LOGGER.warn("What the mail {} held here could not be given back", name(), e);
        }
    }

    private void step(TakenMail.Step step, String what) throws MailAccessException {
        try {
            step.run();
        } catch (Throwable e) {
            throw new MailAccessException("The mail " + name() + " could not be " + what + " its queue", e);
        }
    }
}
