/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.outcome;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

import org.jamesdane.dane.failure.EnhancedStatusCode;

/**
 * Time for which a mail has been tried, without the time during which this server itself was at fault.
 *
 * <p>Days lie between a mail's first and last attempt, and clocks are set in between. The age is therefore never the difference of
 * two readings alone: {@link #continuedAt} bounds what one stretch of waiting adds to it.
 *
 * @param since the first attempt, moved by every time that does not count
 * @param lastSeen when the clock was read last for this mail
 * @param pausedAt the first attempt of a row that ended for a fault of our own; empty if the last one did not
 */
public record MailAge(Instant since, Instant lastSeen, Optional<Instant> pausedAt) {

    /** The age of a mail at its first attempt. */
    public static MailAge firstAttempt(Instant now) {
        return new MailAge(now, now, Optional.empty());
    }

    /**
     * The age when the mail is looked at again. The age grows by the time since the mail was last seen, but by no more than allowed. A mail
     * must not expire before its next attempt because the clock jumped ahead, or because this server was off for a week. If the clock went
     * back, the mail is as old as it was.
     *
     * @param allowance the most that counts of the time since it was last seen
     */
    public MailAge continuedAt(Instant now, Duration allowance) {
        Duration before = nonNegative(since, pausedAt.orElse(lastSeen));
        Duration waited = nonNegative(lastSeen, now);
        Duration counted = pausedAt.isPresent() ? Duration.ZERO : waited.compareTo(allowance) < 0 ? waited : allowance;
        return new MailAge(now.minus(before).minus(counted), now, pausedAt.map(paused -> now));
    }

    /** The age after an attempt that a fault of our own ended. */
    public MailAge afterOwnFault(Instant now) {
        return pausedAt.isPresent() ? this : new MailAge(since, now, Optional.of(now));
    }

    /** The age after an attempt that says something about the destination. The time since a fault of our own began does not count. */
    public MailAge afterAttempt(Instant now) {
        return new MailAge(pausedAt.map(paused -> since.plus(nonNegative(paused, now))).orElse(since), now, Optional.empty());
    }

    /** The age at that time; it stands still while this server is at fault, and is never negative. */
    public Duration at(Instant now) {
        return nonNegative(since, pausedAt.filter(paused -> paused.isBefore(now)).orElse(now));
    }

    private static Duration nonNegative(Instant from, Instant to) {
        return to.isBefore(from) ? Duration.ZERO : Duration.between(from, to);
    }

    /**
     * Rule for the time at which a deferred mail is returned.
     *
     * @param lifetime how long it is tried, counted from its first attempt; more than zero
     */
    public record LifetimeRule(Duration lifetime) {
        /** RFC 5321 §4.5.4.1: the give-up time generally needs to be at least four to five days. */
        public static final Duration DEFAULT_LIFETIME = Duration.ofDays(5);

        public LifetimeRule {
            if (lifetime.isNegative() || lifetime.isZero()) {
                throw new IllegalArgumentException("The lifetime of a mail is more than zero, not " + lifetime);
            }
        }

        /**
         * Turns a deferral into a bounce if the mail's lifetime is over. The number of attempts does not matter.
         *
         * @param age the mail's age, this attempt included
         */
        public Outcome apply(Outcome outcome, MailAge age, Instant now) {
            if (!(outcome instanceof Outcome.Deferred deferred) || deferred.reason().ownFault() || age.at(now).compareTo(lifetime) < 0) {
                return outcome;
            }
            Outcome.Reason last = deferred.reason();
            // RFC 3463 §3.5: X.4.7 is "delivery time expired"; the reason keeps its own code, which says more.
            EnhancedStatusCode code = new EnhancedStatusCode(5, last.code().subject(), last.code().detail());
            return new Outcome.Bounced(deferred.recipient(), new Outcome.Reason(code,
                "Not delivered for " + age.at(now).toHours() + " hours, the last time because: " + last.text(),
                last.witness(), last.reportType(), last.section(), false, last.failures()));
        }
    }
}
