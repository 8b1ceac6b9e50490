/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.distribution;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A command of the README, of a page beside it or below {@code docs}, as it stands there.
 *
 * <p>Commands are what stands in a fence of the language {@code sh} or {@code sql}, in a block that is indented by four spaces, or in the
 * text between backticks if it begins like one. A fence has to name its language, so that none is passed over.
 *
 * @param section the heading above it
 * @param language {@code sh} or {@code sql}
 */
public record DocCommand(String page, String section, String language, String text) {
    private static final Path PROJECT = Path.of(System.getProperty("dane.readme", "")).toAbsolutePath().resolveSibling(".").normalize();
    private static final String SHELL = "sh";
    private static final Set<String> COMMANDS = Set.of(SHELL, "sql");
    private static final Set<String> OTHERS = Set.of("text", "xml", "java", "properties", "diff", "nginx", "json", "yaml", "mermaid");
    private static final Pattern FENCE = Pattern.compile("^( *)```(\\S*)$");
    private static final Pattern INDENTED = Pattern.compile("^ {4,}(\\S.*)$");
    private static final Pattern INLINE = Pattern.compile(
        "`((?:curl|java -\\S+|mvn|openssl|psql|docker|kubectl|DELETE FROM|integration-tests/\\S+|dane-check [a-z]+) [^`]+|\\./\\S+[^`]*)`");

    /** The root of the project's files. */
    static Path project() {
        return PROJECT;
    }

    /** All, in the order of the pages. */
    public static List<DocCommand> all() {
        List<Path> pages = new ArrayList<>(List.of(PROJECT.resolve("README.md"), PROJECT.resolve("CONTRIBUTING.md"),
            PROJECT.resolve("SECURITY.md")));
        try (Stream<Path> docs = Files.walk(PROJECT.resolve("docs"))) {
            docs.filter(page -> page.toString().endsWith(".md")).sorted().forEach(pages::add);
            List<DocCommand> all = new ArrayList<>();
            for (Path page : pages) {
                all.addAll(of(PROJECT.relativize(page).toString(), Files.readString(page)));
            }
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Commands of one page. */
    static List<DocCommand> of(String page, String text) {
        List<DocCommand> found = new ArrayList<>();
        String section = "";
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            Matcher fence = FENCE.matcher(line);
            Matcher indented = INDENTED.matcher(line);
            if (fence.matches()) {
                int end = i + 1;
                while (!lines.get(end).equals(fence.group(1) + "```")) {
                    end++;
                }
                String indent = fence.group(1);
                List<String> block = lines.subList(i + 1, end).stream()
                    .map(each -> each.startsWith(indent) ? each.substring(indent.length()) : each).toList();
                found.addAll(ofBlock(page, section, fence.group(2), String.join("\n", block)));
                i = end;
            } else if (indented.matches()) {
                found.add(new DocCommand(page, section, SHELL, indented.group(1).replaceFirst(" {2,}# .*", "").strip()));
            } else if (line.startsWith("#")) {
                section = line.replaceFirst("^#+ ", "");
            } else {
                Matcher inline = INLINE.matcher(line);
                while (inline.find()) {
                    found.add(new DocCommand(page, section, inline.group(1).startsWith("DELETE FROM") ? "sql" : SHELL, inline.group(1)));
                }
            }
        }
        return found;
    }

    private static List<DocCommand> ofBlock(String page, String section, String language, String block) {
        if (OTHERS.contains(language)) {
            return List.of();
        }
        if (!COMMANDS.contains(language)) {
            throw new IllegalStateException(page + ", " + section + ": a fence names no known language, but \"" + language + "\"");
        }
        // A block that keeps something in a variable or a function is one command; else each line that does not go on is.
        boolean whole = block.contains("$(") || block.contains("() {") || language.equals("sql");
        return Stream.of(whole ? new String[] {block} : block.strip().split("(?<!\\\\)\\n", -1))
            .map(text -> new DocCommand(page, section, language, text.strip())).toList();
    }

    @Override
    public String toString() {
        return page + ", " + section + ": " + text;
    }
}
