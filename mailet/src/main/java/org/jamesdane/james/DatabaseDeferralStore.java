/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

import javax.mail.MessagingException;

import org.apache.james.lifecycle.api.LifecycleUtil;
import org.apache.james.mailrepository.api.MailKey;
import org.apache.james.queue.api.MailQueue;
import org.apache.james.server.core.MailImpl;
import org.apache.james.server.core.MimeMessageSource;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeValue;
import org.jamesdane.delivery.deferral.DeferredMail;
import org.jamesdane.delivery.deferral.DeferredSelection;
import org.jamesdane.delivery.mail.MailAccessException;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.delivery.mail.QueuedMail;
import org.jamesdane.smtp.Recipient;
import org.jamesdane.store.DamagedRows;
import org.jamesdane.store.StoreException;
import org.jamesdane.store.WaitingMail;
import org.jamesdane.store.WaitingMail.Handle;
import org.jamesdane.store.WaitingMails;
import org.jamesdane.store.WaitingRecipients;
import org.jamesdane.waiting.DamagedMailException;
import org.jamesdane.waiting.StoredHeader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps deferred mail in the database that all nodes share. Any node puts a mail back into the queue when it is due by the clock of the
 * database. {@link WaitingMails} describes the protection against lost and doubled mail.
 */
final class DatabaseDeferralStore implements DeferralBackend {
    private static final Logger LOGGER = LoggerFactory.getLogger(DatabaseDeferralStore.class);
    /** Mails that are released together: all are in the queue well before the lease of the first one ends. */
    private static final int RELEASED_TOGETHER = 20;
    /** Time that a mail waits which the queue did not take. */
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(30);
    /** Looks between two times of tidying up, about a minute. */
    private static final int TIDY_EVERY = 60;
    /** Rows that are changed in one transaction at most. */
    private static final int AT_ONCE = 1000;
    /** Time that rows without content are kept for, by which late doubles are known; longer than mail stays in a queue. */
    private static final Duration KEPT = Duration.ofDays(10);

    private final WaitingMails waiting;
    private final WaitingRecipients recipients;
    private final HeldMails held;
    private final DamagedRowMails damaged;
    private final InstantSource clock;
    private final Limits limits;
    private final String name;
    private final OutageLog outage;
    private final QueueEntrance entrance;
    private final Ticking ticking;
    private int looks;
    private volatile boolean draining;
    private volatile boolean closed;

    /**
     * Limits of a queue.
     *
     * @param usePriority whether retries go behind all other mail, as RemoteDelivery's {@code usePriority} wants it
     * @param releasedAtOnce the number of mails that go back in one second at most, so that those due together do not hold up new mail
     * @param longestDelay the longest time that a mail waits, whatever the clock showed when it was deferred
     * @param lifetime the age at which a mail is given up
     */
    record Limits(boolean usePriority, int releasedAtOnce, Duration longestDelay, Duration lifetime) {
    }

    /**
     * Prepares; {@link #start} begins.
     *
     * @param waiting the mails
     * @param recipients the same by recipient
     * @param held those that this node sends from there
     */
    DatabaseDeferralStore(MailQueue queue, WaitingMails waiting, WaitingRecipients recipients, HeldMails held, InstantSource clock,
            Limits limits) {
        this.held = held;
        this.damaged = new DamagedRowMails(queue, new DamagedRows(recipients.connections(), waiting.leaseInHand()), limits.lifetime());
        this.entrance = new QueueEntrance(queue, LOGGER);
        this.waiting = waiting;
        this.recipients = recipients;
        this.clock = clock;
        this.limits = limits;
        this.name = queue.getName().asString();
        this.outage = new OutageLog(LOGGER, "The database of deferred mail of the queue " + name);
        this.ticking = new Ticking("dane-deferred-" + name, this::releaseDue);
    }

    @Override
    public void start() {
        ticking.start();
    }

    /** Ends without interrupting the thread, which may be inside the queue or the database. */
    @Override
    public void close() {
        closed = true;
        held.close();
        ticking.close();
    }

    @Override
    public void defer(JamesMail mail, List<Recipient> to, MailHistory history, Duration delay) throws MailAccessException {
        try {
            waiting.store(WaitingCopy.of(mail, name, to, history, delay, limits.usePriority()));
            outage.over();
        } catch (StoreException | MessagingException | RuntimeException e) {
            outage.failed("Mail that should be deferred stays where it is", e);
            throw new MailAccessException("The mail " + mail.name() + " could not be stored for later", e);
        }
    }

    @Override
    public Optional<QueuedMail<JamesMail>> storeInHand(JamesMail mail, MailHistory history) throws MailAccessException {
        try {
            return Optional.of(held.hold(WaitingCopy.of(mail, name, mail.envelope().recipients(), history, Duration.ZERO,
                limits.usePriority())));
        } catch (StoreException | MessagingException | RuntimeException e) {
            throw new MailAccessException("The mail " + mail.name() + " could not be stored to be sent from the database", e);
        }
    }

    @Override
    public boolean adopts() {
        return true;
    }

    @Override
    public boolean adopt(MailKey key, MailImpl mail, Instant due) throws MailAccessException {
        Duration delay = Duration.between(clock.instant(), due);
        Duration wait = delay.isNegative() ? Duration.ZERO : delay.compareTo(limits.longestDelay()) < 0 ? delay : limits.longestDelay();
        try {
            return waiting.store(WaitingCopy.adopted(key, mail, name, wait));
        } catch (StoreException | RuntimeException e) {
            throw new MailAccessException("The mail " + mail.getName() + " could not be stored for later", e);
        }
    }

    /** Puts back what is due, and tidies up from time to time. */
    void releaseDue() {
        try {
            if (draining) {
                // What was under way when that began is deferred meanwhile.
                recipients.sendFor(name, WaitingRecipients.Which.ALL);
            }
            for (int left = draining ? AT_ONCE : limits.releasedAtOnce(); left > 0 && !closed;) {
                List<Handle> some = waiting.release(name, Math.min(left, RELEASED_TOGETHER));
                for (Handle handle : some) {
                    requeue(handle);
                }
                left = some.size() < RELEASED_TOGETHER ? 0 : left - some.size();
            }
            if (looks++ % TIDY_EVERY == 0) {
                tidyUp();
            }
            outage.over();
        } catch (Throwable e) {
            // A timer's task that throws never runs again.
            outage.failed("Mail that is due waits", e);
        }
    }

    private void tidyUp() throws StoreException {
        int cut = waiting.noLaterThan(name, limits.longestDelay(), AT_ONCE);
        if (cut > 0) {
            LOGGER.warn("{} deferred mails of the queue {} were due later than any mail is deferred for: the database's clock was set "
                + "back, or delayTime was changed; they are due in {} min now", cut, name, limits.longestDelay().toMinutes());
        }
        int forgotten = waiting.forget(KEPT, AT_ONCE);
        LOGGER.debug("{} rows of mail that is done were removed", forgotten);
        damaged.tellWhoseTimeIsOver();
    }

    private void requeue(Handle handle) throws StoreException {
        if (closed) {
            waiting.retract(handle, Duration.ZERO);
            return;
        }
        try (SpooledCopy copy = new SpooledCopy()) {
            Optional<WaitingMail.Read> read = waiting.read(handle, copy.target());
            if (read.isEmpty()) {
                return;
            }
            copy.finish();
            enqueue(handle, read.get(), copy);
        } catch (DamagedMailException e) {
            damaged.keep(handle, String.valueOf(e.getMessage()));
            return;
        } catch (StoreException e) {
            if (e.kind() != StoreException.Kind.DAMAGED) {
                throw e;
            }
            damaged.keep(handle, e.sentence());
            return;
        } catch (QueueEntrance.ClosedException e) {
            waiting.retract(handle, AFTER_FAILURE);
            return;
        } catch (Throwable e) {
            // One mail must not hold up the others that are due.
            waiting.retract(handle, AFTER_FAILURE);
            outage.failed("Mail that is due waits", e);
            return;
        }
        if (draining) {
            waiting.remove(handle);
        } else {
            waiting.enqueued(handle);
        }
    }

    private void enqueue(Handle handle, WaitingMail.Read read, SpooledCopy copy) throws MessagingException, DamagedMailException {
        MailImpl mail = StoredMail.mail(StoredHeader.decode(read.header()).to(read.recipients()), copy);
        try {
            if (!draining) {
                mail.setAttribute(new Attribute(MailAttributes.WAITING, AttributeValue.of(handle.word())));
            }
            if (read.sentFor() && !draining) {
                mail.setAttribute(new Attribute(MailAttributes.SENT_FOR, AttributeValue.of("true")));
            }
            entrance.put(mail);
        } finally {
            LifecycleUtil.dispose(mail);
        }
    }

    @Override
    public List<String> problems() {
        return damaged.problems();
    }

    @Override
    public Listing list(DeferredSelection selection, int limit) throws MailAccessException {
        return asked("list", () -> {
            WaitingRecipients.Page page = recipients.list(name, which(selection), limit);
            return new Listing(page.mails().stream().map(this::view).toList(), page.total());
        });
    }

    private DeferredMail view(WaitingMail.Listed mail) {
        return new DeferredMail(mail.id(), name, mail.senderDomain(), mail.recipients(), mail.due(),
            new DeferredMail.Progress(mail.retries(), mail.firstAttempt(), mail.reason()));
    }

    @Override
    public int release(DeferredSelection selection) throws MailAccessException {
        return asked("release", () -> recipients.sendFor(name, which(selection)));
    }

    /** Mail of all nodes goes to the queue of this one, which works best once the others are stopped. */
    @Override
    public int drain() throws MailAccessException {
        draining = true;
        return asked("drain", () -> {
            int waits = recipients.list(name, WaitingRecipients.Which.ALL, 1).total();
            recipients.sendFor(name, WaitingRecipients.Which.ALL);
            waiting.leaveToQueue(name);
            return waits;
        });
    }

    @Override
    public boolean ofAllNodes() {
        return true;
    }

    @Override
    public int delete(DeferredSelection selection) throws MailAccessException {
        return asked("delete", () -> recipients.delete(name, which(selection), WaitingCopy::forOthers));
    }

    private static WaitingRecipients.Which which(DeferredSelection selection) {
        if (selection instanceof DeferredSelection.OfDomain of) {
            return new WaitingRecipients.Which(List.of(of.domain()), List.of(), List.of());
        }
        if (selection instanceof DeferredSelection.OfDomains of) {
            return new WaitingRecipients.Which(of.names().stream().map(Object::toString).toList(),
                of.parents().stream().map(Object::toString).toList(), List.of());
        }
        if (selection instanceof DeferredSelection.OfRecipient of) {
            return new WaitingRecipients.Which(List.of(), List.of(), List.of(of.address()));
        }
        return WaitingRecipients.Which.ALL;
    }

    @FunctionalInterface
    private interface Question<T> {
        T ask() throws StoreException;
    }

    private <T> T asked(String what, Question<T> question) throws MailAccessException {
        try {
            return question.ask();
        } catch (StoreException | RuntimeException e) {
            throw new MailAccessException("The database could not " + what + " deferred mail of the queue " + name, e);
        }
    }

    /** The octets of a stored message, in memory or in a temporary file. */
    static final class SpooledCopy implements MimeMessageSource, AutoCloseable {
        private final ContentBuffer spool = new ContentBuffer();

        ContentBuffer target() {
            return spool;
        }

        void finish() throws IOException {
            spool.finish();
        }

        @Override
        public String getSourceId() {
            return "waiting-" + System.identityHashCode(this);
        }

        @Override
        public InputStream getInputStream() throws IOException {
            return spool.read();
        }

        @Override
        public void close() throws IOException {
            spool.delete();
        }
    }
}
