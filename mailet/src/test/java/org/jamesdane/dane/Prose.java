/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The sentences of Javadoc comments and of Markdown pages. */
final class Prose {
    /** A sentence without markup, in a paragraph or comment that begins in this line, counted from 1. */
    record Sentence(int line, String text) {
        /** The number of words; a code span and the citation of an RFC count as one word each. */
        long words() {
            return Stream.of(CITATION.matcher(text).replaceAll("RFC").split("\\s+")).filter(word -> WORD.matcher(word).find()).count();
        }
    }

    private static final Pattern CITATION = Pattern.compile("RFC \\d+(?:,? §§?[\\d.]*\\d(?:(?:-|, | and )§?\\d[\\d.]*\\d?)*)?");
    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]");
    /** The end of a sentence, perhaps behind a bracket or a quotation mark; an abbreviation goes on in lower case. */
    private static final Pattern END = Pattern.compile("(?<=[.!?]|[.!?][)\"*”])\\s+(?!\\p{Ll})");
    private static final Pattern COMMENT = Pattern.compile("/\\*\\*(?!/)(.*?)\\*/", Pattern.DOTALL);
    private static final Pattern LEADING_ASTERISK = Pattern.compile("(?m)^[ \\t]*\\*[ \\t]?");
    private static final Pattern PRE = Pattern.compile("<pre>.*?</pre>|\\{@snippet.*?\\n\\s*\\*\\s*}", Pattern.DOTALL);
    private static final Pattern INLINE_TAG = Pattern.compile("\\{@\\w+[^{}]*(?:\\{[^{}]*}[^{}]*)*}");
    private static final Pattern INLINE_HTML = Pattern.compile("</?(?:code|em|strong|b|i|a|sub|sup)\\b[^>]*>");
    private static final Pattern BLOCK_HTML = Pattern.compile("</?(?:p|ul|ol|li|dl|dt|dd|h\\d|table|tr|td|th|br|caption)\\b[^>]*>");
    private static final Pattern BLOCK_TAG = Pattern.compile("(?m)^@(?:(?:param|throws)\\s+\\S+|\\w+)");
    private static final Pattern EMPTY_LINE = Pattern.compile("\\n\\s*\\n");
    private static final Pattern LIST_ITEM = Pattern.compile("^\\s*(?:[-*+]|\\d+\\.)\\s+");
    private static final Pattern NO_TEXT = Pattern.compile("[|<#].*", Pattern.DOTALL);
    private static final Pattern CODE_SPAN = Pattern.compile("(`+)(?:(?!\\1)[^`]|\\n)*?\\1");
    /** Bold words before a paragraph, which are a heading of it. */
    private static final Pattern LABEL = Pattern.compile("^\\*\\*[^*]+[.:]\\*\\*");
    private static final Pattern LINK = Pattern.compile("!?\\[([^\\]]*)]\\([^)]*\\)");
    private static final Pattern MARKUP = Pattern.compile("</?\\w[^>]*>|\\*\\*");
    /** A line of a comment that is text: no setting, no rule and no row of a table. */
    private static final Pattern COMMENTED = Pattern.compile("# (?!-|[a-z][\\w.-]*=| ).*");
    private static final Set<String> DESCRIBED = Set.of("summary", "description");
    private static final String PARAGRAPH = "\n\n";

    private Prose() {
    }

    /** Sentences of all Javadoc comments of a Java source file; code blocks are left out, each tag begins a sentence. */
    static List<Sentence> ofJavadoc(String source) {
        List<Sentence> sentences = new ArrayList<>();
        COMMENT.matcher(source).results().forEach(comment -> {
            String text = PRE.matcher(comment.group(1)).replaceAll(PARAGRAPH);
            text = LEADING_ASTERISK.matcher(text).replaceAll("");
            text = INLINE_HTML.matcher(INLINE_TAG.matcher(text).replaceAll("C")).replaceAll("");
            text = BLOCK_TAG.matcher(BLOCK_HTML.matcher(text).replaceAll(PARAGRAPH)).replaceAll(PARAGRAPH);
            add(sentences, text, (int) source.substring(0, comment.start() + 1).lines().count());
        });
        return sentences;
    }

    /** Sentences of a Markdown page; headings, tables, code blocks and HTML are left out, each item of a list begins a sentence. */
    static List<Sentence> ofMarkdown(String page) {
        List<Sentence> sentences = new ArrayList<>();
        StringBuilder paragraph = new StringBuilder();
        int begun = 0;
        boolean fenced = false;
        int number = 0;
        for (String line : (page + PARAGRAPH).split("\n", -1)) {
            number++;
            boolean fence = line.strip().startsWith("```");
            boolean item = LIST_ITEM.matcher(line).find();
            boolean code = fence || fenced || (paragraph.isEmpty() && line.startsWith("    ") && !item);
            boolean text = !code && !line.isBlank() && !NO_TEXT.matcher(line.strip()).matches();
            fenced ^= fence;
            if (!text || item) {
                add(sentences, withoutMarkup(paragraph.toString()), begun);
                paragraph.setLength(0);
            }
            if (text) {
                begun = paragraph.isEmpty() ? number : begun;
                paragraph.append(LIST_ITEM.matcher(line).replaceFirst("")).append('\n');
            }
        }
        return sentences;
    }

    /** Sentences of all summaries and descriptions of a YAML document; the line is that of none of them. */
    static List<Sentence> ofYaml(String document) {
        List<Sentence> sentences = new ArrayList<>();
        described(new Yaml(new SafeConstructor(new LoaderOptions())).load(document), text -> sentences.addAll(ofMarkdown(text)));
        return sentences;
    }

    private static void described(Object node, Consumer<String> reader) {
        if (node instanceof Map<?, ?> map) {
            map.forEach((key, value) -> {
                if (value instanceof String text && DESCRIBED.contains(key)) {
                    reader.accept(text);
                } else {
                    described(value, reader);
                }
            });
        } else if (node instanceof List<?> list) {
            list.forEach(each -> described(each, reader));
        }
    }

    /** Sentences of the comments of a properties file; settings that are commented out and rows of tables are left out. */
    static List<Sentence> ofProperties(String file) {
        String comments = file.lines().map(line -> COMMENTED.matcher(line).matches() ? line.substring(2) : "")
            .collect(Collectors.joining("\n"));
        return ofMarkdown(comments);
    }

    private static String withoutMarkup(String markdown) {
        String text = LABEL.matcher(CODE_SPAN.matcher(markdown).replaceAll("C")).replaceFirst("");
        // A link at the beginning of a sentence may be a file's name in lower case.
        return MARKUP.matcher(LINK.matcher(text.replace("\\\n", PARAGRAPH)).replaceAll("\u2060$1")).replaceAll("");
    }

    private static void add(List<Sentence> sentences, String text, int line) {
        EMPTY_LINE.splitAsStream(text).flatMap(paragraph -> END.splitAsStream(paragraph.strip().replaceAll("\\s+", " ")))
            .filter(sentence -> !sentence.isBlank()).forEach(sentence -> sentences.add(new Sentence(line, sentence)));
    }
}
