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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Measurement of how fast mail leaves for destinations that are well, without and with much mail for a dead one in front of it. For each
 * kind of dead, rounds without and with take turns on a server of their own, and each round with has a dead domain of its own, of which
 * nothing is known.
 */
public final class FairnessBenchmark {
    private static final int SMTP_PORT = 25;
    private static final int OCTETS = 4 * 1024;
    private static final Duration ROUND_TIMEOUT = Duration.ofMinutes(3);
    /**
     * Time for what a server still has to do for itself. Then the connections of the last round have ended too, so that no round begins
     * with them.
     */
    private static final Duration SETTLING = Duration.ofSeconds(3);
    private static final String CONNECTIONS_IDLE = "1 s";

    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private final int messages;
    private final int dead;
    private final int domains;
    private final int runs;

    /**
     * Result of a round.
     *
     * @param rate of live mail from its first arrival to its last, a second
     * @param first seconds from the opening of the queue to the first arrival
     * @param cpuMillis of the server, for all
     */
    private record Round(double rate, double first, long cpuMillis) {
    }

    private FairnessBenchmark(int messages, int dead, int domains, int runs) {
        this.messages = messages;
        this.dead = dead;
        this.domains = domains;
        this.runs = runs;
    }

    /**
     * Measures.
     *
     * @param args {@code --kinds=stalls,refuses,tarpits,unanswered,wildcard --messages=1000 --dead=10000 --domains=20 --runs=5}
     */
    public static void main(String[] args) throws IOException, GeneralSecurityException {
        FairnessBenchmark benchmark = new FairnessBenchmark(Plan.number(args, "messages", 1000), Plan.number(args, "dead", 10_000),
            Plan.number(args, "domains", 20), Plan.number(args, "runs", 5));
        String kinds = Plan.value(args, "kinds").orElse("stalls,refuses,tarpits,unanswered,wildcard");
        benchmark.out.println("| dead | messages/s without (lowest – highest) | with | ratio of the medians | first after, without | with "
            + "| CPU s of the server, without | with |");
        benchmark.out.println("|---|---|---|---|---|---|---|---|");
        for (String kind : kinds.split(",", -1)) {
            benchmark.measure(DeadDestinations.Kind.valueOf(kind.toUpperCase(Locale.ROOT)));
        }
    }

    private void measure(DeadDestinations.Kind kind) throws IOException, GeneralSecurityException {
        List<Round> without = new ArrayList<>();
        List<Round> with = new ArrayList<>();
        try (DeadDestinations hosts = new DeadDestinations(SMTP_PORT);
                DaneServer server = new DaneServer(domains, Duration.ZERO, settings(kind), world -> hosts.addTo(world, runs))) {
            DeadDestinations.silence(server.zones().dns(), runs);
            for (int warmUp = 0; warmUp < 3; warmUp++) {
                round(server, Optional.empty());
            }
            for (int run = 0; run < runs; run++) {
                without.add(round(server, Optional.empty()));
                with.add(round(server, Optional.of(new Dead(kind, run))));
            }
        }
        out.println(String.format(Locale.ROOT, "| %s | %s | %s | %.2f | %.1f s | %.1f s | %.1f | %.1f |",
            kind.name().toLowerCase(Locale.ROOT), rates(without), rates(with), rate(with) / rate(without),
            median(without.stream().map(Round::first).toList()), median(with.stream().map(Round::first).toList()),
            median(without.stream().map(round -> round.cpuMillis() / 1e3).toList()),
            median(with.stream().map(round -> round.cpuMillis() / 1e3).toList())));
    }

    private static Map<String, String> settings(DeadDestinations.Kind kind) {
        Map<String, String> settings = new HashMap<>(kind.settings());
        settings.put("smtp.connection.idle", CONNECTIONS_IDLE);
        return settings;
    }

    /** Dead ones of a round. */
    private record Dead(DeadDestinations.Kind kind, int number) {
        /** Submits mails to them; returns the number of queue items. */
        int submit(Submitter submitter, int wanted) {
            List<String> recipients = kind.recipientDomains(number);
            if (recipients.size() > 1) {
                submitter.submitOne(recipients);
            } else {
                submitter.submit(wanted, each -> recipients.get(0));
            }
            return kind.mails(wanted) * recipients.size();
        }
    }

    private Round round(DaneServer server, Optional<Dead> deadOnes) {
        JamesSubject james = server.james();
        Submitter submitter = new Submitter(james.smtp(), OCTETS);
        long queued = james.queued();
        james.closeGate();
        int before = deadOnes.map(each -> each.submit(submitter, dead)).orElse(0);
        submitter.submit(messages, domains);
        DaneServer.await(ROUND_TIMEOUT, () -> james.queued() - queued >= before + messages, "the mail was not queued");
        DaneServer.pause(SETTLING);
        server.sink().reset();
        Duration cpu = james.cpu();
        long start = System.nanoTime();
        james.openGate();
        DaneServer.await(ROUND_TIMEOUT, () -> server.sink().arrived().messages() >= messages, "not all live mail has arrived");
        SinkProcess.Arrived arrived = server.sink().arrived();
        Duration used = james.cpu().minus(cpu);
        // What is kept for later would come back while the next round is measured.
        james.clearQueue();
        return new Round(messages * 1e9 / (arrived.last() - arrived.first()), (arrived.first() - start) / 1e9, used.toMillis());
    }

    private static String rates(List<Round> rounds) {
        List<Double> sorted = rounds.stream().map(Round::rate).sorted().toList();
        return String.format(Locale.ROOT, "%.0f (%.0f – %.0f)", median(sorted), sorted.get(0), sorted.get(sorted.size() - 1));
    }

    private static double rate(List<Round> rounds) {
        return median(rounds.stream().map(Round::rate).toList());
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
