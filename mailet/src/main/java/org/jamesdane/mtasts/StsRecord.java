/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.mtasts;

import java.util.List;
import java.util.Optional;

import org.jamesdane.dane.routing.Resolution;
import org.jamesdane.dns.DnsRecord;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.TxtRecord;
import org.jamesdane.text.PrintableText;

/**
 * The TXT record by which a domain announces its MTA-STS policy, or its absence (RFC 8461 §3.1).
 */
public sealed interface StsRecord {

    /**
     * The domain announces a policy.
     *
     * @param id the policy's id, 1 to 32 letters and digits; another id stands for another policy
     */
    record Published(String id) implements StsRecord {
        public Published {
            if (!isId(id)) {
                throw new IllegalArgumentException("\"" + PrintableText.of(id) + "\" is no id; allowed are 1 to 32 letters and digits");
            }
        }
    }

    /** The domain has no record of MTA-STS, says an answer. */
    record Absent() implements StsRecord {
    }

    /**
     * The domain has a record of MTA-STS that announces nothing.
     *
     * @param text one clause that says what is wrong
     */
    record Invalid(String text) implements StsRecord {
    }

    /** The lookup failed: whether the domain announces a policy is not known. */
    record LookupFailed(Lookup.Failed<? extends DnsRecord> failure) implements StsRecord {
    }

    /** The label of the record's name. */
    String LABEL = "_mta-sts";

    /** The name of a domain's record; empty where it would be too long for a name. */
    static Optional<DomainName> nameFor(DomainName domain) {
        return DomainName.parse(LABEL + "." + (domain.isRoot() ? "" : domain));
    }

    /** The record in the answer at that name. Its aliases were followed, as RFC 8461 §3.1 demands. */
    static StsRecord of(Resolution<TxtRecord> answer) {
        return answer.failure().<StsRecord>map(LookupFailed::new).orElseGet(() -> of(answer.records()));
    }

    /** The record among all TXT records of that name. */
    static StsRecord of(List<TxtRecord> records) {
        // RFC 8461 §3.1: records that do not begin with the version are discarded; then there must be one.
        List<String> left = records.stream().map(TxtRecord::text).filter(RecordReader::isVersioned).toList();
        if (left.isEmpty()) {
            return new Absent();
        }
        return left.size() == 1 ? RecordReader.read(left.get(0)) : new Invalid("there are " + left.size() + " records, not one");
    }

    /** Tests whether a text is an id: 1 to 32 letters and digits. */
    static boolean isId(String text) {
        return RecordReader.isId(text);
    }
}
