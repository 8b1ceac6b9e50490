/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.mail;

import java.time.Instant;
import java.util.Optional;

import org.jamesdane.dane.outcome.HostFailureHistory;
import org.jamesdane.dane.outcome.MailAge;

/**
 * Record of what a mail has been through.
 *
 * @param age how long it has been tried; empty before its first attempt
 * @param retries how often it was tried again and counted
 * @param pendingNotice a failure that its sender could not be told of yet; then nothing else is to be done for the mail
 * @param lastReason why it was deferred last, as one sentence; empty if it was not
 * @param hosts what kept it from each host, and since when
 * @param delayTold whether its sender was told that it takes long
 * @param due when it was to be worked on; empty if nobody wrote it down
 * @param ownFaults how often it failed for a fault of this server that may be its own
 */
public record MailHistory(Optional<MailAge> age, int retries, Optional<FailureNotice> pendingNotice, Optional<String> lastReason,
        HostFailureHistory hosts, boolean delayTold, Optional<Instant> due, OwnFaults ownFaults) {
    /**
     * Failures on this server at steps where the mail may be to blame.
     *
     * @param times how often
     * @param last when it failed last; empty if never
     */
    public record OwnFaults(int times, Optional<Instant> last) {
        /** None so far. */
        public static final OwnFaults NONE = new OwnFaults(0, Optional.empty());

        public OwnFaults oneMore(Instant now) {
            return new OwnFaults(times + 1, Optional.of(now));
        }
    }

    /** A mail that was never tried. */
    public static final MailHistory NEW = new MailHistory(Optional.empty(), 0, Optional.empty(), Optional.empty());

    /** A history without what only texts and measures need. */
    public MailHistory(Optional<MailAge> age, int retries, Optional<FailureNotice> pendingNotice, Optional<String> lastReason) {
        this(age, retries, pendingNotice, lastReason, HostFailureHistory.EMPTY, false, Optional.empty());
    }

    /** A history without faults of this server. */
    public MailHistory(Optional<MailAge> age, int retries, Optional<FailureNotice> pendingNotice, Optional<String> lastReason,
            HostFailureHistory hosts, boolean delayTold, Optional<Instant> due) {
        this(age, retries, pendingNotice, lastReason, hosts, delayTold, due, OwnFaults.NONE);
    }

    /** With the failures on this server that may be its own. */
    public MailHistory with(OwnFaults faults) {
        return new MailHistory(age, retries, pendingNotice, lastReason, hosts, delayTold, due, faults);
    }

    /** The history of a mail that is to be tried again, the attempt having counted. */
    public MailHistory retriedAt(MailAge newAge, String reason) {
        return new MailHistory(Optional.of(newAge), retries + 1, Optional.empty(), Optional.of(reason), hosts, delayTold, due, ownFaults);
    }

    /** The history of a mail that is to be tried again, the attempt not having counted. */
    public MailHistory pausedAt(MailAge newAge, String reason) {
        return new MailHistory(Optional.of(newAge), retries, Optional.empty(), Optional.of(reason), hosts, delayTold, due, ownFaults);
    }

    /** The history of a mail that was not tried at all, and goes on ageing. */
    public MailHistory heldFor(MailAge newAge, String reason) {
        return new MailHistory(Optional.of(newAge), retries, pendingNotice, Optional.of(reason), hosts, delayTold, due, ownFaults);
    }

    /** The history of a mail of which nothing is left but to tell its sender. */
    public MailHistory owing(FailureNotice notice) {
        return new MailHistory(age, retries, Optional.of(notice), Optional.of(notice.text()), hosts, delayTold, due, ownFaults);
    }

    /** With that age. */
    public MailHistory aged(MailAge newAge) {
        return new MailHistory(Optional.of(newAge), retries, pendingNotice, lastReason, hosts, delayTold, due, ownFaults);
    }

    /** With what kept it from each host. */
    public MailHistory with(HostFailureHistory newHosts) {
        return new MailHistory(age, retries, pendingNotice, lastReason, newHosts, delayTold, due, ownFaults);
    }

    /** Copy with the note that the mail's sender was told of the delay. */
    public MailHistory withDelayTold() {
        return new MailHistory(age, retries, pendingNotice, lastReason, hosts, true, due, ownFaults);
    }

    /** Copy with the time at which the mail is to be worked on. */
    public MailHistory dueAt(Instant time) {
        return new MailHistory(age, retries, pendingNotice, lastReason, hosts, delayTold, Optional.of(time), ownFaults);
    }
}
