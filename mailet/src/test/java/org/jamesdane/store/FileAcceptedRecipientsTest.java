/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileAcceptedRecipientsTest {
    private static final ItemLife ITEM = new ItemLife("6ff2@2026-11-01T12:00:00Z");

    private final Path directory;
    private Instant now = Instant.parse("2026-11-01T12:00:00Z");

    FileAcceptedRecipientsTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void shouldKnowAfterARestartWhoAccepted() throws Exception {
        opened().record(ITEM, List.of("bob@example.com", "\"a b\"@example.com"));
        opened().record(ITEM, List.of("carol@example.com"));

        assertThat(opened().of(ITEM)).containsExactlyInAnyOrder("bob@example.com", "\"a b\"@example.com", "carol@example.com");
        assertThat(opened().of(new ItemLife("another"))).isEmpty();
    }

    @Test
    void shouldForgetAfterTenDays() throws Exception {
        opened().record(ITEM, List.of("bob@example.com"));
        now = now.plus(Duration.ofDays(11));
        opened().record(new ItemLife("another"), List.of("carol@example.com"));

        assertThat(opened().of(ITEM)).isEmpty();
        assertThat(Files.readString(journal())).contains("carol").doesNotContain("bob");
    }

    @Test
    void shouldPassOverALineThatAKillCutOff() throws Exception {
        opened().record(ITEM, List.of("bob@example.com"));
        Files.write(journal(), "17622 6ff".getBytes(UTF_8), StandardOpenOption.APPEND);

        FileAcceptedRecipients again = opened();
        again.record(ITEM, List.of("carol@example.com"));

        assertThat(opened().of(ITEM)).containsExactlyInAnyOrder("bob@example.com", "carol@example.com");
    }

    private Path journal() {
        return directory.resolve("accepted-recipients.journal");
    }

    private FileAcceptedRecipients opened() {
        return new FileAcceptedRecipients(directory, () -> now);
    }
}
