/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The commands of the documentation, and the operations that its text names, exist. DocumentedCommandsIT runs the commands. */
class DocCommandsTest {
    private static final String CHECK = "java -jar dane-check.jar ";
    /** A command of one line, or of several that end in a backslash. */
    private static final Pattern CALL = Pattern.compile(
        "curl (?:[^\n]|(?<=\\\\)\n)*?http://127\\.0\\.0\\.1:8000(/dane[^\\s'\"?]*)(?:[^\n]|(?<=\\\\)\n)*");
    private static final Pattern METHOD = Pattern.compile("-X ([A-Z]+)");
    /** An operation between backticks. */
    private static final Pattern NAMED = Pattern.compile("`(GET|PUT|POST|DELETE) (/dane[^\\s`?]*)");
    private static final Pattern ACTION = Pattern.compile("[?&]action=([a-z-]+)");

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(Path.of("../README.md")));
        try (Stream<Path> files = Files.list(Path.of("../docs"))) {
            files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
        }
        return pages;
    }

    private static String read(Path page) {
        try {
            return Files.readString(page);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Stream<String> checks() throws IOException {
        return pages().stream().flatMap(page -> read(page).lines()).map(String::strip).filter(line -> line.startsWith(CHECK))
            .map(line -> line.substring(CHECK.length()));
    }

    /** Method and path. */
    static Stream<String> calls() throws IOException {
        Stream<String> commands = pages().stream().flatMap(page -> CALL.matcher(read(page)).results()).map(DocCommandsTest::call);
        Stream<String> named = Stream.concat(pages().stream(), Stream.of(Path.of("../CHANGELOG.md")))
            .flatMap(page -> NAMED.matcher(read(page)).results()).map(found -> found.group(1) + " " + found.group(2));
        return Stream.concat(commands, named).distinct();
    }

    private static String call(MatchResult found) {
        return METHOD.matcher(found.group()).results().findFirst().map(method -> method.group(1)).orElse("GET") + " " + found.group(1);
    }

    /** Parses a command without running it. */
    private static void parse(String arguments) {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), true, UTF_8);
        DaneCheck command = new DaneCheck(InputStream.nullInputStream(), nowhere, nowhere, Terminal.ofProcess(Map.of()));
        DaneCheck.commandLine(command, nowhere).parseArgs(arguments.split(" "));
    }

    @ParameterizedTest
    @MethodSource("checks")
    void shouldTakeTheOptionsThatTheDocsGive(String arguments) {
        // Brackets are for what can be left out.
        assertThatCode(() -> parse(arguments.replaceAll("[\\[\\]]|\\.\\.\\.", ""))).doesNotThrowAnyException();
        assertThatThrownBy(() -> parse("example.org --prob")).hasMessageContaining("--prob");
    }

    @Test
    void shouldExplainItselfWithHelp() throws IOException {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(printed, true, UTF_8);
        assertThat(DaneCheck.run(new String[] {"--help"}, InputStream.nullInputStream(), out, out, Terminal.ofProcess(Map.of()))).isZero();
        assertThat(printed.toString(UTF_8)).contains("--probe", "--json", "--resolver", "--trust-anchor", "--special-targets", "tlsa",
            "deferred", "Exit status");
        assertThat(checks()).hasSizeGreaterThan(5).contains("--help");
    }

    @ParameterizedTest
    @MethodSource("calls")
    void shouldCallWhatIsDescribed(String call) throws IOException {
        Map<String, Object> paths = new TreeMap<>();
        Map<?, ?> document = new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(Path.of("../docs/openapi.yaml")));
        ((Map<?, ?>) Objects.requireNonNull(document.get("paths"))).forEach((path, operations) -> paths.put(path.toString(), operations));
        String method = call.substring(0, call.indexOf(' ')).toLowerCase(Locale.ROOT);
        String path = call.substring(call.indexOf(' ') + 1);

        assertThat(paths.entrySet()).anyMatch(entry -> path.matches(entry.getKey().replaceAll("\\{[^}]*}", "[^/]+"))
            && ((Map<?, ?>) entry.getValue()).containsKey(method));
    }

    @Test
    void shouldNameActionsThatAreDescribed() throws IOException {
        String described = Files.readString(Path.of("../docs/openapi.yaml"));
        List<String> named = pages().stream().flatMap(page -> ACTION.matcher(read(page)).results()).map(found -> found.group(1)).distinct()
            .toList();

        assertThat(named).contains("probe", "retry", "drain", "import", "accept-empty")
            .allSatisfy(action -> assertThat(described).containsPattern("\\b" + action + "\\b"));
    }

    @Test
    void shouldFindTheCallsOfTheDocs() throws IOException {
        assertThat(calls()).hasSizeGreaterThan(10).contains("PUT /dane/policies/impostor.example", "POST /dane/domains/example.org");
    }
}
