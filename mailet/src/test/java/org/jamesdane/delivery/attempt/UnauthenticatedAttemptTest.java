/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.failure.EnhancedStatusCode;
import org.jamesdane.dane.outcome.Outcome;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.delivery.FakeDns;
import org.jamesdane.delivery.TestMail;
import org.jamesdane.delivery.monitoring.MetricNames;
import org.jamesdane.delivery.settings.DeliverySettings;
import org.jamesdane.dns.RecordType;
import org.jamesdane.testing.smtp.Fault;
import org.jamesdane.testing.smtp.Point;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.jamesdane.tls.TlsOffer;
import org.jamesdane.tls.TlsProtocol;
import org.junit.jupiter.api.Test;

/** Deliveries to hosts that nobody has to authenticate, in TLS or in clear text. */
class UnauthenticatedAttemptTest extends AttemptBed {
    @Test
    void shouldUseTlsWithoutAuthenticationWhenThereAreNoTlsaRecords() throws Exception {
        ScriptedSmtpServer server = start(tls(IMPOSTOR));

        assertDelivered(deliver(host(FakeDns.signed(), server)), SecurityLabel.ENCRYPTED);
    }

    @Test
    void shouldSendInClearWhenThereIsNoTlsaAndNoStartTls() throws Exception {
        ScriptedSmtpServer server = start(builder());

        assertDelivered(deliver(host(FakeDns.unsigned(), server)), SecurityLabel.CLEAR);
    }

    @Test
    void shouldGoOnInClearWhenAnOptionalHandshakeFails() throws Exception {
        ScriptedSmtpServer server = start(tls(HOST).fault(Point.HANDSHAKE, Fault.close()));

        assertDelivered(deliver(host(FakeDns.signed(), server)), SecurityLabel.CLEAR);
        assertThat(server.connections()).isEqualTo(2);
        assertThat(server.session(1).transactions()).isEmpty();
    }

    @Test
    void shouldNotGoOnInClearWhereOurOfferIsNarrowed() throws Exception {
        // RFC 7672 §2.2 allows clear text to hosts that cannot do TLS; this one may lack only what the settings leave out.
        ScriptedSmtpServer server = start(tls(HOST).tlsProtocols("TLSv1.2"));
        offer = TlsOffer.of(Set.of(TlsProtocol.TLS_1_3));

        List<Outcome> outcomes = deliver(host(FakeDns.signed(), server));

        assertThat(outcomes).singleElement().isInstanceOfSatisfying(Outcome.Deferred.class, deferred ->
            assertThat(deferred.reason().toString()).contains("smtp.tls.protocols leaves out"));
        assertThat(counted).contains(MetricNames.TLS_NARROWED);
        assertThat(server.connections()).isEqualTo(1);
        assertThat(server.accepted()).isZero();
    }

    @Test
    void shouldNotGoOnInClearWhereANarrowedOfferIsMetWithSilence() throws Exception {
        ScriptedSmtpServer server = start(tls(HOST).fault(Point.HANDSHAKE, Fault.stall()));
        offer = TlsOffer.of(Set.of(TlsProtocol.TLS_1_3));
        patience = Duration.ofSeconds(3);

        assertDeferred(deliver(host(FakeDns.signed(), server)), EnhancedStatusCode.NOT_AUTHENTICATED, "smtp.tls.protocols leaves out");
        assertThat(server.accepted()).isZero();
    }

    @Test
    void shouldNotSendInClearWhenTheMailItselfDemandsDane() throws Exception {
        ScriptedSmtpServer server = start(builder());
        List<Outcome> outcomes = deliver(host(FakeDns.unsigned(), server), settings(Policy.DANE, List.of()),
            TestMail.to("bob@example.com").demanding(Policy.DANE_ONLY));

        assertDeferred(outcomes, EnhancedStatusCode.NOT_AUTHENTICATED, "demands DANE");
        assertThat(server.connections()).isZero();
    }

    @Test
    void shouldSendToNobodyWhoIsNotAuthenticatedWhereThatIsDemanded() throws Exception {
        ScriptedSmtpServer server = start(tls(IMPOSTOR));
        DeliverySettings authenticated = settings(Policy.AUTHENTICATED, List.of());
        TestMail mail = TestMail.to("bob@example.com");

        assertDeferred(deliver(host(FakeDns.signed(), server), authenticated, mail), EnhancedStatusCode.NOT_AUTHENTICATED,
            "demands an authenticated host");
        assertDeferred(deliver(host(FakeDns.unsigned(), server).tlsa(tlsaOwner(), IMPOSTOR.association(3, 1, 1)), authenticated, mail),
            EnhancedStatusCode.NOT_AUTHENTICATED, "demands an authenticated host");
        assertThat(server.connections()).isZero();
        assertDelivered(deliver(dane(server, IMPOSTOR), authenticated, mail), SecurityLabel.VERIFIED);
    }

    @Test
    void shouldNotBelieveUnsignedAnswersWhereAuthenticationIsDemanded() throws Exception {
        start(builder());
        DeliverySettings authenticated = settings(Policy.AUTHENTICATED, List.of());
        List<FakeDns> answers = List.of(FakeDns.unsigned().missing("example.com", RecordType.MX), FakeDns.unsigned().mx("example.com", "."),
            FakeDns.unsigned(), FakeDns.unsigned().mx("example.com", "mx.example.com"));

        for (FakeDns dns : answers) {
            assertThat(deliver(dns, authenticated, TestMail.to("bob@example.com"))).singleElement().isInstanceOf(Outcome.Deferred.class);
        }
        // Signed, they end the mail.
        for (FakeDns dns : List.of(FakeDns.signed().missing("example.com", RecordType.MX), FakeDns.signed().mx("example.com", "."))) {
            assertThat(deliver(dns, authenticated, TestMail.to("bob@example.com"))).singleElement().isInstanceOf(Outcome.Bounced.class);
        }
    }

    @Test
    void shouldSendAllTheSameInAuditAndSayWhatWouldHaveBeen() throws Exception {
        ScriptedSmtpServer server = start(tls(IMPOSTOR));

        List<Outcome> outcomes = deliver(dane(server, HOST), settings(Policy.AUDIT, List.of()), TestMail.to("bob@example.com"));

        assertDelivered(outcomes, SecurityLabel.ENCRYPTED);
        assertThat(audit).hasSize(2);
    }

    @Test
    void shouldSendInAuditThoughTheFindingTookAllTheTime() throws Exception {
        ScriptedSmtpServer server = start(tls(IMPOSTOR));
        AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
        DeliveryAttempt attempt = new DeliveryAttempt(dane(server, HOST), connector, settings(Policy.AUDIT, List.of()),
            event -> now.updateAndGet(time -> time.plus(Duration.ofMinutes(20))), now::get, new Random(1));

        assertDelivered(attempt.deliver(TestMail.to("bob@example.com")), SecurityLabel.ENCRYPTED);
    }
}
