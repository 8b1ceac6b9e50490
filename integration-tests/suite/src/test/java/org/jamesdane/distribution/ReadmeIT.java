/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;

import org.jamesdane.demo.DemoWorld;
import org.jamesdane.demo.Destination;
import org.jamesdane.testing.james.James;
import org.jamesdane.testing.james.JamesDidNotStart;
import org.jamesdane.testing.james.JamesSetup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The first start: the commands of docs/install.md, to which the README leads, and of docs/operating.md, word for word, on
 * configurations like those that James comes with. The server is James's memory app, whatever the flavour.
 */
class ReadmeIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int MODULE_STEP = 1;
    private static final String WEBADMIN = "http://127.0.0.1:8000";

    private final FirstStart first;

    ReadmeIT(@TempDir Path directory) throws IOException {
        first = new FirstStart(directory);
    }

    static Stream<String> flavours() {
        return StockConfiguration.FLAVOURS.stream();
    }

    @ParameterizedTest
    @MethodSource("flavours")
    void shouldAddItsLinesToTheFilesOfTheFlavour(String flavour) throws Exception {
        first.install(flavour, FirstStart.steps());

        assertThat(properties("extensions.properties")).containsEntry("guice.extension.module", "org.jamesdane.james.DaneModule")
            .containsEntry("guice.extension.task", "org.jamesdane.webadmin.DaneTasks").hasSize(2);
        assertThat(properties("webadmin.properties")).containsEntry("jwt.enabled", "true").containsEntry("host", "localhost")
            .containsEntry("extensions.routes",
                "org.jamesdane.webadmin.DaneRoutes,org.apache.james.webadmin.dropwizard.MetricsRoutes");
        assertThat(properties("healthcheck.properties"))
            .containsEntry("additional.healthchecks", "org.jamesdane.webadmin.DaneHealthCheck");
        assertThat(properties("dane.properties")).containsEntry("policy.default", "audit");
        assertThat(Files.readString(first.james().resolve("conf/mailetcontainer.xml"))).contains("org.jamesdane.james.DaneRemoteDelivery")
            .doesNotContain("\"RemoteDelivery\"", "bounceProcessor").contains("<maxRetries>3</maxRetries>");
    }

    /** The first line of several counts for James: a key that somebody else has the other half of must not be the one. */
    @Test
    void shouldTakeTheKeysOfBeforeOutOfTheFile() throws Exception {
        List<String> steps = new ArrayList<>(FirstStart.steps());
        steps.add(0, "printf '\\njwt.enabled=true\\njwt.publickeypem.url=file://conf/other.pem\\ncors.enable=true\\ncors.origin=*\\n' >> "
            + "$JAMES/conf/webadmin.properties");
        first.install("memory", steps);

        assertThat(Files.readAllLines(first.james().resolve("conf/webadmin.properties")))
            .contains("jwt.publickeypem.url=file://conf/jwt_publickey", "cors.origin=http://127.0.0.1:8000")
            .filteredOn(line -> line.matches("(jwt\\.enabled|jwt\\.publickeypem\\.url|cors\\.origin)=.*")).hasSize(3);
    }

    /** Each takes a start of James; the profile long has them all. */
    static Stream<String> started() {
        return Stream.of(System.getProperty("first.start.flavours", "memory").split(","));
    }

    @ParameterizedTest
    @MethodSource("started")
    void shouldDeliverUnderDaneAndGrantAnExceptionToWhoeverHasAToken(String flavour) throws Exception {
        first.install(flavour, FirstStart.steps());

        try (DemoWorld world = new DemoWorld();
             James running = JamesSetup.of(first.installed(world, flavour), first.james()).startEmbedded()) {
            assertThat(running.webadmin().get("/dane/policies").statusCode()).isEqualTo(401);
            List<String> guide = FirstStart.blocks(Files.readString(first.unpacked().resolve("docs/operating.md")));
            String call = String.join("\n", block(guide, "-sign jwt_privatekey"), block(guide, "curl() {"),
                block(guide, "wrong certificate, ticket 17"), "curl -s " + WEBADMIN + "/dane/policies");
            String answer = first.run(call.replace(WEBADMIN, running.webadmin().base().toString()));
            assertThat(answer).contains("impostor.example", "wrong certificate, ticket 17");

            running.submit("sender@james.example", List.of(Destination.GOOD.recipient()), "Subject: hello\n\nHello.\n");
            await().atMost(PATIENCE).until(() -> world.messages(Destination.GOOD).size() == 1);
            running.log().await(line -> line.contains("\"nextHop\":\"good.example\"") && line.contains("\"security\":\"verified\""),
                PATIENCE);
        }
    }

    @Test
    void shouldSayWhichLineIsMissingWithoutTheModule() throws Exception {
        List<String> steps = new ArrayList<>(FirstStart.steps());
        steps.remove(MODULE_STEP);
        first.install("memory", steps);

        try (DemoWorld world = new DemoWorld()) {
            JamesSetup setup = JamesSetup.of(first.installed(world, "memory"), first.james());
            assertThatThrownBy(setup::startEmbedded).isInstanceOf(JamesDidNotStart.class)
                .hasStackTraceContaining("extensions.properties: guice.extension.module does not name org.jamesdane.james.DaneModule");
        }
    }

    private Properties properties(String file) throws IOException {
        Properties properties = new Properties();
        try (var reader = Files.newBufferedReader(first.james().resolve("conf").resolve(file))) {
            properties.load(reader);
        }
        return properties;
    }

    private static String block(List<String> blocks, String marker) {
        return blocks.stream().filter(block -> block.contains(marker)).findFirst().orElseThrow();
    }
}
