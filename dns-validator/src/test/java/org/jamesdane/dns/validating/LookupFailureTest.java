/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.jamesdane.dns.Lookup;
import org.junit.jupiter.api.Test;

/** Errors of computations that become failures of lookups. */
class LookupFailureTest {
    private final LookupFailure overdue = LookupFailure.of(Lookup.Reason.NOT_READY, "the resolvers are still being tested");

    private LookupFailure failureOf(CompletableFuture<Void> computation) {
        // A stage behind the one that failed, as every caller has: it gets the error in a CompletionException.
        return computation.whenComplete((nothing, error) -> { })
            .<LookupFailure>handle((nothing, error) -> LookupFailure.unwrap(error, () -> overdue)).join();
    }

    @Test
    void shouldTellTheEndOfTheTimeFromADefect() {
        assertThat(failureOf(new CompletableFuture<Void>().orTimeout(1, TimeUnit.NANOSECONDS))).isSameAs(overdue);
    }

    @Test
    void shouldCallEverythingElseADefect() {
        LookupFailure failure = failureOf(CompletableFuture.failedFuture(new IllegalStateException("not meant to be")));

        assertThat(failure.reason()).isEqualTo(Lookup.Reason.INTERNAL);
    }

    @Test
    void shouldKeepAFailureOfALookup() {
        LookupFailure refused = LookupFailure.of(Lookup.Reason.REFUSED, "refused");

        assertThat(failureOf(CompletableFuture.failedFuture(refused))).isSameAs(refused);
    }
}
