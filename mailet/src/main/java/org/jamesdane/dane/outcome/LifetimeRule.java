/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.outcome;

import java.time.Duration;
import java.time.Instant;

import org.jamesdane.dane.failure.EnhancedStatusCode;

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
