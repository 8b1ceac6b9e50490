/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.failure;

import java.util.Optional;

import org.jamesdane.dns.DnsRecord;
import org.jamesdane.dns.Lookup;

/**
 * Reason for which a host, or a domain as a whole, could not be used.
 *
 * @param kind in which way
 * @param host the MX host as the MX record names it, not expanded (RFC 7672 §2.2.1), or the domain where no host was known yet
 * @param text one clause that says what is wrong
 * @param section the rule by which it may not be used
 * @param reportType the result type for TLS reports, where the failure is one of TLS
 * @param reasonCode the {@code failure-reason-code} for TLS reports (RFC 8460 §4.3), where the result type alone says too little
 * @param fault whose failure it is
 */
public record HostFailure(FailureKind kind, String host, String text, RfcSection section, Optional<TlsReportType> reportType,
        Optional<String> reasonCode, Fault fault) {
    private static final String REASON_OF_EXTENDED_ERROR = "dns-extended-error-";
    private static final String REASON_OF_MX_MISMATCH = "mx-mismatch";
    private static final String REASON_OF_NO_POLICY = "no-authentication-policy";

    /** A failure with what its kind implies. */
    public static HostFailure of(FailureKind kind, String host, String text, RfcSection section) {
        return new HostFailure(kind, host, text, section, kind.reportType(), Optional.empty(), kind == FailureKind.INTERNAL ? Fault.ATTEMPT
            : kind.isForTheMailsNeeds() ? Fault.MAIL : Fault.HOST);
    }

    /** A failure of a lookup; a fault of our own if the lookup's is. */
    public static HostFailure lookup(FailureKind kind, String host, String what, Lookup.Failed<? extends DnsRecord> failed,
            RfcSection section) {
        StringBuilder text = new StringBuilder(what).append(" could not be looked up: ").append(failed.reason()).append(", ")
            .append(failed.text());
        failed.zone().ifPresent(zone -> text.append(" (zone ").append(zone).append(')'));
        failed.extendedError().ifPresent(code -> text.append(" (extended DNS error ").append(code).append(')'));
        // RFC 8460 §4.3.4: what is out of order for a time, or a fault of our own, is not reported.
        Optional<TlsReportType> reportType = kind.reportType().filter(type -> failed.isForDnssec());
        Optional<String> reasonCode = reportType.isPresent() && failed.extendedError().isPresent()
            ? Optional.of(REASON_OF_EXTENDED_ERROR + failed.extendedError().getAsInt()) : Optional.empty();
        return new HostFailure(kind, host, text.toString(), section, reportType, reasonCode, fault(failed.reason()));
    }

    /** No connection could be made to any of its addresses. */
    public static HostFailure unreachable(String host, String text) {
        return of(FailureKind.UNREACHABLE, host, text, RfcSection.SMTP_RETRIES);
    }

    /** The connection was lost, or the host stopped answering. */
    public static HostFailure connectionLost(String host, String text) {
        return of(FailureKind.CONNECTION_LOST, host, text, RfcSection.SMTP_RETRIES);
    }

    /** Failure of a host that broke the rules of SMTP. */
    public static HostFailure protocol(String host, String text) {
        return of(FailureKind.PROTOCOL, host, text, RfcSection.SMTP_REPLIES);
    }

    /** Failure of a host that sent a refusal, whatever its code, before the host's TLS requirement was met. */
    public static HostFailure earlyReply(String host, String text) {
        return of(FailureKind.EARLY_REPLY, host, text, RfcSection.TLS_DISCOVERY);
    }

    /** The MTA-STS policy of the domain does not name the host. */
    public static HostFailure stsMismatch(String host, String text) {
        return because(FailureKind.STS_MX_MISMATCH, host, text, RfcSection.STS_LIST, REASON_OF_MX_MISMATCH);
    }

    /** The lifetime of the domain's MTA-STS policy ended between the decision on the host and the check of the connection. */
    public static HostFailure stsEnded(String host) {
        return of(FailureKind.UNREACHABLE, host, "the lifetime of the domain's MTA-STS policy ended while it was connected to",
            RfcSection.STS_LIST);
    }

    /** The policy wants an authenticated host, and nothing authenticates this one. */
    public static HostFailure authenticationRequired(String host, String text) {
        return because(FailureKind.AUTHENTICATION_REQUIRED, host, text, RfcSection.LOCAL_POLICY, REASON_OF_NO_POLICY);
    }

    private static HostFailure because(FailureKind kind, String host, String text, RfcSection section, String reasonCode) {
        return new HostFailure(kind, host, text, section, kind.reportType(), Optional.of(reasonCode), Fault.HOST);
    }

    /** TLS is required and was not offered. */
    public static HostFailure startTlsMissing(String host) {
        return of(FailureKind.STARTTLS_MISSING, host, "it does not offer STARTTLS, which is required", RfcSection.TLS_DISCOVERY);
    }

    /** TLS is required and STARTTLS was refused. */
    public static HostFailure startTlsRefused(String host, String reply) {
        return of(FailureKind.STARTTLS_REFUSED, host, "it refused STARTTLS, which is required: " + reply, RfcSection.TLS_DISCOVERY);
    }

    /** TLS is required and the handshake failed. */
    public static HostFailure handshake(String host, String text) {
        return of(FailureKind.HANDSHAKE, host, "the TLS handshake failed: " + text, RfcSection.TLS_DISCOVERY);
    }

    /** The mail demands REQUIRETLS and the authenticated host does not offer it. */
    public static HostFailure requireTlsMissing(String host) {
        return of(FailureKind.REQUIRETLS_MISSING, host, "it does not offer REQUIRETLS, which the mail demands", RfcSection.REQUIRETLS);
    }

    /** The message has 8-bit content, for which the host does not offer 8BITMIME. */
    public static HostFailure eightBitMissing(String host) {
        return of(FailureKind.EIGHTBIT_MISSING, host, "it does not offer 8BITMIME, and the message has 8-bit content",
            RfcSection.EIGHT_BIT);
    }

    /** The mail is internationalised, for which the host does not offer SMTPUTF8. */
    public static HostFailure smtpUtf8Missing(String host) {
        return of(FailureKind.SMTPUTF8_MISSING, host, "it does not offer SMTPUTF8, and the mail is internationalised",
            RfcSection.INTERNATIONAL);
    }

    /** The message is larger than the host takes; it was not asked. */
    public static HostFailure tooLarge(String host, String text) {
        return of(FailureKind.TOO_LARGE, host, text, RfcSection.SIZE);
    }

    /** The message is one that this server sends to nobody. */
    public static HostFailure contentRefused(String host, String text) {
        return of(FailureKind.CONTENT_REFUSED, host, text, RfcSection.CONTENT);
    }

    /** A gateway refused our credentials, or takes none that we could send. */
    public static HostFailure credentials(String host, String text) {
        return of(FailureKind.CREDENTIALS, host, text, RfcSection.AUTHENTICATION);
    }

    /** A fault of this server. */
    public static HostFailure internal(String host, String text) {
        return internal(host, text, Fault.ATTEMPT);
    }

    /** A fault of this server at a step. */
    public static HostFailure internal(String host, String text, Fault step) {
        return new HostFailure(FailureKind.INTERNAL, host, text, RfcSection.SMTP_RETRIES, Optional.empty(), Optional.empty(), step);
    }

    private static Fault fault(Lookup.Reason reason) {
        return !reason.isOwnFault() ? Fault.HOST : reason == Lookup.Reason.INTERNAL ? Fault.LOOKUP : Fault.NODE;
    }

    /** Tests whether the fault is this server's, so that mail must neither age nor be counted unless the mail itself can be blamed. */
    public boolean ownFault() {
        return fault.isOurs();
    }

    /** The enhanced status code. */
    public EnhancedStatusCode code() {
        return kind.code();
    }

    /** Sentence without a final stop: what is wrong with which host, and what has to be done. */
    public String sentence() {
        return host + ": " + text + "; " + kind.advice();
    }
}
