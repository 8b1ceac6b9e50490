/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.failure;

import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * Kind of failure of a host, or of the way to the host. The order is that of interest: where several hosts failed differently, the first of
 * these is shown.
 */
public enum FailureKind {
    /** No TLSA record matches the host's certificates (RFC 7672 §3.2). */
    NOT_AUTHENTICATED(EnhancedStatusCode.NOT_AUTHENTICATED, TlsReportType.VALIDATION_FAILURE, true,
        "its operator has to make the TLSA records and the certificate agree"),
    /** The host's certificate does not meet the MTA-STS policy of the domain (RFC 8461 §4.2). */
    STS_NOT_AUTHENTICATED(EnhancedStatusCode.NOT_AUTHENTICATED, TlsReportType.CERTIFICATE_NOT_TRUSTED, true,
        "its operator has to give it a certificate of a public CA for that name, or the domain has to change its MTA-STS policy"),
    /** The MTA-STS policy of the domain does not name the host (RFC 8461 §4.1). */
    STS_MX_MISMATCH(EnhancedStatusCode.NOT_AUTHENTICATED, TlsReportType.VALIDATION_FAILURE, true,
        "the domain has to make its MX records and its MTA-STS policy agree"),
    /** The gateway refused the name and the password it was given, or takes none that we could send. */
    CREDENTIALS(EnhancedStatusCode.CREDENTIALS_REFUSED, null, false,
        "gatewayUsername and gatewayPassword of this server have to be corrected, or the account at the gateway"),
    /** A gateway's certificate does not prove its name. */
    IDENTITY_NOT_VERIFIED(EnhancedStatusCode.NOT_AUTHENTICATED, TlsReportType.CERTIFICATE_NOT_TRUSTED, false,
        "its certificate has to be repaired, or verifyServerIdentity switched off for it"),
    /** The TLSA records could not be looked up (RFC 7672 §2.1.2). */
    TLSA_LOOKUP(EnhancedStatusCode.NOT_AUTHENTICATED, TlsReportType.DNSSEC_INVALID, true,
        "the operator of its DNS zone has to repair it, mail waits until then"),
    /** The policy wants usable TLSA records and there are none (RFC 7672 §6). */
    TLSA_UNUSABLE(EnhancedStatusCode.NOT_AUTHENTICATED, TlsReportType.TLSA_INVALID, true,
        "its operator has to publish usable TLSA records, or the policy has to be eased"),
    /** The policy wants secure MX and TLSA records and there are none (RFC 7672 §6). */
    DANE_REQUIRED(EnhancedStatusCode.NOT_AUTHENTICATED, TlsReportType.DANE_REQUIRED, true,
        "the domain has to sign its zone and publish TLSA records, or the policy has to be eased"),
    /** The policy wants an authenticated host, and nothing that it accepts authenticates this one. */
    AUTHENTICATION_REQUIRED(EnhancedStatusCode.NOT_AUTHENTICATED, TlsReportType.VALIDATION_FAILURE, false,
        "the domain has to publish TLSA records in a signed zone or an MTA-STS policy in mode enforce, or the policy has to be eased"),
    /** TLS is required and the host does not offer STARTTLS. */
    STARTTLS_MISSING(EnhancedStatusCode.TLS_NOT_OFFERED, TlsReportType.STARTTLS_NOT_SUPPORTED, true,
        "its operator has to switch STARTTLS on"),
    /** TLS is required and the host refused STARTTLS after it had offered it. */
    STARTTLS_REFUSED(EnhancedStatusCode.TLS_NOT_OFFERED, TlsReportType.STARTTLS_NOT_SUPPORTED, true,
        "its operator has to repair STARTTLS"),
    /** TLS is required and the handshake failed. */
    HANDSHAKE(EnhancedStatusCode.NOT_AUTHENTICATED, TlsReportType.VALIDATION_FAILURE, true,
        "its operator has to repair TLS"),
    /** The mail demands REQUIRETLS and the host does not offer it (RFC 8689 §4.2.1). */
    REQUIRETLS_MISSING(EnhancedStatusCode.REQUIRETLS_NEEDED, null, false,
        "the sender can send it again without REQUIRETLS"),
    /** The mail demands REQUIRETLS and there is no authenticated TLS to the host (RFC 8689 §4.2.1). */
    REQUIRETLS_UNMET(EnhancedStatusCode.ENCRYPTION_NEEDED, null, false,
        "the sender can send it again without REQUIRETLS"),
    /** The message has something in it that this server sends to nobody. */
    CONTENT_REFUSED(EnhancedStatusCode.CONTENT, null, false,
        "the sender has to send it without"),
    /** The message is larger than the host says it takes (RFC 1870 §5). */
    TOO_LARGE(EnhancedStatusCode.TOO_LARGE, null, false,
        "the sender has to send less at once, or to the recipient by another way"),
    /** The message has 8-bit content and the host does not offer 8BITMIME (RFC 6152 §3). */
    EIGHTBIT_MISSING(EnhancedStatusCode.CONVERSION_NEEDED, null, false,
        "the sender can send it again in 7 bits"),
    /** The mail is internationalised and the host does not offer SMTPUTF8 (RFC 6531 §3.2). */
    SMTPUTF8_MISSING(EnhancedStatusCode.SMTPUTF8_NEEDED, null, false,
        "the sender can send it again with addresses and a header in ASCII"),
    /** The host sent a refusal before its TLS requirement was met, when anyone could have sent it. */
    EARLY_REPLY(EnhancedStatusCode.BAD_CONNECTION, null, false, "it is tried again later"),
    /** The host breaks the rules of SMTP. */
    PROTOCOL(EnhancedStatusCode.PROTOCOL, null, false, "it is tried again later"),
    /** The connection was lost, or the host stopped answering. */
    CONNECTION_LOST(EnhancedStatusCode.BAD_CONNECTION, null, false, "it is tried again later"),
    /** No connection could be made. */
    UNREACHABLE(EnhancedStatusCode.NO_ANSWER, null, false, "it is tried again later"),
    /** The host's addresses could not be looked up (RFC 7672 §2.1.2). */
    ADDRESS_LOOKUP(EnhancedStatusCode.NAME_SERVICE_FAILED, null, false, "it is tried again later"),
    /** The domain's MX records could not be looked up (RFC 7672 §2.1.2). */
    MX_LOOKUP(EnhancedStatusCode.NAME_SERVICE_FAILED, null, false,
        "the operator of its DNS zone has to repair it, mail waits until then"),
    /** All addresses of the host are refused, one at least as private; the operator of this server may allow it. */
    PRIVATE_ADDRESS(EnhancedStatusCode.UNABLE_TO_ROUTE_NOW, null, false,
        "the domain has to correct its DNS records, or smtp.allowed-special-targets of this server has to name it"),
    /** All addresses of the host are special ones, which are not connected to. */
    SPECIAL_ADDRESS(EnhancedStatusCode.UNABLE_TO_ROUTE, null, false, "the domain has to correct its DNS records"),
    /** The host provably has no address. */
    NO_ADDRESS(EnhancedStatusCode.UNABLE_TO_ROUTE, null, false, "the domain has to correct its DNS records"),
    /** The host has no address, says an unsigned zone. */
    NO_ADDRESS_INSECURE(EnhancedStatusCode.UNABLE_TO_ROUTE, null, false, "the domain has to correct its DNS records"),
    /** A fault of this server. */
    INTERNAL(EnhancedStatusCode.OWN_FAULT, null, false, "the log of this server says more");

    @SuppressWarnings("ImmutableEnumChecker") // A record of numbers; saying so by annotation would take a library.
    private final EnhancedStatusCode code;
    private final Optional<TlsReportType> reportType;
    private final boolean dane;
    private final String advice;

    FailureKind(EnhancedStatusCode code, @Nullable TlsReportType reportType, boolean dane, String advice) {
        this.code = code;
        this.reportType = Optional.ofNullable(reportType);
        this.dane = dane;
        this.advice = advice;
    }

    /** The enhanced status code. */
    public EnhancedStatusCode code() {
        return code;
    }

    /** The result type for TLS reports, where the failure is one of TLS and says no more itself. */
    public Optional<TlsReportType> reportType() {
        return reportType;
    }

    /** Tests whether delivery without DANE and MTA-STS might have got past the failure: the case for an audit's second pass. */
    public boolean isForDane() {
        return dane;
    }

    /** Tests whether an MTA-STS policy alone is the reason. */
    public boolean isForSts() {
        return this == STS_NOT_AUTHENTICATED || this == STS_MX_MISMATCH;
    }

    /** Tests whether this is a failure to get TLS at all, with whatever peer. */
    public boolean isForWantOfTls() {
        return this == STARTTLS_MISSING || this == STARTTLS_REFUSED || this == HANDSHAKE;
    }

    /** Tests whether the failure rests on records that may be unsigned, so that it is not for good where authentication is demanded. */
    public boolean isHearsay() {
        return this == NO_ADDRESS_INSECURE || this == SPECIAL_ADDRESS;
    }

    /** True if the host was reached and lacks an extension that this very mail needs (RFC 8689 §4.2.1, RFC 6152 §3, RFC 6531 §3.2). */
    public boolean isForTheMailsNeeds() {
        return this == REQUIRETLS_MISSING || this == REQUIRETLS_UNMET || this == EIGHTBIT_MISSING || this == SMTPUTF8_MISSING;
    }

    /** True if the failure returns the mail at once, so that no other host is asked. */
    public boolean endsTheMail() {
        return this == CONTENT_REFUSED || this == TOO_LARGE;
    }

    /** Clause that says what has to be done, and by whom. */
    public String advice() {
        return advice;
    }
}
