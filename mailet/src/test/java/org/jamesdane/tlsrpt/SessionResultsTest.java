/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tlsrpt;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import org.jamesdane.dane.failure.TlsReportType;
import org.jamesdane.dns.DomainName;
import org.jamesdane.mtasts.StsTables;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Counting of sessions: the table, and the report that each of its rows leads to, octet by octet. */
class SessionResultsTest {
    private static final DomainName DOMAIN = DomainName.of("example.com");
    private static final String TABLE = "/org/jamesdane/tlsrpt/tls-sessions.txt";
    private static final ReportId ID = new ReportId(LocalDate.parse("2026-11-28"), DOMAIN, "1", DomainName.of("mail.provider.example"));

    private static TlsReport report(DayTally tally) {
        return new TlsReport(ID, "Provider GmbH", "tls-reports@mail.provider.example", tally.rows());
    }

    /** The report that a row of the table describes, written without the code that writes reports. */
    private static String expected(List<String> row) {
        String counted = row.get(6);
        String[] words = counted.split(" ", -1);
        String policies = "";
        if (words.length > 1) {
            boolean success = words[2].equals("ok");
            String reason = words.length > 3 ? ",\"failure-reason-code\":\"" + words[3] + "\"" : "";
            String detail = success ? "" : "{\"result-type\":\"" + words[2] + "\",\"sending-mta-ip\":\"192.0.2.9\","
                + "\"receiving-mx-hostname\":\"mx.example.com\",\"receiving-mx-helo\":\"mx.example.com\",\"receiving-ip\":\"2001:db8::7\","
                + "\"failed-session-count\":1" + reason + "}";
            String text = words[0].equals("tlsa") ? SessionBed.tlsaLines(row.get(2)) : words[0].equals("sts")
                ? SessionBed.stsLines(row.get(3)) : "";
            String hosts = words[0].equals("tlsa") ? "\"mx.example.com\"" : words[0].equals("sts") ? SessionBed.stsHosts(row.get(3)) : "";
            policies = "{\"policy\":{\"policy-type\":\"" + words[0] + "\",\"policy-string\":[" + text + "],\"policy-domain\":\"" + words[1]
                + "\",\"mx-host\":[" + hosts + "]},\"summary\":{\"total-successful-session-count\":" + (success ? 1 : 0)
                + ",\"total-failure-session-count\":" + (success ? 0 : 1) + "},\"failure-details\":[" + detail + "]}";
        }
        return "{\"organization-name\":\"Provider GmbH\",\"date-range\":{\"start-datetime\":\"2026-11-28T00:00:00Z\","
            + "\"end-datetime\":\"2026-11-28T23:59:59Z\"},\"contact-info\":\"tls-reports@mail.provider.example\","
            + "\"report-id\":\"20261128.example.com.1@mail.provider.example\",\"policies\":[" + policies + "]}";
    }

    @TestFactory
    Stream<DynamicTest> shouldReportEachSessionAsTheTableSays() {
        return StsTables.rows(TABLE).stream().map(row -> DynamicTest.dynamicTest(String.join(", ", row.subList(0, 6)), () -> {
            Optional<SessionResult> result = SessionResults.of(SessionBed.session(row));
            DayTally tally = new DayTally(DOMAIN);
            result.ifPresent(tally::add);
            byte[] json = report(tally).toJson();

            assertThat(new String(json, StandardCharsets.UTF_8)).isEqualTo(expected(row));
            assertThat(ReportCheck.of(json).findings()).isEmpty();
            result.ifPresent(counted -> assertThat(counted.reportDomains()).isEqualTo(row.get(6).startsWith("tlsa")
                ? Set.of(DOMAIN, DomainName.of("mx.example.com")) : Set.of(DOMAIN)));
        }));
    }

    @Test
    void shouldHaveSituationsEnough() {
        List<List<String>> rows = StsTables.rows(TABLE);

        assertThat(rows.stream().map(row -> row.subList(0, 6))).hasSizeGreaterThanOrEqualTo(100).doesNotHaveDuplicates();
        assertThat(rows.stream().map(row -> row.get(6)).filter(counted -> !counted.equals("-"))).hasSizeGreaterThanOrEqualTo(60);
        for (TlsReportType type : TlsReportType.values()) {
            assertThat(rows.stream().anyMatch(row -> row.get(6).contains(" " + type))).as("%s", type)
                .isEqualTo(!type.toString().startsWith("sts-"));
        }
    }

    @Test
    void shouldCountFailuresOfFetchesForThemselves() {
        DayTally tally = new DayTally(DOMAIN);
        tally.add(SessionResult.ofPolicyFetch(DOMAIN, TlsReportType.STS_POLICY_FETCH_ERROR, List.of(), List.of()));
        tally.add(SessionResult.ofPolicyFetch(DOMAIN, TlsReportType.STS_WEBPKI_INVALID, List.of("version: STSv1", "mx: a.example"),
            List.of("a.example")));

        assertThat(new String(report(tally).toJson(), StandardCharsets.UTF_8)).endsWith("\"policies\":["
            + "{\"policy\":{\"policy-type\":\"sts\",\"policy-string\":[],\"policy-domain\":\"example.com\",\"mx-host\":[]},"
            + "\"summary\":{\"total-successful-session-count\":0,\"total-failure-session-count\":1},"
            + "\"failure-details\":[{\"result-type\":\"sts-policy-fetch-error\",\"failed-session-count\":1}]},"
            + "{\"policy\":{\"policy-type\":\"sts\",\"policy-string\":[\"version: STSv1\",\"mx: a.example\"],"
            + "\"policy-domain\":\"example.com\",\"mx-host\":[\"a.example\"]},"
            + "\"summary\":{\"total-successful-session-count\":0,\"total-failure-session-count\":1},"
            + "\"failure-details\":[{\"result-type\":\"sts-webpki-invalid\",\"failed-session-count\":1}]}]}");
        assertThat(ReportCheck.of(report(tally).toJson()).findings()).isEmpty();
    }
}
