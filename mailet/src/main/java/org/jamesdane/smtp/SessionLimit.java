/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Knowledge of how many mails one host takes over a connection. A limit counts once it was met twice at about the same number. Each
 * time a fresh connection has to take the mail that the used one refused.
 *
 * @param seen the last such number
 * @param learnt the limit
 * @param rest since when a fresh connection is not tried any more, because it was answered like the used one
 */
record SessionLimit(Optional<Seen> seen, Optional<Seen> learnt, Optional<Instant> rest) {
    /** A host of which nothing is known. */
    static final SessionLimit UNKNOWN = new SessionLimit(Optional.empty(), Optional.empty(), Optional.empty());
    /** Mails below which no limit is learnt: a connection for each few mails would cost the host more than its refusals. */
    static final int MIN = 5;
    /** Time after which a number is forgotten: hosts change their limits. */
    static final Duration MEMORY = Duration.ofDays(1);
    /** Time for which a host's refusals are taken as they are. */
    static final Duration REST = Duration.ofHours(1);
    /** Counts differ by a tenth where several connections share a limit. */
    private static final int TOLERANCE = 10;

    /**
     * A number of mails.
     *
     * @param at when it was met
     */
    record Seen(int mails, Instant at) {
    }

    /**
     * The knowledge after a used connection was refused and a fresh one was tried.
     *
     * @param mails how many the used connection had carried
     * @param taken whether the fresh one took what the used one refused
     */
    SessionLimit after(int mails, boolean taken, Instant now) {
        if (!taken) {
            return new SessionLimit(seen, learnt, Optional.of(now));
        }
        Optional<Seen> met = Optional.of(new Seen(mails, now));
        boolean again = seen.filter(before -> lasts(before.at(), MEMORY, now) && isAbout(before.mails(), mails)).isPresent();
        int lower = Math.max(MIN, seen.map(before -> Math.min(before.mails(), mails)).orElse(mails));
        return new SessionLimit(met, again ? Optional.of(new Seen(lower, now)) : learnt, rest);
    }

    /** The most mails that a connection carries; empty if that is not known. */
    OptionalInt mails(Instant now) {
        return learnt.filter(limit -> lasts(limit.at(), MEMORY, now)).map(limit -> OptionalInt.of(limit.mails()))
            .orElse(OptionalInt.empty());
    }

    /** True while refusals of used connections are taken as they are. */
    boolean rests(Instant now) {
        return rest.filter(since -> lasts(since, REST, now)).isPresent();
    }

    /** A clock that was set back must not make anything last longer. */
    private static boolean lasts(Instant since, Duration time, Instant now) {
        return !now.isBefore(since) && now.isBefore(since.plus(time));
    }

    private static boolean isAbout(int first, int second) {
        return Math.abs(first - second) <= Math.max(1, Math.max(first, second) / TOLERANCE);
    }
}
