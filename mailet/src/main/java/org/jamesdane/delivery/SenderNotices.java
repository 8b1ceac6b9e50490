/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.failure.Fault;
import org.jamesdane.dane.outcome.MailAge;
import org.jamesdane.dane.outcome.Outcome;
import org.jamesdane.delivery.attempt.Outcomes;
import org.jamesdane.delivery.blame.Blame;
import org.jamesdane.delivery.mail.FailureNotice;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.delivery.mail.OutboundMail;
import org.jamesdane.delivery.mail.OutcomeListener;
import org.jamesdane.delivery.mail.SenderPartlyToldException;
import org.jamesdane.delivery.monitoring.DeliveryMetrics;
import org.jamesdane.delivery.monitoring.MetricNames;
import org.jamesdane.smtp.Recipient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the listener of delivered, relayed, delayed and failed recipients. An error in telling does not change the delivery itself.
 *
 * @param <M> the mail
 */
final class SenderNotices<M extends OutboundMail> {
    private static final Logger LOGGER = LoggerFactory.getLogger(SenderNotices.class);

    private final OutcomeListener<M> listener;
    private final DeliveryWorker.Rules rules;
    private final DeliveryMetrics metrics;
    private final Blame blame;
    private final InstantSource clock;

    SenderNotices(OutcomeListener<M> listener, DeliveryWorker.Rules rules, DeliveryMetrics metrics, Blame blame,
            InstantSource clock) {
        this.blame = blame;
        this.clock = clock;
        this.listener = listener;
        this.rules = rules;
        this.metrics = metrics;
    }

    /** Tells of the recipients that hosts have taken the mail for. */
    void delivered(M mail, Settlement settlement) {
        Map<SecurityLabel, List<Recipient>> delivered = new LinkedHashMap<>();
        settlement.of(Outcome.Delivered.class).forEach(done ->
            delivered.computeIfAbsent(done.label(), label -> new ArrayList<>()).add(settlement.recipient(done)));
        if (!delivered.isEmpty()) {
            metrics.count(MetricNames.OUTGOING_MAILS);
        }
        delivered.forEach((label, recipients) -> {
            try {
                listener.delivered(mail, recipients, label);
            } catch (Throwable e) {
                // The mail is delivered: to send it again because of this would be worse.
                LOGGER.error("The delivery of the mail {} could not be passed on; it was delivered to {}", mail.name(), recipients, e);
            }
        });
        relayed(mail, settlement);
    }

    /** RFC 3461 §5.2.2: who wants to hear of success hears from us where the host will not tell him. */
    private void relayed(M mail, Settlement settlement) {
        List<OutcomeListener.Relay> relayed = settlement.of(Outcome.Delivered.class).stream()
            .filter(done -> !done.notifies() && settlement.recipient(done).wantsSuccess())
            .map(done -> new OutcomeListener.Relay(done.recipient().address(), done.host(), done.reply(), done.diagnostic())).toList();
        if (relayed.isEmpty()) {
            return;
        }
        try {
            listener.relayed(mail, relayed);
        } catch (Throwable e) {
            LOGGER.error("The sender of the mail {} could not be told that it was delivered to {}", mail.name(), relayed, e);
        }
    }

    /** RFC 3461 §5.2.5: once in a mail's life; what can't be said now is said at the next attempt. */
    MailHistory delayed(M mail, Settlement settlement, MailAge age, MailHistory history, Instant end) {
        List<Outcome.Deferred> late = settlement.of(Outcome.Deferred.class).stream()
            .filter(outcome -> !outcome.reason().ownFault() && settlement.recipient(outcome).wantsDelay()).toList();
        boolean due = rules.delayNotice().filter(limit -> age.at(end).compareTo(limit) >= 0).isPresent();
        if (!due || history.notices().delayTold() || late.isEmpty()) {
            return history;
        }
        try {
            Instant until = age.since().plus(rules.schedule().lifetime());
            listener.delayed(mail, late.stream().map(settlement::recipient).toList(), Outcomes.delayed(late, age.at(end)), until);
            return history.withDelayTold();
        } catch (Throwable e) {
            LOGGER.error("The sender of the mail {} could not be told that it takes long; the next attempt tells them", mail.name(), e);
            return history;
        }
    }

    /**
     * Tells the sender; if that can't be done now, the mail is kept with nothing but that to do. If it is the mail's own fault that its
     * sender can't be told, it is left to the operator (RFC 5321 §6.1: never in silence).
     *
     * @param history what the mail has been through
     */
    Optional<Rest> failed(M mail, MailHistory history, List<Recipient> recipients, FailureNotice notice, Duration later) {
        try {
            LOGGER.info("The mail {} is given up for {}: {} ({})", mail.name(), recipients, notice.text(), notice.code());
            listener.failed(mail, recipients, notice);
        } catch (Throwable e) {
            LOGGER.error("The sender of the mail {} could not be told that it failed; they will be told later", mail.name(), e);
            return untold(mail, history, open(recipients, e), notice, later);
        }
        passed(mail);
        return Optional.empty();
    }

    /** Notes that the sender has been told; an error now changes nothing about that. */
    private void passed(M mail) {
        try {
            blame.passed(mail, Fault.NOTICE, clock.instant());
        } catch (Throwable e) {
            LOGGER.warn("It could not be noted that the sender of the mail {} was told", mail.name(), e);
        }
    }

    /** Recipients of whom the sender is still to be told. */
    private static List<Recipient> open(List<Recipient> recipients, Throwable e) {
        return e instanceof SenderPartlyToldException partly
            ? recipients.stream().filter(recipient -> partly.untold().contains(recipient.toString())).toList() : recipients;
    }

    private Optional<Rest> untold(M mail, MailHistory history, List<Recipient> recipients, FailureNotice notice, Duration later) {
        // What failed before the mail was given up was another step.
        MailHistory.OwnFaults before = history.pendingNotice().isPresent() ? history.ownFaults() : MailHistory.OwnFaults.NONE;
        Instant at = clock.instant();
        MailHistory.OwnFaults now = before.oneMore(at);
        if (blame.falls(mail, Fault.NOTICE, now.times(), before.last())) {
            blame.report(mail, Fault.NOTICE, now.times(), "The sender could not be told that the mail failed: " + notice.text(), at);
            try {
                listener.untold(mail, recipients, notice);
                LOGGER.error("The sender of the mail {} was not told that it failed for {}: others' were, and its own can't be. James's "
                    + "error processor has the mail", mail.name(), recipients);
                return Optional.empty();
            } catch (Throwable e) {
                LOGGER.error("The mail {} could not be handed to James's error processor either; both are tried again", mail.name(), e);
            }
        }
        return Optional.of(new Rest(recipients, history.owing(notice).with(now), later));
    }
}
