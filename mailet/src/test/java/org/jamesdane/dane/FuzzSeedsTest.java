/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

/** Seeds of fuzz tests. They are found by names alone, so that a fuzz test with another name would run without them, and pass. */
class FuzzSeedsTest {
    private static final Pattern METHOD = Pattern.compile("@FuzzTest(?:\\([^)]*\\))?\\s+void (\\w+)\\(");

    @Test
    void shouldBeWhereEachFuzzTestLooksForThem() throws IOException {
        for (String module : List.of("../dns-validator", "../mailet")) {
            Path sources = Path.of(module, "src/test/java");
            try (Stream<Path> files = Files.walk(sources)) {
                List<Path> tests = files.filter(file -> file.toString().endsWith("FuzzTest.java")).toList();
                assertThat(tests).isNotEmpty();
                for (Path test : tests) {
                    Matcher method = METHOD.matcher(Files.readString(test));
                    assertThat(method.find()).as("a method in %s", test).isTrue();
                    assertThat(Path.of(module, "src/test/resources").resolve(sources.relativize(test).getParent())
                        .resolve(test.getFileName().toString().replace(".java", "Inputs")).resolve(method.group(1)))
                        .as("seeds of %s", test).isNotEmptyDirectory();
                }
            }
        }
    }
}
