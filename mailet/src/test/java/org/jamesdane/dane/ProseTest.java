/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

/** The first words of comments: a first sentence is a noun phrase, or a verb with its object. */
class ProseTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern COMMENT = Pattern.compile("/\\*\\*[\\s*]*(\\w+)\\b[^.]*");
    private static final Pattern HEADLESS =
        Pattern.compile("What|How|Whether|Who|Whose|Whom|Where|When|Which|Why|If|That|It|Its|They|One|Those|So|As|To");

    private static Stream<String> headless(Path file) {
        try {
            return COMMENT.matcher(Files.readString(file)).results().filter(comment -> HEADLESS.matcher(comment.group(1)).matches())
                .map(comment -> file.getFileName() + ": " + comment.group());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldBeginEachJavadocWithANounOrAVerb() throws IOException {
        for (String module : List.of("dns-validator", "mailet")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
                assertThat(files.filter(file -> file.toString().endsWith(".java")).flatMap(ProseTest::headless)).isEmpty();
            }
        }
    }
}
