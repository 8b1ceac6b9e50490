/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.schedule;

import java.time.Duration;

import org.jamesdane.delivery.destination.AttemptEnd;
import org.jamesdane.delivery.destination.Reachability;
import org.jamesdane.delivery.destination.SitePass;
import org.jamesdane.delivery.mail.OutboundMail;
import org.jamesdane.delivery.mail.QueuedMail;

/**
 * A mail in hand that nobody opens, for a destination that nothing is known of. A test says what its worker makes of it.
 *
 * @param <M> the mail
 */
public abstract class TestQueuedMail<M extends OutboundMail> implements QueuedMail<M> {
    /** A worker that does with each mail what the test says. */
    public static <M extends OutboundMail> MailWorker<M> worker() {
        return new MailWorker<>() {
            @Override
            public AttemptEnd process(QueuedMail<M> mail, SitePass pass) {
                return ((TestQueuedMail<M>) mail).attempt(pass);
            }

            @Override
            public void hold(QueuedMail<M> mail, Duration time) {
                ((TestQueuedMail<M>) mail).hold(time);
            }

            @Override
            public boolean canWait(QueuedMail<M> mail, Duration time) {
                return ((TestQueuedMail<M>) mail).canWait(time);
            }

            @Override
            public boolean isSentFor(QueuedMail<M> mail) {
                return mail.isSentFor();
            }
        };
    }

    /** Tries to deliver it, whatever its site. */
    protected AttemptEnd attempt(SitePass pass) {
        return new AttemptEnd.Ended(attempt(), Reachability.UNKNOWN);
    }

    /** Tries to deliver it. */
    protected abstract Reachability attempt();

    /** Holds it elsewhere. */
    protected abstract void hold(Duration time);

    /** Tests whether it can be held that long. */
    protected boolean canWait(Duration time) {
        return true;
    }

    @Override
    public String name() {
        return "mail";
    }

    @Override
    public String destination() {
        return "somewhere.example";
    }

    @Override
    public abstract void requeueAtOnce();

    @Override
    public M mail() {
        throw new IllegalStateException("nobody opens this mail");
    }

    @Override
    public void finish() {
        throw new IllegalStateException("nobody is done with this mail");
    }

    @Override
    public void requeue() {
        throw new IllegalStateException("nobody has begun with this mail");
    }
}
