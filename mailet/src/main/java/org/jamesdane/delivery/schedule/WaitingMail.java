/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.schedule;

import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;

import org.jamesdane.delivery.destination.AddressPlaces;
import org.jamesdane.delivery.destination.AttemptEnd;
import org.jamesdane.delivery.destination.SitePass;
import org.jamesdane.delivery.mail.OutboundMail;
import org.jamesdane.delivery.mail.QueuedMail;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A mail that waits for its turn, with the worker that it waits for. It answers every question: one that could not be answered would stop
 * the mails that wait for the same decision.
 *
 * @param <M> the mail
 */
final class WaitingMail<M extends OutboundMail> {
    private static final Logger LOGGER = LoggerFactory.getLogger(WaitingMail.class);
    private static final String NOWHERE = "-";

    /**
     * Means by which the mails of one queue are worked on.
     *
     * @param keeping runs holds that must not wait for a delivery to end
     */
    record Means<M extends OutboundMail>(MailWorker<M> worker, Executor keeping) {
    }

    private QueuedMail<M> mail;
    private final Means<M> means;
    private final Supply supply;
    private final long since;
    private final String destination;
    private final Optional<String> fanOut;
    private boolean ended;
    private Shares.Place place = new Shares.Place(false, false);
    private Optional<Site> site = Optional.empty();
    private Optional<AddressPlaces<Site>.Place> address = Optional.empty();

    /**
     * Takes a mail.
     *
     * @param supply the mails of its queue
     * @param since the ticker's reading when the mail came
     */
    WaitingMail(QueuedMail<M> mail, Means<M> means, Supply supply, long since) {
        this.mail = mail;
        this.means = means;
        this.supply = supply;
        this.since = since;
        this.destination = guarded(mail::destination, NOWHERE);
        this.fanOut = guarded(mail::fanOut, Optional.empty());
    }

    /** Has mails leave a line that have waited here for as long as their queue lets them; returns their number. */
    static int leaveLine(Deque<WaitingMail<?>> line, Actions actions) {
        List<WaitingMail<?>> overdue = line.stream().filter(mail -> mail.isOverdue()).toList();
        line.removeAll(overdue);
        overdue.forEach(actions::leaveLine);
        return overdue.size();
    }

    private static <T> T guarded(Supplier<T> question, T otherwise) {
        try {
            return question.get();
        } catch (Throwable e) {
            LOGGER.error("A mail could not be asked; it is taken as if nothing were known of it", e);
            return otherwise;
        }
    }

    QueuedMail<M> mail() {
        return mail;
    }

    Supply supply() {
        return supply;
    }

    long since() {
        return since;
    }

    String destination() {
        return destination;
    }

    /** Id of the whole mail, where the queue has several items of it. */
    Optional<String> fanOut() {
        return fanOut;
    }

    /** Kind of the place that the mail has; for {@link Shares}, under the dispatcher's lock. */
    Shares.Place place() {
        return place;
    }

    void take(Shares.Place taken) {
        place = taken;
    }

    /** The site at which the mail has a place; for {@link Site} and {@link Turns}, under the dispatcher's lock. */
    Optional<Site> site() {
        return site;
    }

    void enter(Optional<Site> entered) {
        site = entered;
    }

    /** The place of the mail at an address; under the dispatcher's lock. */
    Optional<AddressPlaces<Site>.Place> address() {
        return address;
    }

    /** Takes a place at an address, and gives back the one at the address before. */
    void arrive(AddressPlaces<Site>.Place at) {
        leaveAddress(Optional.empty());
        address = Optional.of(at);
    }

    /**
     * Gives back the place at an address, if the mail has one.
     *
     * @param took the time of a delivery that succeeded
     */
    void leaveAddress(Optional<Duration> took) {
        address.ifPresent(place -> place.leave(took));
        address = Optional.empty();
    }

    /** Takes over the place at an address from the mail that it follows over the same connection. */
    void takeAddressOf(WaitingMail<?> leader) {
        leaveAddress(Optional.empty());
        address = leader.address;
        leader.address = Optional.empty();
    }

    /** Begins work on the mail while it waits for the end of the one before; the dispatcher's lock is not held. */
    <H extends QueuedMail<M>> Optional<H> begin(Function<QueuedMail<M>, Optional<H>> begin) {
        Optional<H> begun = begin.apply(mail);
        begun.ifPresentOrElse(present -> mail = present, () -> ended = true);
        return begun;
    }

    /** Readies the mail for another turn, whatever was begun of it. Its end comes now if that can't be; the lock is not held. */
    void setBack() {
        guarded(mail::setBack, Optional.<QueuedMail<M>>empty()).ifPresentOrElse(before -> mail = before, () -> {
            requeueAtOnce();
            ended = true;
        });
    }

    /** Tests whether the mail had its end while it was to wait. */
    boolean hasEnded() {
        return ended;
    }

    /** Tests whether a host awaits its content. */
    boolean isAwaited() {
        return guarded(mail::isAwaited, false);
    }

    /** A mail that may follow this one, as one of the same kind; empty if it is of another queue. */
    @SuppressWarnings("unchecked") // All mails of one queue are of one kind.
    Optional<WaitingMail<M>> sameKind(WaitingMail<?> other) {
        return other.supply == supply ? Optional.of((WaitingMail<M>) other) : Optional.empty();
    }

    boolean canWait(Duration time) {
        return guarded(() -> means.worker().canWait(mail, time), true);
    }

    boolean isSentFor() {
        return guarded(() -> means.worker().isSentFor(mail), false);
    }

    boolean isOverdue() {
        return guarded(mail::isOverdue, false);
    }

    AttemptEnd process(SitePass pass, Line<M> line) {
        return means.worker().process(mail, pass, line);
    }

    void hold(Duration time) {
        means.worker().hold(mail, time);
    }

    /** Holds the mail as {@link #hold} does, on a thread that is never a delivery's. */
    void leaveLine() {
        try {
            means.keeping().execute(() -> hold(Duration.ZERO));
        } catch (Throwable e) {
            LOGGER.error("There is no thread to keep the mail {} elsewhere; it goes back into its queue", mail.name(), e);
            requeueAtOnce();
        }
    }

    /** Leaves the mail to its queue; other mails are given back with it, whatever happens to this one. */
    void requeueAtOnce() {
        try {
            mail.requeueAtOnce();
        } catch (Throwable e) {
            LOGGER.error("A mail to {} could not be given back to its queue", destination, e);
        }
    }
}
