/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

/** Compares {@code docs/parameters.md} with the parameters that there are, and with the tests that it names. */
class ParameterTableTest {
    private static final Pattern ROW = Pattern.compile("\\| (`[^|]+`[^|]*) \\|[^|]*\\|.*\\| (`[^|]+`) \\|");
    private static final Pattern NAME = Pattern.compile("`([A-Za-z0-9.*]+)`");

    private record Row(List<String> parameters, List<String> tests) {
    }

    private static List<Row> rows() throws IOException {
        List<Row> rows = new ArrayList<>();
        String page = Files.readString(Path.of("../docs/parameters.md"));
        for (String line : page.substring(0, page.indexOf("\n## ")).lines().toList()) {
            if (line.startsWith("| `")) {
                Matcher row = ROW.matcher(line);
                assertThat(row.matches()).as("a row with a test: %s", line).isTrue();
                rows.add(new Row(names(row.group(1)), names(row.group(2))));
            }
        }
        return rows;
    }

    private static List<String> names(String cell) {
        return NAME.matcher(cell).results().map(result -> result.group(1)).toList();
    }

    @Test
    void shouldHaveARowForEveryParameterAndForNoOther() throws Exception {
        Set<String> listed = new TreeSet<>();
        rows().forEach(row -> listed.addAll(row.parameters()));

        // The refusal of an unknown parameter lists those that there are.
        assertThatThrownBy(() -> MailetParameters.parse(Map.of("x", "y"))).satisfies(error -> {
            Set<String> known = new TreeSet<>(List.of(String.valueOf(error.getMessage()).replaceFirst(".*the settings are ", "")
                .replaceFirst("\\.$", "").split(", ")));
            known.addAll(Set.of("mail.*"));
            // The spelling of James 2.3 stands beside the other.
            known.remove("gatewayusername");
            listed.remove("gatewayusername");
            assertThat(listed).isEqualTo(known);
        });
    }

    @Test
    void shouldNameATestThatExistsInEveryRow() throws Exception {
        List<String> missing = new ArrayList<>();
        for (Row row : rows()) {
            for (String test : row.tests()) {
                int dot = test.indexOf('.');
                if (dot < 0 || !sourceOf(test.substring(0, dot)).contains("void " + test.substring(dot + 1) + "(")) {
                    missing.add(row.parameters() + ": " + test);
                }
            }
        }

        assertThat(missing).isEmpty();
    }

    private static String sourceOf(String testClass) throws IOException {
        for (String directory : List.of("src/test/java", "../integration-tests/suite/src/test/java")) {
            try (Stream<Path> files = Files.walk(Path.of(directory))) {
                Path found = files.filter(file -> file.getFileName().toString().equals(testClass + ".java")).findFirst().orElse(null);
                if (found != null) {
                    return Files.readString(found);
                }
            }
        }
        return "";
    }
}
