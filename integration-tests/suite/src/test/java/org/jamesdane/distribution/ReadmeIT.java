/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jamesdane.demo.DemoWorld;
import org.jamesdane.demo.Destination;
import org.jamesdane.testing.james.James;
import org.jamesdane.testing.james.JamesConfiguration;
import org.jamesdane.testing.james.JamesDidNotStart;
import org.jamesdane.testing.james.JamesSetup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The first start: the commands of the README's section on installing and of docs/operating.md, word for word, on configurations like those
 * that James comes with. The server is James's memory app, whatever the flavour.
 */
class ReadmeIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Pattern BLOCK = Pattern.compile("(?ms)^( *)```sh\n(.*?)^ *```$");
    private static final int STEPS = 6;
    private static final int MODULE_STEP = 1;
    private static final String WEBADMIN = "http://127.0.0.1:8000";

    private final Archive archive = new Archive();
    private final Path unpacked;
    private final Path james;

    ReadmeIT(@TempDir Path directory) throws IOException {
        unpacked = Files.createDirectory(directory.resolve("unpacked"));
        james = Files.createDirectory(directory.resolve("james"));
        archive.unpack(unpacked);
    }

    static Stream<String> flavours() {
        return StockConfiguration.FLAVOURS.stream();
    }

    @ParameterizedTest
    @MethodSource("flavours")
    void shouldAddItsLinesToTheFilesOfTheFlavour(String flavour) throws Exception {
        install(flavour, steps());

        assertThat(properties("extensions.properties")).containsEntry("guice.extension.module", "org.jamesdane.james.DaneModule")
            .containsEntry("guice.extension.task", "org.jamesdane.webadmin.DaneTasks").hasSize(2);
        assertThat(properties("webadmin.properties")).containsEntry("jwt.enabled", "true").containsEntry("host", "localhost")
            .containsEntry("extensions.routes",
                "org.jamesdane.webadmin.DaneRoutes,org.apache.james.webadmin.dropwizard.MetricsRoutes");
        assertThat(properties("healthcheck.properties"))
            .containsEntry("additional.healthchecks", "org.jamesdane.webadmin.DaneHealthCheck");
        assertThat(properties("dane.properties")).containsEntry("policy.default", "audit");
        assertThat(Files.readString(james.resolve("conf/mailetcontainer.xml"))).contains("org.jamesdane.james.DaneRemoteDelivery")
            .doesNotContain("\"RemoteDelivery\"", "bounceProcessor").contains("<maxRetries>3</maxRetries>");
    }

    /** Each takes a start of James; the profile long has them all. */
    static Stream<String> started() {
        return Stream.of(System.getProperty("first.start.flavours", "memory").split(","));
    }

    @ParameterizedTest
    @MethodSource("started")
    void shouldDeliverUnderDaneAndGrantAnExceptionToWhoeverHasAToken(String flavour) throws Exception {
        install(flavour, steps());

        try (DemoWorld world = new DemoWorld(); James running = JamesSetup.of(installed(world, flavour), james).startEmbedded()) {
            assertThat(running.webadmin().get("/dane/policies").statusCode()).isEqualTo(401);
            List<String> guide = blocks(unpacked.resolve("docs/operating.md"));
            String call = String.join("\n", block(guide, "-sign jwt_privatekey"), block(guide, "curl() {"),
                block(guide, "wrong certificate, ticket 17"), "curl -s " + WEBADMIN + "/dane/policies");
            String answer = run(call.replace(WEBADMIN, running.webadmin().base().toString()));
            assertThat(answer).contains("impostor.example", "wrong certificate, ticket 17");

            running.submit("sender@james.example", List.of(Destination.GOOD.recipient()), "Subject: hello\n\nHello.\n");
            await().atMost(PATIENCE).until(() -> world.messages(Destination.GOOD).size() == 1);
            running.log().await(line -> line.contains("\"nextHop\":\"good.example\"") && line.contains("\"security\":\"verified\""),
                PATIENCE);
        }
    }

    @Test
    void shouldSayWhichLineIsMissingWithoutTheModule() throws Exception {
        List<String> steps = new ArrayList<>(steps());
        steps.remove(MODULE_STEP);
        install("memory", steps);

        try (DemoWorld world = new DemoWorld()) {
            JamesSetup setup = JamesSetup.of(installed(world, "memory"), james);
            assertThatThrownBy(setup::startEmbedded).isInstanceOf(JamesDidNotStart.class)
                .hasStackTraceContaining("extensions.properties: guice.extension.module does not name org.jamesdane.james.DaneModule");
        }
    }

    private void install(String flavour, List<String> steps) throws IOException, InterruptedException {
        StockConfiguration.of(flavour).writeTo(james.resolve("conf"));
        for (String step : steps) {
            run(step.replace("<version>", archive.version()).replace("<flavour>", flavour));
        }
    }

    /** The files as installed, in a world on loopback addresses. The database of the flavour postgres is not there: mail would wait. */
    private JamesConfiguration installed(DemoWorld world, String flavour) {
        JamesConfiguration files = JamesConfiguration.copyOf(james.resolve("conf"));
        return (flavour.equals("postgres")
            ? files.edited("dane.properties", text -> text.replaceAll("(?m)^store\\.(url|user|password)", "#$0"))
            : files.edited("dane.properties", text -> text.replace("${env:JAMES_NODE}", "node1")))
            .with("dane-trust-anchors", world.dns().trustAnchor() + "\n")
            .appending("dane.properties", String.join("\n",
                "dns.servers=" + world.dns().address().getAddress().getHostAddress() + ":" + world.dns().port(),
                "dns.trust-anchors=file://conf/dane-trust-anchors", "smtp.port=" + world.port(),
                "smtp.allowed-special-targets=127.0.0.0/8"));
    }

    private Properties properties(String file) throws IOException {
        Properties properties = new Properties();
        try (var reader = Files.newBufferedReader(james.resolve("conf").resolve(file))) {
            properties.load(reader);
        }
        return properties;
    }

    private List<String> steps() throws IOException {
        String readme = Files.readString(Path.of(System.getProperty("dane.readme", "")));
        int begin = readme.indexOf("\n## Install it in a James");
        List<String> steps = blocks(readme.substring(begin, readme.indexOf("\n## ", begin + 1)));
        assertThat(steps).hasSize(STEPS);
        return steps;
    }

    private static List<String> blocks(Path page) throws IOException {
        return blocks(Files.readString(page));
    }

    private static List<String> blocks(String text) {
        List<String> blocks = new ArrayList<>();
        Matcher block = BLOCK.matcher(text);
        while (block.find()) {
            blocks.add(block.group(2).replaceAll("(?m)^" + block.group(1), ""));
        }
        return blocks;
    }

    private static String block(List<String> blocks, String marker) {
        return blocks.stream().filter(block -> block.contains(marker)).findFirst().orElseThrow();
    }

    private String run(String step) throws IOException, InterruptedException {
        Path output = Files.createTempFile(unpacked, "step", ".out");
        ProcessBuilder shell = new ProcessBuilder("bash", "-e", "-c", step).directory(unpacked.toFile()).redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null"))).redirectOutput(output.toFile());
        shell.environment().put("JAMES", james.toString());
        int code = shell.start().waitFor();
        String said = Files.readString(output);
        assertThat(code).as(step + said).isZero();
        return said;
    }
}
