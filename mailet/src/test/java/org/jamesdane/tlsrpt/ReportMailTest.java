/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tlsrpt;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import org.jamesdane.dns.DomainName;
import org.jamesdane.mtasts.StsTables;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Mails that bring reports: our own, and those of others compared with RFC 8460 §5.3. */
class ReportMailTest {
    private static final DomainName DOMAIN = DomainName.of("good.example");
    private static final ReportId ID = new ReportId(LocalDate.parse("2026-11-28"), DOMAIN, "1", DomainName.of("mail.provider.example"));
    private static final String SIGNATURE = String.join("\r\n",
        "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/simple; d=mail.provider.example; s=tlsrpt;",
        " h=from : to : subject : tls-report-domain : tls-report-submitter; bh=AA==; b=AA==", "");

    private static String mail() {
        DayTally tally = new DayTally(DOMAIN);
        tally.add(ReportedPolicy.none(DOMAIN), Optional.empty(), 41);
        TlsReport report = new TlsReport(ID, "Provider GmbH", "tls-reports@mail.provider.example", tally.rows());
        return new String(new ReportMail(report, new Rua.Mailto("reports", DOMAIN), Instant.parse("2026-11-29T02:03:04Z")).toOctets(),
            StandardCharsets.ISO_8859_1);
    }

    private static ReportCheck.Result check(String mail) {
        return ReportCheck.of(mail.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static List<String> shown(ReportCheck.Result result) {
        return result.findings().stream().map(finding -> finding.weight() + " " + finding.where()).toList();
    }

    @Test
    void shouldWriteTheMailOfAReport() {
        assertThat(mail()).startsWith(String.join("\r\n", "From: tls-reports@mail.provider.example", "To: reports@good.example",
            "Date: Sun, 29 Nov 2026 02:03:04 +0000", "Subject: Report Domain: good.example", " Submitter: mail.provider.example",
            " Report-ID: <20261128.good.example.1@mail.provider.example>",
            "Message-ID: <20261128.good.example.1@mail.provider.example>", "TLS-Report-Domain: good.example",
            "TLS-Report-Submitter: mail.provider.example", "TLS-Required: No", "Auto-Submitted: auto-generated", "MIME-Version: 1.0",
            "Content-Type: multipart/report; report-type=\"tlsrpt\";", " boundary=\"=_tlsrpt_1\"", "", "--=_tlsrpt_1",
            "Content-Type: text/plain; charset=us-ascii", ""));
        assertThat(mail()).endsWith("\r\n--=_tlsrpt_1--\r\n").contains("\r\nContent-Type: application/tlsrpt+gzip\r\n",
            "\r\n filename=\"mail.provider.example!good.example!1795824000!1795910399!1.json.gz\"\r\n").doesNotContainPattern("[^\r]\n");
        assertThat(mail().lines()).allSatisfy(line -> assertThat(line).matches("[ -~]*").hasSizeLessThan(100));
        assertThat(mail()).isEqualTo(mail());
    }

    @Test
    void shouldWriteAMailThatFollowsTheRfcOnceItIsSigned() {
        assertThat(shown(check(mail()))).containsExactly("breach DKIM-Signature");
        assertThat(check(SIGNATURE + mail()).findings()).isEmpty();
        assertThat(check((SIGNATURE + mail()).replace("\r\n", "\n")).findings()).isEmpty();
        assertThat(check("From MAILER-DAEMON Sun Nov 29 02:03:04 2026\r\n" + SIGNATURE + mail()).findings()).isEmpty();
        assertThat(check(SIGNATURE + mail()).reportId()).contains(ID.toString());
        assertThat(check(SIGNATURE + mail()).successes()).isEqualTo(41);
    }

    @TestFactory
    Stream<DynamicTest> shouldFindWhatTheTableSays() {
        return StsTables.rows("/org/jamesdane/tlsrpt/report-mails.txt").stream()
            .map(row -> DynamicTest.dynamicTest(row.get(0) + ": " + row.get(1) + " -> " + row.get(2), () -> {
                String from = new String(StsTables.octets(row.get(1)), StandardCharsets.ISO_8859_1);
                String changed = (SIGNATURE + mail()).replace(from,
                    new String(StsTables.octets(row.get(2)), StandardCharsets.ISO_8859_1));
                assertThat(changed).as("the text is not there").isNotEqualTo(SIGNATURE + mail());
                ReportCheck.Result result = check(changed);
                assertThat(shown(result)).containsExactlyInAnyOrderElementsOf(
                    row.get(3).isEmpty() ? List.of() : List.of(row.get(3).split(", ", -1)));
                if (!row.get(3).isEmpty()) {
                    assertThat(result.findings()).anySatisfy(finding -> assertThat(finding.section()).isEqualTo(row.get(0)));
                }
            }));
    }

    @Test
    void shouldReadMailsThatAreCutOrSenseless() {
        String whole = SIGNATURE + mail();
        for (int end = 20; end < whole.indexOf("\r\n--=_tlsrpt_1--") - 8; end += 13) {
            assertThat(check(whole.substring(0, end)).findings()).isNotEmpty();
        }
        for (String text : List.of("a:", "a:\n", "a:\n\n", "From x\n", "Content-Type: multipart/report; boundary=\"\"\n\n--\n--\n",
                "Content-Type: multipart/report; boundary=b\n\n--b", "Content-Type: multipart/report; boundary=b\n\n--b--\n--b\n")) {
            assertThat(check(text).findings()).isNotEmpty();
        }
    }

    @Test
    void shouldReadLargeMailsInNoTime() {
        for (String line : List.of("a: b\n", " b\n", "--b\n", "\n", "a:b;c=d;", "x")) {
            char[] large = line.repeat(2_000_000 / line.length()).toCharArray();
            String text = "Content-Type: multipart/report; boundary=b\n" + new String(large);
            assertThat(check(text).findings()).hasSizeLessThan(20);
            assertThat(check(text.replaceFirst("\n", "\n\n")).findings()).hasSizeLessThan(20);
        }
        byte[] colons = new byte[1_000_000];
        Arrays.fill(colons, (byte) ':');
        assertThat(ReportCheck.of(colons).findings()).isNotEmpty();
    }
}
