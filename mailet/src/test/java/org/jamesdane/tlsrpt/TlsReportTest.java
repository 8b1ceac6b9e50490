/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tlsrpt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

import org.jamesdane.dane.failure.TlsReportType;
import org.jamesdane.dane.policy.IpAddresses;
import org.jamesdane.dns.DomainName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Octets and identifiers of reports, and what hostile names become in them. */
class TlsReportTest {
    private static final DomainName DOMAIN = DomainName.of("good.example");
    private static final DomainName SUBMITTER = DomainName.of("mail.provider.example");
    private static final ReportId ID = new ReportId(LocalDate.parse("2026-11-28"), DOMAIN, "1", SUBMITTER);

    private static InetAddress address(String text) {
        return IpAddresses.parse(text).orElseThrow();
    }

    private static TlsReport report(DayTally tally) {
        return new TlsReport(ID, "Provider GmbH", "tls-reports@mail.provider.example", tally.rows());
    }

    private static String json(DayTally tally) {
        return new String(report(tally).toJson(), StandardCharsets.UTF_8);
    }

    @Test
    void shouldWriteTheExampleOctetByOctet() {
        ReportedPolicy policy = new ReportedPolicy(ReportedPolicy.Type.TLSA,
            List.of("3 1 1 6a20f30d0e5ce2ea8ab0a4d3d1fcb1a7f5a8b5dd2d0e3c2a7c0a7b7a5d9c0b11"), DomainName.of("mx.good.example"),
            List.of("mx.good.example"));
        DayTally tally = new DayTally(DOMAIN);
        tally.add(policy, Optional.empty(), 41);
        tally.add(policy, Optional.of(new FailureDetail(TlsReportType.VALIDATION_FAILURE, Optional.of("tlsa-no-match"),
            new FailureDetail.Where(Optional.of(address("192.0.2.9")), Optional.of("mx.good.example"), Optional.of("mx.good.example"),
                Optional.of(address("198.51.100.7"))))), 2);

        assertThat(json(tally)).isEqualTo(ReportCheckTest.report());
        assertThat(ReportCheck.of(report(tally).toGzip())).isEqualTo(ReportCheck.of(report(tally).toJson()));
        assertThat(report(tally).toGzip()).isEqualTo(report(tally).toGzip());
    }

    @Test
    void shouldUseOneIdentifierEverywhere() {
        assertThat(ID).hasToString("20261128.good.example.1@mail.provider.example");
        assertThat(ID.fileName()).isEqualTo("mail.provider.example!good.example!1795824000!1795910399!1.json.gz");
        assertThat(new ReportId(ID.day(), DomainName.of("_a-b.good.example"), "2b", SUBMITTER))
            .hasToString("20261128._a-b.good.example.2b@mail.provider.example");
        assertThatThrownBy(() -> new ReportId(ID.day(), DOMAIN, "a.b", SUBMITTER)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TlsReport(ID, "Provider GmbH", "tls-reports@other.example", List.of()))
            .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("mail.provider.example");
    }

    @Test
    void shouldKeepOddNamesOutOfIdentifiers() {
        ReportId odd = new ReportId(ID.day(), DomainName.of("a\\032b\\\"<\\010>.example"), "1", SUBMITTER);
        ReportId other = new ReportId(ID.day(), DomainName.of("a\\032b\\\"<\\011>.example"), "1", SUBMITTER);

        assertThat(odd.toString()).matches("20261128\\.name-[0-9a-f]{16}\\.1@mail\\.provider\\.example").isNotEqualTo(other.toString());
        assertThat(odd.fileName()).matches("mail\\.provider\\.example!name-[0-9a-f]{16}!1795824000!1795910399!1\\.json\\.gz");
    }

    @Test
    void shouldEscapeWhatHostsSay() {
        String hostile = "\"},{\"x\": \u202e</script>\r\nBcc: a@b\ud800\u0000\uffff" + "y".repeat(5000);
        DayTally tally = new DayTally(DOMAIN);
        tally.add(ReportedPolicy.sts(DOMAIN, List.of("mx: \"\ufdd0\ud83d\ude00\udc00\u001b[2J"), List.of("mx.good.example")),
            Optional.of(new FailureDetail(TlsReportType.CERTIFICATE_EXPIRED, Optional.empty(),
                new FailureDetail.Where(Optional.empty(), Optional.of("a\\032\\\"b.good.example"), Optional.of(hostile),
                    Optional.empty()))), 1);

        assertThat(json(tally)).matches("[ -~]+").hasSizeLessThan(1200)
            .contains("\"policy-string\":[\"mx: \\\"\\ufffd\\ud83d\\ude00\\ufffd\\u001b[2J\"]")
            .contains("\"receiving-mx-hostname\":\"a\\\\032\\\\\\\"b.good.example\"")
            .contains("\"receiving-mx-helo\":\"\\\"},{\\\"x\\\": ?</script>??Bcc: a@b???y");
        assertThat(ReportCheck.of(report(tally).toJson()).findings()).extracting(Finding::weight)
            .doesNotContain(Finding.Weight.BREACH);
    }

    @Test
    void shouldWriteAnEmptyReport() {
        assertThat(json(new DayTally(DOMAIN))).endsWith(",\"policies\":[]}");
        assertThat(ReportCheck.of(report(new DayTally(DOMAIN)).toJson()).findings()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"192.0.2.9,192.0.2.9", "2001:DB8::9,2001:db8::9", "2001:db8:0:0:1:0:0:1,2001:db8::1:0:0:1", "::,::", "::1,::1", "1::,1::",
        "2001:0db8:0001:0000:0002:0003:0004:0005,2001:db8:1:0:2:3:4:5", "1:0:0:2:0:0:0:3,1:0:0:2::3", "0:0:1::,0:0:1::",
        "::2:0:0:3,::2:0:0:3"})
    void shouldWriteAddressesInTheirOneForm(String address, String written) {
        assertThat(AddressText.of(address(address))).isEqualTo(written);
    }
}
