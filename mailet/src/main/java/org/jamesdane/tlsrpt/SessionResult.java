/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tlsrpt;

import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.jamesdane.dane.failure.TlsReportType;
import org.jamesdane.dns.DomainName;

/**
 * Addition of a session to reports: one success or one failure, under the one policy that decided on it.
 *
 * @param policy the policy
 * @param failure the failure; empty for a success
 * @param reportDomains the domains whose reports have it: the recipient's, and the TLSA base domain of a policy of DANE (RFC 8460 §1.1)
 */
public record SessionResult(ReportedPolicy policy, Optional<FailureDetail> failure, Set<DomainName> reportDomains) {
    public SessionResult {
        reportDomains = Set.copyOf(reportDomains);
    }

    /**
     * Failure to fetch an MTA-STS policy that a valid TXT record announces, or to refresh a kept one (RFC 8461 §6). It is counted for each
     * fetch, and never for a session.
     *
     * @param type one of the types of RFC 8460 §4.3.2.2
     * @param lines the lines of the policy that applies all the same; none without one
     * @param patterns the hosts that it names
     */
    public static SessionResult ofPolicyFetch(DomainName domain, TlsReportType type, List<String> lines, List<String> patterns) {
        return new SessionResult(ReportedPolicy.sts(domain, lines, patterns),
            Optional.of(new FailureDetail(type, Optional.empty(), FailureDetail.Where.UNKNOWN)), Set.of(domain));
    }
}
