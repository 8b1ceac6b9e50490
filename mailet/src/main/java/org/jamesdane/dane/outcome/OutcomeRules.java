/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.outcome;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.jamesdane.dane.failure.EnhancedStatusCode;
import org.jamesdane.dane.failure.FailureKind;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.failure.RfcSection;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.routing.Routing;

/**
 * Rules that turn the results at the hosts into the outcome of the mail, for each recipient.
 *
 * <p>A permanent failure has one of two sources. The first is a host over a channel that met its requirement. The second is an answer of
 * the DNS that says there is nothing to connect to. All else defers (RFC 7672 §2.1.2, §2.2); the end of the queue lifetime is
 * {@link MailAge.LifetimeRule}'s.
 */
public final class OutcomeRules {
    private final List<HostAttempt> attempts;
    private final Policy policy;

    private OutcomeRules(List<HostAttempt> attempts, Policy policy) {
        this.attempts = List.copyOf(attempts);
        this.policy = policy;
    }

    /** The recipients for whom the next host is to be tried, in the order given. */
    public static Set<RecipientKey> remaining(Collection<RecipientKey> recipients, List<HostAttempt> attempts) {
        OutcomeRules rules = new OutcomeRules(attempts, Policy.DANE);
        Set<RecipientKey> remaining = new LinkedHashSet<>(recipients);
        remaining.removeIf(recipient -> rules.finalOutcome(recipient).isPresent());
        return remaining;
    }

    /** Decides the outcome for each recipient when no host is left, in the order given. */
    public static List<Outcome> conclude(Collection<RecipientKey> recipients, List<HostAttempt> attempts, Policy policy) {
        OutcomeRules rules = new OutcomeRules(attempts, policy);
        return new LinkedHashSet<>(recipients).stream().map(rules::outcome).toList();
    }

    /** Decides the outcome for each recipient where there was no host to try. */
    public static List<Outcome> conclude(Collection<RecipientKey> recipients, Routing.NoRoute noRoute, String domain) {
        boolean deferred = noRoute instanceof Routing.Deferred;
        List<HostFailure> failures = noRoute instanceof Routing.Deferred failed ? List.of(failed.failure()) : List.of();
        Outcome.Reason reason = new Outcome.Reason(noRoute.code(), noRoute.text(), domain,
            failures.stream().findFirst().flatMap(HostFailure::reportType), noRoute.section(),
            failures.stream().anyMatch(HostFailure::ownFault), failures);
        return new LinkedHashSet<>(recipients).stream()
            .<Outcome>map(recipient -> deferred ? new Outcome.Deferred(recipient, reason) : new Outcome.Bounced(recipient, reason))
            .toList();
    }

    private Outcome outcome(RecipientKey recipient) {
        return finalOutcome(recipient).orElseGet(() -> notDelivered(recipient));
    }

    /** Acceptance, or a permanent refusal from a host whose requirement was met: nothing that another host says changes it. */
    private Optional<Outcome> finalOutcome(RecipientKey recipient) {
        for (HostAttempt attempt : attempts) {
            if (attempt instanceof HostAttempt.Failed failed && failed.failure().kind().endsTheMail()) {
                List<HostFailure> alone = List.of(failed.failure());
                return Optional.of(new Outcome.Bounced(recipient, reason(alone, failed.failure().code(), alone)));
            }
            if (attempt instanceof HostAttempt.Transacted done) {
                RecipientReply reply = done.replies().get(recipient);
                if (reply instanceof RecipientReply.Accepted accepted) {
                    return Optional.of(new Outcome.Delivered(recipient, done.host(), done.label(), accepted.reply(),
                        accepted.notifies(), accepted.diagnostic()));
                }
                if (reply instanceof RecipientReply.Rejected rejected && rejected.isPermanent()) {
                    // RFC 5321 §4.2.1: a 5yz reply is final.
                    return Optional.of(new Outcome.Bounced(recipient, reason(done, rejected, List.of())));
                }
            }
        }
        return Optional.empty();
    }

    private Outcome notDelivered(RecipientKey recipient) {
        List<HostFailure> failures = failures(recipient);
        for (HostAttempt attempt : attempts) {
            if (attempt instanceof HostAttempt.Transacted done && done.replies().get(recipient) instanceof RecipientReply.Rejected later) {
                // What a host says of the recipient himself tells more than why others could not be asked.
                return new Outcome.Deferred(recipient, reason(done, later, failures));
            }
        }
        if (failures.isEmpty()) {
            HostFailure none = HostFailure.internal("-", "no host was tried");
            return new Outcome.Deferred(recipient, reason(List.of(none), none.code(), List.of(none)));
        }
        // What is for good at one host is not for the mail while another may still take it.
        List<HostFailure> passing = failures.stream().filter(failure -> !failure.code().isPermanent())
            .filter(failure -> !wasReached(failure, failures)).toList();
        return passing.isEmpty() ? hopeless(recipient, failures)
            : new Outcome.Deferred(recipient, reason(failures, mostTelling(passing).code(), passing));
    }

    /** Tests whether a host that cannot be reached at one address was found wanting at another, so that the failure says nothing. */
    private static boolean wasReached(HostFailure failure, List<HostFailure> failures) {
        return failure.kind() == FailureKind.UNREACHABLE && failures.stream()
            .anyMatch(other -> other.host().equals(failure.host()) && other.kind().isForTheMailsNeeds());
    }

    /**
     * RFC 5321 §5.1: if none of the hosts can be used, that is an error; but only if each of them answered. RFC 8689 §4.2.1: when no host
     * meets what a mail with REQUIRETLS demands, the mail is returned at once. A host that could not be looked up or reached may still meet
     * it, and defers the mail.
     */
    private Outcome hopeless(RecipientKey recipient, List<HostFailure> failures) {
        boolean certain = !policy.demandsAuthentication() || failures.stream().noneMatch(failure -> isHearsay(failure.kind()));
        // RFC 7672 §6: where an authenticated host is demanded, nothing that an unsigned zone says is final.
        return certain ? new Outcome.Bounced(recipient, reason(failures, mostTelling(failures).code(), failures))
            : new Outcome.Deferred(recipient, reason(failures, EnhancedStatusCode.UNABLE_TO_ROUTE_NOW, failures));
    }

    /** Tests whether a failure may rest on unsigned records: where MTA-STS may prove hosts, those of MX may name one without address. */
    private boolean isHearsay(FailureKind kind) {
        return kind.isHearsay() || (kind == FailureKind.NO_ADDRESS && policy.dane() != Policy.Dane.MANDATORY);
    }

    /** Failures that kept the recipient's mail from being sent, host by host. */
    private List<HostFailure> failures(RecipientKey recipient) {
        List<HostFailure> failures = new ArrayList<>();
        for (HostAttempt attempt : attempts) {
            if (attempt instanceof HostAttempt.Failed failed) {
                failures.add(failed.failure());
            } else if (attempt instanceof HostAttempt.Transacted done
                    && done.replies().get(recipient) instanceof RecipientReply.Interrupted interrupted) {
                failures.add(interrupted.failure());
            }
        }
        return failures;
    }

    private static HostFailure mostTelling(List<HostFailure> failures) {
        // A fault of our own tells least about the destination.
        return Collections.min(failures, Comparator.comparing(HostFailure::ownFault).thenComparing(HostFailure::kind));
    }

    /**
     * The reason to give.
     *
     * @param deciding the failures without which it would have come out otherwise: if they are all our own, the mail must not age
     */
    private static Outcome.Reason reason(List<HostFailure> failures, EnhancedStatusCode code, List<HostFailure> deciding) {
        HostFailure shown = mostTelling(deciding);
        return new Outcome.Reason(code, shown.sentence(), shown.host(), shown.reportType(), shown.section(),
            deciding.stream().allMatch(HostFailure::ownFault), failures);
    }

    private static Outcome.Reason reason(HostAttempt.Transacted host, RecipientReply.Rejected reply, List<HostFailure> failures) {
        return new Outcome.Reason(reply.enhancedCode(), reply.code() + " " + reply.text(),
            new Outcome.Witness(host.host(), reply.diagnostic()), Optional.empty(), RfcSection.SMTP_REPLIES, false, failures);
    }
}
