/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane;

import java.io.IOException;
import java.util.List;

import org.jamesdane.dane.trace.DecisionTrace;
import org.jamesdane.testing.golden.GoldenRecord;
import org.junit.jupiter.api.Test;

/** Everything that happens in the cases of the conformance tables, and their traces, word by word. */
class DecisionsGoldenTest {
    private static final CertificateZoo ZOO = ConformanceCases.certificates();

    private static DecisionTrace add(GoldenRecord record, String name, List<String> dns, List<String> settings) {
        MailScenario scenario = new MailScenario(ZOO, dns, settings);
        record.title(name);
        scenario.run().forEach(record::add);
        return scenario.trace();
    }

    @Test
    void shouldTraceWholeMailsAsRecorded() throws IOException {
        GoldenRecord record = new GoldenRecord("mails.txt");
        for (ScenarioTable.Scenario each : ScenarioTable.read("mails.txt")) {
            record.add(add(record, each.name(), each.dns(), each.settings()).toText());
        }

        record.check();
    }

    @Test
    void shouldTraceTheDecisionTableAsRecorded() throws IOException {
        GoldenRecord record = new GoldenRecord("decision-table.txt");
        for (List<String> row : ConformanceCases.rows("decision-table.txt")) {
            for (String server : ConformanceTest.SERVERS) {
                record.add(add(record, row.get(0) + ", TLSA " + row.get(1) + ", server " + server, ConformanceTest.world(row.get(1)),
                    List.of("policy " + row.get(0), "host mx.example.com " + server)).toLine());
            }
        }

        record.check();
    }
}
