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
 * Record of a mail's attempts: its age, retries, failures and notices.
 *
 * @param age how long it has been tried; empty before its first attempt
 * @param retries how often it was tried again and counted
 * @param notices what its sender was told of, or is still to be told
 * @param lastReason why it was deferred last, as one sentence; empty if it was not
 * @param hosts what kept it from each host, and since when
 * @param due when it was to be worked on; empty if nobody wrote it down
 * @param ownFaults how often it failed for a fault of this server that may be its own
 */
public record MailHistory(Optional<MailAge> age, int retries, Notices notices, Optional<String> lastReason, HostFailureHistory hosts,
        Optional<Instant> due, OwnFaults ownFaults) {
    /**
     * Notices to the sender.
     *
     * @param pending a failure that the sender could not be told of yet; then nothing else is to be done for the mail
     * @param delayTold whether the sender was told that the mail takes long
     */
    public record Notices(Optional<FailureNotice> pending, boolean delayTold) {
    }

    /**
     * Failures on this server at steps where the mail may be to blame.
     *
     * @param times how often
     * @param last when it failed last; empty if never
     */
    public record OwnFaults(int times, Optional<Instant> last) {
        /** No failures so far. */
        public static final OwnFaults NONE = new OwnFaults(0, Optional.empty());

        /** Counts another failure, at this time. */
        public OwnFaults oneMore(Instant now) {
            return new OwnFaults(times + 1, Optional.of(now));
        }
    }

    /** A mail that was never tried. */
    public static final MailHistory NEW = new MailHistory(Optional.empty(), 0, Optional.empty(), Optional.empty());

    /** A history without what only texts and measures need. */
    public MailHistory(Optional<MailAge> age, int retries, Optional<FailureNotice> pendingNotice, Optional<String> lastReason) {
        this(age, retries, new Notices(pendingNotice, false), lastReason, HostFailureHistory.EMPTY, Optional.empty(), OwnFaults.NONE);
    }

    /** A failure that the sender could not be told of yet. */
    public Optional<FailureNotice> pendingNotice() {
        return notices.pending();
    }

    /** This history with the failures on this server that may be the mail's own. */
    public MailHistory with(OwnFaults faults) {
        return new MailHistory(age, retries, notices, lastReason, hosts, due, faults);
    }

    /** The history of a mail that is to be tried again, the attempt having counted. */
    public MailHistory retriedAt(MailAge newAge, String reason) {
        return new MailHistory(Optional.of(newAge), retries + 1, notPending(), Optional.of(reason), hosts, due, ownFaults);
    }

    /** The history of a mail that is to be tried again, the attempt not having counted. */
    public MailHistory pausedAt(MailAge newAge, String reason) {
        return new MailHistory(Optional.of(newAge), retries, notPending(), Optional.of(reason), hosts, due, ownFaults);
    }

    /** The history of a mail that was not tried at all, and goes on ageing. */
    public MailHistory heldFor(MailAge newAge, String reason) {
        return new MailHistory(Optional.of(newAge), retries, notices, Optional.of(reason), hosts, due, ownFaults);
    }

    /** The history of a mail of which nothing is left but to tell its sender. */
    public MailHistory owing(FailureNotice notice) {
        return new MailHistory(age, retries, new Notices(Optional.of(notice), notices.delayTold()),
            Optional.of(notice.text()), hosts, due, ownFaults);
    }

    /** This history with that age. */
    public MailHistory aged(MailAge newAge) {
        return new MailHistory(Optional.of(newAge), retries, notices, lastReason, hosts, due, ownFaults);
    }

    /** This history with the failures at each host. */
    public MailHistory with(HostFailureHistory newHosts) {
        return new MailHistory(age, retries, notices, lastReason, newHosts, due, ownFaults);
    }

    /** Copy with the note that the mail's sender was told of the delay. */
    public MailHistory withDelayTold() {
        return new MailHistory(age, retries, new Notices(notices.pending(), true), lastReason, hosts, due, ownFaults);
    }

    /** Copy with the time at which the mail is to be worked on. */
    public MailHistory dueAt(Instant time) {
        return new MailHistory(age, retries, notices, lastReason, hosts, Optional.of(time), ownFaults);
    }

    private Notices notPending() {
        return new Notices(Optional.empty(), notices.delayTold());
    }
}
