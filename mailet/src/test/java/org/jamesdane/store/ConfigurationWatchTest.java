/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Changes of a file of settings between one start and the next. */
class ConfigurationWatchTest {
    private final Path directory;
    private final OperatorEvents events;

    ConfigurationWatchTest(@TempDir Path directory) {
        this.directory = directory;
        this.events = new OperatorEvents(directory, "node1", () -> Instant.EPOCH);
    }

    private void start(Map<String, String> settings) {
        new ConfigurationWatch(directory, events).started("dane.properties", settings);
    }

    private List<String> told() throws StoreException {
        return events.newest(event -> true, 10).stream().map(event -> event.name() + " " + event.action() + " " + event.value().orElse("-"))
            .toList();
    }

    @Test
    void shouldNameTheKeysThatChanged() throws Exception {
        start(Map.of("policy.default", "dane", "smtp.port", "25", "store.password", "secret"));
        start(Map.of("policy.default", "dane", "smtp.port", "25", "store.password", "secret"));
        start(Map.of("policy.default", "audit", "store.password", "secret", "dns.mode", "validate"));

        assertThat(told()).containsExactly("dane.properties changed dns.mode, policy.default, smtp.port",
            "dane.properties read-first policy.default, smtp.port, store.password");
    }

    @Test
    void shouldKeepNoValue() throws Exception {
        start(Map.of("store.password", "secret"));
        start(Map.of("store.password", "other"));

        assertThat(told().get(0)).isEqualTo("dane.properties changed store.password");
        for (String file : List.of("configuration-known.json", "operator-events.jsonl")) {
            assertThat(Files.readString(directory.resolve(file))).doesNotContain("secret").doesNotContain("other");
        }
    }

    @Test
    void shouldTellOfAStartWithoutSettings() throws Exception {
        start(Map.of());
        start(Map.of());

        assertThat(told()).containsExactly("dane.properties read-first -");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{\"salt\":", "[]", "{}", "null", "{\"salt\":{\"deep\":1}}"})
    void shouldStartAnewWhereTheFileIsDamaged(String content) throws Exception {
        Files.writeString(directory.resolve("configuration-known.json"), content);
        start(Map.of("smtp.port", "25"));
        start(Map.of("smtp.port", "26"));

        assertThat(told()).containsExactly("dane.properties changed smtp.port", "dane.properties read-first smtp.port");
    }
}
