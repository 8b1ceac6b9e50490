/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Output of {@code --help} for each command, compared with the parser and with docs/dane-check.md. */
class HelpTest {
    private static final Path PAGE = Path.of("../docs/dane-check.md");
    private static final Pattern SHOWN = Pattern.compile("(?ms)^## ([a-z -]+)\\n\\n```text\\n(.*?)^```$");
    private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--[a-z-]+");

    private static Map<String, CommandSpec> all() {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), true, UTF_8);
        CommandLine top = DaneCheck.commandLine(
            new DaneCheck(InputStream.nullInputStream(), nowhere, nowhere, Terminal.ofProcess(Map.of())), nowhere);
        Map<String, CommandSpec> all = new LinkedHashMap<>();
        collect(top, all);
        return all;
    }

    private static void collect(CommandLine command, Map<String, CommandSpec> all) {
        all.put(command.getCommandSpec().qualifiedName(" "), command.getCommandSpec());
        command.getSubcommands().values().forEach(each -> collect(each, all));
    }

    static Stream<String> commands() {
        return all().keySet().stream();
    }

    /** The words behind {@code dane-check}, and --help. */
    private static String help(String command) {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(printed, true, UTF_8);
        List<String> words = new ArrayList<>(List.of(command.split(" ", -1)));
        words.remove(0);
        words.add("--help");
        int status = DaneCheck.run(words.toArray(String[]::new), InputStream.nullInputStream(), out, out, Terminal.ofProcess(Map.of()));
        assertThat(status).as(printed.toString(UTF_8)).isZero();
        return printed.toString(UTF_8);
    }

    private static Map<String, String> shown() throws IOException {
        Map<String, String> shown = new LinkedHashMap<>();
        SHOWN.matcher(Files.readString(PAGE)).results().forEach(found -> shown.put(found.group(1), found.group(2)));
        return shown;
    }

    @ParameterizedTest
    @MethodSource("commands")
    void shouldNameExactlyWhatTheParserTakes(String command) {
        String help = help(command);
        CommandSpec spec = Objects.requireNonNull(all().get(command));
        Set<String> taken = new TreeSet<>();
        spec.options().stream().filter(option -> !option.hidden()).forEach(option -> taken.addAll(List.of(option.names())));
        taken.removeIf(name -> !name.startsWith("--"));

        Set<String> named = OPTION.matcher(help).results().map(found -> found.group()).collect(Collectors.toCollection(TreeSet::new));
        assertThat(named).isEqualTo(taken);
        assertThat(spec.positionalParameters()).allSatisfy(parameter -> assertThat(help).contains(parameter.paramLabel()));
        assertThat(spec.subcommands().keySet()).allSatisfy(name -> assertThat(help).containsPattern("\n  " + name + " "));
        assertThat(help).startsWith("Usage: " + command + " ").contains("Exit status: 0 ", " 3 ");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void shouldPrintWhatThePageShows(String command) throws IOException {
        assertThat(shown().get(command)).isEqualTo(help(command));
    }

    @Test
    void shouldShowEveryCommandOnThePage() throws IOException {
        assertThat(shown().keySet()).containsExactlyInAnyOrderElementsOf(all().keySet());
    }
}
