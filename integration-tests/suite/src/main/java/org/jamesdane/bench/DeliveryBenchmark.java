/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

import org.jamesdane.testing.peers.RunDirectory;

/** Runs the {@link Plan} and prints a table. Needs Linux, and root, since stock James delivers to port 25 only. */
public final class DeliveryBenchmark implements AutoCloseable {
    /** The subject that the others are compared with. */
    private static final String OURS = "dane";
    private static final int SMTP_PORT = 25;
    private static final Duration ROUND_TIMEOUT = Duration.ofMinutes(3);
    private static final int FIRST_WARM_UP = 1;
    private static final int WARM_UP_GROWTH = 8;
    private static final int WARM_UP_DOMAINS = 20;
    /** Of the kind that is measured next: what large messages need is compiled by large messages only. */
    private static final int LEAST_WARM_UP = 1000;
    /** Time for what a server still has to do for itself once the last message has arrived. */
    private static final Duration SETTLING = Duration.ofMillis(500);

    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private final Plan plan;
    private final Path directory;
    private final Path keyStore;
    private final Path hosts;
    private final Zones zones;
    private final Subjects subjects;
    private boolean complete;

    /**
     * Result of a measured round.
     *
     * @param rate messages a second
     * @param cpuMillis processor time of the server for each message
     */
    private record Round(double rate, double cpuMillis, long connections) {
    }

    private DeliveryBenchmark(Plan plan) throws IOException, GeneralSecurityException {
        this.plan = plan;
        this.directory = Files.createTempDirectory("dane-bench-");
        this.zones = new Zones(plan.mostDomains(), SMTP_PORT);
        this.keyStore = directory.resolve("mx.p12");
        zones.writeKeyStore(keyStore);
        this.hosts = zones.writeHosts(directory.resolve("hosts"));
        this.subjects = new Subjects(zones, directory);
    }

    /** Runs; {@code --quick} for a look, no arguments for all. */
    public static void main(String[] args) throws IOException, GeneralSecurityException {
        try (DeliveryBenchmark benchmark = new DeliveryBenchmark(Plan.parse(args))) {
            benchmark.run();
        }
    }

    private void run() throws IOException {
        long end = System.nanoTime() + plan.budget().toNanos();
        out.println(machine());
        for (String name : plan.subjects()) {
            if (Subjects.isThere(name)) {
                subjects.start(name, keyStore, hosts);
            } else {
                out.println("Without " + name + ": run integration-tests/peers/fetch-peers dns postfix before, as root on a Debian.");
            }
        }
        int latency = -1;
        boolean warm = false;
        SinkProcess sink = null;
        try {
            for (Plan.Scenario scenario : plan.scenarios()) {
                if (System.nanoTime() > end) {
                    out.println("The time is used up; " + scenario + " and what follows is left out.");
                    break;
                }
                if (sink == null || latency != scenario.latency()) {
                    if (sink != null) {
                        sink.close();
                    }
                    latency = scenario.latency();
                    sink = new SinkProcess(keyStore, plan.mostDomains(), SMTP_PORT, Duration.ofMillis(latency));
                    if (!warm) {
                        warmUp(sink);
                        warm = true;
                    }
                }
                measure(scenario, sink);
            }
        } finally {
            if (sink != null) {
                sink.close();
            }
        }
        out.println();
        subjects.all().forEach(subject -> out.println(subject.name() + ": peak memory " + subject.peakMemory() + " MiB, "
            + subject.security()));
        complete = true;
    }

    private static String machine() throws IOException {
        return Runtime.getRuntime().availableProcessors() + " processors, Java " + Runtime.version() + ", load "
            + Files.readString(Path.of("/proc/loadavg")).split(" ", -1)[0];
    }

    /**
     * Warms a server up: what Java compiles while it runs is to be compiled before anything is measured. It begins gently: a server that
     * has just started is so slow that many mails at once look to it like destinations that stall.
     */
    private void warmUp(SinkProcess sink) {
        for (int part = FIRST_WARM_UP; part < plan.warmUp(); part *= WARM_UP_GROWTH) {
            warmUp(part, sink);
        }
        warmUp(plan.warmUp(), sink);
    }

    private void warmUp(int messages, SinkProcess sink) {
        Plan.Scenario whole = new Plan.Scenario(Plan.END_TO_END, Math.min(WARM_UP_DOMAINS, plan.mostDomains()), 0, messages,
            Plan.SMALL_OCTETS);
        subjects.all().forEach(subject -> round(whole, subject, sink));
    }

    private void measure(Plan.Scenario scenario, SinkProcess sink) {
        Plan.Scenario warmUp = new Plan.Scenario(scenario.figure(), scenario.domains(), scenario.latency(),
            Math.max(Math.min(LEAST_WARM_UP, plan.warmUp()), scenario.messages() / 4), scenario.octets());
        subjects.all().forEach(subject -> round(warmUp, subject, sink));
        Map<String, List<Round>> rounds = new LinkedHashMap<>();
        subjects.all().forEach(subject -> rounds.put(subject.name(), new ArrayList<>()));
        List<Subject> order = new ArrayList<>(subjects.all());
        for (int run = 0; run < plan.runs(); run++) {
            for (Subject subject : order) {
                Objects.requireNonNull(rounds.get(subject.name())).add(round(scenario, subject, sink));
            }
            // Who comes first does so after the slowest, when all others have been idle for long.
            Collections.rotate(order, 1);
        }
        print(scenario, rounds);
    }

    private Round round(Plan.Scenario scenario, Subject subject, SinkProcess sink) {
        Submitter submitter = new Submitter(subject.smtp(), scenario.octets());
        boolean outboundAlone = scenario.figure().equals(Plan.OUTBOUND);
        if (outboundAlone) {
            long before = subject.queued();
            subject.closeGate();
            submitter.submit(scenario.messages(), scenario.domains());
            DaneServer.await(ROUND_TIMEOUT, () -> subject.queued() - before >= scenario.messages(),
                subject.name() + " does not queue its mail");
            DaneServer.pause(SETTLING);
        }
        sink.reset();
        Duration cpu = subject.cpu();
        long start = System.nanoTime();
        if (outboundAlone) {
            subject.openGate();
        } else {
            submitter.submit(scenario.messages(), scenario.domains());
        }
        DaneServer.await(ROUND_TIMEOUT, () -> sink.arrived().messages() >= scenario.messages(),
            "not all mail of " + subject.name() + " has arrived");
        DaneServer.pause(SETTLING);
        SinkProcess.Arrived arrived = sink.arrived();
        double seconds = (arrived.last() - start) / 1e9;
        return new Round(scenario.messages() / seconds, (double) subject.cpu().minus(cpu).toMillis() / scenario.messages(),
            arrived.connections());
    }

    private void print(Plan.Scenario scenario, Map<String, List<Round>> rounds) {
        out.println();
        out.println("### " + scenario + ", " + plan.runs() + (plan.runs() == 1 ? " run" : " runs"));
        out.println();
        out.println("| server | messages/s (lowest – highest) | CPU ms/message (lowest – highest) | connections |");
        out.println("|---|---|---|---|");
        rounds.forEach((name, list) -> out.println("| " + name + " | " + spread(list, Round::rate, "%.0f") + " | "
            + spread(list, Round::cpuMillis, "%.2f") + " | " + Math.round(median(list, Round::connections)) + " |"));
        out.println();
        List<Round> ours = rounds.getOrDefault(OURS, List.of());
        if (!ours.isEmpty()) {
            rounds.forEach((name, list) -> out.println(name.equals(OURS) ? "" : String.format(Locale.ROOT,
                OURS + " : " + name + " = %.2f by messages/s, %.3f by CPU", median(ours, Round::rate) / median(list, Round::rate),
                median(ours, Round::cpuMillis) / median(list, Round::cpuMillis))));
        }
    }

    private static String spread(List<Round> rounds, ToDoubleFunction<Round> value, String format) {
        return String.format(Locale.ROOT, format + " (" + format + " – " + format + ")", median(rounds, value),
            rounds.stream().mapToDouble(value).min().orElseThrow(), rounds.stream().mapToDouble(value).max().orElseThrow());
    }

    private static double median(List<Round> rounds, ToDoubleFunction<Round> value) {
        List<Double> sorted = rounds.stream().map(value::applyAsDouble).sorted().toList();
        return (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
    }

    @Override
    public void close() {
        subjects.close();
        zones.close();
        if (complete && !Boolean.getBoolean("bench.keep")) {
            RunDirectory.delete(directory);
        } else {
            out.println("The logs of the servers are in " + directory);
        }
    }
}
