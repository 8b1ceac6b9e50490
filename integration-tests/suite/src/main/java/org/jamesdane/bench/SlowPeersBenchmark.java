/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/**
 * Measurement of James's memory with very many deliveries under way at once, all to hosts that take their time for each reply. Every domain
 * gets as many mails as a destination begins with.
 */
public final class SlowPeersBenchmark {
    private static final int DELIVERIES = 2000;
    private static final int FOR_EACH_DOMAIN = 5;
    private static final int OCTETS = 4 * 1024;
    private static final Duration ROUND_TRIP = Duration.ofSeconds(10);
    private static final Duration LIMIT = Duration.ofMinutes(6);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);

    private SlowPeersBenchmark() {
    }

    /** Measures; there are no options. */
    public static void main(String[] args) throws IOException, GeneralSecurityException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        int domains = DELIVERIES / FOR_EACH_DOMAIN;
        try (DaneServer server = new DaneServer(domains, ROUND_TRIP, Map.of("smtp.concurrency", String.valueOf(DELIVERIES)),
                world -> { }, "-Xmx512m")) {
            JamesSubject james = server.james();
            double before = james.heap().mebibytes();
            james.closeGate();
            new Submitter(james.smtp(), OCTETS).submit(DELIVERIES, domains);
            DaneServer.await(LIMIT, () -> james.queued() >= DELIVERIES, "the mail was not queued");
            double queued = james.heap().mebibytes();
            long start = System.nanoTime();
            james.openGate();
            double most = 0;
            SinkProcess.Arrived arrived = server.sink().arrived();
            long atOnce = 0;
            while (arrived.messages() < DELIVERIES) {
                if (System.nanoTime() - start > LIMIT.toNanos()) {
                    throw new IllegalStateException("Only " + arrived + " within " + LIMIT.toSeconds() + " s");
                }
                // Nobody has sent a second mail over a connection as long as none has arrived.
                atOnce = arrived.messages() == 0 ? arrived.connections() : Math.max(atOnce, arrived.connections() - arrived.messages());
                most = Math.max(most, james.heap().mebibytes());
                DaneServer.pause(BETWEEN_LOOKS);
                arrived = server.sink().arrived();
            }
            out.println(String.format(Locale.ROOT, "Java %s, -Xmx512m: %d mails delivered over %d connections in %.0f s, up to %d at once; "
                + "live heap %.0f MiB before, %.0f MiB with the mails in the queue, at most %.0f MiB under way; "
                + "peak of the process %d MiB", Runtime.version(), arrived.messages(), arrived.connections(),
                (arrived.last() - start) / 1e9, atOnce, before, queued, most, james.peakMemory()));
        }
    }
}
