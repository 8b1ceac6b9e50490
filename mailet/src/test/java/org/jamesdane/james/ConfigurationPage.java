/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The page {@code docs/configuration.md}, made from the sample {@code dane.properties}, which alone says what a setting means. */
final class ConfigurationPage {
    private static final String BEGIN = """
        # The settings of dane.properties

        This page is made from the sample `conf/dane.properties` of the archive, and a test compares the two. The mailet's own parameters
        are in [parameters.md](parameters.md). A key that does not exist, or a value that is not allowed, stops James. The error names the
        key, the value and what is allowed.
        """;
    private static final Pattern SECTION = Pattern.compile("# -{3,} (.+?) -{3,}");
    private static final Pattern SETTING = Pattern.compile("#([a-z0-9.-]+)=(.*)");
    /** A word and its meaning, indented in a comment. */
    private static final Pattern ROW = Pattern.compile("# {2,}(\\S+) {2,}(\\S.*)");
    private static final Pattern PAGE = Pattern.compile("docs/(\\S+?\\.md)");

    private final StringBuilder page = new StringBuilder(BEGIN);
    private final List<String> comment = new ArrayList<>();
    private final List<String> keys = new ArrayList<>();
    private final List<String> known;

    private ConfigurationPage(String sample) {
        known = sample.lines().map(SETTING::matcher).filter(Matcher::matches).map(setting -> setting.group(1)).toList();
    }

    /** The page for a sample. */
    static String of(String sample) {
        ConfigurationPage made = new ConfigurationPage(sample);
        sample.lines().forEach(made::take);
        made.end();
        return made.page.toString();
    }

    private void take(String line) {
        Matcher section = SECTION.matcher(line);
        Matcher setting = SETTING.matcher(line);
        if (section.matches()) {
            end();
            page.append("\n## ").append(section.group(1).replaceFirst(" *\\(.*\\)$", "")).append('\n');
        } else if (setting.matches()) {
            keys.add("`" + setting.group(1) + "`, default " + (setting.group(2).isEmpty() ? "none" : "`" + setting.group(2) + "`"));
        } else if (line.isBlank()) {
            end();
        } else {
            comment.add(line);
        }
    }

    /** Writes what stood between two empty lines; a comment without a setting is the sample's own. */
    private void end() {
        if (!keys.isEmpty()) {
            page.append('\n').append(keys.stream().map(key -> "**" + key + "**").collect(Collectors.joining("\\\n"))).append("\\\n");
            boolean inTable = false;
            for (String line : comment) {
                Matcher row = ROW.matcher(line);
                boolean isRow = row.matches();
                page.append(isRow && !inTable ? "\n| value | meaning |\n|---|---|\n" : !isRow && inTable ? "\n" : "");
                page.append(isRow ? "| `" + row.group(1) + "` | " + text(row.group(2)) + " |" : text(line.substring(2))).append('\n');
                inTable = isRow;
            }
        }
        keys.clear();
        comment.clear();
    }

    private String text(String line) {
        String text = line.replaceAll("([<>_*|\\[\\]])", "\\\\$1");
        for (String key : known) {
            text = text.replaceAll("(?<![\\w.-])" + Pattern.quote(key) + "(?:=[\\w-]+)?(?![\\w-]|\\.\\w)", "`$0`");
        }
        return PAGE.matcher(text).replaceAll("[$1]($1)");
    }
}
