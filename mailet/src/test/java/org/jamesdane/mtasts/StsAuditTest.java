/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.mtasts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import org.jamesdane.dane.channel.TlsRequirement;
import org.jamesdane.dane.failure.FailureKind;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.failure.RfcSection;
import org.jamesdane.dane.outcome.AuditRules;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.routing.MxHost;
import org.jamesdane.dns.DomainName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Audits of MTA-STS, and answers without hosts under the demand for an authenticated host. */
class StsAuditTest {
    private static final MxHost.Named HOST = new MxHost.Named(DomainName.of("mx.example.com"), 10);
    private static final StsDemand AUDITED = new StsDemand(Policy.DANE, StsDemand.Use.AUDIT);
    private static final TlsRequirement OPPORTUNISTIC = new TlsRequirement.Opportunistic(HOST);
    private static final TlsRequirement ENCRYPT = new TlsRequirement.Encrypt(HOST, Optional.empty());
    private static final StsRules.Decision WITH_STS = decision(OPPORTUNISTIC, StsRules.Part.LIST_AND_CERTIFICATE);
    private static final StsRules.Decision WITHOUT = decision(OPPORTUNISTIC, StsRules.Part.NONE);

    private static StsRules.Decision decision(TlsRequirement byDane, StsRules.Part part) {
        return new StsRules.Decision(byDane, byDane, part, Optional.empty());
    }

    private static StsRules.Tried failed(StsRules.Decision decision, FailureKind kind) {
        return new StsRules.Tried(decision, Optional.of(HostFailure.of(kind, "mx.example.com", "no", RfcSection.STS_LIST)));
    }

    private static String finding(StsRules.Tried... tried) {
        return StsRules.finding(AUDITED, List.of(tried)).map(audited -> audited.finding() + " " + audited.failures().size()).orElse("-");
    }

    @ParameterizedTest
    @CsvSource({"STS_MX_MISMATCH, true", "STS_NOT_AUTHENTICATED, true", "STARTTLS_MISSING, true", "STARTTLS_REFUSED, true",
        "HANDSHAKE, true", "NOT_AUTHENTICATED, false", "TLSA_LOOKUP, false", "DANE_REQUIRED, false", "AUTHENTICATION_REQUIRED, false",
        "UNREACHABLE, false",
        "CONNECTION_LOST, false", "ADDRESS_LOOKUP, false", "INTERNAL, false"})
    void shouldTakeASecondPassWhereMtaStsRefusedAHost(FailureKind kind, boolean sts) {
        assertThat(finding(failed(WITH_STS, kind))).isEqualTo(sts ? "would-have-deferred 1" : "-");
        assertThat(finding(failed(WITH_STS, kind), failed(WITH_STS, FailureKind.STS_MX_MISMATCH)))
            .isEqualTo(sts ? "would-have-deferred 2" : "would-have-deferred 1");
    }

    @ParameterizedTest
    @CsvSource({"STARTTLS_MISSING", "STARTTLS_REFUSED", "HANDSHAKE"})
    void shouldNotBlameMtaStsForTheTlsThatIsWantedAnyway(FailureKind kind) {
        // DANE and the operator's policy hold in the second pass too.
        assertThat(finding(failed(WITHOUT, kind))).isEqualTo("-");
        assertThat(finding(failed(decision(ENCRYPT, StsRules.Part.LIST_AND_CERTIFICATE), kind))).isEqualTo("-");
        assertThat(finding(failed(decision(ENCRYPT, StsRules.Part.LIST), kind))).isEqualTo("-");
        assertThat(finding(failed(decision(OPPORTUNISTIC, StsRules.Part.REPORT), kind))).isEqualTo("-");
    }

    @Test
    void shouldTakeNoSecondPassWhereAHostWasGood() {
        StsRules.Tried good = new StsRules.Tried(WITHOUT, Optional.empty());

        assertThat(finding(failed(WITH_STS, FailureKind.STS_MX_MISMATCH), good)).isEqualTo("would-have-skipped 1");
        assertThat(finding(good)).isEqualTo("-");
        assertThat(finding()).isEqualTo("-");
        assertThat(finding(failed(WITH_STS, FailureKind.STS_MX_MISMATCH), failed(WITHOUT, FailureKind.TLSA_LOOKUP), good))
            .isEqualTo("would-have-skipped 1");
    }

    @Test
    void shouldTakeASecondPassWhereAHostDecidedNothing() {
        StsRules.Tried tryAgain = new StsRules.Tried(WITHOUT, Optional.empty(), false);

        assertThat(finding(failed(WITH_STS, FailureKind.STS_MX_MISMATCH), tryAgain)).isEqualTo("would-have-deferred 1");
        assertThat(finding(tryAgain)).isEqualTo("-");
    }

    @Test
    void shouldAuditOnlyWhereTheOperatorSaysSo() {
        List<StsRules.Tried> tried = List.of(failed(WITH_STS, FailureKind.STS_MX_MISMATCH));

        assertThat(StsRules.finding(AUDITED, tried).map(AuditRules.Audited::finding)).contains(AuditRules.Finding.WOULD_HAVE_DEFERRED);
        assertThat(Stream.of(new StsDemand(Policy.DANE, StsDemand.Use.ENFORCE), new StsDemand(Policy.AUTHENTICATED, StsDemand.Use.AUDIT),
            new StsDemand(Policy.DANE_ONLY, StsDemand.Use.AUDIT), new StsDemand(Policy.MAY, StsDemand.Use.AUDIT)))
            .allMatch(demand -> StsRules.finding(demand, tried).isEmpty());
    }
}
