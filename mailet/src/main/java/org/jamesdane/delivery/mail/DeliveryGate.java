/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.mail;

import java.time.Duration;
import java.util.Optional;

import org.jamesdane.smtp.Envelope;

/**
 * Decides which mail is held: mail of a destination that pauses, and all mail while this server itself can't deliver. A held mail waits
 * without an attempt, and no retry is counted.
 */
@FunctionalInterface
public interface DeliveryGate {
    /** A gate that holds no mail. */
    DeliveryGate OPEN = envelope -> Optional.empty();

    /** Reason and length of a mail's wait; empty if the mail is to be tried. */
    Optional<Hold> hold(Envelope envelope);

    /** Answers as {@link #hold(Envelope)} does, for a mail that is about to be tried. */
    default Optional<Hold> hold(OutboundMail mail) {
        return hold(mail.envelope());
    }

    /**
     * A mail's wait.
     *
     * @param reason as one sentence, for people
     * @param delay until it is looked at again
     * @param ownFault whether this server is to blame, so that the mail does not age either
     */
    record Hold(String reason, Duration delay, boolean ownFault) {
    }
}
