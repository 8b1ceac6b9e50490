/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

import org.jamesdane.dane.channel.Channel;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.failure.TlsReportType;
import org.jamesdane.dane.outcome.HostAttempt;
import org.jamesdane.dane.outcome.Outcome;
import org.jamesdane.dane.pkix.Authorities;
import org.jamesdane.dane.pkix.PeerCertificate;
import org.jamesdane.dane.pkix.PresentedIdentifiers;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.routing.Asked;
import org.jamesdane.delivery.monitoring.AuditEvent;
import org.jamesdane.delivery.settings.BindAddresses;
import org.jamesdane.delivery.settings.DeliverySettings;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.Proof;
import org.jamesdane.dns.RecordType;
import org.jamesdane.smtp.SmtpFailure;
import org.jamesdane.testing.pki.Authority;
import org.jamesdane.testing.pki.Credential;
import org.jamesdane.testing.pki.TestPki;
import org.jamesdane.testing.smtp.Fault;
import org.jamesdane.testing.smtp.Point;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Facts of a delivery that its audit gets, for TLS reports (RFC 8460 §4.3) and evidence. */
class AttemptFactsTest {
    private static final Authority AUTHORITY = TestPki.authority("Gateway CA");

    private final Deliveries world = new Deliveries(99);

    @AfterEach
    void stop() {
        world.close();
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {
        "BOGUS, -, dnssec-invalid, -",
        "BOGUS, 6, dnssec-invalid, dns-extended-error-6",
        "SERVFAIL, 7, dnssec-invalid, dns-extended-error-7",
        "SERVFAIL, 12, dnssec-invalid, dns-extended-error-12",
        "SERVFAIL, 5, -, -", "SERVFAIL, 13, -, -", "SERVFAIL, -, -, -", "TIMEOUT, 6, -, -", "NOT_READY, -, -, -", "BUDGET, -, -, -"})
    void shouldCallOnlyAFailureOfDnssecInvalid(Lookup.Reason reason, Integer extendedError, String type, String code) {
        ScriptedSmtpServer server = world.start(world.tls(Deliveries.HOST));
        OptionalInt said = extendedError == null ? OptionalInt.empty() : OptionalInt.of(extendedError);
        world.deliver(world.host(FakeDns.signed(), server)
            .failing("_" + world.port + "._tcp.mx.example.com", RecordType.TLSA, reason, said, List.of()), TestMail.to("bob@example.com"));

        assertThat(failure().reportType().map(TlsReportType::toString)).isEqualTo(Optional.ofNullable(type));
        assertThat(failure().reasonCode()).isEqualTo(Optional.ofNullable(code));
        assertThat(failure().ownFault()).isEqualTo(reason == Lookup.Reason.NOT_READY);
    }

    @ParameterizedTest
    @CsvSource({"good, -", "another, certificate-host-mismatch", "expired, certificate-expired", "early, certificate-expired",
        "untrusted, certificate-not-trusted"})
    void shouldSayHowFarAGatewaysCertificateIsGood(String kind, String type) {
        ScriptedSmtpServer server = world.start(world.tls(gateway(kind)));
        world.gateways = List.of(new NextHop.Host(DomainName.of("gw.example.net"), world.port));
        world.gatewayOptions = new DeliverySettings.GatewayOptions(false, true, Authorities.own(Set.of(AUTHORITY.certificate())),
            Optional.empty(), false);
        world.deliver(FakeDns.unsigned().address("gw.example.net", Deliveries.ip(server)), TestMail.to("bob@example.com"));

        HostAttempt attempt = event().attempt();
        assertThat(attempt instanceof HostAttempt.Failed failed ? failed.failure().reportType().orElseThrow().toString() : "-")
            .isEqualTo(type);
    }

    private static Credential gateway(String kind) {
        return switch (kind) {
            case "another" -> AUTHORITY.leaf("other.example.net").issue();
            case "expired" -> AUTHORITY.leaf("gw.example.net").expired().issue();
            case "early" -> AUTHORITY.leaf("gw.example.net").notYetValid().issue();
            case "untrusted" -> TestPki.authority("Another CA").leaf("gw.example.net").issue();
            default -> AUTHORITY.leaf("gw.example.net").issue();
        };
    }

    @Test
    void shouldTellTheDnsIdsFromTheCommonName() {
        Credential named = TestPki.selfSigned("mx.example.com").withoutAlternativeNames().commonName("mx.example.com").issue();
        ScriptedSmtpServer server = world.start(world.tls(named));
        world.deliver(world.host(FakeDns.unsigned(), server), TestMail.to("bob@example.com"));
        X509Certificate shown = event().progress().connection().orElseThrow().channel().flatMap(Channel::tls)
            .map(tls -> tls.peerChain().get(0))
            .flatMap(PeerCertificate::parsed).orElseThrow();

        // RFC 7672 §3.2.3 falls back to the common name, RFC 8461 §4.2 does not.
        assertThat(PresentedIdentifiers.of(shown).match(DomainName.of("mx.example.com"))).isTrue();
        assertThat(PresentedIdentifiers.ofDnsIds(shown).match(DomainName.of("mx.example.com"))).isFalse();
        assertThat(PresentedIdentifiers.ofDnsIds(Deliveries.HOST.certificate()).match(DomainName.of("mx.example.com"))).isTrue();
    }

    @Test
    void shouldKeepWhyTlsWasGivenUp() {
        ScriptedSmtpServer server = world.start(world.tls(Deliveries.HOST).fault(Point.STARTTLS, Fault.reply("502 5.5.1 not now")));
        List<Outcome> outcomes = world.deliver(world.host(FakeDns.unsigned(), server), TestMail.to("bob@example.com"));

        assertThat(outcomes).allMatch(Outcome.Delivered.class::isInstance);
        assertThat(session().gaveUpTls()).containsInstanceOf(SmtpFailure.StartTlsRefused.class);
        assertThat(event().progress().connection().flatMap(AuditEvent.Connection::channel).flatMap(Channel::tls)).isEmpty();
    }

    @Test
    void shouldKeepNoFailureOfTlsThatCameAbout() {
        ScriptedSmtpServer server = world.start(world.tls(Deliveries.HOST));
        world.deliver(world.dane(server), TestMail.to("bob@example.com"));

        assertThat(session().gaveUpTls()).isEmpty();
    }

    @Test
    void shouldTellBothEndsOfTheSession() throws Exception {
        ScriptedSmtpServer server = world.start(world.tls(Deliveries.HOST).hostName("mx9.example.com"));
        InetAddress local = InetAddress.getByName("127.99.0.77");
        world.bind = BindAddresses.of(List.of(local));
        world.deliver(world.dane(server), TestMail.to("bob@example.com"));

        assertThat(session().localAddress()).contains(local);
        assertThat(session().helloLine().orElseThrow()).startsWith("mx9.example.com");
    }

    @Test
    void shouldTellTheEndsOfASessionThatCameToNothing() throws Exception {
        ScriptedSmtpServer server = world.start(world.plain().hostName("mx9.example.com").hostName("mx9.example.com"));
        InetAddress local = InetAddress.getByName("127.99.0.78");
        world.bind = BindAddresses.of(List.of(local));
        world.deliver(world.dane(server), TestMail.to("bob@example.com"));

        assertThat(failure().reportType()).contains(TlsReportType.STARTTLS_NOT_SUPPORTED);
        assertThat(session().localAddress()).contains(local);
        assertThat(session().helloLine().orElseThrow()).startsWith("mx9.example.com");
    }

    @Test
    void shouldTellNoEndsWithoutAConnection() throws Exception {
        world.port = 1;
        world.deliver(FakeDns.unsigned().mx("example.com", "mx.example.com").address("mx.example.com",
            InetAddress.getByName("127.99.0.1")), TestMail.to("bob@example.com"));

        assertThat(session().localAddress()).isEmpty();
        assertThat(session().helloLine()).isEmpty();
    }

    @Test
    void shouldTellThePassesOfAnAuditApart() {
        world.policy = Policy.AUDIT;
        ScriptedSmtpServer server = world.start(world.tls(TestPki.selfSigned("impostor").issue()));
        world.deliver(world.dane(server), TestMail.to("bob@example.com"));

        assertThat(world.audit).extracting(each -> each.progress().pass()).containsExactly(AuditEvent.Pass.FIRST, AuditEvent.Pass.SECOND);
    }

    @Test
    void shouldHandOverEveryAnswerWithItsProof() {
        ScriptedSmtpServer server = world.start(world.tls(Deliveries.HOST));
        world.deliver(world.dane(server), TestMail.to("bob@example.com"));

        assertThat(event().progress().asked()).extracting(each -> each.type() + " " + each.answer().name()).containsExactly(
            "MX example.com", "A mx.example.com", "AAAA mx.example.com", "TLSA _" + world.port + "._tcp.mx.example.com");
        assertThat(event().progress().asked()).allSatisfy(each -> assertThat(each.answer().terminal())
            .isInstanceOfSatisfying(Lookup.Answer.class, answer -> assertThat(answer.proof()).isInstanceOf(Proof.Secure.class)));
    }

    @Test
    void shouldHandOverWhatWasProvedBeforeALookupFailed() {
        ScriptedSmtpServer server = world.start(world.tls(Deliveries.HOST));
        Proof.Link root = new Proof.Link(DomainName.ROOT, DomainName.ROOT, "DNSKEY", 20326, 8, Instant.EPOCH, Instant.EPOCH);
        world.deliver(world.host(FakeDns.signed(), server).failing("_" + world.port + "._tcp.mx.example.com", RecordType.TLSA,
            Lookup.Reason.BOGUS, OptionalInt.empty(), List.of(root)), TestMail.to("bob@example.com"));

        List<Asked> asked = event().progress().asked();
        assertThat(asked.get(asked.size() - 1).answer().failure().orElseThrow().proved()).containsExactly(root);
    }

    private AuditEvent.Session session() {
        return event().progress().connection().orElseThrow().session();
    }

    private AuditEvent event() {
        return world.audit.get(world.audit.size() - 1);
    }

    private HostFailure failure() {
        return ((HostAttempt.Failed) event().attempt()).failure();
    }
}
