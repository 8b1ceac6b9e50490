/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

/** The rule for prose: a first sentence is a noun phrase or a verb with its object; sentences and names of tests are short. */
class ProseTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final int LONGEST_SENTENCE = 25;
    private static final int LONGEST_TEST_NAME = 60;
    private static final List<String> MAIN = List.of("dns-validator/src/main/java", "mailet/src/main/java");
    private static final List<String> TESTS = List.of("dns-validator/src/test/java", "mailet/src/test/java", "integration-tests");
    private static final List<String> PAGES =
        List.of("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "integration-tests/README.md");
    private static final Pattern COMMENT = Pattern.compile("/\\*\\*[\\s*]*(\\w+)\\b[^.]*");
    private static final Pattern HEADLESS =
        Pattern.compile("What|Whatever|How|Whether|Who|Whose|Whom|Where|When|Which|Why|If|That|It|Its|They|One|Those|So|As|To");
    private static final Pattern TEST_METHOD =
        Pattern.compile("@(?:Test|ParameterizedTest|RepeatedTest|FuzzTest|TestFactory|ArchTest)\\b[^{;]*?\\bvoid\\s+(\\w+)\\s*\\(");

    private static Stream<String> read(List<String> folders, String ending, Function<Path, Stream<String>> reader) throws IOException {
        Stream<String> findings = Stream.of();
        for (String folder : folders) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(folder))) {
                List<Path> matching = files.filter(file -> file.toString().endsWith(ending))
                    .filter(file -> !file.toString().contains("/target/")).sorted().toList();
                findings = Stream.concat(findings, matching.stream().flatMap(reader));
            }
        }
        return findings;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<String> headless(Path file) {
        return COMMENT.matcher(text(file)).results().filter(comment -> HEADLESS.matcher(comment.group(1)).matches())
            .map(comment -> file.getFileName() + ": " + comment.group());
    }

    private static Stream<String> tooLong(Path file, List<Prose.Sentence> sentences) {
        return sentences.stream().filter(sentence -> sentence.words() > LONGEST_SENTENCE)
            .map(sentence -> ROOT.relativize(file) + ":" + sentence.line() + ": " + sentence.words() + " words: " + sentence.text());
    }

    private static Stream<String> longTestNames(Path file) {
        return TEST_METHOD.matcher(text(file)).results().map(method -> method.group(1))
            .filter(name -> name.length() > LONGEST_TEST_NAME).map(name -> file.getFileName() + ": " + name.length() + ": " + name);
    }

    @Test
    void shouldCountTheWordsOfEachSentenceOfAComment() {
        String source = """
            /** Reads {@code one two} words (RFC 7672 §2.2.3, RFC 5321 §4.2). Ends, e.g. here; {@link Object the end}. */
            /**
             * A list:
             * <ul><li>first of two <li>second</ul>
             * <pre>{@code int left = out;}</pre>
             *
             * @param value three words here
             * @throws IOException never
             */
            """;
        assertThat(Prose.ofJavadoc(source)).extracting(Prose.Sentence::line, Prose.Sentence::words).containsExactly(
            tuple(1, 5L), tuple(1, 4L), tuple(2, 2L), tuple(2, 3L), tuple(2, 1L), tuple(2, 3L), tuple(2, 1L));
    }

    @Test
    void shouldCountTheWordsOfEachSentenceOfAPage() {
        String page = """
            # A heading that counts for nothing

            **A label.** Four words in `a b`
            line one. [page.md](page.md) says more.

            | a | table |
            - first item
              goes on
            - second

            ```sh
            no words
            ```

                nor here
            """;
        assertThat(Prose.ofMarkdown(page)).extracting(Prose.Sentence::line, Prose.Sentence::words).containsExactly(
            tuple(3, 6L), tuple(3, 3L), tuple(7, 4L), tuple(9, 1L));
    }

    @Test
    void shouldBeginEachJavadocWithANounOrAVerb() throws IOException {
        assertThat(read(MAIN, ".java", ProseTest::headless)).isEmpty();
    }

    @Test
    void shouldBeginEachJavadocOfTestsWithANounOrAVerb() throws IOException {
        assertThat(read(TESTS, ".java", ProseTest::headless)).isEmpty();
    }

    @Test
    void shouldKeepSentencesOfJavadocShort() throws IOException {
        assertThat(read(MAIN, ".java", file -> tooLong(file, Prose.ofJavadoc(text(file))))).isEmpty();
    }

    @Test
    void shouldKeepSentencesOfPagesShort() throws IOException {
        Function<Path, Stream<String>> sentences = file -> tooLong(file, Prose.ofMarkdown(text(file)));
        assertThat(Stream.concat(read(List.of("docs"), ".md", sentences), PAGES.stream().map(ROOT::resolve).flatMap(sentences))).isEmpty();
    }

    @Test
    void shouldCountTheWordsOfDescriptionsAndComments() {
        String yaml = """
            summary: Three words here
            paths:
              - description: >-
                  Two words. And `a b`
                  three.
                name: nothing at all
            """;
        String properties = """
            # A comment of six words, in
            # two lines. An end.
            #key=value of nothing
            # key=value of nothing
            key=value
            # ---- A rule ----
            # The table:
            #   row       words that do not count
            """;
        assertThat(Prose.ofYaml(yaml)).extracting(Prose.Sentence::words).containsExactly(3L, 2L, 3L);
        assertThat(Prose.ofProperties(properties)).extracting(Prose.Sentence::line, Prose.Sentence::words).containsExactly(
            tuple(1, 8L), tuple(1, 2L), tuple(7, 2L));
    }

    @Test
    void shouldKeepSentencesOfTheApiShort() throws IOException {
        assertThat(read(List.of("docs"), ".yaml", file -> tooLong(file, Prose.ofYaml(text(file))))).isEmpty();
    }

    @Test
    void shouldKeepSentencesOfTheSettingsShort() throws IOException {
        assertThat(read(List.of("james-conf/src"), "dane.properties", file -> tooLong(file, Prose.ofProperties(text(file))))).isEmpty();
    }

    @Test
    void shouldKeepNamesOfTestsShort() throws IOException {
        assertThat(read(TESTS, ".java", ProseTest::longTestNames)).isEmpty();
    }
}
