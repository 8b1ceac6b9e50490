/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.outcome;

import java.util.List;
import java.util.Optional;

import org.jamesdane.dane.failure.FailureKind;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.policy.Policy;

/**
 * The second pass of the policy {@code audit} (RFC 7672 §9.1): what DANE would have held back is recorded and then sent without.
 */
public final class AuditRules {
    private AuditRules() {
    }

    /** Finding of an audit. */
    public enum Finding {
        /** Every host would have been refused: a second pass delivers without DANE. */
        WOULD_HAVE_DEFERRED("would-have-deferred"),
        /** A host would have been refused, but a later one was good. */
        WOULD_HAVE_SKIPPED("would-have-skipped");

        private final String word;

        Finding(String word) {
            this.word = word;
        }

        @Override
        public String toString() {
            return word;
        }
    }

    /**
     * A finding with the hosts it is about.
     *
     * @param failures the DANE failures, at least one
     */
    public record Audited(Finding finding, List<HostFailure> failures) {
        public Audited {
            failures = List.copyOf(failures);
        }
    }

    /**
     * Finding of the first pass; empty where the policy does not audit, and where DANE changed nothing. A second pass, with {@link
     * Policy#withoutDane()}, is due for {@link Finding#WOULD_HAVE_DEFERRED} alone.
     *
     * @param attempts those of the first pass, all hosts of the route
     */
    public static Optional<Audited> finding(Policy policy, List<HostAttempt> attempts) {
        if (policy.dane() != Policy.Dane.AUDIT) {
            return Optional.empty();
        }
        List<HostFailure> failed = attempts.stream()
            .filter(HostAttempt.Failed.class::isInstance).map(attempt -> ((HostAttempt.Failed) attempt).failure()).toList();
        List<HostFailure> forDane = failed.stream().filter(failure -> isForDane(policy, failure)).toList();
        if (forDane.isEmpty()) {
            return Optional.empty();
        }
        if (failed.size() < attempts.size()) {
            return Optional.of(new Audited(Finding.WOULD_HAVE_SKIPPED, forDane));
        }
        // A host that cannot be reached at all is no reason to hold the mail back from one that DANE alone refuses; a failed lookup
        // of addresses defers as it always does.
        boolean only = failed.stream().allMatch(failure -> forDane.contains(failure) || failure.kind() == FailureKind.UNREACHABLE);
        return only ? Optional.of(new Audited(Finding.WOULD_HAVE_DEFERRED, forDane)) : Optional.empty();
    }

    /** Tests whether a failure is due to DANE: not a want of TLS where the policy demands TLS in any case. */
    private static boolean isForDane(Policy policy, HostFailure failure) {
        boolean refusedAnyway = policy.tls() == Policy.Tls.ENCRYPT && failure.kind().isForWantOfTls();
        return failure.kind().isForDane() && !refusedAnyway && !failure.ownFault();
    }
}
