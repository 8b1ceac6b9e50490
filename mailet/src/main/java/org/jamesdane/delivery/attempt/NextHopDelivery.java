/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.attempt;

import java.util.ArrayList;
import java.util.List;

import org.jamesdane.dane.failure.Fault;
import org.jamesdane.dane.outcome.HostAttempt;
import org.jamesdane.dane.outcome.Outcome;
import org.jamesdane.dane.outcome.OutcomeRules;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.policy.PolicySelection;
import org.jamesdane.dane.policy.SenderTlsPreference;
import org.jamesdane.dane.trace.TraceRecorder;
import org.jamesdane.delivery.blame.WitnessedMail;
import org.jamesdane.delivery.monitoring.AuditEvent;
import org.jamesdane.smtp.Envelope;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Attempt to deliver one mail to one next-hop domain, or to the gateways one after the other. Used once, by one thread.
 */
final class NextHopDelivery {
    private static final Logger LOGGER = LoggerFactory.getLogger(NextHopDelivery.class);
    private final DeliveryContext context;
    private final WitnessedMail mail;
    private final SiteVisit visit;

    NextHopDelivery(DeliveryContext context, WitnessedMail mail, SiteVisit visit) {
        this.context = context;
        this.mail = mail;
        this.visit = visit;
    }

    /** Tries the next hops in this order until each recipient's fate is known; no outcome if the mail yields its turn. */
    List<Outcome> deliver(List<NextHop> nextHops, Envelope envelope) {
        if (nextHops.get(0).gateway() && !visit.enters(nextHops)) {
            return List.of();
        }
        List<HostAttempt> attempts = new ArrayList<>();
        List<TraceRecorder> traces = new ArrayList<>();
        List<Outcome> outcomes = List.of();
        for (NextHop nextHop : nextHops) {
            TraceRecorder trace = new TraceRecorder(nextHop);
            traces.add(trace);
            HostWalk walk = new HostWalk(context, mail, new AuditEvent.Delivery(mail.name(), envelope, nextHop, selection(nextHop)), trace,
                attempts, visit);
            outcomes = outcomes(walk, nextHop, envelope, attempts);
            if (visit.yielded()) {
                return List.of();
            }
            if (walk.isUncertain() || OutcomeRules.remaining(HostSession.keys(envelope), attempts).isEmpty()) {
                break;
            }
        }
        show(traces, outcomes);
        return outcomes;
    }

    /** Walks the hosts; what was written down of them decides, also where something unexpected ends the walk. */
    private List<Outcome> outcomes(HostWalk walk, NextHop nextHop, Envelope envelope, List<HostAttempt> attempts) {
        try {
            return walk.run();
        } catch (Throwable e) {
            LOGGER.error("An unexpected error ended the attempt to deliver the mail {} to {}", mail.name(), nextHop, e);
            attempts.add(new HostAttempt.Failed(HostFailureMapping.unexpected(nextHop.toString(), e, Fault.ATTEMPT)));
            return OutcomeRules.conclude(HostSession.keys(envelope), attempts, Policy.DANE);
        }
    }

    private void show(List<TraceRecorder> traces, List<Outcome> outcomes) {
        try {
            if (LOGGER.isDebugEnabled()) {
                outcomes.forEach(traces.get(traces.size() - 1)::outcome);
                traces.forEach(trace -> LOGGER.debug("The mail {}: {}", mail.name(), trace.trace().toLine()));
            }
        } catch (Throwable e) {
            LOGGER.error("The trace of the mail {} could not be shown", mail.name(), e);
        }
    }

    private PolicySelection selection(NextHop nextHop) {
        PolicySelection published = context.settings().policies().select(nextHop, context.clock().instant());
        boolean eased = mail.tlsWish() == SenderTlsPreference.OPTIONAL && context.settings().senderWishes().honourTlsOptional();
        PolicySelection byDomain = eased ? published.easedBySender() : published;
        return mail.demand().map(demand -> byDomain.demanding(demand, mail.demandedBy())).orElse(byDomain);
    }
}
