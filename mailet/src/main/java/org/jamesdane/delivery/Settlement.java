/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

import org.jamesdane.dane.outcome.Outcome;
import org.jamesdane.dane.outcome.RecipientKey;
import org.jamesdane.delivery.attempt.Outcomes;
import org.jamesdane.smtp.Envelope;
import org.jamesdane.smtp.Recipient;

/** The outcomes of one attempt with the recipients they are for; each recipient is found in constant time. */
final class Settlement {
    private final List<Outcome> outcomes;
    private final Map<RecipientKey, Recipient> recipients;

    private Settlement(List<Outcome> outcomes, Map<RecipientKey, Recipient> recipients) {
        this.outcomes = outcomes;
        this.recipients = recipients;
    }

    /** Joins the outcomes to the recipients of an envelope. */
    static Settlement of(Envelope envelope, List<Outcome> outcomes) {
        Map<RecipientKey, Recipient> recipients = new LinkedHashMap<>();
        envelope.recipients().forEach(recipient -> recipients.putIfAbsent(Outcomes.key(recipient), recipient));
        return new Settlement(List.copyOf(outcomes), recipients);
    }

    /** All outcomes, in their order. */
    List<Outcome> outcomes() {
        return outcomes;
    }

    /** The recipient that an outcome is for. */
    Recipient recipient(Outcome outcome) {
        return Optional.ofNullable(recipients.get(outcome.recipient()))
            .orElseThrow(() -> new IllegalStateException("There is no recipient " + outcome.recipient() + " in this mail"));
    }

    /** The outcomes of one kind. */
    <T extends Outcome> List<T> of(Class<T> kind) {
        return outcomes.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** The recipients of all outcomes of a kind. */
    List<Recipient> recipients(Predicate<Outcome> wanted) {
        return outcomes.stream().filter(wanted).map(this::recipient).toList();
    }

    /** Sentence for what may have happened to several recipients: that of the first. */
    String reason(Predicate<Outcome> wanted) {
        return of(Outcome.Deferred.class).stream().filter(wanted).findFirst()
            .map(outcome -> outcome.reason().text() + " (" + outcome.reason().code() + ")").orElse("");
    }
}
