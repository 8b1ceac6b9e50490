/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tlsrpt;

import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

import org.jamesdane.dane.tlsa.TlsaDiscovery;
import org.jamesdane.dane.tlsa.TlsaUsability;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.TlsaRecord;

/**
 * Policy that decided on a session, as a report tells of it (RFC 8460 §4.4).
 *
 * @param lines the policy itself (RFC 8460 §4.5): TLSA records in a fixed order, or the lines of an MTA-STS policy as they were fetched
 * @param domain the TLSA base domain of a policy of DANE, else the recipient's domain (RFC 8460 §1.1)
 * @param mxHosts the patterns of an MTA-STS policy, the host of a policy of DANE, none without a policy
 */
public record ReportedPolicy(Type type, List<String> lines, DomainName domain, List<String> mxHosts) {
    /** Most lines that are kept of one policy: a bound of our own. */
    public static final int MAX_LINES = 200;
    /** Characters kept of one line: the longest TLSA record of a certificate that is sent has some thousand. */
    public static final int MAX_CHARACTERS = 10_000;

    /** Order of the policies of a report. */
    static final Comparator<ReportedPolicy> ORDER = Comparator.comparing(ReportedPolicy::type).thenComparing(ReportedPolicy::domain)
        .thenComparing(policy -> String.join("\n", policy.mxHosts())).thenComparing(policy -> String.join("\n", policy.lines()));

    /** Type of a policy. */
    public enum Type {
        TLSA("tlsa"),
        STS("sts"),
        NONE("no-policy-found");

        private final String word;

        Type(String word) {
            this.word = word;
        }

        /** The word as it stands in a report. */
        @Override
        public String toString() {
            return word;
        }
    }

    public ReportedPolicy {
        lines = bounded(lines);
        mxHosts = bounded(mxHosts);
    }

    private static List<String> bounded(List<String> texts) {
        return texts.stream().limit(MAX_LINES)
            .map(text -> text.length() <= MAX_CHARACTERS ? text : text.substring(0, MAX_CHARACTERS)).toList();
    }

    /** The TLSA records by which a host is authenticated, with those of the same answer that cannot be used. */
    public static ReportedPolicy of(TlsaDiscovery.Usable found, String mxHost) {
        return tlsa(Stream.concat(found.records().records().stream(),
            found.records().leftOut().stream().map(TlsaUsability.Unusable::record)), found.base(), mxHost);
    }

    /** The TLSA records of a host, none of which can be used. */
    public static ReportedPolicy of(TlsaDiscovery.Unusable found, String mxHost) {
        return tlsa(found.records().stream().map(TlsaUsability.Unusable::record), found.base(), mxHost);
    }

    /** TLSA records that could not be looked up. */
    public static ReportedPolicy of(TlsaDiscovery.LookupFailed failed, String mxHost) {
        return tlsa(Stream.empty(), failed.base(), mxHost);
    }

    private static ReportedPolicy tlsa(Stream<TlsaRecord> records, DomainName base, String mxHost) {
        // The order of an answer changes from one to the next, which makes no other policy.
        return new ReportedPolicy(Type.TLSA, records.map(ReportedPolicy::presentation).distinct().sorted().toList(), base, List.of(mxHost));
    }

    /** RFC 8460 §4.5: four fields with one blank between them, none within. */
    private static String presentation(TlsaRecord record) {
        return record.usage() + " " + record.selector() + " " + record.matchingType() + " "
            + HexFormat.of().formatHex(record.associationData());
    }

    /** An MTA-STS policy. */
    public static ReportedPolicy sts(DomainName domain, List<String> lines, List<String> patterns) {
        return new ReportedPolicy(Type.STS, lines, domain, patterns);
    }

    /** No policy was found. */
    public static ReportedPolicy none(DomainName domain) {
        return new ReportedPolicy(Type.NONE, List.of(), domain, List.of());
    }
}
