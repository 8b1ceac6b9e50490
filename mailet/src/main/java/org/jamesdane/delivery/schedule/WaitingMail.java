/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.schedule;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

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

    private final QueuedMail<M> mail;
    private final Means<M> means;
    private final Supply supply;
    private final long since;
    private final String destination;
    private final Optional<String> fanOut;
    private Shares.Place place = new Shares.Place(false, false);
    private Optional<Site> site = Optional.empty();

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

    boolean canWait(Duration time) {
        return guarded(() -> means.worker().canWait(mail, time), true);
    }

    boolean isSentFor() {
        return guarded(() -> means.worker().isSentFor(mail), false);
    }

    boolean isOverdue() {
        return guarded(mail::isOverdue, false);
    }

    AttemptEnd process(SitePass pass) {
        return means.worker().process(mail, pass);
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
