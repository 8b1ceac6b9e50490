/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

import org.jamesdane.testing.smtp.Fault;
import org.jamesdane.testing.smtp.Point;
import org.jamesdane.testing.smtp.SmtpServerBuilder;

/**
 * A peer that misbehaves, and what has to become of a mail to it.
 *
 * @param name what the peer does
 * @param need what the delivery needs of the peer
 * @param peer the peer
 * @param patience how long the client waits at each step
 * @param content the message
 * @param mails how many mails go over one connection
 * @param login whether credentials go before the mails
 * @param expected the results as {@link FaultBench} writes them: one, or several where it is a matter of timing which of them comes
 */
public record FaultCase(String name, Need need, UnaryOperator<SmtpServerBuilder> peer, Timeouts patience, MessageContent content, int mails,
                 boolean login, List<String> expected) {
    public FaultCase {
        expected = List.copyOf(expected);
    }

    static final String CONTENT = "Subject: fault\r\n\r\nnobody else may read this\r\n";
    /** Long enough for a busy machine where no time limit is meant to be reached. */
    private static final Duration LONG = Duration.ofSeconds(20);
    /** Time limit for cases in which the peer lets the client wait for ever. */
    private static final Duration SHORT = Duration.ofMillis(700);

    /** A case under construction. */
    static FaultCase peer(String does) {
        Timeouts patient = Timeouts.defaults();
        for (Phase phase : Phase.values()) {
            patient = patient.with(phase, LONG);
        }
        return new FaultCase(does, Need.DANE_EE, UnaryOperator.identity(), patient, TestContent.of(CONTENT), 1, false, List.of());
    }

    FaultCase needing(Need other) {
        return new FaultCase(name, other, peer, patience, content, mails, login, expected);
    }

    /** The peer is made like that as well. */
    FaultCase like(UnaryOperator<SmtpServerBuilder> more) {
        return new FaultCase(name, need, builder -> more.apply(peer.apply(builder)), patience, content, mails, login, expected);
    }

    /** The peer does this at each occurrence of the point. */
    FaultCase at(Point point, Fault fault) {
        return like(builder -> builder.fault(point, fault));
    }

    /** The peer does this at the first, second … occurrence of the point. */
    FaultCase at(Point point, int occurrence, Fault fault) {
        return like(builder -> builder.fault(point, occurrence, fault));
    }

    /** The time for that step is short: the peer takes all that there is. */
    FaultCase runningOutOfTime(Phase phase) {
        return new FaultCase(name, need, peer, patience.with(phase, SHORT), content, mails, login, expected);
    }

    FaultCase sending(MessageContent other) {
        return new FaultCase(name, need, peer, patience, other, mails, login, expected);
    }

    /** A second mail follows over the same connection if that is still good. */
    FaultCase twice() {
        return new FaultCase(name, need, peer, patience, content, 2, login, expected);
    }

    /** Credentials go before the mail. */
    FaultCase loggingIn() {
        return new FaultCase(name, need, peer, patience, content, mails, true, expected);
    }

    /** Adds the result that the case has to have. */
    FaultCase gives(String result) {
        List<String> longer = new ArrayList<>(expected);
        longer.add(result);
        return new FaultCase(name, need, peer, patience, content, mails, login, longer);
    }

    /** Adds another result that the case may have. */
    FaultCase or(String result) {
        return gives(result);
    }

    @Override
    public String toString() {
        return name + " (" + need + ") → " + String.join(" or ", expected);
    }
}
