/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tlsrpt;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.GZIPInputStream;

import org.jamesdane.text.JsonReader;
import org.jamesdane.text.JsonValue;

/** Compares a received report with RFC 8460: whether it may be read, and each place that differs. Knows nothing of how reports are made. */
public final class ReportCheck {
    /** Octets of the largest file that is read: the limit that RFC 8460 §5.2 calls common. */
    public static final int MAX_OCTETS = 10 << 20;
    /** Octets of the largest report behind gzip: a bound of our own, more than three times the limit of a file. */
    public static final int MAX_EXPANDED = 32 << 20;

    static final String GZIP = "RFC 8460 §5.2";
    private static final String FORMAT = "RFC 8460 §4";
    private static final String TIME_FRAME = "RFC 8460 §4.1";
    private static final int MAGIC_1 = 0x1f;
    private static final int MAGIC_2 = 0x8b;
    private static final String WHOLE = "report";
    private static final Set<String> NAMES = Set.of("organization-name", "date-range", "contact-info", "report-id", "policies");

    private final Findings findings;
    private Optional<String> contactDomain = Optional.empty();
    private Optional<String> id = Optional.empty();
    private long successes;
    private long failures;

    private ReportCheck(Findings findings) {
        this.findings = findings;
    }

    /**
     * Result of a check.
     *
     * @param findings in the order of the report; none where it follows the RFC
     * @param leftOut the number of further findings, which are not kept
     * @param reportId the identifier of the report, where it has one
     * @param contactDomain the domain of its contact address, where it has one
     * @param successes sessions that succeeded, over all policies
     * @param failures sessions that failed, over all policies
     */
    public record Result(List<Finding> findings, int leftOut, Optional<String> reportId, Optional<String> contactDomain, long successes,
            long failures) {
        public Result {
            findings = List.copyOf(findings);
        }

        /** The gravest weight among the findings; empty without any. */
        public Optional<Finding.Weight> gravest() {
            return findings.stream().map(Finding::weight).min(Finding.Weight::compareTo);
        }

        /** The same result with all findings so far. */
        Result with(Findings all) {
            return new Result(all.list(), all.leftOut(), reportId, contactDomain, successes, failures);
        }
    }

    /** Checks the octets of a report, as JSON or behind gzip, or of the mail that brings one. */
    public static Result of(byte[] octets) {
        if (octets.length <= MAX_OCTETS && ReportMailCheck.isMail(octets)) {
            return ReportMailCheck.of(octets);
        }
        return ofReport(octets, new Findings());
    }

    static Result ofReport(byte[] octets, Findings findings) {
        ReportCheck check = new ReportCheck(findings);
        check.octets(octets);
        return new Result(findings.list(), findings.leftOut(), check.id, check.contactDomain, check.successes, check.failures);
    }

    static Result ofNothing(Findings findings) {
        return new Result(findings.list(), findings.leftOut(), Optional.empty(), Optional.empty(), 0, 0);
    }

    /** Tests whether octets begin as gzip does (RFC 1952 §2.3.1). */
    public static boolean isGzip(byte[] octets) {
        return octets.length > 1 && (octets[0] & 0xff) == MAGIC_1 && (octets[1] & 0xff) == MAGIC_2;
    }

    private void octets(byte[] octets) {
        if (octets.length > MAX_OCTETS) {
            findings.breach(GZIP, WHOLE, "it has more than " + MAX_OCTETS + " octets");
            return;
        }
        if (!isGzip(octets)) {
            text(octets);
            return;
        }
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(octets))) {
            byte[] expanded = in.readNBytes(MAX_EXPANDED + 1);
            if (expanded.length > MAX_EXPANDED) {
                findings.breach(GZIP, WHOLE, "it has more than " + MAX_EXPANDED + " octets when it is expanded");
            } else {
                text(expanded);
            }
        } catch (IOException e) {
            findings.breach(GZIP, WHOLE, "it cannot be expanded as gzip: " + e.getMessage());
        }
    }

    private void text(byte[] octets) {
        JsonReader.Reading reading;
        try {
            reading = JsonReader.read(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString());
        } catch (CharacterCodingException e) {
            findings.breach("RFC 7493 §2.1", WHOLE, "it is no text in UTF-8");
            return;
        }
        if (reading instanceof JsonReader.Malformed malformed) {
            findings.breach(FORMAT, WHOLE, "it is no JSON: " + malformed.text());
        } else if (reading instanceof JsonReader.Read read) {
            read.notes().forEach(note -> findings.breach("RFC 7493 §2", WHOLE, note));
            if (read.value() instanceof JsonValue.Obj object) {
                report(new Field(object, "", findings));
            } else {
                findings.breach(Field.SCHEMA, WHOLE, "it is " + read.value().kind() + ", not an object");
            }
        }
    }

    private void report(Field report) {
        report.string("organization-name", true);
        report.object("date-range").ifPresent(this::range);
        contactDomain = report.addressDomain("contact-info");
        id = report.string("report-id", true);
        for (Field policy : report.objects("policies", true, FORMAT)) {
            PolicyCheck counted = PolicyCheck.of(policy);
            successes += counted.successes();
            failures += counted.failures();
        }
        report.onlyKnows(NAMES);
    }

    private void range(Field range) {
        Optional<Instant> start = range.time("start-datetime");
        Optional<Instant> end = range.time("end-datetime");
        range.onlyKnows(Set.of("start-datetime", "end-datetime"));
        if (start.isEmpty() || end.isEmpty()) {
            return;
        }
        if (!start.get().isBefore(end.get())) {
            range.breach(Field.SCHEMA, "end-datetime", "it is not later than start-datetime");
        } else if (!isDay(start.get(), end.get())) {
            range.advise(TIME_FRAME, "start-datetime", "the range is not one full day of UTC, 00:00 to 24:00");
        }
    }

    /** Tests for a day of UTC; its end is written as the last second, or as the beginning of the next day. */
    private static boolean isDay(Instant start, Instant end) {
        Instant midnight = start.atOffset(ZoneOffset.UTC).truncatedTo(ChronoUnit.DAYS).toInstant();
        Duration length = Duration.between(start, end);
        return start.equals(midnight) && length.compareTo(Duration.ofDays(1)) <= 0
            && length.compareTo(Duration.ofDays(1).minusSeconds(1)) >= 0;
    }
}
