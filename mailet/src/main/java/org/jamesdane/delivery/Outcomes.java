/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.jamesdane.dane.EnhancedCode;
import org.jamesdane.dane.HostAttempt;
import org.jamesdane.dane.HostFailure;
import org.jamesdane.dane.Outcome;
import org.jamesdane.dane.OutcomeRules;
import org.jamesdane.dane.Policy;

/** What delivery adds to outcomes: faults of its own, retries of what does not exist, and the text for the sender. */
final class Outcomes {
    private static final Pattern REPLY_CODE = Pattern.compile("^([45]\\d\\d) .*", Pattern.DOTALL);
    /** As many hosts as a bounce names; real domains have fewer. */
    private static final int HOSTS_NAMED = 10;

    private Outcomes() {
    }

    /** The outcome for a recipient when something unexpected happened here. */
    static Outcome ownFault(String recipient) {
        HostFailure failure = HostFailure.internal("-", "an unexpected error");
        return OutcomeRules.conclude(List.of(recipient), List.of(new HostAttempt.Failed(failure)),
            Policy.DANE).get(0);
    }

    /** A deferral for which nothing but this server is to blame, whatever it looked like. */
    static Outcome excused(Outcome outcome) {
        if (!(outcome instanceof Outcome.Deferred deferred)) {
            return outcome;
        }
        Outcome.Reason last = deferred.reason();
        return new Outcome.Deferred(deferred.recipient(), new Outcome.Reason(last.code(), last.text(), last.host(), last.reportType(),
            last.section(), true, last.failures()));
    }

    /** The parameter {@code maxDnsProblemRetries}: an answered absence of domain or address may pass. */
    static Outcome retryAbsence(Outcome outcome, int retries, int maxRetries) {
        if (outcome instanceof Outcome.Bounced bounced && retries < maxRetries && replyCode(bounced.reason()).isEmpty()
                && bounced.reason().code().equals(EnhancedCode.UNABLE_TO_ROUTE)) {
            Outcome.Reason last = bounced.reason();
            return new Outcome.Deferred(outcome.recipient(), new Outcome.Reason(EnhancedCode.UNABLE_TO_ROUTE_NOW, last.text(), last.host(),
                last.reportType(), last.section(), false, last.failures()));
        }
        return outcome;
    }

    /** The code of the host's reply, where one decided it. */
    static Optional<Integer> replyCode(Outcome.Reason reason) {
        Matcher reply = REPLY_CODE.matcher(reason.text());
        return reply.matches() ? Optional.of(Integer.valueOf(reply.group(1))) : Optional.empty();
    }

    /** One notice for all recipients for whom the mail is given up. */
    static FailureNotice notice(List<Outcome.Bounced> bounced) {
        Outcome.Reason first = bounced.get(0).reason();
        OptionalInt reply = replyCode(first).map(OptionalInt::of).orElse(OptionalInt.empty());
        boolean same = bounced.stream().map(Outcome.Bounced::reason).map(Outcomes::describe).distinct().count() == 1;
        String text = same ? describe(first) : bounced.stream()
            .map(each -> each.recipient() + ": " + describe(each.reason()))
            .collect(Collectors.joining("\r\n"));
        return new FailureNotice(first.code(), reply, text);
    }

    /** What the sender is told: the reason, and what happened at every other host. */
    static String describe(Outcome.Reason reason) {
        String others = reason.failures().stream()
            .map(HostFailure::sentence)
            .filter(sentence -> !reason.text().contains(sentence))
            .distinct()
            .limit(HOSTS_NAMED)
            .collect(Collectors.joining(". "));
        String first = replyCode(reason).isPresent() ? reason.host() + " said: " + reason.text() : reason.text();
        return others.isEmpty() ? first + "." : first + ". Also tried: " + others + ".";
    }
}
