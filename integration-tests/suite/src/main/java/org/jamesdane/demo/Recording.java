/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import org.jamesdane.testing.golden.SteadyText;
import org.jamesdane.testing.james.JamesConfiguration;
import org.jamesdane.testing.james.JamesSetup;
import org.jamesdane.testing.james.RealJames;
import org.jamesdane.testing.peers.RunDirectory;
import org.jamesdane.testing.smtp.Transaction;

/**
 * Record of all that a real James with the extension says: audit lines, log lines, answers of webadmin, notifications, and the output of
 * dane-check, in files that can be compared. The script {@code integration-tests/golden} starts it.
 */
public final class Recording {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final long POLL_MILLIS = 100;
    /** Longest time between what a host has seen and the log line about it. */
    private static final long SETTLING_MILLIS = 1_500;
    private static final String SENDER = "sender@plain.example";
    private static final String READY = "Mailet org.jamesdane.james.DaneRemoteDelivery instantiated.";
    private static final String MISSING = "missing.example";
    private static final Pattern HTTPS_PORT = Pattern.compile("(?m)^https\\.port=(\\d+)$");
    private static final Pattern COMMAND = Pattern.compile("(?m)^## dane-check ?(.*)$");
    private static final String POLICY =
        "{\"policy\":\"encrypt\",\"reason\":\"wrong certificate\",\"owner\":\"ops@provider.example\",\"lifetime\":\"2 days\"}";
    private static final String ANCHOR = "{\"reason\":\"roll-over went wrong\",\"owner\":\"ops\",\"lifetime\":\"1 day\"}";
    private static final List<String> LOOKS = List.of("/domains/%s", "/policies", "/policies/impostor.example", "/policies/.com",
        "/negative-trust-anchors", "/negative-trust-anchors/broken.example", "/statistics", "/statistics?format=csv", "/deferred",
        "/deferred?domain=impostor.example", "/store", "/trust-anchors", "/nothing", "/deferred?limit=x");
    private static final List<String> OPERATIONS = List.of("POST /store?action=accept-empty", "PUT /policies/plain.example " + POLICY,
        "PUT /policies/impostor.example {}", "PUT /negative-trust-anchors/broken.example " + ANCHOR, "GET /policies",
        "GET /policies/plain.example", "GET /domains/plain.example", "GET /negative-trust-anchors/broken.example",
        "DELETE /policies/plain.example", "DELETE /negative-trust-anchors/broken.example", "GET /policies/plain.example",
        "POST /domains/stripped.example?action=retry", "DELETE /cache/plain.example", "POST /domains/plain.example?action=go");

    private final Path directory;
    private final DemoWorld world;
    private final RealJames james;

    private Recording(Path directory, DemoWorld world, RealJames james) {
        this.directory = directory;
        this.world = world;
        this.james = james;
    }

    /**
     * Records into the directory that the first argument names, where {@code demo.txt} is what the demonstration has printed. The second
     * argument is dane-check's JAR, the third its page.
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        Path directory = Path.of(args[0]);
        Path demonstration = directory.resolve("demo.txt");
        Files.writeString(demonstration, SteadyText.of(Files.readString(demonstration)));
        record(directory.resolve("delayed"), List.of("delayTime=2 seconds, 1 hour", "delayNotice=1 second"),
            recording -> recording.operate(args[1], Files.readString(Path.of(args[2]))));
        record(directory.resolve("failed"), List.of("delayTime=4 seconds", "maxRetries=1", "lifetime=3 seconds", "delayNotice=none"),
            recording -> { });
        System.exit(0);
    }

    private interface Rest {
        void run(Recording recording) throws IOException, InterruptedException;
    }

    private static void record(Path directory, List<String> parameters, Rest rest) throws IOException, InterruptedException {
        Path run = Files.createTempDirectory("james-dane-record");
        try (DemoWorld world = new DemoWorld()) {
            JamesConfiguration sample = JamesConfiguration.copyOf(Path.of(System.getProperty("james.conf")))
                .edited("mailetcontainer.xml", text -> with(text, parameters));
            JamesSetup setup = JamesSetup.of(world.configure(sample, "file://conf/dane-trust-anchors"), run).withOurExtension();
            try (RealJames james = setup.startProcess()) {
                Recording recording = new Recording(directory, world, james);
                Files.createDirectories(recording.directory);
                recording.send();
                rest.run(recording);
                recording.write("notifications.txt", recording.notifications());
                james.stop();
                recording.logs();
            }
        } finally {
            RunDirectory.delete(run);
        }
    }

    /** The mailet container with other values of parameters that it has. */
    private static String with(String container, List<String> parameters) {
        String text = container;
        for (String each : parameters) {
            String[] pair = each.split("=", 2);
            text = text.replaceFirst("<" + pair[0] + ">[^<]*<", "<" + pair[0] + ">" + pair[1] + "<");
        }
        return text;
    }

    /** Sends one mail after the other, so that lines of two mails are never mixed. */
    private void send() throws InterruptedException {
        List<String> domains = new ArrayList<>(Arrays.stream(Destination.values()).map(Destination::domain).toList());
        domains.add(MISSING);
        int told = 0;
        for (String domain : domains) {
            james.submit(SENDER, List.of("user@" + domain),
                "From: " + SENDER + "\nTo: user@" + domain + "\nSubject: to " + domain + "\n\nHello.\n");
            boolean refused = Arrays.stream(Destination.values())
                .noneMatch(each -> each.domain().equals(domain) && each.expectedFate() == Destination.Fate.DELIVERED);
            if (refused) {
                told++;
                int expected = told;
                await(() -> notices().size() >= expected);
            } else {
                await(() -> audited(domain).stream().anyMatch(line -> line.contains("\"outcome\":\"transacted\"")));
            }
            Thread.sleep(SETTLING_MILLIS);
        }
    }

    private List<String> audited(String domain) {
        return james.log().linesWith("org.jamesdane.audit").stream().filter(line -> line.contains("\"nextHop\":\"" + domain + "\""))
            .toList();
    }

    private List<Transaction> notices() {
        return world.messages(Destination.PLAIN).stream().filter(each -> each.sender().address().isEmpty()
            || each.recipients().stream().anyMatch(mailbox -> mailbox.address().equals(SENDER))).toList();
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("What is recorded did not happen within " + PATIENCE);
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    private void operate(String jar, String page) throws IOException, InterruptedException {
        StringBuilder answers = new StringBuilder();
        for (String look : LOOKS) {
            if (look.contains("%s")) {
                for (Destination destination : Destination.values()) {
                    call(answers, "GET " + look.formatted(destination.domain()));
                }
                call(answers, "GET " + look.formatted(MISSING));
            } else {
                call(answers, "GET " + look);
            }
        }
        for (String operation : OPERATIONS) {
            call(answers, operation);
            Thread.sleep(SETTLING_MILLIS);
        }
        write("webadmin.txt", answers.toString());
        write("dane-check.txt", checks(jar, page));
    }

    private void call(StringBuilder answers, String call) throws IOException {
        String[] words = call.split(" ", 3);
        String path = "/dane" + words[1];
        String body = words.length > 2 ? words[2] : "";
        HttpResponse<String> answer = switch (words[0]) {
            case "GET" -> james.webadmin().get(path);
            case "PUT" -> james.webadmin().put(path, body);
            case "POST" -> james.webadmin().post(path, body);
            default -> james.webadmin().delete(path);
        };
        answers.append("\n== ").append(call).append('\n').append(answer.statusCode()).append(' ')
            .append(answer.headers().firstValue("Content-Type").orElse("")).append('\n').append(sorted(answer.body())).append('\n');
    }

    /** JSON with its names in order, since they have none of their own; mails are due, and listed, in any order. */
    private static String sorted(String text) throws IOException {
        StringBuilder sorted = new StringBuilder();
        for (String line : text.split("\n", -1)) {
            JsonNode tree = line.startsWith("{") ? JSON.readTree(line) : JSON.missingNode();
            if (tree.path("mails") instanceof ArrayNode mails) {
                List<JsonNode> ordered = new ArrayList<>();
                mails.forEach(ordered::add);
                ordered.sort(Comparator.comparing(mail -> mail.path("recipients").toString()));
                mails.removeAll().addAll(ordered);
            }
            sorted.append(tree.isMissingNode() ? line : JSON.writeValueAsString(JSON.treeToValue(tree, Object.class))).append('\n');
        }
        return sorted.toString().stripTrailing();
    }

    private String checks(String jar, String page) throws IOException, InterruptedException {
        StringBuilder said = new StringBuilder();
        for (MatchResult each : COMMAND.matcher(page).results().toList()) {
            List<String> words = new ArrayList<>(List.of((each.group(1) + " --help").strip().split(" ", -1)));
            check(said, jar, words);
        }
        Path conf = james.workingDirectory().resolve("conf");
        List<String> common = new ArrayList<>(List.of("--resolver",
            world.dns().address().getAddress().getHostAddress() + ":" + world.dns().port(), "--trust-anchor",
            conf.resolve("dane-trust-anchors").toString(), "--port", String.valueOf(world.port()), "--special-targets", "127.0.0.0/8"));
        // An earlier version, whose settings do not show it, knows no MTA-STS.
        Matcher policyHosts = HTTPS_PORT.matcher(Files.readString(conf.resolve("dane.properties")));
        if (policyHosts.find()) {
            common.addAll(List.of("--authorities", conf.resolve("authorities.pem").toString(), "--https-port", policyHosts.group(1),
                "--https-special-targets", "127.0.0.0/8"));
        }
        List<String> domains = new ArrayList<>(Arrays.stream(Destination.values()).map(Destination::domain).toList());
        domains.add(MISSING);
        for (List<String> form : List.of(List.<String>of(), List.of("--probe"), List.of("--probe", "--json"))) {
            List<String> words = new ArrayList<>(domains);
            words.addAll(form);
            words.addAll(common);
            check(said, jar, words);
        }
        List<String> tlsa = new ArrayList<>(List.of("tlsa", "mx.good.example"));
        tlsa.addAll(common);
        check(said, jar, tlsa);
        return said.toString();
    }

    private static void check(StringBuilder said, String jar, List<String> words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", jar));
        command.addAll(words);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        said.append("\n== dane-check ").append(String.join(" ", words).replaceAll(" --resolver.*", "")).append("\nexit ")
            .append(process.waitFor()).append('\n').append(sorted(output)).append('\n');
    }

    private String notifications() {
        StringBuilder said = new StringBuilder();
        for (Transaction each : notices()) {
            said.append("\n== ").append(each.sender()).append(" to ").append(each.recipients()).append('\n')
                .append(each.content().map(content -> new String(content.message(), UTF_8)).orElse("no content"));
        }
        return said.toString().replace("\r", "");
    }

    /** Audit lines, and the other lines of the extension, each without the time it begins with. */
    private void logs() throws IOException {
        List<String> audit = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (String line : james.log().lines()) {
            if (line.contains(" org.jamesdane.audit ") || line.contains(" org.jamesdane.success ")) {
                audit.add(line.replaceFirst("^\\S+ ", ""));
            } else if (line.contains("jamesdane") || line.matches("\\S+ \\S+\\s+o\\.j\\..*")) {
                others.add(line.replaceFirst("^\\S+ (\\S+)\\s+\\S+ - ", "$1 "));
            }
        }
        // What starts at the same time is logged in any order.
        int ready = others.indexOf("INFO " + READY) + 1;
        Collections.sort(others.subList(0, ready));
        write("audit.txt", String.join("\n", audit));
        write("log.txt", String.join("\n", others));
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(directory.resolve(file), SteadyText.of(text) + "\n");
    }
}
