/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.outcome;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;

import org.jamesdane.dane.failure.FailureKind;
import org.jamesdane.dane.policy.Policy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Findings of the policy audit, and the second pass without DANE. */
class AuditRulesTest extends OutcomeBed {
    @Test
    void shouldAuditUnderItsPolicyAlone() {
        List<HostAttempt> attempts = List.of(failed(FailureKind.NOT_AUTHENTICATED, "mx1"));

        assertThat(AuditRules.finding(Policy.DANE, attempts)).isEmpty();
        assertThat(AuditRules.finding(Policy.MAY, attempts)).isEmpty();
        assertThat(AuditRules.finding(Policy.AUTHENTICATED, attempts)).isEmpty();
        assertThat(AuditRules.finding(Policy.DANE_ONLY, attempts)).isEmpty();
        assertThat(AuditRules.finding(Policy.AUDIT, List.of())).isEmpty();
        assertThat(AuditRules.finding(Policy.AUDIT, attempts).orElseThrow().finding()).hasToString("would-have-deferred");
        assertThat(AuditRules.finding(Policy.AUDIT, attempts).orElseThrow().failures()).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(FailureKind.class)
    void shouldTakeASecondPassForDaneReasonsOnly(FailureKind kind) {
        boolean dane = List.of(FailureKind.NOT_AUTHENTICATED, FailureKind.STS_NOT_AUTHENTICATED, FailureKind.STS_MX_MISMATCH,
            FailureKind.TLSA_LOOKUP, FailureKind.TLSA_UNUSABLE, FailureKind.DANE_REQUIRED, FailureKind.STARTTLS_MISSING,
            FailureKind.STARTTLS_REFUSED, FailureKind.HANDSHAKE).contains(kind);

        assertThat(AuditRules.finding(Policy.AUDIT, List.of(failed(kind, "mx1"))).isPresent()).isEqualTo(dane);
        boolean withAnother = AuditRules.finding(Policy.AUDIT, List.of(failed(kind, "mx1"), failed(FailureKind.NOT_AUTHENTICATED, "mx2")))
            .filter(audited -> audited.finding() == AuditRules.Finding.WOULD_HAVE_DEFERRED).isPresent();
        assertThat(withAnother).isEqualTo(dane || kind == FailureKind.UNREACHABLE);
    }

    @ParameterizedTest
    @EnumSource(FailureKind.class)
    void shouldTakeNoSecondPassForTheTlsThatThePolicyWantsAnyway(FailureKind kind) {
        Policy policy = Policy.AUDIT.and(Policy.ENCRYPT);
        boolean forDane = List.of(FailureKind.NOT_AUTHENTICATED, FailureKind.STS_NOT_AUTHENTICATED, FailureKind.STS_MX_MISMATCH,
            FailureKind.TLSA_LOOKUP, FailureKind.TLSA_UNUSABLE, FailureKind.DANE_REQUIRED).contains(kind);

        assertThat(AuditRules.finding(policy, List.of(failed(kind, "mx1"))).isPresent()).isEqualTo(forDane);
        assertThat(AuditRules.finding(policy, List.of(failed(kind, "mx1"), transacted(OTHER, Map.of()))).isPresent()).isEqualTo(forDane);
    }

    @Test
    void shouldNotTakeASecondPassAfterATransaction() {
        List<HostAttempt> attempts = List.of(failed(FailureKind.HANDSHAKE, "mx1"), transacted(OTHER, Map.of(RECIPIENT, rejected(450))));

        assertThat(AuditRules.finding(Policy.AUDIT, attempts).orElseThrow().finding()).hasToString("would-have-skipped");
        assertThat(AuditRules.finding(Policy.AUDIT, attempts.subList(1, 2))).isEmpty();
    }
}
