/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.time.Duration;
import java.util.Optional;

import org.jamesdane.dane.outcome.MailAge;
import org.jamesdane.delivery.mail.DeliveryGate;
import org.jamesdane.delivery.mail.OutboundMail;
import org.jamesdane.delivery.retry.StopSignal;
import org.jamesdane.smtp.Envelope;
import org.jamesdane.store.PolicyKnowledge;

/** Gate that holds all mail once this server stops, and as long as nobody knows what the destinations are held to. */
final class ServerGate implements DeliveryGate {
    private static final Hold STOPPING = new Hold("this server stopped while the mail was on its way", Duration.ZERO, true);
    /** A store that was restored, or an operator's word, is heard of within seconds. */
    private static final Duration HELD_FOR = Duration.ofSeconds(30);

    private final StopSignal stop;
    private final PolicyKnowledge knowledge;

    /**
     * Makes the gate.
     *
     * @param stop the end of the time that deliveries under way are given
     */
    ServerGate(StopSignal stop, PolicyKnowledge knowledge) {
        this.stop = stop;
        this.knowledge = knowledge;
    }

    @Override
    public Optional<Hold> hold(Envelope envelope) {
        return stop.isGiven() ? Optional.of(STOPPING) : knowledge.hold().map(reason -> new Hold(reason, HELD_FOR, true));
    }

    @Override
    public Optional<Hold> hold(OutboundMail mail) {
        mail.history().age().map(MailAge::since).ifPresent(knowledge::waits);
        return hold(mail.envelope());
    }
}
