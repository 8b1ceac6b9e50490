/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.failure.EnhancedStatusCode;
import org.jamesdane.dane.outcome.Outcome;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.delivery.FakeDns;
import org.jamesdane.delivery.TestMail;
import org.jamesdane.delivery.settings.DeliverySettings;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.RecordType;
import org.jamesdane.testing.smtp.Fault;
import org.jamesdane.testing.smtp.Point;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Deliveries that DANE decides on, and what becomes of each recipient. */
class DeliveryAttemptTest extends AttemptBed {
    @Test
    void shouldDeliverVerifiedWhenTheCertificateMatches() throws Exception {
        ScriptedSmtpServer server = start(tls(HOST));

        assertThat(deliver(dane(server, HOST))).singleElement()
            .isInstanceOfSatisfying(Outcome.Delivered.class, done -> assertThat(done.label()).isEqualTo(SecurityLabel.VERIFIED));
        assertThat(server.accepted()).isEqualTo(1);
        assertThat(server.session(1).clientHello().orElseThrow().serverName()).contains("mx.example.com");
    }

    @Test
    void shouldLogHowItWasDecidedWhereTheLogIsToHoldThat() throws Exception {
        FakeDns dns = dane(start(tls(HOST)), HOST);
        Logger logger = (Logger) LoggerFactory.getLogger(NextHopDelivery.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        try {
            logger.setLevel(Level.INFO);
            deliver(dns);
            assertThat(log.list).isEmpty();

            logger.setLevel(Level.DEBUG);
            deliver(dns);
        } finally {
            logger.detachAppender(log);
            logger.setLevel(null);
        }

        assertThat(log.list).singleElement().extracting(ILoggingEvent::getFormattedMessage).asString()
            .contains("domain=example.com policy=dane", "requirement=dane", "check=verified", "outcome=delivered/verified");
    }

    @Test
    void shouldDeferAndSendNothingWhenTheCertificateIsAnothers() throws Exception {
        ScriptedSmtpServer server = start(tls(IMPOSTOR));

        assertDeferred(deliver(dane(server, HOST)), EnhancedStatusCode.NOT_AUTHENTICATED, "no TLSA record matches");
        assertNothingSent(server);
    }

    @Test
    void shouldDeferAndSendNothingWhenStartTlsIsNotOffered() throws Exception {
        ScriptedSmtpServer server = start(tls(HOST).hideStarttls());

        assertDeferred(deliver(dane(server, HOST)), EnhancedStatusCode.TLS_NOT_OFFERED, "does not offer STARTTLS");
        assertNothingSent(server);
    }

    @Test
    void shouldDeferAndSendNothingWhenTheHandshakeFails() throws Exception {
        ScriptedSmtpServer server = start(tls(HOST).fault(Point.HANDSHAKE, Fault.close()));

        assertDeferred(deliver(dane(server, HOST)), EnhancedStatusCode.NOT_AUTHENTICATED, "handshake failed");
        assertNothingSent(server);
    }

    @Test
    void shouldNotConnectWhenTheTlsaLookupIsBogus() throws Exception {
        ScriptedSmtpServer server = start(tls(HOST));
        FakeDns dns = host(FakeDns.signed(), server).failing(tlsaOwner(), RecordType.TLSA, Lookup.Reason.BOGUS);

        assertDeferred(deliver(dns), EnhancedStatusCode.NOT_AUTHENTICATED, "could not be looked up");
        assertThat(server.connections()).isZero();
    }

    @Test
    void shouldTryTheNextHostWhenTheFirstIsAnImpostor() throws Exception {
        ScriptedSmtpServer first = start(tls(IMPOSTOR));
        ScriptedSmtpServer second = start(tls(HOST));
        FakeDns dns = FakeDns.signed().mx("example.com", "mx1.example.com", "mx2.example.com")
            .address("mx1.example.com", ip(first)).tlsa("_" + port + "._tcp.mx1.example.com", HOST.association(3, 1, 1))
            .address("mx2.example.com", ip(second)).tlsa("_" + port + "._tcp.mx2.example.com", HOST.association(3, 0, 1));

        assertThat(deliver(dns)).singleElement()
            .isInstanceOfSatisfying(Outcome.Delivered.class, done -> assertThat(done.host()).isEqualTo("mx2.example.com"));
        assertNothingSent(first);
        assertThat(audit).extracting(event -> event.attempt().host()).containsExactly("mx1.example.com", "mx2.example.com");
    }

    @Test
    void shouldBounceOneRecipientAndDeliverToTheOther() throws Exception {
        ScriptedSmtpServer server = start(tls(HOST).replyTo("carol@example.com", "550 5.1.1 Nobody here"));

        List<Outcome> outcomes = deliver(dane(server, HOST), settings(Policy.DANE, List.of()),
            TestMail.to("bob@example.com", "carol@example.com"));

        assertThat(outcomes.get(0)).isInstanceOf(Outcome.Delivered.class);
        assertThat(outcomes.get(1)).isInstanceOfSatisfying(Outcome.Bounced.class, bounced -> {
            assertThat(bounced.reason().code()).isEqualTo(new EnhancedStatusCode(5, 1, 1));
            assertThat(bounced.reason().text()).contains("550").contains("Nobody here");
        });
    }

    @Test
    void shouldAskNobodyElseWhenTheHostMayHaveTakenTheMail() throws Exception {
        ScriptedSmtpServer first = start(tls(HOST).fault(Point.FINAL_DOT, Fault.close()));
        ScriptedSmtpServer second = start(tls(HOST));
        FakeDns dns = FakeDns.signed().mx("example.com", "mx1.example.com", "mx2.example.com")
            .address("mx1.example.com", ip(first)).address("mx2.example.com", ip(second));

        assertDeferred(deliver(dns), EnhancedStatusCode.BAD_CONNECTION, "arrive twice");
        assertThat(second.connections()).isZero();
    }

    @Test
    void shouldDeferARefusalAtTheBannerAndTryTheNextHost() throws Exception {
        ScriptedSmtpServer first = start(tls(HOST).fault(Point.BANNER, Fault.reply("554 5.7.1 Go away")));
        ScriptedSmtpServer second = start(tls(HOST));
        FakeDns dns = FakeDns.signed().mx("example.com", "mx1.example.com", "mx2.example.com")
            .address("mx1.example.com", ip(first)).address("mx2.example.com", ip(second));

        assertDelivered(deliver(dns), SecurityLabel.ENCRYPTED);
    }

    @Test
    void shouldBounceOnlyWhatTheDnsSaysForGood() throws Exception {
        port = 2525;

        assertThat(deliver(FakeDns.signed().missing("example.com", RecordType.MX))).singleElement()
            .isInstanceOfSatisfying(Outcome.Bounced.class,
                bounced -> assertThat(bounced.reason().code()).isEqualTo(EnhancedStatusCode.UNABLE_TO_ROUTE));
        assertDeferred(deliver(FakeDns.signed().failing("example.com", RecordType.MX, Lookup.Reason.SERVFAIL)),
            EnhancedStatusCode.NAME_SERVICE_FAILED, "MX");
    }

    @Test
    void shouldCallAFailureOfTheResolverOurOwnFault() throws Exception {
        port = 2525;
        FakeDns dns = FakeDns.signed();
        dns.breakWith(new IllegalStateException("a defect"));

        assertThat(deliver(dns)).singleElement()
            .isInstanceOfSatisfying(Outcome.Deferred.class, deferred -> assertThat(deferred.reason().ownFault()).isTrue());
    }

    @Test
    void shouldConvertEightBitContentForAHostThatDoesNotTakeIt() throws Exception {
        ScriptedSmtpServer server = start(tls(HOST).extensions("PIPELINING"));

        deliver(dane(server, HOST), settings(Policy.DANE, List.of()),
            TestMail.to("bob@example.com").saying("Subject: x\r\n\r\ncaf\u00e9\r\n"));

        assertThat(new String(server.messages().get(0).content().orElseThrow().message(), StandardCharsets.ISO_8859_1))
            .contains("caf?");
    }

    @Test
    void shouldKeepGatewayCredentialsFromAHostThatIsNotAuthenticated() throws Exception {
        ScriptedSmtpServer server = start(tls(IMPOSTOR).extensions("AUTH PLAIN LOGIN"));
        DeliverySettings settings = settings(Policy.DANE, List.of(new NextHop.Host(DomainName.of("gateway.example"), port)));

        List<Outcome> outcomes = deliver(FakeDns.unsigned().address("gateway.example", ip(server)), settings,
            TestMail.to("bob@example.com"));

        assertDeferred(outcomes, EnhancedStatusCode.NOT_AUTHENTICATED, "gateway.example");
        assertThat(server.session(1).logins()).isEmpty();
        assertNothingSent(server);
    }

    @Test
    void shouldSendThroughAGatewayThatItsTlsaRecordsAuthenticate() throws Exception {
        ScriptedSmtpServer server = start(tls(HOST).extensions("AUTH PLAIN LOGIN"));
        DeliverySettings settings = settings(Policy.DANE, List.of(new NextHop.Host(DomainName.of("gateway.example"), port)));
        FakeDns dns = FakeDns.signed().address("gateway.example", ip(server))
            .tlsa("_" + port + "._tcp.gateway.example", HOST.association(3, 1, 1));

        assertThat(deliver(dns, settings, TestMail.to("bob@example.com", "carol@example.org")))
            .hasSize(2).allMatch(Outcome.Delivered.class::isInstance);
        assertThat(server.session(1).logins()).hasSize(1);
    }

    private static void assertNothingSent(ScriptedSmtpServer server) {
        assertThat(server.accepted()).isZero();
        assertThat(server.sessions()).allSatisfy(session -> {
            assertThat(session.transactions()).isEmpty();
            assertThat(session.verbs()).doesNotContain("MAIL", "RCPT", "DATA");
        });
    }
}
