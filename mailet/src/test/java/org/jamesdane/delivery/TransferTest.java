/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.outcome.Outcome;
import org.jamesdane.dane.pkix.Authorities;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.delivery.monitoring.MetricNames;
import org.jamesdane.delivery.settings.DeliverySettings;
import org.jamesdane.dns.DomainName;
import org.jamesdane.smtp.Credentials;
import org.jamesdane.smtp.Envelope;
import org.jamesdane.smtp.Phase;
import org.jamesdane.smtp.SmtpException;
import org.jamesdane.smtp.SmtpFailure;
import org.jamesdane.smtp.SocketSmtpConnector;
import org.jamesdane.testing.smtp.Fault;
import org.jamesdane.testing.smtp.Point;
import org.jamesdane.testing.smtp.Script;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.jamesdane.testing.smtp.SmtpServerBuilder;
import org.jamesdane.tls.TlsOffer;
import org.jamesdane.tls.TlsProtocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Transactions of a delivery: a host's limits, refusals, and several addresses. */
class TransferTest extends TransferBed {
    private static TestMail toMany(int recipients) {
        return TestMail.to(IntStream.range(0, recipients).mapToObj(i -> "user" + i + "@example.com").toArray(String[]::new));
    }

    @Test
    void shouldTakeSeveralTransactionsForManyRecipients() {
        ScriptedSmtpServer server = world.start(world.tls(Deliveries.HOST).replyTo("user105@example.com", "550 5.1.1 Nobody"));

        List<Outcome> outcomes = world.deliver(world.dane(server), toMany(205));

        // RFC 5321 §4.5.3.1.8: a server need not take more than 100.
        assertThat(server.messages()).extracting(message -> message.recipients().size() + message.refused().size())
            .containsExactly(100, 100, 5);
        assertThat(server.connections()).isEqualTo(1);
        assertThat(outcomes).hasSize(205);
        assertThat(outcomes.stream().filter(Outcome.Delivered.class::isInstance)).hasSize(204);
        assertThat(outcomes.get(105)).isInstanceOf(Outcome.Bounced.class);
        assertThat(world.measured.stream().filter(MetricNames.CONNECTIONS_REUSED::equals)).hasSize(2);
    }

    @Test
    void shouldSendToTheOthersAtOnceWhereOneIsTakenAtATime() {
        SmtpServerBuilder builder = world.tls(Deliveries.HOST);
        for (int i = 2; i <= 20; i++) {
            builder.fault(Point.RCPT, i, Fault.reply("452 4.5.3 One at a time"));
        }
        ScriptedSmtpServer server = world.start(builder);

        List<Outcome> outcomes = world.deliver(world.dane(server), toMany(20));

        assertThat(outcomes).hasSize(20).hasOnlyElementsOfType(Outcome.Delivered.class);
        assertThat(server.messages()).hasSize(20).allSatisfy(message -> assertThat(message.recipients()).hasSize(1));
        assertThat(server.connections()).isEqualTo(1);
        assertThat(world.audit).hasSize(1);
    }

    @Test
    void shouldGoOnPastARecipientWhoIsRefusedForHimself() {
        SmtpServerBuilder builder = world.tls(Deliveries.HOST).replyTo("user2@example.com", "550 5.1.1 Nobody")
            .replyTo("user4@example.com", "450 4.7.1 Greylisted");
        for (int i = 2; i <= 6; i++) {
            builder.fault(Point.RCPT, i, Fault.reply("452 4.5.3 One at a time"));
        }
        ScriptedSmtpServer server = world.start(builder);

        List<Outcome> outcomes = world.deliver(world.dane(server), toMany(6));

        assertThat(outcomes.get(2)).isInstanceOf(Outcome.Bounced.class);
        assertThat(outcomes.get(4)).isInstanceOf(Outcome.Deferred.class);
        assertThat(outcomes.stream().filter(Outcome.Delivered.class::isInstance)).hasSize(4);
    }

    @Test
    void shouldAskForAsManyAtOnceAsTheHostTook() {
        SmtpServerBuilder builder = world.tls(Deliveries.HOST);
        for (int i = 11; i <= 25; i++) {
            builder.fault(Point.RCPT, i, Fault.reply("552 Too many recipients"));
        }
        ScriptedSmtpServer server = world.start(builder);

        assertThat(world.deliver(world.dane(server), toMany(25))).hasOnlyElementsOfType(Outcome.Delivered.class);
        assertThat(server.messages()).extracting(message -> message.recipients().size()).containsExactly(10, 10, 5);
    }

    @Test
    void shouldStopWhenTheHostTakesNobodyAnyMore() {
        SmtpServerBuilder builder = world.tls(Deliveries.HOST);
        for (int i = 2; i <= 40; i++) {
            if (i != 21) {
                builder.fault(Point.RCPT, i, Fault.reply("451 4.3.0 Later"));
            }
        }
        ScriptedSmtpServer server = world.start(builder);

        List<Outcome> outcomes = world.deliver(world.dane(server), toMany(20));

        assertThat(outcomes.subList(0, 2)).hasOnlyElementsOfType(Outcome.Delivered.class);
        assertThat(outcomes.subList(2, 20)).hasOnlyElementsOfType(Outcome.Deferred.class);
        assertThat(server.session(1).verbs().stream().filter("RCPT"::equals)).hasSize(22);
    }

    @Test
    void shouldGoOnOverFreshConnectionsWhereAHostTakesFewMailsOverOne() {
        Script one = Script.good().with(Point.RCPT, 2, Fault.reply("452 4.5.3 One at a time"))
            .with(Point.RCPT, 3, Fault.reply("452 4.5.3 One at a time")).with(Point.MAIL, 2, Fault.replyThenClose("421 4.7.0 Enough"));
        ScriptedSmtpServer server = world.start(world.tls(Deliveries.HOST).script(one));

        assertThat(world.deliver(world.dane(server), toMany(3))).hasOnlyElementsOfType(Outcome.Delivered.class);
        assertThat(server.connections()).isEqualTo(3);
        assertThat(server.accepted()).isEqualTo(3);
    }

    @Test
    void shouldKeepWhatWasDecidedWhenALaterTransactionBreaks() {
        ScriptedSmtpServer server = world.start(world.tls(Deliveries.HOST).fault(Point.MAIL, 2, Fault.close()));

        List<Outcome> outcomes = world.deliver(world.dane(server), toMany(250));

        assertThat(outcomes.subList(0, 100)).allMatch(Outcome.Delivered.class::isInstance);
        assertThat(outcomes.subList(100, 250)).allMatch(Outcome.Deferred.class::isInstance);
        assertThat(((Outcome.Deferred) outcomes.get(240)).reason().text()).contains("before this recipient was asked for");
    }

    @Test
    void shouldNotSpeakOfTwoCopiesToThoseWhoWereNotAskedFor() {
        ScriptedSmtpServer server = world.start(world.tls(Deliveries.HOST).fault(Point.FINAL_DOT, 1, Fault.close()));

        List<Outcome> outcomes = world.deliver(world.dane(server), toMany(150));

        assertThat(((Outcome.Deferred) outcomes.get(0)).reason().text()).contains("arrive twice");
        assertThat(((Outcome.Deferred) outcomes.get(149)).reason().text()).doesNotContain("twice");
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void shouldAskTheNextHostOnlyForThoseWhomTheFirstPutOff() {
        ScriptedSmtpServer first = world.start(world.tls(Deliveries.HOST).replyTo("carol@example.com", "450 4.2.1 Later")
            .replyTo("dave@example.com", "550 5.1.1 Nobody"));
        ScriptedSmtpServer second = world.start(world.tls(Deliveries.HOST));
        FakeDns dns = FakeDns.signed().mx("example.com", "mx1.example.com", "mx2.example.com")
            .address("mx1.example.com", Deliveries.ip(first)).address("mx2.example.com", Deliveries.ip(second));

        List<Outcome> outcomes = world.deliver(dns, TestMail.to("bob@example.com", "carol@example.com", "dave@example.com"));

        assertThat(outcomes.get(0)).isInstanceOfSatisfying(Outcome.Delivered.class, done -> assertThat(done.host()).startsWith("mx1"));
        assertThat(outcomes.get(1)).isInstanceOfSatisfying(Outcome.Delivered.class, done -> assertThat(done.host()).startsWith("mx2"));
        assertThat(outcomes.get(2)).isInstanceOf(Outcome.Bounced.class);
        assertThat(second.messages().get(0).recipients()).extracting(each -> each.address()).containsExactly("carol@example.com");
    }

    @ParameterizedTest
    @ValueSource(strings = {"BANNER", "EHLO"})
    void shouldDeferARefusalBeforeAnyMailAndWithoutAnyRequirementAfterAllHosts(Point point) {
        ScriptedSmtpServer first = world.start(world.plain().fault(point, Fault.reply("554 5.7.1 Go away"))
            .fault(Point.HELO, Fault.reply("554 5.7.1 Go away")));
        FakeDns dns = world.host(FakeDns.unsigned(), first);
        assertDeferred(world.deliver(dns, TestMail.to("bob@example.com")), "4.4.2", "554 5.7.1 Go away");

        ScriptedSmtpServer second = world.start(world.plain());
        FakeDns both = FakeDns.unsigned().mx("example.com", "mx1.example.com", "mx2.example.com")
            .address("mx1.example.com", Deliveries.ip(first)).address("mx2.example.com", Deliveries.ip(second));
        assertThat(world.deliver(both, TestMail.to("bob@example.com"))).singleElement().isInstanceOf(Outcome.Delivered.class);
    }

    @Test
    void shouldGoOnToTheNextAddressSoonWhenOneLeadsNowhere() throws Exception {
        ScriptedSmtpServer server = world.start(world.tls(Deliveries.HOST));
        InetAddress nowhere = InetAddress.getByName("127.82.9.9");
        List<Duration> budgets = new ArrayList<>();
        try (SocketSmtpConnector sockets = new SocketSmtpConnector()) {
            world.connector = (endpoint, fallback, timeouts) -> {
                budgets.add(timeouts.of(Phase.CONNECT));
                if (endpoint.address().getAddress().equals(nowhere)) {
                    throw new SmtpException(new SmtpFailure.Timeout(Phase.CONNECT, timeouts.of(Phase.CONNECT)));
                }
                return sockets.open(endpoint, fallback, timeouts);
            };
            FakeDns dns = FakeDns.signed().mx("example.com", "mx.example.com")
                .addresses("mx.example.com", nowhere, Deliveries.ip(server));

            assertThat(world.deliver(dns, TestMail.to("bob@example.com"))).singleElement().isInstanceOf(Outcome.Delivered.class);
        }
        assertThat(budgets).containsExactly(Duration.ofSeconds(8), Duration.ofSeconds(20));
        assertThat(world.audit).extracting(event -> event.attempt().host()).containsExactly("mx.example.com", "mx.example.com");
    }

    @ParameterizedTest
    @ValueSource(strings = {"535 5.7.8 Wrong password", "454 4.7.0 Not now"})
    void shouldDeferMailWhoseGatewayRefusesTheCredentialsAndSayWhatHasToBeDone(String reply) {
        ScriptedSmtpServer server = world.start(world.tls(Deliveries.HOST).extensions("AUTH PLAIN").fault(Point.AUTH, Fault.reply(reply)));

        List<Outcome> outcomes = world.deliver(throughGateway(server), TestMail.to("bob@example.com"));

        if (reply.startsWith("5")) {
            assertDeferred(outcomes, "4.7.8", "refused the credentials: " + reply);
            assertDeferred(outcomes, "4.7.8", "gatewayUsername and gatewayPassword");
        } else {
            assertDeferred(outcomes, "4.4.2", "refused the credentials: " + reply);
        }
        assertThat(server.session(1).transactions()).isEmpty();
    }

    @Test
    void shouldDeferMailWhoseGatewayOffersNoWayToLogIn() {
        ScriptedSmtpServer server = world.start(world.tls(Deliveries.HOST).extensions("AUTH GSSAPI"));

        assertDeferred(world.deliver(throughGateway(server), TestMail.to("bob@example.com")), "4.7.8", "neither AUTH PLAIN nor AUTH LOGIN");
    }

    private FakeDns throughGateway(ScriptedSmtpServer server) {
        world.gateways = List.of(new NextHop.Host(DomainName.of("gateway.example"), world.port));
        world.gatewayOptions = new DeliverySettings.GatewayOptions(false, true, Authorities.NONE,
            Optional.of(new Credentials("user", "secret")), false);
        return FakeDns.signed().address("gateway.example", Deliveries.ip(server))
            .tlsa("_" + world.port + "._tcp.gateway.example", Deliveries.HOST.association(3, 1, 1));
    }

    @Test
    void shouldSayWhoNotifiesOfSuccess() {
        ScriptedSmtpServer without = world.start(world.tls(Deliveries.HOST));
        ScriptedSmtpServer with = world.start(world.tls(Deliveries.HOST).extensionsAfterTls("DSN"));

        assertThat(world.deliver(world.dane(without), TestMail.to("bob@example.com"))).singleElement().isInstanceOfSatisfying(
            Outcome.Delivered.class, done -> assertThat(done.notifies()).isFalse());
        assertThat(world.deliver(world.dane(with), TestMail.to("bob@example.com"))).singleElement().isInstanceOfSatisfying(
            Outcome.Delivered.class, done -> assertThat(done.notifies()).isTrue());
    }

    @Test
    void shouldMeasureLookupsHandshakesAndWhatCameOfThem() {
        ScriptedSmtpServer server = world.start(world.tls(Deliveries.HOST));
        world.deliver(world.dane(server), TestMail.to("bob@example.com"));

        assertThat(world.measured).contains(MetricNames.DNS_TIME, MetricNames.TLS_TIME, MetricNames.CONNECTIONS_OPENED,
            "dane.requirement.dane", "dane.tls.verified", MetricNames.HOST_TRANSACTED, "dane.tls.group.elliptic-curve",
            "dane.tls.key.ecdsa");

        world.measured.clear();
        ScriptedSmtpServer hidden = world.start(world.tls(Deliveries.HOST).hideStarttls());
        world.deliver(world.dane(hidden), TestMail.to("bob@example.com"));
        assertThat(world.measured).contains("dane.hosts.failed.starttls-missing").doesNotContain("dane.tls.verified");
        assertThat(MetricNames.all()).containsAll(world.measured);
    }

    @Test
    void shouldNameTheSettingWhereTlsFromTheFirstOctetIsNarrowed() {
        ScriptedSmtpServer server = world.start(world.tls(Deliveries.HOST).implicitTls().tlsProtocols("TLSv1.2"));
        world.wrapperTls = true;
        world.offer = TlsOffer.of(Set.of(TlsProtocol.TLS_1_3));

        assertThat(world.deliver(world.dane(server), TestMail.to("bob@example.com"))).singleElement().isInstanceOfSatisfying(
            Outcome.Deferred.class, deferred -> assertThat(deferred.reason().toString()).contains("smtp.tls.protocols leaves out"));
        assertThat(world.measured).contains(MetricNames.TLS_NARROWED);
    }

    @Test
    void shouldSendToANullSendersRecipient() {
        ScriptedSmtpServer server = world.start(world.plain());
        TestMail mail = TestMail.to("bob@example.com");
        TestMail notification = mail.in(Envelope.of(Optional.empty(), mail.envelope().recipients()));
        assertThat(world.deliver(world.host(FakeDns.unsigned(), server), notification)).singleElement().isInstanceOfSatisfying(
            Outcome.Delivered.class, done -> assertThat(done.label()).isEqualTo(SecurityLabel.CLEAR));
    }

    private static void assertDeferred(List<Outcome> outcomes, String code, String text) {
        assertThat(outcomes).singleElement().isInstanceOfSatisfying(Outcome.Deferred.class, deferred -> {
            assertThat(deferred.reason().code()).hasToString(code);
            assertThat(deferred.reason().text()).contains(text);
        });
    }
}
