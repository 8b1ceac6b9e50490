/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.trace;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

import org.jamesdane.dane.failure.RfcSection;
import org.jamesdane.text.JsonText;

/**
 * Trace of the decisions on a mail: what was asked, what came back, its security, what followed, and by which rule. It feeds the management
 * interface, the command line, and the log where it is set to {@code DEBUG}.
 *
 * @param domain the next hop
 * @param steps in the order in which they happened
 */
public record DecisionTrace(String domain, List<Step> steps) {
    /** Controls, formats, lone surrogates and unassigned characters, and the separators of lines and paragraphs. */
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{C}\\p{Zl}\\p{Zp}]+");

    public DecisionTrace {
        steps = List.copyOf(steps);
    }

    /** Stage that a step belongs to. */
    public enum Stage {
        POLICY,
        LOOKUP,
        ROUTE,
        ADDRESS,
        TLSA,
        REQUIREMENT,
        CHECK,
        FAILURE,
        AUDIT,
        OUTCOME;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Step on the way to a decision.
     *
     * @param subject what it is about: a domain, a question, a host, a recipient
     * @param result one word, or a few joined by hyphens
     * @param text one clause for people
     * @param section the rule behind it
     * @param details what else is known, one line each
     */
    public record Step(Stage stage, String subject, String result, String text, RfcSection section, List<String> details) {
        public Step {
            details = List.copyOf(details);
        }
    }

    /** All on one line, for a log; nothing in it can break the line. */
    public String toLine() {
        StringBuilder line = new StringBuilder("domain=").append(quoted(domain));
        String subject = domain;
        for (Step step : steps) {
            if (step.stage() == Stage.LOOKUP) {
                continue;
            }
            if (!step.subject().equals(subject)) {
                subject = step.subject();
                line.append(" | ").append(quoted(subject)).append(':');
            }
            line.append(' ').append(step.stage()).append('=').append(quoted(step.result()));
        }
        return line.toString();
    }

    /** Text with a line for each step, and the step's details indented below. */
    public String toText() {
        StringBuilder text = new StringBuilder(plain(domain)).append('\n');
        for (Step step : steps) {
            text.append("  ").append(step.stage()).append(' ').append(plain(step.subject())).append(": ").append(plain(step.text()))
                .append(" [").append(step.section()).append("]\n");
            step.details().forEach(detail -> text.append("    ").append(plain(detail)).append('\n'));
        }
        return text.toString();
    }

    /** Converts the trace to maps and lists of texts, for whatever serialises it. */
    public Map<String, Object> toTree() {
        List<Object> list = new ArrayList<>();
        for (Step step : steps) {
            Map<String, Object> each = new LinkedHashMap<>();
            each.put("stage", step.stage().toString());
            each.put("subject", step.subject());
            each.put("result", step.result());
            each.put("text", step.text());
            each.put("section", step.section().toString());
            if (!step.details().isEmpty()) {
                each.put("details", step.details());
            }
            list.add(each);
        }
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("domain", domain);
        tree.put("steps", list);
        return tree;
    }

    /** Converts the trace to JSON, in one line. */
    public String toJson() {
        return JsonText.of(toTree());
    }

    /** The text without what breaks a line, hides text or turns its direction. */
    private static String plain(String text) {
        return UNPRINTABLE.matcher(text).replaceAll(" ");
    }

    private static String quoted(String text) {
        String plain = plain(text).replace("\\", "\\\\").replace("\"", "\\\"");
        return plain.isEmpty() || plain.matches(".*[ =|\"].*") ? '"' + plain + '"' : plain;
    }
}
