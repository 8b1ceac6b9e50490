/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How long a mail has been tried, without the time during which this server itself was at fault.
 *
 * @param since the first attempt, moved forward by every time that does not count
 * @param pausedAt the first attempt of a row that ended for a fault of our own; empty if the last one did not
 */
public record MailAge(Instant since, Optional<Instant> pausedAt) {

    /** The age of a mail at its first attempt. */
    public static MailAge firstAttempt(Instant now) {
        return new MailAge(now, Optional.empty());
    }

    /** After an attempt that a fault of our own ended. */
    public MailAge afterOwnFault(Instant now) {
        return pausedAt.isPresent() ? this : new MailAge(since, Optional.of(now));
    }

    /** After an attempt that says something about the destination: the time since a fault of our own began does not count. */
    public MailAge afterAttempt(Instant now) {
        return pausedAt.map(paused -> new MailAge(since.plus(nonNegative(paused, now)), Optional.empty())).orElse(this);
    }

    /** The age at that time; it stands still while this server is at fault, and is never negative. */
    public Duration at(Instant now) {
        return nonNegative(since, pausedAt.filter(paused -> paused.isBefore(now)).orElse(now));
    }

    private static Duration nonNegative(Instant from, Instant to) {
        return to.isBefore(from) ? Duration.ZERO : Duration.between(from, to);
    }
}
