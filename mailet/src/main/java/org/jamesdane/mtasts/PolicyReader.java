/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.mtasts;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jamesdane.text.PrintableText;

/** Reads the text of a policy by the grammar of RFC 8461 §3.2. */
final class PolicyReader {
    /** A name, a colon, blanks, a value without blanks at its ends, blanks. Text outside ASCII was decoded before. */
    private static final Pattern FIELD = Pattern.compile(
        "([A-Za-z0-9][A-Za-z0-9_.-]{0,31}):[ \\t]*+"
            + "([!-~\\x{80}-\\x{10FFFF}](?:[ -~\\x{80}-\\x{10FFFF}]*[!-~\\x{80}-\\x{10FFFF}])?)[ \\t]*+");
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,10}");
    private static final String MX = "mx";

    private final Map<String, String> first = new LinkedHashMap<>();
    private final List<MxPattern> mx = new ArrayList<>();

    private PolicyReader() {
    }

    static StsPolicy.Reading read(String text) {
        if (text.isEmpty()) {
            return new StsPolicy.Malformed("it is empty");
        }
        PolicyReader reader = new PolicyReader();
        // One LF or CRLF ends a line, and may end the last one.
        String[] lines = (text.endsWith("\n") ? text.substring(0, text.length() - 1) : text).split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            boolean terminated = i < lines.length - 1 || text.endsWith("\n");
            String line = terminated && lines[i].endsWith("\r") ? lines[i].substring(0, lines[i].length() - 1) : lines[i];
            Optional<String> problem = reader.take(line);
            if (problem.isPresent()) {
                return new StsPolicy.Malformed("line " + (i + 1) + " " + problem.get());
            }
        }
        return reader.policy(text);
    }

    private Optional<String> take(String line) {
        Matcher field = FIELD.matcher(line);
        if (!field.matches()) {
            return Optional.of("is no field: \"" + PrintableText.of(line) + "\"");
        }
        String name = field.group(1);
        String value = field.group(2);
        if (name.equals(MX)) {
            Optional<MxPattern> pattern = MxPattern.parse(value);
            pattern.ifPresent(mx::add);
            return pattern.isPresent() ? Optional.empty()
                : Optional.of("has an mx that is no pattern: \"" + PrintableText.of(value) + "\"");
        }
        // RFC 8461 §3.2: of a field that stands there twice the first counts; unknown ones are ignored.
        return first.putIfAbsent(name, value) == null ? problem(name, value) : Optional.empty();
    }

    private static Optional<String> problem(String name, String value) {
        boolean right = switch (name) {
            case "version" -> value.equals("STSv1");
            case "mode" -> mode(value).isPresent();
            case "max_age" -> SECONDS.matcher(value).matches();
            default -> true;
        };
        return right ? Optional.empty() : Optional.of("has a wrong " + name + ": \"" + PrintableText.of(value) + "\"");
    }

    private static Optional<StsPolicy.Mode> mode(String word) {
        for (StsPolicy.Mode mode : StsPolicy.Mode.values()) {
            if (mode.toString().equals(word)) {
                return Optional.of(mode);
            }
        }
        return Optional.empty();
    }

    private StsPolicy.Reading policy(String text) {
        for (String required : List.of("version", "mode", "max_age")) {
            if (!first.containsKey(required)) {
                return new StsPolicy.Malformed(required + " is missing");
            }
        }
        StsPolicy.Mode mode = mode(first.getOrDefault("mode", "")).orElseThrow();
        if (mx.isEmpty() && mode != StsPolicy.Mode.NONE) {
            // RFC 8461 §3.2: required at least once, but for mode "none".
            return new StsPolicy.Malformed("mx is missing");
        }
        return new StsPolicy.Read(new StsPolicy(mode, age(first.getOrDefault("max_age", "")), mx, text));
    }

    private static Duration age(String seconds) {
        Duration age = Duration.ofSeconds(Long.parseLong(seconds));
        if (age.compareTo(StsPolicy.LONGEST_AGE) > 0) {
            return StsPolicy.LONGEST_AGE;
        }
        return age.compareTo(StsPolicy.SHORTEST_AGE) < 0 ? StsPolicy.SHORTEST_AGE : age;
    }
}
