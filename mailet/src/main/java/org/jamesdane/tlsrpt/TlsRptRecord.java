/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tlsrpt;

import java.util.List;
import java.util.Optional;

import org.jamesdane.dane.routing.Resolution;
import org.jamesdane.dns.DnsRecord;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.TxtRecord;

/** The TXT record by which a domain asks for TLS reports, or its absence (RFC 8460 §3). */
public sealed interface TlsRptRecord {

    /**
     * The domain asks for reports.
     *
     * @param rua the places that reports can go to, at least one and at most {@link #MAX_RUA}, each once
     * @param refused the places that they do not go to, one clause each
     */
    record Published(List<Rua> rua, List<String> refused) implements TlsRptRecord {
        public Published {
            rua = List.copyOf(rua);
            refused = List.copyOf(refused);
            if (rua.isEmpty() || rua.size() > MAX_RUA) {
                throw new IllegalArgumentException("a record names 1 to " + MAX_RUA + " places for reports, not " + rua.size());
            }
        }
    }

    /** The domain has no record of TLS reports, says an answer. */
    record Absent() implements TlsRptRecord {
    }

    /**
     * The domain has a record of TLS reports that asks for nothing.
     *
     * @param text one clause that says what is wrong
     */
    record Invalid(String text) implements TlsRptRecord {
    }

    /** The lookup failed: whether the domain asks for reports is not known. */
    record LookupFailed(Lookup.Failed<? extends DnsRecord> failure) implements TlsRptRecord {
    }

    /** The labels before the policy domain. */
    String LABELS = "_smtp._tls";
    /** Most places of one record that reports go to: a bound of our own. */
    int MAX_RUA = 10;

    /** The name of a domain's record; empty where it would be too long for a name. */
    static Optional<DomainName> nameFor(DomainName domain) {
        return DomainName.parse(LABELS + "." + (domain.isRoot() ? "" : domain));
    }

    /** The record in the answer at that name, with its aliases followed. */
    static TlsRptRecord of(Resolution<TxtRecord> answer) {
        return answer.failure().<TlsRptRecord>map(LookupFailed::new).orElseGet(() -> of(answer.records()));
    }

    /** The record among all TXT records of that name. */
    static TlsRptRecord of(List<TxtRecord> records) {
        // RFC 8460 §3: records that do not begin with the version are discarded; then there must be one. The grammar has blanks there.
        List<String> left = records.stream().map(TxtRecord::text).filter(TlsRptRecordReader::isVersioned).toList();
        if (left.isEmpty()) {
            return new Absent();
        }
        return left.size() == 1 ? TlsRptRecordReader.read(left.get(0)) : new Invalid("there are " + left.size() + " records, not one");
    }
}
