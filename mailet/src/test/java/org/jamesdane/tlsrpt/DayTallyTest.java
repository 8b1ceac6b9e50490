/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tlsrpt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

import org.jamesdane.dane.failure.TlsReportType;
import org.jamesdane.dns.DomainName;
import org.junit.jupiter.api.Test;

/** Counts of a day: exact totals within bounds, in an order that does not depend on the sessions' own. */
class DayTallyTest {
    private static final DomainName DOMAIN = DomainName.of("example.com");

    private static ReportedPolicy policy(int number) {
        return ReportedPolicy.sts(DOMAIN, List.of("version: STSv1", "id: " + number), List.of("mx.example.com"));
    }

    private static FailureDetail failure(TlsReportType type, String host) {
        return new FailureDetail(type, Optional.empty(),
            new FailureDetail.Where(Optional.empty(), Optional.of(host), Optional.empty(), Optional.empty()));
    }

    private static long sessions(DayTally tally) {
        return tally.rows().stream().mapToLong(row -> row.successes() + row.failures()).sum();
    }

    @Test
    void shouldCountEachSessionOnce() {
        DayTally tally = new DayTally(DOMAIN);
        assertThat(tally.isEmpty()).isTrue();
        tally.add(policy(1), Optional.empty(), 3);
        tally.add(policy(1), Optional.empty(), 4);
        tally.add(policy(1), Optional.of(failure(TlsReportType.CERTIFICATE_EXPIRED, "a")), 1);
        tally.add(policy(1), Optional.of(failure(TlsReportType.CERTIFICATE_EXPIRED, "a")), 1);
        tally.add(policy(1), Optional.of(failure(TlsReportType.STARTTLS_NOT_SUPPORTED, "b")), 5);

        assertThat(tally.isEmpty()).isFalse();
        assertThat(tally.rows()).containsExactly(new DayTally.Row(policy(1), 7, 7, List.of(
            new DayTally.Detail(failure(TlsReportType.STARTTLS_NOT_SUPPORTED, "b"), 5),
            new DayTally.Detail(failure(TlsReportType.CERTIFICATE_EXPIRED, "a"), 2))));
    }

    @Test
    void shouldMergeFailuresWithoutAddressesAboveTheBound() {
        DayTally tally = new DayTally(DOMAIN);
        for (int i = 0; i < DayTally.MAX_DETAILS + 500; i++) {
            tally.add(policy(1), Optional.of(failure(TlsReportType.VALIDATION_FAILURE, "mx" + i)), 1);
        }
        tally.add(policy(1), Optional.of(failure(TlsReportType.VALIDATION_FAILURE, "mx0")), 1);
        DayTally.Row row = tally.rows().get(0);

        assertThat(row.failures()).isEqualTo(DayTally.MAX_DETAILS + 501);
        assertThat(row.details()).hasSize(DayTally.MAX_DETAILS + 1).contains(
            new DayTally.Detail(new FailureDetail(TlsReportType.VALIDATION_FAILURE, Optional.empty(), FailureDetail.Where.UNKNOWN), 500),
            new DayTally.Detail(failure(TlsReportType.VALIDATION_FAILURE, "mx0"), 2));
        assertThat(row.details().stream().mapToLong(DayTally.Detail::sessions).sum()).isEqualTo(row.failures());
    }

    @Test
    void shouldBoundPoliciesAndRowsOfADay() {
        DayTally tally = new DayTally(DOMAIN);
        for (int i = 0; i < 5 * DayTally.MAX_POLICIES; i++) {
            for (int j = 0; j < 200; j++) {
                tally.add(policy(i), Optional.of(failure(TlsReportType.VALIDATION_FAILURE, "mx" + j)), 1);
            }
        }

        assertThat(sessions(tally)).isEqualTo(100_000);
        assertThat(tally.rows()).hasSize(DayTally.MAX_POLICIES + 1);
        assertThat(tally.rows().get(0).policy().lines()).isEmpty();
        assertThat(tally.rows().stream().mapToInt(row -> row.details().size()).sum())
            .isLessThanOrEqualTo(DayTally.MAX_ROWS + DayTally.MAX_POLICIES + 1);
    }

    @Test
    void shouldNotDependOnTheOrderOfSessions() {
        List<SessionResult> results = new ArrayList<>();
        List<TlsReportType> types = List.of(TlsReportType.CERTIFICATE_EXPIRED, TlsReportType.STARTTLS_NOT_SUPPORTED,
            TlsReportType.VALIDATION_FAILURE, TlsReportType.TLSA_INVALID, TlsReportType.DNSSEC_INVALID);
        for (int i = 0; i < 300; i++) {
            results.add(new SessionResult(policy(i % 7), i % 3 == 0 ? Optional.empty()
                : Optional.of(failure(types.get(i % types.size()), "mx" + i % 11)), Set.of(DOMAIN)));
        }
        DayTally first = new DayTally(DOMAIN);
        results.forEach(first::add);
        Collections.shuffle(results, new Random(8460));
        DayTally second = new DayTally(DOMAIN);
        results.forEach(second::add);

        assertThat(second.rows()).isEqualTo(first.rows());
    }

    @Test
    void shouldBoundTheTextOfAPolicy() {
        ReportedPolicy large = ReportedPolicy.sts(DOMAIN, Collections.nCopies(1000, "x".repeat(20_000)), List.of());

        assertThat(large.lines()).hasSize(ReportedPolicy.MAX_LINES)
            .allSatisfy(line -> assertThat(line).hasSize(ReportedPolicy.MAX_CHARACTERS));
    }
}
