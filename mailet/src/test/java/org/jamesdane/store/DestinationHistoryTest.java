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

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DestinationHistoryTest {
    private static final String DOMAIN = "one.example under dane-only";

    private final Path directory;
    private final StoreThread thread = new StoreThread();
    private Instant now = Instant.parse("2026-11-01T12:00:00Z");

    DestinationHistoryTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @AfterEach
    void stop() {
        thread.close();
    }

    @Test
    void shouldKnowAfterARestartWhoTookMail() {
        DestinationHistory history = opened();
        history.succeeded(DOMAIN);
        assertThat(history.isRecent(DOMAIN)).isTrue();
        assertThat(opened().isRecent(DOMAIN)).isFalse();
        history.flush();

        assertThat(opened().isRecent(DOMAIN)).isTrue();
        assertThat(opened().isRecent("one.example")).isFalse();
    }

    @Test
    void shouldForgetASuccessAfterADay() throws Exception {
        DestinationHistory history = opened();
        history.succeeded(DOMAIN);
        now = now.plus(DestinationHistory.REMEMBERED).minusSeconds(1);
        assertThat(history.isRecent(DOMAIN)).isTrue();

        now = now.plusSeconds(1);
        assertThat(history.isRecent(DOMAIN)).isFalse();
        history.succeeded("two.example");
        history.flush();
        assertThat(Files.readString(file())).contains("two.example").doesNotContain("one.example");
    }

    @Test
    void shouldForgetAtOnceWhoHeldPlacesInVain() {
        DestinationHistory history = opened();
        history.succeeded(DOMAIN);
        history.flush();
        history.forget(DOMAIN);
        assertThat(history.isRecent(DOMAIN)).isFalse();
        history.flush();

        assertThat(opened().isRecent(DOMAIN)).isFalse();
    }

    @Test
    void shouldForgetASuccessThatSeemsToCome() {
        DestinationHistory history = opened();
        history.succeeded(DOMAIN);
        now = now.minus(Duration.ofDays(2));

        assertThat(history.isRecent(DOMAIN)).isFalse();
    }

    @Test
    void shouldPassOverDamagedLines() throws Exception {
        DestinationHistory history = opened();
        history.succeeded(DOMAIN);
        history.flush();
        Files.write(file(), "17622\nx y\n1 2 3\n1762000000 %zz\n".getBytes(UTF_8), StandardOpenOption.APPEND);

        assertThat(opened().isRecent(DOMAIN)).isTrue();
    }

    @Test
    void shouldRememberTheLastOfTooManyDestinations() {
        DestinationHistory history = opened();
        history.succeeded("again.example");
        history.succeeded(DOMAIN);
        for (int i = 0; i < DestinationHistory.MAX_DESTINATIONS - 1; i++) {
            history.succeeded("again.example");
            history.succeeded("d" + i + ".example");
        }

        assertThat(history.isRecent(DOMAIN)).isFalse();
        assertThat(history.isRecent("again.example")).isTrue();
    }

    @Test
    void shouldGoOnWhereTheFileCanBeNeitherReadNorWritten() throws Exception {
        Files.createDirectory(file());
        DestinationHistory history = opened();
        history.succeeded(DOMAIN);
        history.flush();
        assertThat(history.isRecent(DOMAIN)).isTrue();

        Files.delete(file());
        history.flush();
        assertThat(opened().isRecent(DOMAIN)).isTrue();
    }

    private Path file() {
        return directory.resolve("recent-destinations");
    }

    private DestinationHistory opened() {
        DestinationHistory history = new DestinationHistory(directory, thread, () -> now);
        history.start();
        return history;
    }
}
