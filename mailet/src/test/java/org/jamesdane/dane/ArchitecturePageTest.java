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
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Compares {@code docs/architecture.md} with the code: its diagrams, and the tests that hold the invariants. */
class ArchitecturePageTest {
    private static final String ROOT = "org.jamesdane.";
    private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();
    private static final String PAGE = read(REPOSITORY.resolve("docs/architecture.md"));
    private static final Pattern TYPE_NAME = Pattern.compile("\\b(?:[A-Z][a-z]+){2,}\\b");
    private static final Pattern TEST_NAME = Pattern.compile("`(\\w+(?:Test|IT))`");

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Packages by name, each with those it uses. */
    private static Map<String, Set<String>> uses() {
        JavaClasses classes = new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("-tests.jar")).importPackages("org.jamesdane");
        Map<String, Set<String>> uses = new TreeMap<>();
        classes.forEach(type -> {
            Set<String> used = uses.computeIfAbsent(name(type.getPackageName()), ignored -> new TreeSet<>());
            type.getDirectDependenciesFromSelf().stream().map(Dependency::getTargetClass)
                .filter(target -> target.getPackageName().startsWith(ROOT)).map(target -> name(target.getPackageName()))
                .filter(target -> !target.equals(name(type.getPackageName()))).forEach(used::add);
        });
        return uses;
    }

    private static String name(String packageName) {
        return packageName.substring(ROOT.length());
    }

    /** Direct uses between packages, without those that follow from a chain of others. */
    private static Set<String> diagram() {
        Map<String, Set<String>> uses = uses();
        Map<String, Set<String>> reached = new TreeMap<>();
        uses.keySet().forEach(from -> reached.put(from, reachedFrom(from, uses)));
        Set<String> lines = new TreeSet<>();
        uses.forEach((from, targets) -> targets.stream()
            .filter(to -> targets.stream().noneMatch(between -> !between.equals(to)
                && names(reached, between).contains(to) && !names(reached, between).contains(from)))
            .forEach(to -> lines.add(from + " --> " + to)));
        return lines;
    }

    private static Set<String> reachedFrom(String from, Map<String, Set<String>> uses) {
        Set<String> reached = new TreeSet<>();
        Deque<String> open = new ArrayDeque<>(names(uses, from));
        while (!open.isEmpty()) {
            String next = open.pop();
            if (reached.add(next)) {
                open.addAll(names(uses, next));
            }
        }
        return reached;
    }

    private static Set<String> names(Map<String, Set<String>> map, String key) {
        return map.getOrDefault(key, Set.of());
    }

    /** The rows below a head. */
    private static List<String> table(String head) {
        return PAGE.substring(PAGE.indexOf(head)).lines().takeWhile(line -> line.startsWith("|")).skip(2).toList();
    }

    private static String between(String begin, String end) {
        int from = PAGE.indexOf(begin);
        assertThat(from).as(begin).isNotNegative();
        return PAGE.substring(from + begin.length(), PAGE.indexOf(end, from + begin.length()));
    }

    @Test
    void shouldDrawThePackagesAsTheyAre() {
        Set<String> drawn = between("```mermaid\ngraph TD\n", "```").lines().map(String::strip)
            .collect(Collectors.toCollection(TreeSet::new));
        assertThat(drawn).as("The lines of the diagram of packages").isEqualTo(diagram());
    }

    @Test
    void shouldNameTypesThatExistOnTheWayOfAMail() throws IOException {
        Set<String> types;
        try (Stream<Path> walk = Files.walk(REPOSITORY.resolve("mailet/src/main/java"))) {
            types = walk.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".java"))
                .map(name -> name.replace(".java", "")).collect(Collectors.toSet());
        }
        Set<String> named = TYPE_NAME.matcher(between("```mermaid\nflowchart TD\n", "```")).results().map(MatchResult::group)
            .collect(Collectors.toCollection(TreeSet::new));

        assertThat(named).hasSizeGreaterThanOrEqualTo(9);
        assertThat(types).containsAll(named);
    }

    @Test
    void shouldListEachPageOfTheDocumentation() throws IOException {
        List<String> pages;
        try (Stream<Path> files = Files.list(REPOSITORY.resolve("docs"))) {
            pages = files.map(file -> file.getFileName().toString())
                .filter(name -> (name.endsWith(".md") && !name.equals("README.md")) || name.endsWith(".yaml")).toList();
        }
        String overview = read(REPOSITORY.resolve("docs/README.md"));

        assertThat(pages).isNotEmpty().allSatisfy(page -> assertThat(overview).contains("[" + page + "](" + page + ")"));
    }

    @Test
    void shouldDescribeEachPackage() {
        assertThat(table("| Package | Content |")).extracting(line -> line.split("`", 3)[1])
            .containsExactlyInAnyOrderElementsOf(uses().keySet());
    }

    @Test
    void shouldNameTestsThatExistForEachInvariant() throws IOException {
        Set<String> tests;
        try (Stream<Path> walk = Files.walk(REPOSITORY)) {
            tests = walk.filter(file -> file.toString().contains("/src/test/java/") && file.toString().endsWith(".java"))
                .map(file -> file.getFileName().toString().replace(".java", "")).collect(Collectors.toSet());
        }
        List<String> rows = table("| Invariant | Tests |");
        assertThat(rows).hasSizeGreaterThanOrEqualTo(14).allSatisfy(row -> {
            List<String> named = TEST_NAME.matcher(row).results().map(match -> match.group(1)).toList();
            assertThat(named).as(row).isNotEmpty();
            assertThat(tests).as(row).containsAll(named);
        });
    }
}
