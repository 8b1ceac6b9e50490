/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.pkix;

import org.jamesdane.dane.failure.TlsReportType;
import org.jamesdane.dns.TlsaRecord;

/**
 * Reason for which a TLSA record did not authenticate a chain.
 *
 * @param record the record
 * @param mismatch how far the check got
 * @param text one clause, for people
 */
public record RecordVerdict(TlsaRecord record, Mismatch mismatch, String text) {

    /** Point that a check reached, in descending order: the further, the more telling; with the words of RFC 8460 §4.3.1. */
    public enum Mismatch {
        /** The chain is good, but its leaf bears none of the names. */
        NAME(TlsReportType.CERTIFICATE_HOST_MISMATCH),
        /** A certificate of the chain is expired, or not yet valid. */
        DATES(TlsReportType.CERTIFICATE_EXPIRED),
        /** The trust anchor is there, but no valid chain leads to it. */
        CHAIN(TlsReportType.CERTIFICATE_NOT_TRUSTED),
        /** No certificate or key of the chain matches the record. */
        DIFFERENT(TlsReportType.VALIDATION_FAILURE);

        private final TlsReportType reportType;

        Mismatch(TlsReportType reportType) {
            this.reportType = reportType;
        }

        /** The result type for TLS reports. */
        public TlsReportType reportType() {
            return reportType;
        }
    }

    @Override
    public String toString() {
        return record + ": " + text;
    }
}
