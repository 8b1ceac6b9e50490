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
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

/** Compares {@code docs/rfc-coverage.md} with the citations in the source, both ways. */
class RfcCoverageTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final List<String> CORE = List.of("mailet/src/main/java/org/jamesdane/dane",
        "mailet/src/main/java/org/jamesdane/mtasts", "mailet/src/main/java/org/jamesdane/tlsrpt");
    private static final List<String> TABLES = List.of("mailet/src/test/resources/org/jamesdane/dane/conformance",
        "mailet/src/test/resources/org/jamesdane/mtasts", "mailet/src/test/resources/org/jamesdane/tlsrpt");
    private static final List<String> COMPLETE = List.of("7672", "7671", "6698", "7505");
    private static final Pattern CITATION = Pattern.compile(
        "RFC ([1-9][0-9]+)\\s(§[0-9A-Z]+(?:\\.[0-9]+)*(?:(?:,| and) §[0-9]+(?:\\.[0-9]+)*)*)");
    private static final Pattern SECTION = Pattern.compile("§[0-9A-Z]+(?:\\.[0-9]+)*");
    private static final Pattern NAME = Pattern.compile("`([^`]+)`");

    /** A line of a table: its section with the RFC, how far it is done, who does it, what shows it. */
    private record Line(String section, String done, List<String> by, List<String> shownBy) {
        boolean isDone() {
            return done.startsWith("yes") || done.startsWith("partly");
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> files(Path directory, String suffix) {
        try (Stream<Path> walk = Files.walk(directory)) {
            return walk.filter(file -> file.toString().endsWith(suffix) && !file.toString().contains("target")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Set<String> citations(String text) {
        Set<String> found = new TreeSet<>();
        // A citation that a comment breaks over two lines is one.
        Matcher citation = CITATION.matcher(text.replaceAll("\\n\\s*(\\*|//|#)?\\s*", " "));
        while (citation.find()) {
            Matcher section = SECTION.matcher(citation.group(2));
            while (section.find()) {
                found.add("RFC " + citation.group(1) + " " + section.group());
            }
        }
        return found;
    }

    private static List<String> names(String cell) {
        return NAME.matcher(cell).results().map(result -> result.group(1)).toList();
    }

    private static List<Line> lines() {
        List<Line> lines = new ArrayList<>();
        String rfc = "";
        for (String text : read(ROOT.resolve("docs/rfc-coverage.md")).split("\n", -1)) {
            if (text.startsWith("## ")) {
                rfc = text.startsWith("## RFC ") ? "RFC " + text.substring(7, text.indexOf(':')) + " " : "";
            } else if (text.startsWith("| §")) {
                String[] cells = text.split("\\|", -1);
                lines.add(new Line(rfc + cells[1].strip(), cells[4].strip(), names(cells[5]), names(cells[6])));
            } else if (text.startsWith("| RFC ")) {
                String[] cells = text.split("\\|", -1);
                lines.add(new Line(cells[1].strip(), "yes", names(cells[3]), List.of()));
            }
        }
        return lines;
    }

    private static List<Path> sources() {
        return Stream.of("mailet/src/main/java", "dns-validator/src/main/java", "mailet/src/test", "dns-validator/src/test")
            .flatMap(directory -> files(ROOT.resolve(directory), "").stream()).toList();
    }

    private static List<Path> named(List<Path> sources, String name) {
        String file = name.endsWith(".txt") ? name : name + ".java";
        return sources.stream().filter(source -> source.getFileName().toString().equals(file)).toList();
    }

    @Test
    void shouldHaveALineForEveryCitation() {
        Set<String> listed = lines().stream().map(Line::section).collect(Collectors.toSet());
        Set<String> cited = new LinkedHashSet<>();
        CORE.forEach(core -> files(ROOT.resolve(core), ".java").forEach(file -> cited.addAll(citations(read(file)))));
        TABLES.forEach(tables -> files(ROOT.resolve(tables), ".txt").forEach(file -> cited.addAll(citations(read(file)))));

        assertThat(cited).isNotEmpty().isSubsetOf(listed);
    }

    @Test
    void shouldHaveACitationForEveryLineThatIsDone() {
        List<Path> sources = sources();
        List<String> missing = new ArrayList<>();
        for (Line line : lines()) {
            Stream<String> names = Stream.concat(line.by().stream(), line.shownBy().stream());
            boolean cited = names.flatMap(name -> named(sources, name).stream())
                .anyMatch(file -> citations(read(file)).contains(line.section()));
            if (line.isDone() && !cited) {
                missing.add(line.toString());
            }
        }

        assertThat(missing).isEmpty();
    }

    @Test
    void shouldNameClassesAndTestsThatExist() {
        List<Path> sources = sources();
        List<String> missing = new ArrayList<>();
        for (Line line : lines()) {
            Stream.concat(line.by().stream(), line.shownBy().stream())
                .filter(name -> named(sources, name).isEmpty()).forEach(name -> missing.add(line.section() + " " + name));
        }

        assertThat(missing).isEmpty();
    }

    @Test
    void shouldSayWhoDoesAndWhatShowsEveryLineOfTheFourRfcs() {
        List<Line> four = lines().stream().filter(line -> COMPLETE.stream().anyMatch(rfc -> line.section()
            .startsWith("RFC " + rfc + " "))).toList();

        assertThat(four).hasSizeGreaterThan(90).allSatisfy(line -> {
            assertThat(line.done()).matches("yes.*|partly: .+|no: .+");
            assertThat(line.by().isEmpty()).as("%s", line).isEqualTo(!line.isDone());
            assertThat(line.shownBy().isEmpty()).as("%s", line).isEqualTo(!line.isDone());
        });
    }
}
