/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.attempt;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.policy.PolicyTable;
import org.jamesdane.dane.tlsa.TlsaSearch;
import org.jamesdane.delivery.FakeDns;
import org.jamesdane.delivery.diagnosis.Diagnosis;
import org.jamesdane.delivery.diagnosis.Explanation;
import org.jamesdane.delivery.diagnosis.Forecast;
import org.jamesdane.delivery.diagnosis.ProbeReport;
import org.jamesdane.delivery.settings.DeliverySettings;
import org.jamesdane.delivery.settings.EightBitConversion;
import org.jamesdane.delivery.sts.StsWorld;
import org.jamesdane.mtasts.PolicyFetch;
import org.jamesdane.mtasts.StsDemand;
import org.jamesdane.testing.pki.Authority;
import org.jamesdane.testing.pki.Credential;
import org.jamesdane.testing.pki.TestPki;
import org.junit.jupiter.api.Test;

/** Forecasts and probes of mail to a domain with an MTA-STS policy. */
class StsForecastTest extends AttemptBed {
    private static final Authority CA = TestPki.authority("A public CA");

    private final StsWorld sts = new StsWorld();
    private final FakeDns dns = FakeDns.unsigned().txt(StsWorld.TXT, "v=STSv1; id=7");
    private StsDemand.Use use = StsDemand.Use.ENFORCE;

    private Diagnosis diagnosis() {
        DeliverySettings plain = settings(Policy.DANE, List.of());
        DeliverySettings settings = new DeliverySettings(new DeliverySettings.Decision(PolicyTable.of(Policy.DANE, Map.of()),
            plain.routing(), TlsaSearch.InsecureMx.DANE, sts.terms(dns, use, CA.path().get(0))), plain.connection(), List.of(),
            plain.gatewayOptions(), EightBitConversion.CONVERT);
        return new Diagnosis(dns, connector, settings, Optional.empty(), InstantSource.system(), new Random(1));
    }

    private Explanation explain(Credential credential) {
        host(dns, start(tls(credential)));
        return explain();
    }

    private Explanation explain() {
        return diagnosis().explain(NextHop.ofRecipientDomain("example.com", port));
    }

    private ProbeReport probe(Explanation explanation) throws InterruptedException {
        return diagnosis().probe(explanation, state -> { });
    }

    private static Credential good() {
        return CA.leaf("mx.example.com").issue();
    }

    @Test
    void shouldForetellAnAuthenticatedHostThatThePolicyNames() throws Exception {
        sts.served = StsWorld.policy("enforce", "mx.example.com");

        Explanation explanation = explain(good());

        assertThat(explanation.prospect().kind()).isEqualTo(Forecast.Kind.AUTHENTICATED_STS);
        assertThat(explanation.prospect().sentence())
            .isEqualTo("Mail to example.com goes authenticated by a public CA to mx.example.com, as its domain's MTA-STS policy demands.");
        assertThat(explanation.toJson()).contains("\"mtaSts\":{").contains("\"id\":\"7\"").contains("\"mode\":\"enforce\"")
            .contains("\"use\":\"enforce\"").contains("\"result\":\"found\"");
        assertThat(probe(explanation).prospect().kind()).isEqualTo(Forecast.Kind.AUTHENTICATED_STS);
        assertThat(probe(explanation).prospect().sentence()).contains("goes verified-sts to mx.example.com");
    }

    @Test
    void shouldForetellADeferralWhenThePolicyNamesAnotherHost() throws Exception {
        sts.served = StsWorld.policy("enforce", "other.example.com");

        Explanation explanation = explain(good());

        assertThat(explanation.prospect().kind()).isEqualTo(Forecast.Kind.DEFERRED);
        assertThat(explanation.prospect().sentence()).contains("(4.7.5)").contains("policy 7 does not name it");
        assertThat(probe(explanation).warnings()).anyMatch(warning -> warning.contains("MTA-STS policy does not name mx.example.com"));
    }

    @Test
    void shouldFindAnImpostorWhenItProbes() throws Exception {
        sts.served = StsWorld.policy("enforce", "mx.example.com");

        ProbeReport report = probe(explain(IMPOSTOR));

        assertThat(report.prospect().kind()).isEqualTo(Forecast.Kind.DEFERRED);
    }

    @Test
    void shouldForetellDeliveryAllTheSameWhenMtaStsOnlyAudits() throws Exception {
        use = StsDemand.Use.AUDIT;
        sts.served = StsWorld.policy("enforce", "mx.example.com");

        Explanation explanation = explain(IMPOSTOR);

        assertThat(explanation.prospect().kind()).isEqualTo(Forecast.Kind.UNPROTECTED);
        assertThat(explanation.prospect().sentence()).contains("or without if that fails, because policy.mta-sts only audits");
        assertThat(probe(explanation).prospect().kind()).isEqualTo(Forecast.Kind.UNPROTECTED);
        assertThat(probe(explanation).prospect().sentence()).contains("goes without MTA-STS").contains("enforce would defer it");

        sts.policies.clear();
        sts.served = StsWorld.policy("enforce", "other.example.com");
        Explanation mismatch = explain();
        assertThat(mismatch.prospect().kind()).isEqualTo(Forecast.Kind.UNPROTECTED);
        assertThat(mismatch.prospect().sentence()).contains("enforce would defer it").contains("does not name it");
    }

    @Test
    void shouldForetellAsWithoutAPolicyWhenItIsInModeTesting() {
        sts.served = StsWorld.policy("testing", "other.example.com");

        Explanation explanation = explain(IMPOSTOR);

        assertThat(explanation.prospect().kind()).isEqualTo(Forecast.Kind.UNPROTECTED);
        assertThat(explanation.toJson()).contains("\"mode\":\"testing\"");
    }

    @Test
    void shouldSayWhyThereIsNoPolicy() {
        use = StsDemand.Use.OFF;
        assertThat(explain(good()).toJson()).contains("\"result\":\"not-asked\"").contains("MTA-STS is switched off");

        use = StsDemand.Use.ENFORCE;
        assertThat(explain().toJson()).contains("\"result\":\"none\"").contains("its MTA-STS policy could not be fetched");

        sts.makeUnreadable();
        assertThat(explain().toJson()).contains("\"result\":\"unreadable\"").contains("the disk is on fire");
        assertThat(explain().prospect().kind()).isEqualTo(Forecast.Kind.UNKNOWN);
    }

    @Test
    void shouldWarnOfACertificateThatEndsBeforeThePolicy() throws Exception {
        sts.served = StsWorld.policy("enforce", "mx.example.com");
        Instant end = Instant.now().plus(5, ChronoUnit.DAYS).truncatedTo(ChronoUnit.SECONDS);

        ProbeReport report = probe(explain(CA.leaf("mx.example.com").valid(end.minus(90, ChronoUnit.DAYS), end).issue()));

        assertThat(report.warnings()).anyMatch(warning -> warning.contains("ends at " + end)
            && warning.contains("before the domain's MTA-STS policy does"));
    }

    @Test
    void shouldWarnOfAPolicyHostWhoseCertificateEndsSoon() throws Exception {
        Instant end = Instant.now().plus(5, ChronoUnit.DAYS).truncatedTo(ChronoUnit.SECONDS);
        sts.served = PolicyFetch.of("version: STSv1\nmode: testing\nmx: mx.example.com\nmax_age: 86400\n".getBytes(US_ASCII),
            Optional.of(end));

        Explanation explanation = explain(good());

        assertThat(explanation.toJson()).contains("\"certificateEnds\":\"" + end + "\"");
        assertThat(probe(explanation).warnings()).anyMatch(warning -> warning.contains("policy host ends at " + end));
    }
}
