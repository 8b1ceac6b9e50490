/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.jamesdane.demo.DemoWorld;
import org.jamesdane.testing.james.JamesConfiguration;

/** Runs the {@link Plan} and prints a table. Needs Linux, and root, since stock James delivers to port 25 only. */
public final class DeliveryBenchmark implements AutoCloseable {
    private static final int SMTP_PORT = 25;
    private static final Duration ROUND_TIMEOUT = Duration.ofMinutes(3);
    /** What a server still has to do for itself once the last message has arrived. */
    private static final Duration SETTLING = Duration.ofMillis(500);

    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private final Plan plan;
    private final Path directory;
    private final Path keyStore;
    private final Path hosts;
    private final Zones zones;
    private final List<Subject> subjects = new ArrayList<>();
    private final Map<Plan.Scenario, Map<String, List<Round>>> results = new LinkedHashMap<>();

    /**
     * One measured round.
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
    }

    /** Runs; {@code --quick} for a look, no arguments for all. */
    public static void main(String[] args) throws IOException, GeneralSecurityException {
        try (DeliveryBenchmark benchmark = new DeliveryBenchmark(Plan.parse(args))) {
            benchmark.run();
        }
    }

    private void run() throws IOException {
        long end = System.nanoTime() + plan.budget().toNanos();
        for (String name : plan.subjects()) {
            subjects.add(JamesSubject.start(name, configuration(name), !name.equals("stock"), hosts,
                Files.createDirectories(directory.resolve(name))));
        }
        int latency = -1;
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
                }
                measure(scenario, sink);
            }
        } finally {
            if (sink != null) {
                sink.close();
            }
        }
        subjects.forEach(subject -> out.println(subject.name() + ": peak memory " + subject.peakMemory() + " MiB"));
    }

    private JamesConfiguration configuration(String name) {
        JamesConfiguration sample = JamesConfiguration.copyOf(Path.of(System.getProperty("james.conf")));
        if (name.equals("stock")) {
            return sample.with("extensions.properties", "").with("healthcheck.properties", "")
                .edited("webadmin.properties", text -> text.replaceAll("(?m)^extensions\\.routes=.*$", ""))
                .with("dnsservice.xml", "<dnsservice><servers><server>" + Zones.DNS_ADDRESS + "</server></servers>"
                    + "<autodiscover>false</autodiscover><authoritative>false</authoritative></dnsservice>")
                .edited("mailetcontainer.xml", xml -> xml.replace("org.jamesdane.james.DaneRemoteDelivery", "RemoteDelivery")
                    .replaceAll("<lifetime>[^<]*</lifetime>", "<startTLS>true</startTLS><mail.smtp.ssl.trust>*</mail.smtp.ssl.trust>"));
        }
        return sample.with("dane-trust-anchors", zones.trustAnchor() + "\n")
            .edited("dane.properties", text -> set(set(set(set(set(text, "dns.servers", Zones.DNS_ADDRESS),
                "dns.trust-anchors", "file://conf/dane-trust-anchors"), "smtp.allowed-special-targets", "127.0.0.0/8"),
                "smtp.own-addresses", "none"), "policy.default", name));
    }

    private static String set(String text, String key, String value) {
        return DemoWorld.set(text, key, value);
    }

    private void measure(Plan.Scenario scenario, SinkProcess sink) {
        Plan.Scenario warmUp = new Plan.Scenario(scenario.figure(), scenario.domains(), scenario.latency(),
            Math.max(200, scenario.messages() / 4), scenario.octets());
        subjects.forEach(subject -> round(warmUp, subject, sink));
        Map<String, List<Round>> rounds = new LinkedHashMap<>();
        for (int run = 0; run < plan.runs(); run++) {
            for (Subject subject : subjects) {
                rounds.computeIfAbsent(subject.name(), name -> new ArrayList<>()).add(round(scenario, subject, sink));
            }
        }
        results.put(scenario, rounds);
        print(scenario, rounds);
    }

    private Round round(Plan.Scenario scenario, Subject subject, SinkProcess sink) {
        Submitter submitter = new Submitter(subject.smtp(), scenario.octets());
        boolean outboundAlone = scenario.figure().equals("outbound");
        if (outboundAlone) {
            long before = subject.queued();
            subject.closeGate();
            submitter.submit(scenario.messages(), scenario.domains());
            await(() -> subject.queued() - before >= scenario.messages(), subject.name() + " does not queue its mail");
            pause(SETTLING);
        }
        sink.reset();
        Duration cpu = subject.cpu();
        long start = System.nanoTime();
        if (outboundAlone) {
            subject.openGate();
        } else {
            submitter.submit(scenario.messages(), scenario.domains());
        }
        await(() -> sink.arrived().messages() >= scenario.messages(), "not all mail of " + subject.name() + " has arrived");
        pause(SETTLING);
        SinkProcess.Arrived arrived = sink.arrived();
        double seconds = (arrived.last() - start) / 1e9;
        return new Round(scenario.messages() / seconds, (double) subject.cpu().minus(cpu).toMillis() / scenario.messages(),
            arrived.connections());
    }

    private static void await(java.util.function.BooleanSupplier condition, String otherwise) {
        long end = System.nanoTime() + ROUND_TIMEOUT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("Within " + ROUND_TIMEOUT.toSeconds() + " s " + otherwise);
            }
            pause(Duration.ofMillis(10));
        }
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private void print(Plan.Scenario scenario, Map<String, List<Round>> rounds) {
        out.println();
        out.println("### " + scenario);
        out.println();
        out.println("| server | messages/s (lowest – highest) | CPU ms/message | connections |");
        out.println("|---|---|---|---|");
        rounds.forEach((name, list) -> out.println(String.format(Locale.ROOT, "| %s | %.0f (%.0f – %.0f) | %.2f | %d |", name,
            median(list.stream().map(Round::rate).sorted().toList()),
            list.stream().mapToDouble(Round::rate).min().orElseThrow(), list.stream().mapToDouble(Round::rate).max().orElseThrow(),
            median(list.stream().map(Round::cpuMillis).sorted().toList()),
            list.get(list.size() / 2).connections())));
    }

    private static double median(List<Double> sorted) {
        return sorted.get(sorted.size() / 2);
    }

    @Override
    public void close() {
        subjects.forEach(Subject::close);
        zones.close();
        deleteAll(directory);
    }

    private static void deleteAll(Path directory) {
        if (Boolean.getBoolean("bench.keep")) {
            return;
        }
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
