/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.peers;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jamesdane.testing.james.SmtpSubmission;
import org.jamesdane.testing.peers.Waiting;

/** A mail server that mail is handed to and that tells what became of it. */
interface MailSender extends AutoCloseable {
    /** The header field that tells who has sent a message, and to which destination. */
    String MARK = "X-Peers";
    /** Far more than all destinations take; nothing is measured by it. */
    Duration PATIENCE = Duration.ofMinutes(3);

    /** Name of the sender, for tables and for {@link #MARK}. */
    String name();

    /** Address at which the sender takes mail. */
    InetSocketAddress submission();

    /** Result of the mail to a destination; {@link Verdict#NOTHING} until it is known. */
    Verdict verdict(Destination destination);

    /** Log of the sender, for a failure's message. */
    String log();

    @Override
    void close();

    /** Sends a mail to each destination and waits until it is known what became of each. */
    default Map<Destination, Verdict> sendToAll(List<Destination> destinations) {
        for (Destination destination : destinations) {
            // From the null reverse-path: nobody is to be told of failures.
            SmtpSubmission.submit(submission(), "", List.of(destination.recipient()), MARK + ": " + name() + " to " + destination.domain()
                + "\nSubject: to " + destination.domain() + "\n\nHello.\n");
        }
        boolean ignored = Waiting.until(() -> destinations.stream().allMatch(one -> verdict(one).settled()), PATIENCE);
        Map<Destination, Verdict> verdicts = new LinkedHashMap<>();
        destinations.forEach(destination -> verdicts.put(destination, verdict(destination)));
        return verdicts;
    }
}
