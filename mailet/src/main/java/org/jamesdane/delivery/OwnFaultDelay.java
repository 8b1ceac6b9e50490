/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import java.time.Duration;
import java.util.List;

import org.jamesdane.dane.outcome.Outcome;
import org.jamesdane.delivery.attempt.Outcomes;
import org.jamesdane.delivery.blame.Witnesses;
import org.jamesdane.delivery.mail.MailHistory;

/** Wait of a mail after a fault of this server. */
final class OwnFaultDelay {
    /** Shortest wait: soon over, so that an outage costs little beyond itself. */
    static final Duration SHORTEST = Duration.ofSeconds(30);
    /** Longest wait, for a mail that failed often enough to be blamed: other mails must come by as witnesses. */
    private static final Duration LONGEST = Duration.ofHours(1);

    private OwnFaultDelay() {
    }

    /** Half a minute. If an outcome may be the mail's own, it is longer from the failure on with which the mail may be to blame. */
    static Duration after(List<Outcome> outcomes, MailHistory.OwnFaults faults) {
        if (outcomes.stream().noneMatch(Outcomes::mayBeTheMails)) {
            return SHORTEST;
        }
        int beyond = Math.max(0, Math.min(faults.times() - Witnesses.FAILURES, 10));
        Duration delay = SHORTEST.multipliedBy(1L << beyond);
        return delay.compareTo(LONGEST) < 0 ? delay : LONGEST;
    }
}
