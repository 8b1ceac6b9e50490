/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * All verdicts, side by side.
 *
 * @param fingers what posttls-finger says
 * @param divergences domains for which Postfix's verdict is known to differ
 */
record VerdictTable(List<Destination> destinations, Map<String, Map<Destination, Verdict>> verdicts, Map<Destination, String> fingers,
                    Map<String, String> divergences) {
    private static final int DETAIL = 100;

    @Override
    public String toString() {
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("", "domain", "what it is", "RFC 7672"));
        head.addAll(verdicts.keySet());
        head.addAll(List.of("posttls-finger", "taken by, or why not"));
        rows.add(head);
        for (Destination destination : destinations) {
            rows.add(row(destination));
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            for (int column = 0; column < row.size(); column++) {
                int at = column;
                int width = rows.stream().mapToInt(other -> other.get(at).length()).max().orElse(0);
                text.append(row.get(column)).append(column + 1 < row.size() ? " ".repeat(width - row.get(column).length() + 2) : "\n");
            }
        }
        return text.toString();
    }

    private List<String> row(Destination destination) {
        List<Verdict> all = verdicts.values().stream().map(of -> of.getOrDefault(destination, Verdict.NOTHING)).toList();
        boolean agreed = all.stream().allMatch(verdict -> verdict.word() == destination.expected());
        String mark = agreed ? "ok" : divergences.containsKey(destination.domain()) ? "listed" : "DIFFERS";
        List<String> row = new ArrayList<>(List.of(mark, destination.domain(), destination.story(), destination.expected().toString()));
        all.forEach(verdict -> row.add(verdict.word().toString()));
        row.add(cut(fingers.getOrDefault(destination, "")));
        row.add(cut(all.get(0).detail()));
        return row;
    }

    private static String cut(String text) {
        return text.length() <= DETAIL ? text : text.substring(0, DETAIL) + "…";
    }
}
