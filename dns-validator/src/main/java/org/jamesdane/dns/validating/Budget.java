/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.Proof;
import org.xbill.DNS.Name;

/**
 * Budget for one question, over all its attempts and all the zones above it. The operator of the zones, or an attacker on the path, decides
 * how many signatures, keys and hashes there are to try (CVE-2023-50387, CVE-2023-50868). The budget bounds the work.
 */
final class Budget {
    /** A question ten labels deep, each a zone, asked four times over, needs fewer. */
    static final int MAX_QUERIES = 100;
    /** Signatures that verify: about five per zone of a deep name. A P-256 signature takes about 2 ms on Java 17. */
    static final int MAX_SIGNATURES = 120;
    /** Signatures that do not verify in one attempt: none in healthy zones, a few in broken ones. */
    static final int MAX_WRONG_SIGNATURES = 24;
    /** The same over all attempts, of which there are four at most. */
    static final int MAX_WRONG_SIGNATURES_IN_ALL = 4 * MAX_WRONG_SIGNATURES;
    /** NSEC3 hashes, each of at most {@link Nsec3Denial#MAX_ITERATIONS} rounds. */
    static final int MAX_HASHES = 400;

    private final Counters counters;
    private final AtomicInteger wrongInAttempt = new AtomicInteger(MAX_WRONG_SIGNATURES);
    private final Duration timeout;
    private final long deadline;

    private Budget(Counters counters, Duration timeout, long deadline) {
        this.counters = counters;
        this.timeout = timeout;
        this.deadline = deadline;
    }

    private record Counters(AtomicInteger queries, AtomicInteger signatures, AtomicInteger wrongSignatures, AtomicInteger hashes,
            AtomicReference<Optional<String>> resolver, AtomicReference<List<Proof.Link>> proved) {
    }

    /** A budget that ends after this time; measured by the machine's monotonic timer, as the wire is. */
    static Budget of(Duration timeout) {
        return new Budget(new Counters(new AtomicInteger(MAX_QUERIES), new AtomicInteger(MAX_SIGNATURES),
            new AtomicInteger(MAX_WRONG_SIGNATURES_IN_ALL), new AtomicInteger(MAX_HASHES), new AtomicReference<>(Optional.empty()),
            new AtomicReference<>(List.of())), timeout, System.nanoTime() + timeout.toNanos());
    }

    /**
     * The same budget with all of its time, for work that other questions wait for too. This work must not fail because the question that
     * happened to start it is nearly out of time, or came upon many wrong signatures elsewhere.
     */
    Budget withFullTime() {
        Counters shared = new Counters(counters.queries(), counters.signatures(), new AtomicInteger(MAX_WRONG_SIGNATURES_IN_ALL),
            counters.hashes(), counters.resolver(), counters.proved());
        return new Budget(shared, timeout, System.nanoTime() + timeout.toNanos());
    }

    /** The same budget for another attempt at the question: the wrong signatures of one forged reply must not end it. */
    Budget forAttempt() {
        return new Budget(counters, timeout, deadline);
    }

    /**
     * Spends a query.
     *
     * @param resolver where it goes
     */
    void spendQuery(String resolver) {
        counters.resolver().set(Optional.of(resolver));
        spend(counters.queries(), MAX_QUERIES, "queries");
    }

    void spendSignature() {
        spend(counters.signatures(), MAX_SIGNATURES, "signatures");
    }

    /**
     * Counts a signature that does not verify.
     *
     * @throws LookupFailure bogus, so that another attempt is made, if the attempt has too many; over budget if the question has
     */
    void spendWrongSignature(Name zone) {
        spend(counters.wrongSignatures(), MAX_WRONG_SIGNATURES_IN_ALL, "signatures that do not verify");
        if (wrongInAttempt.decrementAndGet() < 0) {
            throw LookupFailure.bogus(zone, "more than " + MAX_WRONG_SIGNATURES + " signatures do not verify");
        }
    }

    void spendHash() {
        spend(counters.hashes(), MAX_HASHES, "NSEC3 hashes");
    }

    private static void spend(AtomicInteger left, int allowed, String what) {
        if (left.decrementAndGet() < 0) {
            throw LookupFailure.of(Lookup.Reason.BUDGET, "it needs more than " + allowed + " " + what);
        }
    }

    /** The resolver that was asked last; empty if none was. */
    Optional<String> resolver() {
        return Objects.requireNonNull(counters.resolver().get());
    }

    /** Notes how far a chain of the question was verified, for the case that it leads to no answer. The longest counts. */
    void noteProved(List<Proof.Link> chain) {
        counters.proved().accumulateAndGet(chain, (known, now) -> now.size() > known.size() ? now : known);
    }

    /** The longest chain that was verified for the question, from the trust anchor downwards. */
    List<Proof.Link> proved() {
        return Objects.requireNonNull(counters.proved().get());
    }

    /** The time left; never negative. */
    Duration remaining() {
        return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
    }
}
