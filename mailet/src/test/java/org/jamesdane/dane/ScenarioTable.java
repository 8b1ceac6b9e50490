/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads cases of whole mails: a line {@code case …} with the rule and the name, then what differs from nothing, one thing on a line.
 * A line {@code world …} begins DNS lines that cases take by {@code given …}.
 */
final class ScenarioTable {
    private final Map<String, List<String>> worlds = new HashMap<>();
    private final List<Scenario> cases = new ArrayList<>();

    private ScenarioTable() {
    }

    /**
     * A case.
     *
     * @param name the rule and what the case is about
     * @param dns the lines of its DNS
     * @param settings the lines for {@link MailScenario}
     * @param expected phrases that must occur
     * @param never what no phrase may begin with
     */
    record Scenario(String name, List<String> dns, List<String> settings, List<String> expected, List<String> never) {
    }

    static List<Scenario> read(String table) {
        ScenarioTable reader = new ScenarioTable();
        List<String> world = new ArrayList<>();
        for (String line : ConformanceCases.lines(table)) {
            String text = line.strip();
            if (text.startsWith("world ")) {
                world = new ArrayList<>();
                reader.worlds.put(text.substring(6), world);
            } else if (text.startsWith("case ")) {
                world = new ArrayList<>();
                reader.cases.add(new Scenario(text.substring(5), world, new ArrayList<>(), new ArrayList<>(), new ArrayList<>()));
            } else if (!text.isEmpty()) {
                reader.add(world, text);
            }
        }
        return reader.cases;
    }

    private void add(List<String> world, String text) {
        if (text.startsWith("dns ")) {
            world.add(text.substring(4));
        } else if (text.startsWith("given ")) {
            List<String> given = worlds.get(text.substring(6));
            if (given == null) {
                throw new IllegalArgumentException("there is no world " + text.substring(6));
            }
            world.addAll(given);
        } else if (cases.isEmpty()) {
            throw new IllegalArgumentException("a world has DNS lines only, not " + text);
        } else if (text.startsWith("expect ")) {
            cases.get(cases.size() - 1).expected().add(text.substring(7));
        } else if (text.startsWith("never ")) {
            cases.get(cases.size() - 1).never().add(text.substring(6));
        } else if (text.startsWith("outcome ")) {
            cases.get(cases.size() - 1).expected().add(text);
        } else {
            cases.get(cases.size() - 1).settings().add(text);
        }
    }
}
