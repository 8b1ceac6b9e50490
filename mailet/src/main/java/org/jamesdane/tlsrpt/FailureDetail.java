/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tlsrpt;

import java.net.InetAddress;
import java.util.Comparator;
import java.util.Optional;

import org.jamesdane.dane.failure.TlsReportType;
import org.jamesdane.text.PrintableText;

/**
 * Failure that sessions have in common: a row of a report (RFC 8460 §4.4).
 *
 * @param type the result type (RFC 8460 §4.3)
 * @param reasonCode what the result type leaves open; no text of a host
 * @param where the two ends
 */
public record FailureDetail(TlsReportType type, Optional<String> reasonCode, Where where) {
    /** Order of the rows of a policy. */
    static final Comparator<FailureDetail> ORDER = Comparator.comparing(FailureDetail::type)
        .thenComparing(detail -> detail.reasonCode().orElse("")).thenComparing(detail -> detail.where().mxHost().orElse(""))
        .thenComparing(detail -> text(detail.where().receivingAddress())).thenComparing(detail -> text(detail.where().sendingAddress()))
        .thenComparing(detail -> detail.where().helo().orElse(""));

    /** Characters kept of what a host calls itself: those of the longest name. */
    private static final int MAX_HELO = 255;

    /**
     * Ends of a session, as far as they are known.
     *
     * @param sendingAddress this server's address
     * @param mxHost the host as the MX record names it
     * @param helo the name that the host gave itself; made printable and cut
     * @param receivingAddress the host's address
     */
    public record Where(Optional<InetAddress> sendingAddress, Optional<String> mxHost, Optional<String> helo,
            Optional<InetAddress> receivingAddress) {
        /** Nothing is known, or several ends are meant. */
        public static final Where UNKNOWN = new Where(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

        public Where {
            // RFC 8460 §7: what a host says of itself reaches programs and people at the other end.
            helo = helo.map(PrintableText::of).map(String::strip).filter(text -> !text.isEmpty())
                .map(text -> text.substring(0, Math.min(MAX_HELO, text.length())));
        }
    }

    private static String text(Optional<InetAddress> address) {
        return address.map(AddressText::of).orElse("");
    }

    /** The same failure at any place. */
    FailureDetail anywhere() {
        return new FailureDetail(type, reasonCode, Where.UNKNOWN);
    }
}
