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
import java.util.List;
import java.util.stream.Stream;

/**
 * A class that a JVM has loaded.
 *
 * @param name its binary name
 * @param source where it came from: the URL of a jar, {@code jrt:/...}, {@code shared objects file}, or another class's name
 */
public record LoadedClass(String name, String source) {
    private static final String SEPARATOR = " source: ";

    /** Tests whether the class came out of a jar of this name. */
    public boolean isFrom(String jarName) {
        return source.endsWith("/" + jarName) || source.contains("/" + jarName + "!");
    }

    static List<LoadedClass> readFrom(Path log) {
        try (Stream<String> lines = Files.lines(log, UTF_8)) {
            return lines.filter(line -> line.contains(SEPARATOR)).map(LoadedClass::parse).toList();
        } catch (IOException e) {
            throw new UncheckedIOException("Were loaded classes recorded, with RealJames.RECORD_LOADED_CLASSES?", e);
        }
    }

    private static LoadedClass parse(String line) {
        int separator = line.indexOf(SEPARATOR);
        return new LoadedClass(line.substring(0, separator).strip(), line.substring(separator + SEPARATOR.length()).strip());
    }
}
