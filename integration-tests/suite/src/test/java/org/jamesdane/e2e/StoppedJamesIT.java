/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.jamesdane.testing.james.JamesSetup;
import org.jamesdane.testing.james.RealJames;
import org.jamesdane.testing.load.CountingSink;
import org.jamesdane.testing.load.LoadWorld;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** James is asked to stop ({@code SIGTERM}) while two hosts have read a message to its end and have not answered yet. */
class StoppedJamesIT {
    private static final Duration PATIENCE = Duration.ofMinutes(Integer.getInteger("kill.minutes", 5));
    private static final int FOLLOWED_SIGTERM = 143;

    private final Path directory;

    StoppedJamesIT(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void shouldWaitForALateAnswerAndKeepMailWithoutOne() {
        try (LoadWorld world = new LoadWorld()) {
            JamesSetup setup = JamesSetup.of(world.configure(Setups.sample(), 20, 5, "1 hour"), directory).withOurExtension().onActiveMq();
            try (RealJames james = setup.startProcess()) {
                world.plain().hold();
                world.dane().hold();
                submit(james, "answered", "bob@plain.example");
                submit(james, "unanswered", "bob@dane.example");
                await().atMost(PATIENCE).until(() -> world.plain().held() == 1 && world.dane().held() == 1);

                CompletableFuture<Integer> stopped = CompletableFuture.supplyAsync(james::stop);
                await().atMost(PATIENCE).until(() -> !james.log().linesWith("Outbound DANE stops").isEmpty());
                world.plain().answer();
                assertThat(stopped.join()).isEqualTo(FOLLOWED_SIGTERM);
                assertThat(world.plain().taken()).containsEntry("answered", 1);
                world.dane().drop();
                await().atMost(PATIENCE).until(() -> world.openSessions() == 0);
                world.dane().answer();
                try (RealJames again = james.restart()) {
                    await().atMost(PATIENCE).until(() -> world.has("unanswered"));
                    // A mail behind both: what was to come twice would have come before it.
                    submit(again, "last", "bob@plain.example");
                    await().atMost(PATIENCE).until(() -> world.has("last"));
                }
                assertThat(world.taken()).containsOnlyKeys("answered", "unanswered", "last").containsValue(1)
                    .allSatisfy((id, times) -> assertThat(times).as(id).isEqualTo(1));
            }
        }
    }

    private static void submit(RealJames james, String id, String recipient) {
        james.submit("sender@source.example", List.of(recipient), CountingSink.ID + ": " + id + "\nSubject: stop\n\nHello.\n");
    }
}
