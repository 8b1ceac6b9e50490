/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.attempt;

import java.util.function.BooleanSupplier;

/**
 * Conditions of one dialogue with a host.
 *
 * @param gateway whether the host is a gateway
 * @param converting whether 8-bit content is converted for a host that does not take it
 * @param fresh whether a connection that was used before is out of the question
 * @param resting whether what a used connection refuses is taken as it is, since a fresh one was answered the same
 * @param leading whether each mail to the next hop comes to this host first, so that one may follow another in a group
 * @param time whether there is time for another transaction or connection
 */
record DialogueTerms(boolean gateway, boolean converting, boolean fresh, boolean resting, boolean leading, BooleanSupplier time) {
    /** The terms after a refusal: a fresh connection, and after one in a group a connection without groups. */
    DialogueTerms after(MailTransfer.Refusal refusal) {
        return new DialogueTerms(gateway, converting, true, resting, leading && !refusal.inGroup(), time);
    }

    boolean mayGoOn() {
        return time.getAsBoolean();
    }

    /** True if a refusal after so many mails over the connection is tried over a fresh one. */
    boolean mayTryAfresh(int mailsBefore) {
        return mailsBefore > 0 && !resting && mayGoOn();
    }
}
