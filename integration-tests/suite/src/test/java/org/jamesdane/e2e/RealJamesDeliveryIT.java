/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.jamesdane.demo.DemoWorld;
import org.jamesdane.demo.Destination;
import org.jamesdane.testing.james.RealJames;
import org.jamesdane.testing.smtp.Transaction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** James as a process of its own. */
class RealJamesDeliveryIT {
    private final Path directory;

    RealJamesDeliveryIT(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void shouldBounceWithTheReasonWhenTheLifetimeEndsAndTellTheSender() {
        try (DemoWorld world = new DemoWorld();
             RealJames james = Setups.of(world, directory, Map.of("delayTime", "1 s", "lifetime", "5 s")).startProcess()) {
            // The sender's own domain is a destination: the bounce leaves as the mail would have.
            Setups.submit(james, Destination.PLAIN.recipient(), Destination.IMPOSTOR);

            await().atMost(Setups.PATIENCE).until(() -> !world.messages(Destination.PLAIN).isEmpty());
            Transaction bounce = world.messages(Destination.PLAIN).get(0);
            String text = new String(bounce.content().orElseThrow().message(), StandardCharsets.UTF_8);
            assertThat(bounce.sender().address()).isEmpty();
            assertThat(text).contains(Destination.IMPOSTOR.recipient()).contains("mx.impostor.example")
                .contains("no TLSA record matches");
            assertThat(world.leaked(Destination.IMPOSTOR)).isFalse();
            List<String> attempts = james.log().linesWith("\"nextHop\":\"impostor.example\"");
            assertThat(attempts).as("attempts before the lifetime ended").hasSizeGreaterThan(1);
        }
    }
}
