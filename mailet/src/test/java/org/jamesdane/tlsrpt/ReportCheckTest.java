/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tlsrpt;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

import org.jamesdane.mtasts.StsTables;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Reports that others wrote, compared with RFC 8460. */
class ReportCheckTest {
    /** Appendix B of RFC 8460, with the blanks that its line ends put into a URI taken out. */
    private static final String APPENDIX_B = """
        {
          "organization-name": "Company-X",
          "date-range": {
            "start-datetime": "2016-04-01T00:00:00Z",
            "end-datetime": "2016-04-01T23:59:59Z"
          },
          "contact-info": "sts-reporting@company-x.example",
          "report-id": "5065427c-23d3-47ca-b6e0-946ea0e8c4be",
          "policies": [{
            "policy": {
              "policy-type": "sts",
              "policy-string": ["version: STSv1","mode: testing",
                    "mx: *.mail.company-y.example","max_age: 86400"],
              "policy-domain": "company-y.example",
              "mx-host": "*.mail.company-y.example"
            },
            "summary": {
              "total-successful-session-count": 5326,
              "total-failure-session-count": 303
            },
            "failure-details": [{
              "result-type": "certificate-expired",
              "sending-mta-ip": "2001:db8:abcd:0012::1",
              "receiving-mx-hostname": "mx1.mail.company-y.example",
              "failed-session-count": 100
            }, {
              "result-type": "starttls-not-supported",
              "sending-mta-ip": "2001:db8:abcd:0013::1",
              "receiving-mx-hostname": "mx2.mail.company-y.example",
              "receiving-ip": "203.0.113.56",
              "failed-session-count": 200,
              "additional-information": "https://reports.company-x.example/report_info?id=5065427c-23d3#StarttlsNotSupported"
            }, {
              "result-type": "validation-failure",
              "sending-mta-ip": "198.51.100.62",
              "receiving-ip": "203.0.113.58",
              "receiving-mx-hostname": "mx-backup.mail.company-y.example",
              "failed-session-count": 3,
              "failure-reason-code": "X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED"
            }]
          }]
        }
        """;

    static String report() {
        try (InputStream in = Objects.requireNonNull(ReportCheckTest.class.getResourceAsStream("report.json"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ReportCheck.Result check(String text) {
        return ReportCheck.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] gzip(byte[] octets) throws IOException {
        ByteArrayOutputStream gzipped = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(gzipped)) {
            out.write(octets);
        }
        return gzipped.toByteArray();
    }

    @TestFactory
    Stream<DynamicTest> shouldFindWhatTheTableSays() {
        return StsTables.rows("/org/jamesdane/tlsrpt/report-findings.txt").stream()
            .map(row -> DynamicTest.dynamicTest(row.get(0) + ": " + row.get(1) + " -> " + row.get(2), () -> {
                String changed = report().replace(row.get(1), row.get(2));
                assertThat(changed).as("the text is not there").isNotEqualTo(report());
                List<Finding> findings = check(changed).findings();
                assertThat(findings.stream().map(finding -> finding.weight() + " " + finding.where()))
                    .containsExactlyInAnyOrderElementsOf(row.get(3).isEmpty() ? List.of() : List.of(row.get(3).split(", ", -1)));
                assertThat(findings).allSatisfy(finding -> assertThat(finding.toString()).matches("[ -~]+ \\[RFC [0-9]+ §[0-9.]+]")
                    .hasSizeLessThan(600));
                if (!findings.isEmpty()) {
                    assertThat(findings).anySatisfy(finding -> assertThat(finding.section()).isEqualTo(row.get(0)));
                }
            }));
    }

    @Test
    void shouldReadTheExampleOfTheRfc() {
        ReportCheck.Result result = check(APPENDIX_B);

        // Erratum 6241: the text of §4.4 wants an array, the example has a string.
        assertThat(result.findings()).extracting(finding -> finding.weight() + " " + finding.where()).containsExactly(
            "breach policies[0].policy.mx-host", "advice policies[0].failure-details[0].sending-mta-ip",
            "advice policies[0].failure-details[1].sending-mta-ip");
        assertThat(result.reportId()).contains("5065427c-23d3-47ca-b6e0-946ea0e8c4be");
        assertThat(result.contactDomain()).contains("company-x.example");
        assertThat(result.successes()).isEqualTo(5326);
        assertThat(result.failures()).isEqualTo(303);
        assertThat(result.gravest()).contains(Finding.Weight.BREACH);
        assertThat(result.findings().get(0)).hasToString(
            "breach: policies[0].policy.mx-host: it is a string, not an array of strings [RFC 8460 §4.4]");
    }

    @Test
    void shouldReadReportsBehindGzip() throws IOException {
        byte[] octets = report().getBytes(StandardCharsets.UTF_8);
        byte[] gzipped = gzip(octets);

        assertThat(ReportCheck.isGzip(gzipped)).isTrue();
        assertThat(ReportCheck.isGzip(octets)).isFalse();
        assertThat(ReportCheck.of(gzipped)).isEqualTo(ReportCheck.of(octets));
        assertThat(ReportCheck.of(gzipped).findings()).isEmpty();
        for (int end = 2; end < gzipped.length; end += 7) {
            assertThat(ReportCheck.of(Arrays.copyOf(gzipped, end)).findings()).extracting(Finding::section).contains("RFC 8460 §5.2");
        }
    }

    @Test
    void shouldRefuseWhatIsTooLarge() throws IOException {
        byte[] large = new byte[ReportCheck.MAX_OCTETS + 1];
        Arrays.fill(large, (byte) ' ');
        byte[] bomb = gzip(new byte[ReportCheck.MAX_EXPANDED + 1]);

        assertThat(ReportCheck.of(large).findings()).extracting(Finding::section).containsExactly("RFC 8460 §5.2");
        assertThat(bomb.length).isLessThan(ReportCheck.MAX_EXPANDED / 100);
        assertThat(ReportCheck.of(bomb).findings()).extracting(Finding::text).containsExactly(
            "it has more than 33554432 octets when it is expanded");
    }

    @Test
    void shouldRefuseWhatIsNoText() {
        byte[] latin = report().replace("GmbH", "für").getBytes(StandardCharsets.ISO_8859_1);

        assertThat(ReportCheck.of(latin).findings()).containsExactly(
            new Finding(Finding.Weight.BREACH, "RFC 7493 §2.1", "report", "it is no text in UTF-8"));
        assertThat(check("[]").findings()).extracting(Finding::text).containsExactly("it is an array, not an object");
        assertThat(check("").findings()).extracting(Finding::text).containsExactly("it is no JSON: it ends too early");
        assertThat(ReportCheck.of(new byte[] {0x1f}).findings()).hasSize(1);
    }

    @Test
    void shouldBoundWhatItSays() {
        String many = report().replace("\"policies\":[", "\"policies\":[" + "{},".repeat(500));
        ReportCheck.Result result = check(many);
        String hostile = report().replace("Provider GmbH\"", "a\",\"\\u001b[2J" + "x".repeat(5000) + "\":1");

        assertThat(result.findings()).hasSize(Findings.MAX);
        assertThat(result.leftOut()).isEqualTo(1000 - Findings.MAX);
        assertThat(check(hostile).findings()).singleElement().satisfies(finding -> {
            assertThat(finding.where()).startsWith("?[2Jxxx").hasSizeLessThan(300);
            assertThat(finding.weight()).isEqualTo(Finding.Weight.ADVICE);
        });
    }
}
