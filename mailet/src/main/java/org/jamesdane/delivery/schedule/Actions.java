/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.schedule;

import java.time.Duration;

/** Actions that follow from decisions, for when the lock is free again. */
interface Actions {
    /** Tries to deliver a mail; then {@link Turns#ended} is due. */
    void attempt(WaitingMail<?> mail, Lane lane);

    /** Holds a mail elsewhere for a time; then {@link Turns#held} is due. */
    void hold(WaitingMail<?> mail, Duration time);

    /** Has a mail held elsewhere that its queue leaves here no longer, whether or not a thread is free. */
    void leaveLine(WaitingMail<?> mail);

    /** Leaves a mail to its queue. */
    void requeueAtOnce(WaitingMail<?> mail);

    /** Asks a queue for so many mails more. */
    void request(Supply supply, int more);
}
