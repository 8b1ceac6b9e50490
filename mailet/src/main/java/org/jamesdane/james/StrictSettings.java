/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.apache.james.util.DurationParser;

/**
 * Reads settings so that nothing wrong is passed over. A value that can't be used, or a key nobody asked for, stops with a sentence that
 * names key, value and what is allowed.
 */
final class StrictSettings {
    private final String source;
    private final Map<String, String> values;
    private final Set<String> known = new HashSet<>();

    /**
     * Takes the settings of one source.
     *
     * @param source what to call it in messages: {@code dane.properties}, or the mailet
     */
    StrictSettings(String source, Map<String, String> values) {
        this.source = source;
        this.values = new TreeMap<>(values);
    }

    /** The value without surrounding white space; empty where the key is absent or blank. */
    Optional<String> text(String key) {
        known.add(key);
        return Optional.ofNullable(values.get(key)).map(String::strip).filter(text -> !text.isEmpty());
    }

    /** A value made from text by a function that throws {@link IllegalArgumentException} where it can't. */
    <T> Optional<T> value(String key, String allowed, Function<String, T> parser) {
        return text(key).map(text -> parse(key, text, allowed, parser));
    }

    /** The parts between commas, each made by a function that throws {@link IllegalArgumentException} where it can't. */
    <T> List<T> list(String key, String allowed, Function<String, T> parser) {
        return text(key).stream()
            .flatMap(text -> Arrays.stream(text.split(",", -1)))
            .map(String::strip)
            .map(part -> parse(key, part, allowed, parser))
            .toList();
    }

    boolean bool(String key, boolean defaultValue) {
        return value(key, "true or false", StrictSettings::parseBoolean).orElse(defaultValue);
    }

    int integer(String key, int min, int max, int defaultValue) {
        return value(key, "a whole number from " + min + " to " + max, text -> inRange(Integer.parseInt(text), min, max))
            .orElse(defaultValue);
    }

    /** A duration as James writes them: a number with a unit ({@code 5 minutes}), milliseconds without one. */
    Duration duration(String key, Duration min, Duration max, Duration defaultValue) {
        return value(key, "a duration such as \"90 s\", \"5 minutes\" or \"2 days\" (milliseconds without a unit), from "
            + readable(min) + " to " + readable(max), text -> inRange(DurationParser.parse(text), min, max)).orElse(defaultValue);
    }

    <E extends Enum<E>> E word(String key, Class<E> words, E defaultValue) {
        String allowed = Arrays.stream(words.getEnumConstants()).map(Enum::toString).collect(Collectors.joining(", "));
        return value(key, "one of " + allowed, text -> Arrays.stream(words.getEnumConstants())
            .filter(word -> word.toString().equals(text))
            .findFirst()
            .orElseThrow(IllegalArgumentException::new))
            .orElse(defaultValue);
    }

    /** The error for a value that has the right form and can't be used all the same. */
    ConfigurationError refuse(String key, String why) {
        return new ConfigurationError(source + ": " + key + "=" + shown(key, values.getOrDefault(key, "")) + " can't be used: " + why
            + ".");
    }

    /** The keys that are set, also those nobody asked for. */
    Set<String> keys() {
        return values.keySet();
    }

    /** Marks a key as known without reading it. */
    void ignore(String key) {
        known.add(key);
    }

    /** Stops if there is a key that nothing has asked for. */
    void refuseUnknownKeys() {
        values.entrySet().stream().filter(entry -> !known.contains(entry.getKey())).findFirst().ifPresent(entry -> {
            // Its value is not shown: it may be a password under a mistyped key.
            throw new ConfigurationError(source + ": there is no setting " + entry.getKey() + "; the settings are "
                + known.stream().sorted().collect(Collectors.joining(", ")) + ".");
        });
    }

    private <T> T parse(String key, String text, String allowed, Function<String, T> parser) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException | ArithmeticException e) {
            String detail = e.getMessage() == null || e instanceof NumberFormatException ? "" : " (" + e.getMessage() + ")";
            throw new ConfigurationError(source + ": " + key + "=" + shown(key, text) + " is not allowed; it takes " + allowed + detail
                + ".", e);
        }
    }

    /** The value as it may stand in a message: secrets are not repeated. */
    private static String shown(String key, String value) {
        String lower = key.toLowerCase(Locale.ROOT);
        // A URL of a database may hold its password.
        return lower.contains("pass") || lower.endsWith(".url") ? "***" : value;
    }

    /** The words true and false, and no others. */
    static boolean parseBoolean(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException();
        };
    }

    private static <C extends Comparable<C>> C inRange(C value, C min, C max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException();
        }
        return value;
    }

    private static String readable(Duration duration) {
        if (duration.toDays() > 0 && duration.equals(Duration.ofDays(duration.toDays()))) {
            return duration.toDays() + " d";
        }
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
    }
}
