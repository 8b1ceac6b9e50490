/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import org.jamesdane.demo.DemoWorld;
import org.jamesdane.demo.Destination;
import org.jamesdane.operating.Shell;
import org.jamesdane.testing.james.EmbeddedJames;
import org.jamesdane.testing.james.James;
import org.jamesdane.testing.james.JamesConfiguration;
import org.jamesdane.testing.james.JamesSetup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every command of the README and of the pages below docs, as it stands there, in a James that the steps of docs/install.md installed
 * and that asks for a token: at its first start with an audit, after a restart that enforces, while it is stopped, and on the way back
 * to an earlier version. What is not run stands in {@code commands-not-run.txt}.
 */
class DocumentedCommandsIT {
    /** With the stock delays, a mail whose first attempt fails on a busy machine is tried twice more in this time. */
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final Path TRANSCRIPT = Path.of("target/documented-commands.txt");
    private static final Set<String> FIRST_PAGES = Set.of("README.md", FirstStart.PAGE);
    private static final String INSTALLING = "Install it in a James";
    private static final String GUIDE = "docs/operating.md";
    private static final String MIGRATION = "docs/migration.md";
    private static final String ON_FILES = "java -jar dane-check.jar deferred ";
    private static final Set<String> FIRST_DAYS = Set.of("Who may call", "Rolling it out");
    /** The effect of an exception shows some time later. */
    private static final String GREP = "grep ";
    /** Searches of the guide for trouble that is not made here: their commands find nothing. */
    private static final Set<String> NOT_HERE = Set.of("\"outcome\":\"blamed\"");
    private static final String ACCEPT_EMPTY = "action=accept-empty";
    private static final String LOST = "lost@good.example";
    private static final String TO_ANOTHER_NODE = """
            <mailet match="RecipientIs=%s" class="ToRepository">
              <repositoryPath>memory://var/dane/deferred/lost-node/outgoing</repositoryPath>
              <passThrough>false</passThrough>
            </mailet>
            <mailet match="All" class="org.jamesdane.james.DaneRemoteDelivery">""".formatted(LOST);

    private final FirstStart first;
    private final List<NotRun> notRun;
    private final List<DocCommand> left = new ArrayList<>(DocCommand.all());
    private final Set<String> done = new HashSet<>();

    DocumentedCommandsIT(@TempDir Path directory) throws Exception {
        first = new FirstStart(directory);
        notRun = NotRun.rows();
    }

    @Test
    void shouldRunEveryCommandThatIsNotListed() throws Exception {
        assertThat(left).hasSizeGreaterThan(60);
        checkTheListed();
        Files.createDirectories(TRANSCRIPT.toAbsolutePath().getParent());
        Files.deleteIfExists(TRANSCRIPT);
        List<String> steps = FirstStart.steps();
        take(command -> command.section().equals(INSTALLING)).forEach(command ->
            assertThat(steps).as("%s", command).anyMatch(step -> step.contains(command.text())));
        first.install("memory", steps);
        try (DemoWorld world = new DemoWorld()) {
            JamesConfiguration installed = first.installed(world, "memory").appending("dane.properties", "deferral.store=files")
                .edited("mailetcontainer.xml", xml -> xml.replaceFirst(
                    " *<mailet match=\"All\" class=\"org.jamesdane.james.DaneRemoteDelivery\">", TO_ANOTHER_NODE));
            try (EmbeddedJames james = JamesSetup.of(installed, first.james()).startEmbedded()) {
                atTheFirstStart(world, james);
            }
            JamesSetup enforcing = JamesSetup.of(installed.replacing("dane.properties", "policy.default=audit", "policy.default=dane"),
                first.james());
            try (EmbeddedJames james = enforcing.startEmbedded()) {
                enforced(world, james);
            }
            whileStopped();
            try (EmbeddedJames james = enforcing.startEmbedded()) {
                onTheWayBack(james);
            }
        }
        assertThat(left).isEmpty();
    }

    private void checkTheListed() throws IOException {
        Set<NotRun> used = new HashSet<>();
        for (DocCommand command : take(each -> NotRun.of(each, notRun).isPresent())) {
            NotRun row = NotRun.of(command, notRun).orElseThrow();
            row.check(command);
            used.add(row);
        }
        assertThat(used).as("rows of commands-not-run.txt that fit a command").containsAll(notRun);
    }

    /** Commands of the README and of docs/install.md behind the installation, and of the guide to the days without enforcement. */
    private void atTheFirstStart(DemoWorld world, James james) throws Exception {
        assertThat(james.webadmin().get("/dane/policies").statusCode()).isEqualTo(401);
        List<Destination> destinations = List.of(Destination.GOOD, Destination.IMPOSTOR, Destination.BOGUS, Destination.STRIPPED);
        destinations.forEach(destination -> submit(james, destination.recipient()));
        // An audit holds nothing back.
        destinations.forEach(destination -> await().atMost(PATIENCE).until(() -> !world.messages(destination).isEmpty()));
        submit(james, LOST);

        Shell anybody = new Shell(first.unpacked(), TRANSCRIPT, here(world, james), "");
        for (DocCommand command : take(command -> command.page().equals(GUIDE) && command.section().equals("Who may call"))) {
            run(anybody, command);
        }
        Shell shell = operator(world, james);
        for (DocCommand command : take(command -> FIRST_PAGES.contains(command.page()))) {
            Shell.Result result = run(shell, command);
            if (command.text().contains(ACCEPT_EMPTY)) {
                assertThat(result.output()).contains("\"state\":\"present\"");
                assertThat(james.webadmin().get("/healthcheck/checks/DANE").body()).contains("\"healthy\"");
            }
        }
        List<String> statistics = new ArrayList<>();
        for (DocCommand command : take(command -> command.page().equals(GUIDE) && FIRST_DAYS.contains(command.section()))) {
            Shell.Result result = run(shell, command);
            if (command.text().contains("/dane/statistics")) {
                statistics.add(result.output());
            }
        }
        assertThat(statistics).hasSize(2).allSatisfy(output ->
            assertThat(output).contains("stripped.example", "would-have-deferred", "starttls-missing"));
        // What another node left behind, which the memory's repositories have until James ends.
        for (DocCommand command : take(command -> command.text().contains("action=import"))) {
            int before = world.messages(Destination.GOOD).size();
            assertThat(run(shell, command).output()).contains("\"taken\":1").contains("\"left\":0");
            await().atMost(PATIENCE).until(() -> world.messages(Destination.GOOD).size() > before);
        }
    }

    /** All pages that say nothing of a stop. */
    private void enforced(DemoWorld world, James james) throws Exception {
        Shell shell = operator(world, james);
        int impostors = world.messages(Destination.IMPOSTOR).size();
        for (Destination destination : List.of(Destination.GOOD, Destination.IMPOSTOR, Destination.BOGUS)) {
            submit(james, destination.recipient());
        }
        await().atMost(PATIENCE).until(() -> deferrals(james, Destination.IMPOSTOR) > 0 && deferrals(james, Destination.BOGUS) > 0);

        for (DocCommand command : take(command -> !command.text().startsWith(ON_FILES) && !command.page().equals(MIGRATION))) {
            if (command.text().startsWith(GREP)) {
                String sought = command.text().substring(GREP.length() + 1, command.text().indexOf('\'', GREP.length() + 1));
                await().atMost(PATIENCE).until(() -> NOT_HERE.contains(sought) || !james.log().linesWith(sought).isEmpty());
            }
            run(shell, command);
        }
        // The exception of the guide had its effect, and so had its end.
        assertThat(world.messages(Destination.IMPOSTOR)).hasSize(impostors + 1);
        assertThat(shell.run("curl -s " + Shell.WEBADMIN + "/dane/policies").output()).contains("good.example")
            .doesNotContain("impostor.example");
        int deferrals = deferrals(james, Destination.IMPOSTOR);
        submit(james, Destination.IMPOSTOR.recipient());
        await().atMost(PATIENCE).until(() -> deferrals(james, Destination.IMPOSTOR) > deferrals);
    }

    private void whileStopped() throws IOException {
        Path store = first.james().resolve("var/dane");
        Path lost = first.unpacked().resolve("lost");
        Map<String, String> here = new LinkedHashMap<>();
        here.put("java -jar", java() + " -jar");
        here.put("OLD/waiting/<queue>", lost + "/waiting/outgoing");
        here.put("NEW/waiting/<queue>", store + "/waiting/outgoing");
        here.put(" DIR", " " + store + "/waiting/outgoing");
        here.put(" TO", " " + lost + "/waiting/outgoing");
        Shell shell = new Shell(first.unpacked(), TRANSCRIPT, here, "");
        String listed = shell.run("java -jar dane-check.jar deferred list DIR").output();
        List<String> waiting = listed.lines().filter(line -> line.contains(" octets from ")).toList();
        assertThat(waiting).anyMatch(line -> line.contains(Destination.IMPOSTOR.recipient()));
        here.put(" ID", " " + waiting.get(0).split(" ", 2)[0]);
        Shell knowing = new Shell(first.unpacked(), TRANSCRIPT, here, "");

        for (DocCommand command : take(command -> command.text().startsWith(ON_FILES))) {
            // Brackets are for what can be left out.
            String whole = command.text().replaceAll("[\\[\\]]|\\.\\.\\.", "");
            for (String text : new LinkedHashSet<>(List.of(command.text().replaceAll(" \\[.*?]", ""), whole))) {
                Shell.Result result = run(knowing, new DocCommand(command.page(), command.section(), "sh", text));
                if (text.contains(" move ")) {
                    assertThat(result.output()).contains(waiting.size() + " were moved");
                } else if (text.contains(" due ")) {
                    assertThat(result.output()).contains((text.endsWith(" ID") ? 1 : waiting.size()) + " are due");
                } else if (text.contains("--message")) {
                    assertThat(result.output()).contains("Subject: hello");
                }
            }
        }
    }

    private void onTheWayBack(James james) throws Exception {
        Shell shell = new Shell(first.unpacked(), TRANSCRIPT, Shell.of(james, Map.of()), carriesToken());
        for (DocCommand command : take(command -> true)) {
            if (command.text().contains("limit=1")) {
                await().atMost(PATIENCE).until(() -> shell.run(command.text()).output().contains("\"total\":0"));
            }
            String output = run(shell, command).output();
            if (command.text().contains("action=drain")) {
                assertThat(output).contains("\"released\":");
            }
        }
    }

    /** Removes the commands from those that are left. */
    private List<DocCommand> take(Predicate<DocCommand> which) {
        List<DocCommand> taken = left.stream().filter(which).toList();
        left.removeAll(taken);
        return taken;
    }

    /** Runs a command, which has to succeed; to confirm a first start twice is refused, so it is not repeated on a second page. */
    private Shell.Result run(Shell shell, DocCommand command) {
        if (!done.add(command.text()) && command.text().contains(ACCEPT_EMPTY)) {
            return new Shell.Result(command.text(), 0, "");
        }
        Shell.Result result = shell.run(command.text());
        assertThat(result.exitCode()).as("%s%n%s", command, result.output()).isZero();
        return result;
    }

    /** A shell of somebody who has a token. */
    private Shell operator(DemoWorld world, James james) throws IOException {
        return new Shell(first.unpacked(), TRANSCRIPT, here(world, james), carriesToken());
    }

    /** The line of the guide by which curl carries the token. */
    private static String carriesToken() throws IOException {
        return Files.readAllLines(DocCommand.project().resolve(GUIDE)).stream().filter(line -> line.startsWith("curl() {")).findFirst()
            .orElseThrow();
    }

    /** Names of the demonstration's DNS in place of those of the documentation, and its own root. */
    private static Map<String, String> here(DemoWorld world, James james) {
        String resolver = "--resolver " + world.dns().address().getAddress().getHostAddress() + ":" + world.dns().port()
            + " --trust-anchor " + james.workingDirectory().resolve("conf/dane-trust-anchors") + " --port " + world.port()
            + " --special-targets 127.0.0.0/8";
        Map<String, String> here = new LinkedHashMap<>();
        here.put("tlsa mx.example.org", "tlsa mx.good.example " + resolver);
        here.put("example.org --probe", "good.example --probe " + resolver);
        here.put("/dane/domains/example.org", "/dane/domains/good.example");
        here.put("--resolver 192.0.2.53", resolver);
        here.put("java -jar", java() + " -jar");
        here.put("from=cassandra://", "from=memory://");
        return Shell.of(james, here);
    }

    private static Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    private static void submit(James james, String recipient) {
        james.submit("sender@james.example", List.of(recipient), "Subject: hello\n\nHello.\n");
    }

    private static int deferrals(James james, Destination destination) {
        return james.log().linesWith(destination.recipient() + " is deferred").size();
    }
}
