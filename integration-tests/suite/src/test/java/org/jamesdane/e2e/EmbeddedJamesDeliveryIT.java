/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.Map;

import org.jamesdane.demo.DemoWorld;
import org.jamesdane.demo.Destination;
import org.jamesdane.testing.dns.Fault;
import org.jamesdane.testing.james.EmbeddedJames;
import org.jamesdane.testing.james.JamesConfiguration;
import org.jamesdane.testing.james.JamesDidNotStart;
import org.jamesdane.testing.james.JamesSetup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** James inside this JVM, in a class loader of its own. */
class EmbeddedJamesDeliveryIT {
    private static final int MAILS = 20;

    private final Path directory;

    EmbeddedJamesDeliveryIT(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void shouldDeliverADeferredMailOnceTheDestinationIsInOrder() {
        try (DemoWorld world = new DemoWorld();
             EmbeddedJames james = Setups.of(world, directory, Map.of("delayTime", "2 s")).startEmbedded()) {
            world.dns().fault("good.example", "MX", Fault.servFail());
            Setups.submit(james, "sender@james.example", Destination.GOOD);

            james.log().await(line -> line.contains("user@good.example is deferred"), Setups.PATIENCE);
            assertThat(world.messages(Destination.GOOD)).isEmpty();
            world.dns().heal();
            await().atMost(Setups.PATIENCE).until(() -> world.messages(Destination.GOOD).size() == 1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldDeliverEachMailOnceWithAndWithoutGroups(boolean groups) {
        try (DemoWorld world = new DemoWorld();
             EmbeddedJames james = Setups.withSettings(world, directory, Map.of("smtp.destination.concurrency", "1",
                 "smtp.pipelining.across-mails", String.valueOf(groups))).startEmbedded()) {
            for (int i = 0; i < MAILS; i++) {
                Setups.submit(james, "sender@james.example", Destination.GOOD);
            }

            await().atMost(Setups.PATIENCE).until(() -> world.messages(Destination.GOOD).size() >= MAILS);
            assertThat(world.messages(Destination.GOOD)).hasSize(MAILS);
            if (!groups) {
                assertThat(james.log().linesWith("\"grouped\":true")).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "policy.default | strict | policy.default=strict is not allowed; it takes",
        "smtp.port | none | smtp.port=none is not allowed; it takes a whole number from 1 to 65535",
    })
    void shouldStopJamesWithASentenceForAWrongValueInDaneProperties(String key, String value, String sentence) {
        JamesConfiguration configuration = Setups.sample().edited("dane.properties", text -> DemoWorld.set(text, key, value));

        JamesDidNotStart refusal = catchThrowableOfType(JamesDidNotStart.class,
            JamesSetup.of(configuration, directory).withOurExtension()::startEmbedded);

        assertThat(refusal).hasStackTraceContaining("dane.properties: " + sentence);
    }

    @Test
    void shouldStopJamesWithASentenceForAWrongParameterOfTheMailet() {
        JamesConfiguration configuration = Setups.withParameter(Setups.sample(), "lifetime", "for ever");

        JamesDidNotStart refusal = catchThrowableOfType(JamesDidNotStart.class,
            JamesSetup.of(configuration, directory).withOurExtension()::startEmbedded);

        assertThat(refusal).hasStackTraceContaining("The mailet DaneRemoteDelivery: lifetime=for ever is not allowed; it takes a duration");
    }
}
