/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tlsrpt;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Locale;

/**
 * Mail that brings a report to a mailbox (RFC 8460 §5.3), as yet without signatures.
 *
 * @param report the report; the mail is from its contact address, under its identifier
 * @param to the mailbox
 * @param date the time in the header
 */
public record ReportMail(TlsReport report, Rua.Mailto to, Instant date) {
    /** RFC 5322 §3.3, in English and UTC. */
    private static final DateTimeFormatter DATE =
        DateTimeFormatter.ofPattern("EEE, d MMM uuuu HH:mm:ss Z", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final String END = "\r\n";
    /** RFC 2045 §6.8: lines of at most 76 characters. */
    private static final int LINE = 76;

    /** The message in ASCII, with line ends as SMTP has them. The same values are always the same octets. */
    public byte[] toOctets() {
        ReportId id = report.id();
        // No line of base64 or of the text below begins so.
        String boundary = "=_tlsrpt_" + id.unique();
        String text = header(id, boundary) + END
            + "--" + boundary + END
            + "Content-Type: text/plain; charset=us-ascii" + END
            + "Content-Transfer-Encoding: 7bit" + END + END
            + "This is an aggregate TLS report (RFC 8460) from " + id.submitter() + END
            + "for the domain " + id.plainDomain() + END
            + "about " + id.day() + ", a day of UTC." + END + END
            + "--" + boundary + END
            + "Content-Type: application/tlsrpt+gzip" + END
            + "Content-Transfer-Encoding: base64" + END
            + "Content-Disposition: attachment;" + END
            + " filename=\"" + id.fileName() + "\"" + END + END
            + Base64.getMimeEncoder(LINE, END.getBytes(StandardCharsets.US_ASCII)).encodeToString(report.toGzip()) + END
            + "--" + boundary + "--" + END;
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private String header(ReportId id, String boundary) {
        return "From: " + report.contact() + END
            + "To: " + to.address() + END
            + "Date: " + DATE.format(date) + END
            + "Subject: Report Domain: " + id.plainDomain() + END
            + " Submitter: " + id.submitter() + END
            + " Report-ID: <" + id + ">" + END
            + "Message-ID: <" + id + ">" + END
            + "TLS-Report-Domain: " + id.plainDomain() + END
            + "TLS-Report-Submitter: " + id.submitter() + END
            // RFC 8689 §5: relays behind us deliver the report whatever TLS there is, as RFC 8460 §3 demands.
            + "TLS-Required: No" + END
            // RFC 3834 §5: nobody's program answers it.
            + "Auto-Submitted: auto-generated" + END
            + "MIME-Version: 1.0" + END
            + "Content-Type: multipart/report; report-type=\"tlsrpt\";" + END
            + " boundary=\"" + boundary + "\"" + END;
    }
}
