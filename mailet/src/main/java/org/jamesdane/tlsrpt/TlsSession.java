/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tlsrpt;

import java.util.Optional;
import java.util.Set;

import org.jamesdane.dane.channel.TlsRequirement;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.failure.TlsReportType;
import org.jamesdane.dane.tlsa.TlsaDiscovery;
import org.jamesdane.dns.DomainName;

/**
 * Attempt to have a session with a host, as far as it matters for a report.
 *
 * @param domain the recipient's domain, or that of the smart host (RFC 8460 §1.1)
 * @param exemptions reasons for which the session is not counted; none for most
 * @param discovery the search for the host's TLSA records, where there was one
 * @param requirement the requirement on the connection
 * @param sts the part of an MTA-STS policy; empty where none applies
 * @param end the end of the attempt
 * @param where the two ends
 */
public record TlsSession(DomainName domain, Set<Exemption> exemptions, Optional<TlsaDiscovery> discovery, TlsRequirement requirement,
        Optional<Sts> sts, End end, FailureDetail.Where where) {
    public TlsSession {
        exemptions = Set.copyOf(exemptions);
    }

    /** Reason for which a session is not counted, whatever became of it. */
    public enum Exemption {
        /** The connection has carried another mail before, for which it was counted. */
        REUSED,
        /** The mail is a report of ours, which causes no other (RFC 8460 §3). */
        REPORT_MAIL,
        /** The sender wants delivery before TLS (RFC 8689 §4.2.2). */
        TLS_NOT_REQUIRED,
        /** The pass of an audit that DANE and MTA-STS had no part in. */
        SECOND_PASS,
        /** The next hop is configured rather than taken from an address, and gateways are not reported. */
        GATEWAY
    }

    /**
     * An MTA-STS policy that applies to the domain, in mode {@code enforce} or {@code testing}.
     *
     * @param policy its text
     * @param tested in mode {@code testing} the failure that {@code enforce} would have led to; empty without one
     */
    public record Sts(ReportedPolicy policy, Optional<HostFailure> tested) {
    }

    /** End of an attempt. */
    public sealed interface End {
    }

    /**
     * The host was not used.
     *
     * @param failure its failure, before a mail's own demands are applied to it
     * @param alert the TLS alert that ended the handshake, {@code handshake_failure} for example
     */
    public record Refused(HostFailure failure, Optional<String> alert) implements End {
    }

    /**
     * The connection met the requirement, whatever became of the mail.
     *
     * @param tls whether it was encrypted
     * @param gaveUp failure of TLS on an earlier connection to the host, after which the mail went in clear text
     */
    public record Opened(boolean tls, Optional<GaveUp> gaveUp) implements End {
    }

    /**
     * Failure of TLS where it was not required.
     *
     * @param alert the TLS alert that ended the handshake
     */
    public record GaveUp(TlsReportType type, Optional<String> alert) {
    }
}
