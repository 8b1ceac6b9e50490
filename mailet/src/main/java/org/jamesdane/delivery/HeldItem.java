/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jamesdane.delivery.deferral.DeferralStore;
import org.jamesdane.delivery.mail.ForwardingMail;
import org.jamesdane.delivery.mail.HoldingTime;
import org.jamesdane.delivery.mail.MailAccessException;
import org.jamesdane.delivery.mail.OutboundMail;
import org.jamesdane.delivery.mail.QueuedMail;
import org.jamesdane.delivery.mail.Succession;
import org.jamesdane.smtp.Envelope;
import org.jamesdane.smtp.Phase;
import org.jamesdane.smtp.Timeouts;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A queue item that is never held unacknowledged for longer than its queue allows. If that time would end during an attempt, the mail moves
 * to the deferral store and is acknowledged to the queue. From then on it is the store's; the attempt does not notice.
 *
 * <p>A mail that can't be moved goes back to the queue before the time is over. The result of the attempt is recorded for the time when the
 * mail is given out again.
 *
 * @param <M> the mail
 */
final class HeldItem<M extends OutboundMail> extends ForwardingMail implements QueuedMail<M> {
    private static final Logger LOGGER = LoggerFactory.getLogger(HeldItem.class);

    private final QueuedMail<M> queued;
    private final DeferralStore<M> store;
    private final HostRates rates;
    private final LongSupplier nanos;
    private final Envelope envelope;
    private final String name;
    @GuardedBy("this")
    private @Nullable QueuedMail<M> stored;
    @GuardedBy("this")
    private boolean settling;
    @GuardedBy("this")
    private boolean returned;
    private volatile Succession succession = Succession.none();
    /** Of the attempt's thread alone. */
    private long begun;

    HeldItem(QueuedMail<M> queued, DeferralStore<M> store, HostRates rates, LongSupplier nanos) {
        this.queued = queued;
        this.store = store;
        this.rates = rates;
        this.nanos = nanos;
        this.envelope = queued.mail().envelope();
        this.name = queued.mail().name();
    }

    @Override
    public synchronized M mail() {
        return stored == null ? queued.mail() : stored.mail();
    }

    @Override
    protected OutboundMail forwarded() {
        return mail();
    }

    @Override
    public synchronized Duration left() {
        return stored == null && !returned ? queued.left() : HoldingTime.UNLIMITED;
    }

    @Override
    public HoldingTime holding() {
        return queued.holding();
    }

    /** Moves the mail, or gives it back, if it is time for that. Called by others than the attempt's thread. */
    synchronized void lookAfter() {
        if (settling || stored != null || returned || queued.left().compareTo(queued.holding().movesAt()) > 0) {
            return;
        }
        if (!move() && queued.left().compareTo(queued.holding().returnsAt()) <= 0) {
            LOGGER.warn("The mail {} is on its way for so long that it goes back to its queue; the result is recorded", name);
            returned = true;
            try {
                queued.requeueEarly();
            } catch (Throwable e) {
                LOGGER.error("The mail {} could not be given back; its queue may give it out again", name, e);
            }
        }
    }

    @GuardedBy("this")
    private boolean move() {
        try {
            M mail = queued.mail();
            Optional<QueuedMail<M>> moved = store.storeInHand(mail, mail.history());
            if (moved.isEmpty()) {
                return false;
            }
            stored = moved.get();
            LOGGER.info("The mail {} takes long: it is stored, and out of its queue before its delivery ends", name);
        } catch (Throwable e) {
            LOGGER.error("The mail {} takes long and could not be stored; it is tried again", name, e);
            return false;
        }
        try {
            queued.acknowledge();
        } catch (Throwable e) {
            LOGGER.error("The mail {} was stored and could not be taken out of its queue; it may be given out again while it is sent", name,
                e);
        }
        return true;
    }

    /** Ends moving: from now on the mail is read to be stored, or its end is told. */
    synchronized void settle() {
        settling = true;
    }

    /** Tests whether its end is near, so that it is moved no more. */
    synchronized boolean isSettled() {
        return settling;
    }

    /** Has a mail follow over the same connection; what the mail before left to this one stays. */
    void followedBy(Supplier<Optional<HeldItem<M>>> line) {
        succession = succession.followedBy(line);
    }

    @Override
    public Succession succession() {
        return succession;
    }

    @Override
    public boolean isAwaited() {
        return succession.reserved().isPresent();
    }

    @Override
    public boolean mayBegin(String host, long octets) {
        Duration needed = rates.timeFor(host, octets).plus(Timeouts.defaults().of(Phase.FINAL_DOT));
        boolean may;
        synchronized (this) {
            may = returned || stored != null || queued.left().compareTo(needed) > 0 || move();
        }
        begun = nanos.getAsLong();
        return may;
    }

    @Override
    public void ended(String host, long octets) {
        rates.seen(host, octets, Duration.ofNanos(nanos.getAsLong() - begun));
    }

    @Override
    public synchronized void finish() throws MailAccessException {
        if (stored == null) {
            queued.finish();
            return;
        }
        try {
            stored.finish();
        } finally {
            queued.release();
        }
    }

    @Override
    public synchronized void requeue() throws MailAccessException {
        if (stored == null) {
            queued.requeue();
            return;
        }
        try {
            stored.requeue();
        } finally {
            queued.release();
        }
    }

    @Override
    public Optional<QueuedMail<M>> setBack() {
        settle();
        succession.close();
        return isInHand() ? Optional.of(queued) : Optional.empty();
    }

    @Override
    public void requeueAtOnce() throws MailAccessException {
        settle();
        succession.close();
        requeue();
    }

    @Override
    public void settled(Collection<String> recipients) {
        queued.settled(recipients);
    }

    /** Tests whether the mail is neither stored nor in its queue again, so that it can wait for another turn. */
    synchronized boolean isInHand() {
        return stored == null && !returned;
    }

    /** Tests whether the queue has the mail again although it is being worked on. */
    synchronized boolean isReturned() {
        return returned;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Envelope envelope() {
        return envelope;
    }
}
