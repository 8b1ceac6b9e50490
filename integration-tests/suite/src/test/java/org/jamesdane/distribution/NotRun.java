/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.distribution;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A row of {@code commands-not-run.txt}.
 *
 * @param beginning how the commands begin
 * @param reason why they are not run
 * @param instead what is checked instead
 */
record NotRun(String beginning, String reason, String instead) {
    private static final Pattern PROFILES = Pattern.compile(" -P(\\S+)");
    private static final Pattern MODULES = Pattern.compile(" -pl (\\S+)");
    private static final Pattern TESTS = Pattern.compile(" -D(?:it\\.test|bench)=\"?(\\w+)");
    private static final Pattern OPTIONS = Pattern.compile(" \\[?--([a-z-]+)");
    private static final String BENCH = "integration-tests/bench-delivery";
    private static final Pattern BENCHMARKS = Pattern.compile("^" + BENCH + " ([a-z][a-z-]*)");
    private static final Set<String> NO_CLASS = Set.of("none", "NoSuchTest");

    /** All rows. */
    static List<NotRun> rows() throws Exception {
        Path table = Path.of(requireNonNull(NotRun.class.getResource("/commands-not-run.txt")).toURI());
        return Files.readAllLines(table).stream().filter(line -> !line.isBlank() && !line.startsWith("#"))
            .map(line -> line.split("\\|", -1)).map(cells -> new NotRun(cells[0].strip(), cells[1].strip(), cells[2].strip())).toList();
    }

    /** The row of a command, the first that fits. */
    static Optional<NotRun> of(DocCommand command, List<NotRun> rows) {
        return rows.stream().filter(row -> row.matches(command)).findFirst();
    }

    private boolean matches(DocCommand command) {
        return command.text().equals(beginning) || command.text().startsWith(beginning + " ");
    }

    /** Checks a command without running it. */
    void check(DocCommand command) throws IOException {
        Path project = DocCommand.project();
        if (instead.startsWith("ci ")) {
            assertThat(Files.readString(project.resolve(".ci/run"))).as("%s", command).contains(instead.substring("ci ".length()));
            return;
        }
        if (instead.startsWith("test ")) {
            String name = "/" + instead.substring("test ".length()) + ".java";
            Path test = files(project).stream().filter(file -> file.endsWith(name)).findFirst().map(project::resolve).orElseThrow();
            assertThat(Files.readString(test)).as("%s", command).contains("\"" + beginning + "\"");
            return;
        }
        String text = " " + command.text();
        Set<String> files = files(project);
        for (String profile : names(PROFILES, text)) {
            assertThat(files).as("profile %s of %s", profile, command)
                .anyMatch(file -> file.endsWith("pom.xml") && read(project.resolve(file)).contains("<id>" + profile + "</id>"));
        }
        for (String module : names(MODULES, text)) {
            assertThat(files).as("%s", command).contains(module + "/pom.xml");
        }
        for (String test : names(TESTS, text)) {
            assertThat(NO_CLASS.contains(test) || files.stream().anyMatch(file -> file.endsWith("/" + test + ".java"))).as("%s", command)
                .isTrue();
        }
        if (!text.startsWith(" mvn")) {
            assertThat(Files.isExecutable(project.resolve(command.text().split(" ", 2)[0]))).as("%s", command).isTrue();
        }
        benchmark(project, command, files);
    }

    /** The options are read by the benchmark that the command names. */
    private static void benchmark(Path project, DocCommand command, Set<String> files) throws IOException {
        if (!command.text().startsWith(BENCH)) {
            return;
        }
        Matcher kind = BENCHMARKS.matcher(command.text());
        if (kind.find()) {
            assertThat(Files.readString(project.resolve(BENCH))).contains("\n    " + kind.group(1) + ")");
        }
        for (String option : names(OPTIONS, " " + command.text())) {
            assertThat(files).as("--%s of %s", option, command).anyMatch(file -> file.contains("/bench/") && file.endsWith(".java")
                && (read(project.resolve(file)).contains("\"" + option + "\"") || read(project.resolve(file)).contains("\"--" + option)));
        }
    }

    private static Set<String> names(Pattern pattern, String text) {
        Set<String> names = new TreeSet<>();
        pattern.matcher(text).results().forEach(found -> names.addAll(List.of(found.group(1).split(",", -1))));
        return names;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Set<String> files(Path project) throws IOException {
        Set<String> files = new TreeSet<>();
        Files.walkFileTree(project, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                String name = directory.getFileName().toString();
                return name.equals("target") || name.equals(".git") || name.equals("roots") ? FileVisitResult.SKIP_SUBTREE
                    : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                files.add(project.relativize(file).toString());
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) {
                return FileVisitResult.CONTINUE;
            }
        });
        return files;
    }
}
