/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.mtasts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import org.jamesdane.dane.channel.RequireTls;
import org.jamesdane.dane.channel.TlsRequirement;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.TxtRecord;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The tables of MTA-STS, written from RFC 8461; each row is a test with a name. */
class StsConformanceTest {
    @TestFactory
    Stream<DynamicTest> shouldReadRecordsAsTheTableSays() {
        return StsTables.rows("sts-records.txt").stream().map(row -> DynamicTest.dynamicTest(row.get(0) + ": " + row.get(1), () -> {
            List<TxtRecord> records = row.get(1).isEmpty() ? List.of()
                : Stream.of(row.get(1).split("&", -1)).map(StsRecordTest::record).toList();
            StsRecord read = StsRecord.of(records);
            assertThat(StsRecordTest.shown(read)).isEqualTo(row.get(2));
            if (read instanceof StsRecord.Invalid invalid) {
                assertThat(invalid.text()).isNotBlank().matches("[ -~]*");
            }
        }));
    }

    @TestFactory
    Stream<DynamicTest> shouldReadPoliciesAsTheTableSays() {
        return StsTables.rows("sts-policies.txt").stream().map(row -> DynamicTest.dynamicTest(row.get(0) + ": " + row.get(1), () -> {
            StsPolicy.Reading reading = StsPolicy.read(StsPolicyTest.body(row.get(1)));
            if (row.get(2).matches("(enforce|testing|none) [0-9]+.*")) {
                assertThat(reading).isInstanceOfSatisfying(StsPolicy.Read.class,
                    read -> assertThat(StsPolicyTest.shown(read.policy())).isEqualTo(row.get(2)));
            } else {
                assertThat(reading).isInstanceOfSatisfying(StsPolicy.Malformed.class,
                    malformed -> assertThat(malformed.text()).contains(row.get(2)).matches("[ -~]+").hasSizeLessThan(300));
            }
        }));
    }

    @TestFactory
    Stream<DynamicTest> shouldMatchNamesAsTheTableSays() {
        return StsTables.rows("sts-patterns.txt").stream().map(row -> DynamicTest.dynamicTest(row.get(1) + " and " + row.get(2), () ->
            assertThat(MxPattern.parse(row.get(1)).orElseThrow().matches(DomainName.of(row.get(2)))).isEqualTo(row.get(3).equals("yes"))));
    }

    @TestFactory
    Stream<DynamicTest> shouldFollowTheStateTable() {
        return StsTables.rows("sts-states.txt").stream().map(row -> DynamicTest.dynamicTest(String.join(", ", row.subList(0, 5)), () -> {
            FetchHistory history = StsBed.history(row.get(3));
            Optional<? extends StsState.Step> first = row.get(0).equals("delivery")
                ? Optional.of(StsState.begin(StsBed.knowledge(row.get(1)), StsBed.record(row.get(2)), history, StsBed.NOW))
                : StsState.refresh(StsBed.kept(row.get(1)), StsBed.record(row.get(2)), history, StsBed.NOW);
            if (first.isEmpty()) {
                assertThat(List.of("not due", StsStateTest.NOTHING, StsStateTest.NOTHING)).isEqualTo(row.subList(5, 8));
                assertThat(row.get(4)).isEqualTo(StsStateTest.NOTHING);
                return;
            }
            assertThat(first.get() instanceof StsState.Fetch).as("fetches").isEqualTo(!row.get(4).equals(StsStateTest.NOTHING));
            if (first.get() instanceof StsState.Fetch step) {
                StsStateTest.follow(row, step, history.started(StsBed.NOW));
            } else {
                assertThat(StsStateTest.shown(first.get().meanwhile())).isEqualTo(row.get(5));
                assertThat(List.of(StsStateTest.NOTHING, StsStateTest.NOTHING)).isEqualTo(row.subList(6, 8));
            }
        }));
    }

    @TestFactory
    Stream<DynamicTest> shouldFollowTheDecisionTable() {
        return StsTables.rows("sts-rules.txt").stream().map(row -> DynamicTest.dynamicTest(String.join(", ", row.subList(0, 5)), () -> {
            TlsRequirement requirement = StsRulesTest.decide(row).requirement();
            assertThat(requirement.getClass().getSimpleName()).isEqualTo(row.get(5));
            assertThat(RequireTls.raise(requirement, StsRulesTest.route(row.get(2)), StsRulesTest.ROOTS).getClass().getSimpleName())
                .isEqualTo(row.get(6));
            for (int i = 0; i < StsRulesTest.SERVERS.size(); i++) {
                String server = StsRulesTest.SERVERS.get(i);
                assertThat(StsRulesTest.connect(requirement, server)).as(server).isEqualTo(row.get(7 + i));
            }
        }));
    }

    @Test
    void shouldHaveARowForEveryCellOfTheTable() {
        Set<List<String>> cells = new HashSet<>();
        for (String policy : List.of("audit", "dane", "dane-encrypt", "authenticated", "dane-only")) {
            for (String route : List.of("mx/secure", "mx/insecure")) {
                for (String tlsa : List.of("usable", "unusable", "absent", "failed")) {
                    List.of("enforce", "unlisted", "testing", "none", "-")
                        .forEach(sts -> cells.add(List.of(policy, "enforce", route, tlsa, sts)));
                }
            }
        }
        List<List<String>> rows = StsTables.rows("sts-rules.txt").stream().map(row -> row.subList(0, 5)).toList();
        assertThat(rows).hasSizeGreaterThanOrEqualTo(160).doesNotHaveDuplicates().containsAll(cells);
    }
}
