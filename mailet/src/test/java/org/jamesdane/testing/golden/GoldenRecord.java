/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;

/**
 * Text that the software says, compared with the committed record of it: behaviour changes only on purpose. {@code -Dgolden.update=true}
 * writes the record anew; what a run said is in {@code target/golden}.
 */
public final class GoldenRecord {
    private static final Path RECORDS = Path.of("src/test/resources/golden");
    private static final ObjectMapper SORTED = new ObjectMapper().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);
    private static final Path SAID = Path.of("target/golden");

    private final String name;
    private final StringBuilder text = new StringBuilder();

    /** Begins a record, which is kept in a file of that name. */
    public GoldenRecord(String name) {
        this.name = name;
    }

    /** Begins a section of the record. */
    public void title(String title) {
        text.append("\n== ").append(title).append('\n');
    }

    /** Adds lines, without what differs from run to run. */
    public void add(String lines) {
        text.append(SteadyText.of(lines).stripTrailing()).append('\n');
    }

    /** Adds what may be a line of JSON, whose names have no order of their own. */
    public void addJson(String line) throws IOException {
        add(line.startsWith("{") ? SORTED.writeValueAsString(SORTED.readValue(line, Map.class)) : line);
    }

    /** Compares the whole with its record. */
    public void check() throws IOException {
        Files.createDirectories(SAID);
        Files.writeString(SAID.resolve(name), text);
        Path record = RECORDS.resolve(name);
        if (Boolean.getBoolean("golden.update")) {
            Files.createDirectories(RECORDS);
            Files.writeString(record, text);
        }
        List<String> said = text.toString().lines().toList();
        List<String> recorded = Files.readAllLines(record);
        for (int i = 0; i < Math.min(said.size(), recorded.size()); i++) {
            assertThat(said.get(i)).as("line %d of %s; -Dgolden.update=true writes the record anew", i + 1, record)
                .isEqualTo(recorded.get(i));
        }
        assertThat(said.size()).as("lines of %s", record).isEqualTo(recorded.size());
    }
}
