/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Result of a question to the DNS.
 *
 * @param <R> the records asked for
 */
public sealed interface Lookup<R extends DnsRecord> {

    /** The name has the records asked for; at least one. */
    record Found<R extends DnsRecord>(DomainName owner, List<R> records, Proof proof, Duration ttl) implements Answer<R> {
        public Found {
            records = List.copyOf(records);
            if (records.isEmpty()) {
                throw new IllegalArgumentException("an RRset of " + owner + " without records is NoData, not Found");
            }
        }
    }

    /**
     * The name is an alias; what was asked for may exist at the target.
     *
     * @param owner the name asked for
     * @param target what it stands for: the CNAME's target, or the name synthesised from a DNAME (RFC 6672 §2.2)
     */
    record Alias<R extends DnsRecord>(DomainName owner, DomainName target, Proof proof, Duration ttl) implements Answer<R> {
    }

    /** The name exists, or may exist, but has no records of the type asked for. */
    record NoData<R extends DnsRecord>(DomainName owner, Proof proof, Duration ttl) implements Answer<R> {
    }

    /** The name does not exist. */
    record NxDomain<R extends DnsRecord>(DomainName owner, Proof proof, Duration ttl) implements Answer<R> {
    }

    /** An answer: it has a security and a time to live. */
    sealed interface Answer<R extends DnsRecord> extends Lookup<R> {
        @Override
        DomainName owner();

        /** Proof that the answer is secure or insecure. */
        Proof proof();

        /** Longest time to keep the answer (RFC 6698 §8.2): the smallest of its records' TTLs, original TTLs and signature expiries. */
        Duration ttl();

        @Override
        default Optional<Security> security() {
            return Optional.of(proof().security());
        }
    }

    /**
     * A failed lookup: no answer that could be relied on. It says nothing about whether the name or the records exist.
     *
     * @param owner the name asked for
     * @param zone the zone in which it went wrong, where that is known
     * @param text one clause, without a final stop, that says what is wrong, for people
     * @param extendedError the Extended DNS Error code the resolver gave, if any (RFC 8914)
     * @param proved the links that were verified until then, from the trust anchor downwards; empty where that is not known
     */
    record Failed<R extends DnsRecord>(DomainName owner, Reason reason, Optional<DomainName> zone, String text,
            OptionalInt extendedError, List<Proof.Link> proved) implements Lookup<R> {
        public Failed {
            proved = List.copyOf(proved);
        }

        /** A failure of which nothing is known that was verified before. */
        public Failed(DomainName owner, Reason reason, Optional<DomainName> zone, String text, OptionalInt extendedError) {
            this(owner, reason, zone, text, extendedError, List.of());
        }

        /** Tests whether it is DNSSEC that failed, by our verdict or by the word of the resolver; else it may be a passing disorder. */
        public boolean isForDnssec() {
            return reason == Reason.BOGUS || (reason == Reason.SERVFAIL && isDnssecError(extendedError.orElse(0)));
        }

        /** The same failure as the outcome of a question for other records. */
        public <S extends DnsRecord> Failed<S> as() {
            return new Failed<>(owner, reason, zone, text, extendedError, proved);
        }

        @Override
        public Optional<Security> security() {
            return Optional.empty();
        }
    }

    /** Reason for which a lookup failed. */
    enum Reason {
        /** Signatures or proofs that must be there are missing, wrong, or expired (RFC 4035 §5.5). */
        BOGUS,
        /** No reply came in time. */
        TIMEOUT,
        /** The resolver said SERVFAIL. */
        SERVFAIL,
        /** The resolver said REFUSED, or another response code that is no answer. */
        REFUSED,
        /** A reply could not be read, or did not answer the question. */
        MALFORMED,
        /** No connection to any resolver. */
        UNREACHABLE,
        /** The question needed more work than is allowed (queries, signatures, aliases, time). */
        BUDGET,
        /** The validator itself is not able to answer: its self-test failed, or it is closed. A fault of our own. */
        NOT_READY,
        /** A defect in this software. A fault of our own. */
        INTERNAL;

        /** Tests whether the fault is ours rather than the domain's, so that mail must neither age nor be counted. */
        public boolean isOwnFault() {
            return this == NOT_READY || this == UNREACHABLE || this == INTERNAL;
        }
    }

    /** Tests whether an Extended DNS Error says that DNSSEC failed: 6, "DNSSEC Bogus" (RFC 8914 §4.7), to 12, "NSEC Missing" (§4.13). */
    static boolean isDnssecError(int extendedError) {
        return extendedError >= 6 && extendedError <= 12;
    }

    /** The name that was asked for. */
    DomainName owner();

    /** The security of an answer; empty for a failure. */
    Optional<Security> security();
}
