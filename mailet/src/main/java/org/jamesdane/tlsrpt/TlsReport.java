/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tlsrpt;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;

import org.jamesdane.text.JsonText;

/**
 * Report to one domain about one day of UTC (RFC 8460 §4).
 *
 * @param organization the organisation that reports, for people
 * @param contact the mail address of those responsible, in the submitter's domain
 * @param rows the counts, in the order of the report
 */
public record TlsReport(ReportId id, String organization, String contact, List<DayTally.Row> rows) {
    /** Character in the place of one that I-JSON does not allow. */
    private static final int REPLACEMENT = 0xfffd;

    public TlsReport {
        rows = List.copyOf(rows);
        if (!contact.endsWith("@" + id.submitter())) {
            // RFC 8460 §5.3: the submitter is the domain of the contact.
            throw new IllegalArgumentException("\"" + contact + "\" is no address of the domain " + id.submitter());
        }
    }

    /** The report as JSON, in ASCII and one line. The same report is always the same octets. */
    public byte[] toJson() {
        return JsonText.of(tree()).getBytes(StandardCharsets.US_ASCII);
    }

    /** The report as JSON behind gzip (RFC 8460 §5.2). */
    public byte[] toGzip() {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(octets)) {
            gzip.write(toJson());
        } catch (IOException e) {
            throw new UncheckedIOException("Memory was written to", e);
        }
        return octets.toByteArray();
    }

    private Map<String, Object> tree() {
        Map<String, Object> range = new LinkedHashMap<>();
        range.put("start-datetime", id.day() + "T00:00:00Z");
        range.put("end-datetime", id.day() + "T23:59:59Z");
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("organization-name", clean(organization));
        tree.put("date-range", range);
        tree.put("contact-info", contact);
        tree.put("report-id", id.toString());
        tree.put("policies", rows.stream().map(TlsReport::tree).toList());
        return tree;
    }

    private static Map<String, Object> tree(DayTally.Row row) {
        ReportedPolicy applied = row.policy();
        Map<String, Object> policy = new LinkedHashMap<>();
        policy.put("policy-type", applied.type().toString());
        policy.put("policy-string", clean(applied.lines()));
        policy.put("policy-domain", applied.domain().toString());
        // Erratum 6241 of RFC 8460: an array, unlike in the example of its Appendix B.
        policy.put("mx-host", clean(applied.mxHosts()));
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("total-successful-session-count", row.successes());
        summary.put("total-failure-session-count", row.failures());
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("policy", policy);
        tree.put("summary", summary);
        tree.put("failure-details", row.details().stream().map(TlsReport::tree).toList());
        return tree;
    }

    private static Map<String, Object> tree(DayTally.Detail detail) {
        FailureDetail failure = detail.failure();
        FailureDetail.Where where = failure.where();
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("result-type", failure.type().toString());
        where.sendingAddress().ifPresent(address -> tree.put("sending-mta-ip", AddressText.of(address)));
        where.mxHost().ifPresent(host -> tree.put("receiving-mx-hostname", clean(host)));
        where.helo().ifPresent(helo -> tree.put("receiving-mx-helo", clean(helo)));
        where.receivingAddress().ifPresent(address -> tree.put("receiving-ip", AddressText.of(address)));
        tree.put("failed-session-count", detail.sessions());
        failure.reasonCode().ifPresent(code -> tree.put("failure-reason-code", clean(code)));
        return tree;
    }

    private static List<String> clean(List<String> texts) {
        return texts.stream().map(TlsReport::clean).collect(Collectors.toCollection(ArrayList::new));
    }

    /** The text without code points that I-JSON does not allow (RFC 7493 §2.1). */
    private static String clean(String text) {
        return text.codePoints().map(c -> JsonText.isAllowed(c) ? c : REPLACEMENT)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
    }
}
