/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.attempt;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.jamesdane.dane.failure.EnhancedStatusCode;
import org.jamesdane.dane.failure.Fault;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.outcome.HostAttempt;
import org.jamesdane.dane.outcome.HostFailureHistory;
import org.jamesdane.dane.outcome.Outcome;
import org.jamesdane.dane.outcome.OutcomeRules;
import org.jamesdane.dane.outcome.RecipientKey;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.delivery.destination.Reachability;
import org.jamesdane.delivery.mail.FailureNotice;
import org.jamesdane.delivery.mail.FailureNotice.RecipientFailure;
import org.jamesdane.smtp.Recipient;

/**
 * Makes the outcomes of an attempt beyond the decision core: faults of this server, retries of absent domains, and the text for the sender.
 */
public final class Outcomes {
    /** Most hosts that a bounce names; real domains have fewer. */
    private static final int HOSTS_NAMED = 10;

    private Outcomes() {
    }

    /** The key under which the replies and the outcome for a recipient of an envelope are kept. */
    public static RecipientKey key(Recipient recipient) {
        return new RecipientKey(recipient.path().toString());
    }

    /** The outcome for a recipient when something unexpected happened here. */
    public static Outcome ownFault(RecipientKey recipient) {
        HostFailure failure = HostFailure.internal("-", "an unexpected error");
        return OutcomeRules.conclude(List.of(recipient), List.of(new HostAttempt.Failed(failure)),
            Policy.DANE).get(0);
    }

    /** The faults of this server that decided a deferral; empty if something else did. */
    public static Set<Fault> ownFaults(Outcome outcome) {
        return outcome instanceof Outcome.Deferred deferred && deferred.reason().ownFault()
            ? deferred.reason().failures().stream().map(HostFailure::fault).filter(Fault::isOurs)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Fault.class)))
            : Set.of();
    }

    /** Tests whether an outcome counts towards a mail's own faults: not while this server can't deliver anything. */
    public static boolean mayBeTheMails(Outcome outcome) {
        Set<Fault> faults = ownFaults(outcome);
        return !faults.isEmpty() && !faults.contains(Fault.NODE);
    }

    /** Tests whether a deferral is this server's fault. */
    public static boolean isOwnFault(Outcome outcome) {
        return outcome instanceof Outcome.Deferred deferred && deferred.reason().ownFault();
    }

    /** A deferral that the mail itself is to blame for, so that it ages. */
    public static Outcome blamed(Outcome outcome) {
        return outcome instanceof Outcome.Deferred deferred ? with(deferred, false) : outcome;
    }

    /** A deferral for which nothing but this server is to blame, whatever it looked like. */
    public static Outcome excused(Outcome outcome) {
        return outcome instanceof Outcome.Deferred deferred ? with(deferred, true) : outcome;
    }

    private static Outcome with(Outcome.Deferred deferred, boolean ownFault) {
        Outcome.Reason last = deferred.reason();
        return new Outcome.Deferred(deferred.recipient(), new Outcome.Reason(last.code(), last.text(), last.witness(), last.reportType(),
            last.section(), ownFault, last.failures()));
    }

    /** The parameter {@code maxDnsProblemRetries}: an answered absence of domain or address may pass. */
    public static Outcome retryAbsence(Outcome outcome, int retries, int maxRetries) {
        if (outcome instanceof Outcome.Bounced bounced && retries < maxRetries && bounced.reason().replyCode().isEmpty()
                && bounced.reason().code().equals(EnhancedStatusCode.UNABLE_TO_ROUTE)) {
            Outcome.Reason last = bounced.reason();
            return new Outcome.Deferred(outcome.recipient(), new Outcome.Reason(EnhancedStatusCode.UNABLE_TO_ROUTE_NOW, last.text(),
                last.witness(), last.reportType(), last.section(), false, last.failures()));
        }
        return outcome;
    }

    /** Makes one notice for all recipients for whom the mail is given up. */
    public static FailureNotice failed(List<Outcome.Bounced> bounced, HostFailureHistory before) {
        String text = text(bounced, Outcome.Bounced::reason);
        return notice(bounced, Outcome.Bounced::reason, before.entries().isEmpty() ? text : text + "\r\n\r\nWhat was tried:\r\n"
            + before.entries().stream().limit(HOSTS_NAMED).map(entry -> "  " + entry.sentence() + ".").collect(Collectors.joining("\r\n")));
    }

    /** Finds what the outcomes say of the destination as a whole. */
    public static Reachability reach(List<Outcome> outcomes) {
        if (outcomes.stream().anyMatch(Outcomes::isJudged)) {
            return Reachability.REACHED;
        }
        boolean hosts = !outcomes.isEmpty() && outcomes.stream().allMatch(outcome -> outcome instanceof Outcome.Deferred deferred
            && !deferred.reason().ownFault()
            && deferred.reason().failures().stream().allMatch(failure -> failure.fault() == Fault.HOST));
        return hosts ? Reachability.FAILED : Reachability.UNKNOWN;
    }

    /** Tests whether a host has taken a mail or said something of it. What is said of a domain by the DNS is about mail to it as well. */
    private static boolean isJudged(Outcome outcome) {
        return !(outcome instanceof Outcome.Deferred deferred) || deferred.reason().replyCode().isPresent();
    }

    /** Makes one notice for all recipients for whom the mail still waits. */
    public static FailureNotice delayed(List<Outcome.Deferred> deferred, Duration age) {
        return notice(deferred, Outcome.Deferred::reason, "Not delivered yet after " + age.toHours() + " hours, and still tried: "
            + text(deferred, Outcome.Deferred::reason));
    }

    private static <T extends Outcome> FailureNotice notice(List<T> outcomes, Function<T, Outcome.Reason> reason, String text) {
        Outcome.Reason first = reason.apply(outcomes.get(0));
        return new FailureNotice(first.code(), first.replyCode(), text, outcomes.stream().map(each -> {
            Outcome.Reason own = reason.apply(each);
            return new RecipientFailure(each.recipient().address(), own.host(), own.code(), own.replyCode(), describe(own),
                own.witness().reply());
        }).toList());
    }

    private static <T extends Outcome> String text(List<T> outcomes, Function<T, Outcome.Reason> reason) {
        boolean same = outcomes.stream().map(reason).map(Outcomes::describe).distinct().count() == 1;
        return same ? describe(reason.apply(outcomes.get(0))) : outcomes.stream()
            .map(each -> each.recipient() + ": " + describe(reason.apply(each)))
            .collect(Collectors.joining("\r\n"));
    }

    /** Text for the sender: the reason, and what happened at every other host. */
    static String describe(Outcome.Reason reason) {
        String others = reason.failures().stream()
            .map(HostFailure::sentence)
            .filter(sentence -> !reason.text().contains(sentence))
            .distinct()
            .limit(HOSTS_NAMED)
            .collect(Collectors.joining(". "));
        String first = reason.replyCode().isPresent() ? reason.host() + " said: " + reason.text() : reason.text();
        return others.isEmpty() ? first + "." : first + ". Also tried: " + others + ".";
    }
}
