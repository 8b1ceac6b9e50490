/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tlsrpt;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.regex.Pattern;

import org.jamesdane.dns.DomainName;

/**
 * Identifier of a report: the same in the report, in the Subject and in the Message-ID of the mail that brings it. By it a receiver knows a
 * report that comes twice (RFC 8460 §5.3).
 *
 * @param day the day of UTC that the report is about
 * @param domain the domain that the report is for
 * @param unique letters and digits that tell it from other reports of this submitter about that day and domain
 * @param submitter the domain of the contact address
 */
public record ReportId(LocalDate day, DomainName domain, String unique, DomainName submitter) {
    private static final Pattern UNIQUE = Pattern.compile("[A-Za-z0-9]{1,32}");
    /** Names that may stand in a Message-ID as they are (RFC 5322 §3.2.3). */
    private static final Pattern PLAIN = Pattern.compile("[a-z0-9_-]+(\\.[a-z0-9_-]+)*");
    private static final int DIGEST_OCTETS = 8;

    public ReportId {
        if (!UNIQUE.matcher(unique).matches()) {
            throw new IllegalArgumentException("\"" + unique + "\" is not 1 to 32 letters and digits");
        }
    }

    /** The file name of the report behind gzip (RFC 8460 §5.1). */
    public String fileName() {
        long begin = day.atStartOfDay(ZoneOffset.UTC).toEpochSecond();
        long end = day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toEpochSecond() - 1;
        return submitter + "!" + plain(domain) + "!" + begin + "!" + end + "!" + unique + ".json.gz";
    }

    /** The domain that the report is for, as it may stand in a header field. */
    String plainDomain() {
        return plain(domain);
    }

    /** A name that may stand anywhere; one with other characters than a host's name has is replaced by a digest of it. */
    private static String plain(DomainName name) {
        if (PLAIN.matcher(name.toString()).matches()) {
            return name.toString();
        }
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(name.toString().getBytes(StandardCharsets.UTF_8));
            return "name-" + HexFormat.of().formatHex(digest, 0, DIGEST_OCTETS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }

    /** The identifier, without angle brackets. */
    @Override
    public String toString() {
        return DateTimeFormatter.BASIC_ISO_DATE.format(day) + "." + plain(domain) + "." + unique + "@" + submitter;
    }
}
