/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import java.time.Duration;
import java.util.Optional;

import org.jamesdane.delivery.destination.AttemptEnd;
import org.jamesdane.delivery.destination.SitePass;
import org.jamesdane.delivery.mail.OutboundMail;
import org.jamesdane.delivery.mail.QueuedMail;
import org.jamesdane.delivery.schedule.Line;
import org.jamesdane.delivery.schedule.MailWorker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Passes each mail that a queue gives out to a {@link DeliveryWorker}, and puts back a mail whose work fails unexpectedly.
 *
 * @param <M> the mail
 */
public final class QueueWorker<M extends OutboundMail> implements MailWorker<M> {
    private static final Logger LOGGER = LoggerFactory.getLogger(QueueWorker.class);

    private final DeliveryWorker<M> worker;

    /** Passes the work on each mail to this worker. */
    public QueueWorker(DeliveryWorker<M> worker) {
        this.worker = worker;
    }

    @Override
    public void prepare(QueuedMail<M> mail, Runnable next) {
        worker.prepare(mail, next);
    }

    @Override
    public AttemptEnd process(QueuedMail<M> mail, SitePass pass) {
        return workOn(mail, begun -> worker.process(begun, pass));
    }

    @Override
    public AttemptEnd process(QueuedMail<M> mail, SitePass pass, Line<M> line) {
        return workOn(mail, begun -> worker.process(begun, pass, () -> line.next(this::take)));
    }

    /** Begins work on a mail that follows another; one on which it can't begin goes back. */
    private Optional<HeldItem<M>> take(QueuedMail<M> mail) {
        try {
            return mail.begin() ? Optional.of(worker.take(mail)) : Optional.empty();
        } catch (Throwable e) {
            LOGGER.error("The mail {} could not be worked on and stays in the queue", mail.name(), e);
            requeue(mail);
            return Optional.empty();
        }
    }

    @Override
    public void hold(QueuedMail<M> mail, Duration time) {
        workOn(mail, begun -> {
            worker.hold(begun, time);
            return AttemptEnd.NOTHING;
        });
    }

    @Override
    public boolean canWait(QueuedMail<M> mail, Duration time) {
        return worker.canWait(mail.history(), time);
    }

    @Override
    public boolean isSentFor(QueuedMail<M> mail) {
        return mail.isSentFor() || worker.isSentFor(mail.history());
    }

    @FunctionalInterface
    private interface Work<M extends OutboundMail> {
        AttemptEnd on(QueuedMail<M> mail);
    }

    @SuppressWarnings("try") // The logging context ends with the block; nothing in it refers to it.
    private AttemptEnd workOn(QueuedMail<M> mail, Work<M> work) {
        try (MDC.MDCCloseable context = MDC.putCloseable("mail", mail.name())) {
            return mail.begin() ? work.on(mail) : AttemptEnd.NOTHING;
        } catch (Throwable e) {
            LOGGER.error("The mail {} could not be worked on and stays in the queue", mail.name(), e);
            requeue(mail);
            return AttemptEnd.NOTHING;
        }
    }

    private void requeue(QueuedMail<M> mail) {
        try {
            mail.requeue();
        } catch (Throwable e) {
            LOGGER.error("The mail {} could not be put back; its queue may give it out again", mail.name(), e);
        }
    }
}
