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

import org.jamesdane.testing.james.JamesSetup;
import org.jamesdane.testing.james.RealJames;
import org.jamesdane.testing.load.LoadWorld;
import org.jamesdane.testing.load.MailSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** James's ActiveMQ queue gives out next to nothing behind some hundred mails that wait in it. So deferred mail must not wait in it. */
class DeferredInFrontIT {
    private static final int DEFERRED = 2000;
    private static final int LIVE = 50;
    private static final Duration PATIENCE = Duration.ofMinutes(Integer.getInteger("kill.minutes", 5));

    private final Path directory;

    DeferredInFrontIT(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void shouldSendNewMailThoughTwoThousandAreDeferred() {
        try (LoadWorld world = new LoadWorld()) {
            JamesSetup setup = JamesSetup.of(world.configure(Setups.sample(), 20, 5, "1 hour"), directory).withOurExtension().onActiveMq();
            try (RealJames james = setup.startProcess()) {
                List<String> deferred;
                try (MailSource waiting = new MailSource(List.of(james.smtp()), number -> "user" + number + "@grey.example", DEFERRED, 4)) {
                    await().atMost(PATIENCE).until(waiting::isDone);
                    await().atMost(PATIENCE).until(() -> world.grey().deferred() >= waiting.confirmedCount());
                    deferred = waiting.confirmed();
                }
                try (MailSource live = new MailSource(List.of(james.smtp()), number -> "user" + number + "@plain.example", LIVE, 1)) {
                    await().atMost(PATIENCE).until(live::isDone);
                    // With the delays of the queue itself nothing came for longer than this.
                    await().atMost(Duration.ofSeconds(30)).until(() -> live.confirmed().stream().allMatch(world.plain()::has));
                }
                assertThat(deferred).hasSizeGreaterThanOrEqualTo(DEFERRED).noneMatch(world.grey()::has);
            }
        }
    }
}
