/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Plays {@code anchor-stories.txt}. */
class AnchorStoriesTest {
    private static final String TABLE = "anchor-stories.txt";

    private record Story(String name, List<String> lines) {
    }

    private static List<Story> stories() {
        List<Story> stories = new ArrayList<>();
        try (InputStream in = Objects.requireNonNull(AnchorStoriesTest.class.getResourceAsStream(TABLE))) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            for (String part : text.split("\n\n", -1)) {
                List<String> lines = part.lines().filter(line -> !line.isBlank()).toList();
                List<String> steps = lines.stream().filter(line -> !line.startsWith("#")).toList();
                if (!steps.isEmpty()) {
                    stories.add(new Story(lines.get(0).substring(2), steps));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return stories;
    }

    @TestFactory
    Stream<DynamicTest> shouldEndAsTheTableSays() {
        return stories().stream().map(story -> dynamicTest(story.name(), () -> play(story)));
    }

    @Test
    void shouldTellManyStories() {
        assertThat(stories()).hasSizeGreaterThan(50);
        assertThat(stories()).extracting(Story::name).doesNotHaveDuplicates();
    }

    private static void play(Story story) throws IOException {
        AnchorWorld world = new AnchorWorld(rest("seeds", story.lines().get(0)));
        for (String line : story.lines().subList(1, story.lines().size())) {
            if (line.contains(" -> ")) {
                sight(world, line);
            } else {
                event(world, line);
            }
            assertThat(world.trusted()).as("in force after: " + line).isEqualTo(trustedBy(world.states()));
        }
    }

    private static String[] rest(String word, String line) {
        assertThat(line).startsWith(word);
        return line.substring(word.length()).strip().split(" ", -1);
    }

    /** Exactly those that are valid or missing. */
    private static List<String> trustedBy(String states) {
        return Arrays.stream(states.split(", ")).filter(each -> each.endsWith(" valid") || each.endsWith(" missing"))
            .map(each -> each.split(" ", -1)[0]).toList();
    }

    private static void sight(AnchorWorld world, String line) {
        String[] parts = line.split(" -> ", -1);
        List<String> words = new ArrayList<>(Arrays.asList(parts[0].split(" ", -1)));
        int times = words.get(0).endsWith("x") ? Integer.parseInt(words.remove(0).replace("x", "")) : 1;
        Duration step = duration(words.remove(0));
        for (int i = 0; i < times; i++) {
            world.passes(step);
            world.shows(words);
        }
        assertThat(world.states()).as(line).isEqualTo(parts[1]);
    }

    private static Duration duration(String text) {
        return Duration.parse(text.endsWith("d") ? text.replace("+", "P").replace("-", "P-").toUpperCase(java.util.Locale.ROOT)
            : text.replace("+", "PT").replace("-", "PT-").toUpperCase(java.util.Locale.ROOT));
    }

    private static void event(AnchorWorld world, String line) throws IOException {
        String[] words = line.split(" ", -1);
        switch (words[0]) {
            case "restart" -> world.restart(words.length == 1 ? new String[0] : rest("restart seeds", line));
            case "clock" -> world.setClock(duration(words[1]));
            case "sleep" -> world.sleeps(duration(words[1]));
            case "disk" -> world.disk.full(words[1].equals("full"));
            case "journal" -> world.journal(words[1]);
            default -> throw new IllegalArgumentException(line);
        }
    }
}
