/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;

import org.jamesdane.dns.Lookup;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Name;

class BudgetTest {
    private static final Name ZONE = Name.fromConstantString("zone.example.");

    private final Budget budget = Budget.of(Duration.ofMinutes(1));

    private static void exhaust(Budget attempt) {
        for (int i = 0; i < Budget.MAX_WRONG_SIGNATURES; i++) {
            attempt.spendWrongSignature(ZONE);
        }
    }

    @Test
    void shouldEndTheAttemptNotTheQuestionForManyWrongSignatures() {
        exhaust(budget);

        assertThatThrownBy(() -> budget.spendWrongSignature(ZONE)).isInstanceOfSatisfying(LookupFailure.class, failure -> {
            assertThat(failure.reason()).isEqualTo(Lookup.Reason.BOGUS);
            assertThat(failure.zone()).contains(ZONE);
        });
        budget.forAttempt().spendWrongSignature(ZONE);
    }

    @Test
    void shouldEndTheQuestionForWrongSignaturesInEachAttempt() {
        for (int attempt = 0; attempt < 4; attempt++) {
            exhaust(budget.forAttempt());
        }

        assertThatThrownBy(() -> budget.forAttempt().spendWrongSignature(ZONE)).isInstanceOfSatisfying(LookupFailure.class,
            failure -> assertThat(failure.reason()).isEqualTo(Lookup.Reason.BUDGET));
        budget.withFullTime().spendWrongSignature(ZONE);
    }
}
