/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.testing.james;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Log of a James, line by line.
 *
 * @param file the file it is written to
 */
public record JamesLog(Path file) {
    private static final int TAIL = 40;

    /** All lines so far. */
    public List<String> lines() {
        try {
            return Files.exists(file) ? new String(Files.readAllBytes(file), UTF_8).lines().toList() : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The lines so far that contain a text. */
    public List<String> linesWith(String text) {
        return lines().stream().filter(line -> line.contains(text)).toList();
    }

    /** The last lines, for a failure's message. */
    public String tail() {
        List<String> lines = lines();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL), lines.size()));
    }

    /**
     * The first line that has a property, once it is written.
     *
     * @throws IllegalStateException when it is not written in time, with the end of the log
     */
    public String await(Predicate<String> property, Duration atMost) {
        return Waiting.until(() -> first(property), atMost)
            .orElseThrow(() -> new IllegalStateException(
                "James did not log the awaited line within " + atMost + "; its log ends with:\n" + tail()));
    }

    private Optional<String> first(Predicate<String> property) {
        return lines().stream().filter(property).findFirst();
    }
}
