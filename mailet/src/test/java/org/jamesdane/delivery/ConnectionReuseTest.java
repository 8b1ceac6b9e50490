/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.outcome.Outcome;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.policy.PolicyTable;
import org.jamesdane.dane.policy.SenderTlsPreference;
import org.jamesdane.dane.routing.AddressRange;
import org.jamesdane.dane.routing.RoutingRules;
import org.jamesdane.dane.tlsa.TlsaSearch;
import org.jamesdane.delivery.attempt.DeliveryAttempt;
import org.jamesdane.delivery.monitoring.AuditEvent;
import org.jamesdane.delivery.monitoring.DeliveryMetrics;
import org.jamesdane.delivery.settings.BindAddresses;
import org.jamesdane.delivery.settings.DeliverySettings;
import org.jamesdane.delivery.settings.EightBitConversion;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.RecordType;
import org.jamesdane.smtp.ConnectionPool;
import org.jamesdane.smtp.Credentials;
import org.jamesdane.smtp.SocketSmtpConnector;
import org.jamesdane.smtp.Timeouts;
import org.jamesdane.testing.pki.Association;
import org.jamesdane.testing.pki.Authority;
import org.jamesdane.testing.pki.Credential;
import org.jamesdane.testing.pki.TestPki;
import org.jamesdane.testing.smtp.Fault;
import org.jamesdane.testing.smtp.Point;
import org.jamesdane.testing.smtp.Script;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.jamesdane.testing.smtp.SmtpServerBuilder;
import org.jamesdane.tls.TlsOffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When one connection may carry a second mail, and when it must not. */
class ConnectionReuseTest {
    private static final Credential HOST = TestPki.selfSigned("mx.example.com").issue();
    private static final Credential OTHER = TestPki.selfSigned("other").issue();
    private static final TestMail MAIL = TestMail.to("bob@example.com");
    private static final TestMail REQUIRING = MAIL.wishing(SenderTlsPreference.REQUIRED);
    private static final ConnectionPool.Limits LIMITS = new ConnectionPool.Limits(3, Duration.ofSeconds(10), Duration.ofSeconds(25), 10,
        10);

    private final SocketSmtpConnector connector = new SocketSmtpConnector();
    private final List<AuditEvent> audit = new ArrayList<>();
    private Instant now = Instant.parse("2026-11-01T12:00:00Z");
    private final InstantSource clock = () -> now;
    private final ConnectionPool pool = new ConnectionPool(connector, LIMITS, clock);
    private Optional<ScriptedSmtpServer> running = Optional.empty();
    private Optional<Credentials> credentials = Optional.empty();
    private List<NextHop> gateways = List.of();

    @AfterEach
    void stop() {
        pool.close();
        connector.close();
        running.ifPresent(ScriptedSmtpServer::close);
    }

    @Test
    void shouldSendTheSecondMailOverTheConnectionOfTheFirst() {
        ScriptedSmtpServer server = start(tls());

        assertDelivered(deliver(dane(HOST), MAIL), SecurityLabel.VERIFIED);
        assertDelivered(deliver(dane(HOST), MAIL), SecurityLabel.VERIFIED);

        assertThat(server.connections()).isEqualTo(1);
        assertThat(server.accepted()).isEqualTo(2);
        assertThat(reused()).containsExactly(false, true);
    }

    @Test
    void shouldShareTheConnectionBetweenDomainsOfOneHost() {
        ScriptedSmtpServer server = start(tls());
        FakeDns dns = dane(HOST).mx("example.org", "mx.example.com");

        assertDelivered(deliver(dns, MAIL), SecurityLabel.VERIFIED);
        assertDelivered(deliver(dns, TestMail.to("carol@example.org")), SecurityLabel.VERIFIED);

        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void shouldVerifyAnewWhenTheTlsaRecordsHaveChanged() {
        ScriptedSmtpServer server = start(tls());

        assertDelivered(deliver(dane(HOST), MAIL), SecurityLabel.VERIFIED);
        // The certificate of the connection is no longer one that the domain wants.
        assertDeferred(deliver(dane(OTHER), MAIL), "no TLSA record matches");

        assertThat(server.connections()).isEqualTo(2);
        assertThat(server.accepted()).isEqualTo(1);
        assertThat(server.session(2).transactions()).isEmpty();
        assertThat(reused()).containsExactly(false, false);
    }

    @Test
    void shouldNotUseAnIdleConnectionWhenTheTlsaLookupFails() {
        ScriptedSmtpServer server = start(tls());

        assertDelivered(deliver(dane(HOST), MAIL), SecurityLabel.VERIFIED);
        assertDeferred(deliver(dane(HOST).failing(tlsaOwner(), RecordType.TLSA, Lookup.Reason.BOGUS), MAIL), "could not be looked up");

        assertThat(server.accepted()).isEqualTo(1);
    }

    @Test
    void shouldCheckTheNamesOfEachDeliveryOnASharedConnection() {
        Authority authority = TestPki.authority("An authority");
        // The certificate bears the name of one of the two domains only, and neither the host's.
        Credential named = authority.leaf("example.com").issue();
        ScriptedSmtpServer server = start(tls(named));
        FakeDns dns = routes().mx("example.org", "mx.example.com").tlsa(tlsaOwner(), Association.of(2, 0, 1, authority.certificate()));
        now = Instant.now();

        assertDelivered(deliver(dns, MAIL), SecurityLabel.VERIFIED);
        assertDeferred(deliver(dns, TestMail.to("carol@example.org")), "the certificate is for");
        assertDelivered(deliver(dns, MAIL), SecurityLabel.VERIFIED);

        assertThat(server.accepted()).isEqualTo(2);
        // The connection that was no good for the second mail was still there for the third.
        assertThat(reused()).containsExactly(false, false, true);
    }

    @Test
    void shouldOpenAConnectionForEachBaseDomainSinceTheServerNameDiffers() {
        ScriptedSmtpServer server = start(tls());
        FakeDns dns = dane(HOST).mx("example.org", "mx.example.org").address("mx.example.org", ip())
            .tlsa("_" + server.port() + "._tcp.mx.example.org", HOST.association(3, 1, 1));

        assertDelivered(deliver(dns, MAIL), SecurityLabel.VERIFIED);
        assertDelivered(deliver(dns, TestMail.to("carol@example.org")), SecurityLabel.VERIFIED);

        assertThat(server.sessions()).extracting(session -> session.clientHello().orElseThrow().serverName().orElseThrow())
            .containsExactly("mx.example.com", "mx.example.org");
    }

    @Test
    void shouldNotUseAClearTextConnectionForAMailThatDemandsTls() {
        ScriptedSmtpServer server = start(builder());

        assertDelivered(deliver(routes(), MAIL), SecurityLabel.CLEAR);
        assertDeferred(deliver(routes(), MAIL.demanding(Policy.ENCRYPT)), "does not offer STARTTLS");
        assertDelivered(deliver(routes(), MAIL), SecurityLabel.CLEAR);

        assertThat(reused()).containsExactly(false, false, true);
        assertThat(server.session(2).transactions()).isEmpty();
    }

    @Test
    void shouldNotUseAnEncryptedConnectionForAMailThatDemandsAuthentication() {
        ScriptedSmtpServer server = start(tls());

        assertDelivered(deliver(routes(), MAIL.demanding(Policy.ENCRYPT)), SecurityLabel.ENCRYPTED);
        assertDeferred(deliver(dane(OTHER), MAIL), "no TLSA record matches");

        assertThat(server.accepted()).isEqualTo(1);
    }

    @Test
    void shouldSayRequireTlsForEachMailOfASharedConnectionByItself() {
        ScriptedSmtpServer server = start(tls().extensionsAfterTls("REQUIRETLS"));

        assertDelivered(deliver(dane(HOST), MAIL), SecurityLabel.VERIFIED);
        assertDelivered(deliver(dane(HOST), REQUIRING), SecurityLabel.VERIFIED);
        assertDelivered(deliver(dane(HOST), MAIL), SecurityLabel.VERIFIED);

        // RFC 8689 §4.2.1: the option goes with the message, and the channel that a message without it left serves one with it.
        assertThat(server.messages()).extracting(message -> message.sender().parameters().contains("REQUIRETLS"))
            .containsExactly(false, true, false);
        assertThat(reused()).containsExactly(false, true, true);
    }

    @Test
    void shouldNotSendAMailWithRequireTlsOverAConnectionToAHostThatNobodyAuthenticates() {
        ScriptedSmtpServer server = start(tls().extensionsAfterTls("REQUIRETLS"));
        // Records that can't be used make for encryption alone, with the same server name that an authenticated connection would have:
        // by its key the idle connection comes into question.
        FakeDns dns = routes().tlsa(tlsaOwner(), HOST.association(1, 1, 1));

        assertDelivered(deliver(dns, MAIL), SecurityLabel.ENCRYPTED);
        assertBounced(deliver(dns, REQUIRING), "5.7.10");
        assertDelivered(deliver(dns, MAIL), SecurityLabel.ENCRYPTED);

        assertThat(server.accepted()).isEqualTo(2);
        assertThat(server.session(2).transactions()).isEmpty();
        assertThat(reused()).containsExactly(false, false, true);
    }

    @Test
    void shouldNotSendAMailWithRequireTlsOverAReusedConnectionWhoseRecordsHaveChanged() {
        ScriptedSmtpServer server = start(tls().extensionsAfterTls("REQUIRETLS"));

        assertDelivered(deliver(dane(HOST), REQUIRING), SecurityLabel.VERIFIED);
        assertBounced(deliver(dane(OTHER), REQUIRING), "5.7.10");
        // Unsigned MX records, and the same host and connection.
        assertBounced(deliver(unsigned(), REQUIRING), "5.7.10");

        assertThat(server.accepted()).isEqualTo(1);
    }

    @Test
    void shouldNotSendAMailWithRequireTlsOverAReusedConnectionToAHostThatDoesNotOfferIt() {
        ScriptedSmtpServer server = start(tls());

        assertDelivered(deliver(dane(HOST), MAIL), SecurityLabel.VERIFIED);
        assertBounced(deliver(dane(HOST), REQUIRING), "5.7.30");

        assertThat(reused()).containsExactly(false, true);
        assertThat(server.sessions()).allSatisfy(session -> assertThat(session.transactions()).hasSizeLessThan(2));
    }

    @Test
    void shouldTryTlsAgainForTheNextMailWhenAnOptionalHandshakeFailed() {
        ScriptedSmtpServer server = start(tls());
        server.nextSessions(Script.good().with(Point.HANDSHAKE, Fault.close()));

        assertDelivered(deliver(routes(), MAIL), SecurityLabel.CLEAR);
        assertDelivered(deliver(routes(), MAIL), SecurityLabel.ENCRYPTED);

        assertThat(server.connections()).isEqualTo(3);
    }

    @Test
    void shouldNotUseAConnectionWithoutTlsWhereTlsIsWelcome() {
        start(tls());

        assertDelivered(deliver(routes(), MAIL, Policy.NO_TLS), SecurityLabel.CLEAR);
        assertDelivered(deliver(routes(), MAIL), SecurityLabel.ENCRYPTED);

        assertThat(reused()).containsExactly(false, false);
    }

    @Test
    void shouldLogInOnceForEachConnectionAndNeverLendItToOthersCredentials() {
        ScriptedSmtpServer server = start(tls().extensions("AUTH PLAIN"));
        gateways = List.of(new NextHop.Host(DomainName.of("mx.example.com"), server.port()));
        credentials = Optional.of(new Credentials("one", "secret"));
        deliver(dane(HOST), MAIL);
        deliver(dane(HOST), MAIL);
        credentials = Optional.of(new Credentials("two", "secret"));
        deliver(dane(HOST), MAIL);
        credentials = Optional.empty();
        deliver(dane(HOST), MAIL);

        assertThat(server.sessions()).extracting(session -> session.logins().size() + " logins, "
            + session.transactions().size() + " mails").containsExactly("1 logins, 2 mails", "1 logins, 1 mails", "0 logins, 1 mails");
    }

    @Test
    void shouldRetryAtOnceOnAFreshConnectionWhenTheIdleOneHasEnded() {
        ScriptedSmtpServer server = start(tls());
        server.nextSessions(Script.good().with(Point.MAIL, 2, Fault.cut()), Script.good().with(Point.DATA, 2, Fault.reset()),
            Script.good().with(Point.MAIL, 2, Fault.replyThenClose("421 4.7.0 That is enough")));

        for (int i = 0; i < 5; i++) {
            assertDelivered(deliver(dane(HOST), MAIL), SecurityLabel.VERIFIED);
        }

        assertThat(server.accepted()).isEqualTo(5);
        assertThat(server.connections()).isEqualTo(4);
        // What happened to an idle connection is no attempt at the host.
        assertThat(audit).hasSize(5);
    }

    @Test
    void shouldRetryOnlyOnceAndReportWhatTheFreshConnectionMet() {
        ScriptedSmtpServer server = start(tls());
        server.nextSessions(Script.good().with(Point.MAIL, 2, Fault.cut()), Script.good().with(Point.MAIL, Fault.cut()));

        assertDelivered(deliver(dane(HOST), MAIL), SecurityLabel.VERIFIED);
        assertDeferred(deliver(dane(HOST), MAIL), "connection was lost");

        assertThat(server.connections()).isEqualTo(2);
        assertThat(audit).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"MAIL | 451 4.7.0 Enough", "MAIL | 550 Enough for one session", "RCPT | 452 4.5.3 Enough",
        "RCPT | 450 Enough", "DATA | 421 4.7.0 Enough", "FINAL_DOT | 421 4.3.2 Enough", "MAIL | 421 Enough"})
    void shouldTryOnceOnAFreshConnectionWhatAUsedOneRefusesAsASession(Point point, String reply) {
        ScriptedSmtpServer server = start(tls());
        Script two = Script.good().with(point, 3, Fault.reply(reply));
        server.nextSessions(two);

        for (int i = 0; i < 3; i++) {
            assertDelivered(deliver(dane(HOST), MAIL), SecurityLabel.VERIFIED);
        }

        assertThat(server.accepted()).isEqualTo(3);
        assertThat(server.connections()).isEqualTo(2);
        // The refusal counts for nothing: one attempt at the host for each mail.
        assertThat(audit).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"MAIL | 550 5.7.1 Not from you | true", "MAIL | 450 4.7.1 Greylisted | false",
        "RCPT | 450 4.2.1 Later | false", "RCPT | 550 5.1.1 Nobody | true", "FINAL_DOT | 450 Later | false", "DATA | 554 No | true"})
    void shouldTakeARefusalOfTheMailAsItIs(Point point, String reply, boolean bounced) {
        ScriptedSmtpServer server = start(tls());
        server.nextSessions(Script.good().with(point, 2, Fault.reply(reply)));
        deliver(dane(HOST), MAIL);

        assertThat(deliver(dane(HOST), MAIL)).singleElement().isInstanceOf(bounced ? Outcome.Bounced.class : Outcome.Deferred.class);

        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void shouldTakeTheRefusalForTheMailsIfAFreshConnectionSaysTheSame() {
        ScriptedSmtpServer server = start(tls());
        Script refusing = Script.good().with(Point.MAIL, Fault.reply("550 Go away"));
        server.nextSessions(Script.good().with(Point.MAIL, 2, Fault.reply("550 Go away")), refusing,
            Script.good().with(Point.MAIL, 2, Fault.reply("451 Later")));
        deliver(dane(HOST), MAIL);

        assertThat(deliver(dane(HOST), MAIL)).singleElement().isInstanceOf(Outcome.Bounced.class);
        assertThat(server.connections()).isEqualTo(2);

        // The rule rests for that host for an hour.
        deliver(dane(HOST), MAIL);
        assertDeferred(deliver(dane(HOST), MAIL), "451 Later");
        assertThat(server.connections()).isEqualTo(3);

        now = now.plus(Duration.ofHours(1));
        server.nextSessions(Script.good().with(Point.MAIL, 2, Fault.reply("451 Later")));
        deliver(dane(HOST), MAIL);
        assertDelivered(deliver(dane(HOST), MAIL), SecurityLabel.VERIFIED);
        assertThat(server.connections()).isEqualTo(5);
    }

    @Test
    void shouldNotBounceWhatAFreshConnectionCouldNotBeAsked() {
        ScriptedSmtpServer server = start(tls());
        server.nextSessions(Script.good().with(Point.MAIL, 2, Fault.reply("550 Enough")), Script.good().with(Point.BANNER, Fault.close()));
        deliver(dane(HOST), MAIL);

        assertDeferred(deliver(dane(HOST), MAIL), "connection was lost");
    }

    @Test
    void shouldLearnHowManyMailsAHostTakesOverOneConnection() {
        ConnectionPool many = new ConnectionPool(connector, new ConnectionPool.Limits(100, Duration.ofSeconds(10), Duration.ofMinutes(5),
            10, 10), clock);
        ScriptedSmtpServer server = start(tls());
        Script seven = Script.good().with(Point.MAIL, 8, Fault.reply("452 4.7.0 Seven are enough"));
        server.nextSessions(seven, seven, seven, seven, seven);
        try {
            for (int i = 0; i < 35; i++) {
                assertDelivered(deliver(dane(HOST), MAIL, Policy.DANE, many), SecurityLabel.VERIFIED);
            }
        } finally {
            many.close();
        }
        server.awaitEnd(5);

        assertThat(server.sessions()).hasSize(5).allSatisfy(session -> assertThat(session.transactions()).hasSize(7));
        // Two refusals taught it; after that connections ended before.
        assertThat(server.sessions().stream().filter(session -> session.verbs().stream().filter("MAIL"::equals).count() == 8)).hasSize(2);
    }

    @Test
    void shouldNotSendAgainWhenTheHostMayHaveTakenTheMail() {
        ScriptedSmtpServer server = start(tls());
        server.nextSessions(Script.good().with(Point.FINAL_DOT, 2, Fault.close()));

        assertDelivered(deliver(dane(HOST), MAIL), SecurityLabel.VERIFIED);
        assertDeferred(deliver(dane(HOST), MAIL), "arrive twice");

        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void shouldNotTakeAReplyThatCameUnaskedForTheNextMails() {
        ScriptedSmtpServer server = start(tls().replyTo("carol@example.com", "550 5.1.1 Nobody here"));
        server.nextSessions(Script.good().with(Point.FINAL_DOT, new Fault.Follow("250 Ok\r\n250 Ok\r\n")));

        assertDelivered(deliver(dane(HOST), MAIL), SecurityLabel.VERIFIED);

        assertThat(deliver(dane(HOST), TestMail.to("carol@example.com"))).singleElement().isInstanceOf(Outcome.Bounced.class);
        assertThat(server.connections()).isEqualTo(2);
    }

    @Test
    void shouldEndAConnectionOverWhichAMailWasRefused() {
        ScriptedSmtpServer server = start(tls().replyTo("carol@example.com", "450 4.2.1 Not now"));

        deliver(dane(HOST), TestMail.to("carol@example.com"));
        assertDelivered(deliver(dane(HOST), MAIL), SecurityLabel.VERIFIED);

        assertThat(server.connections()).isEqualTo(2);
    }

    @Test
    void shouldEndAConnectionWithQuitAfterSoManyMails() {
        ScriptedSmtpServer server = start(tls());

        for (int i = 0; i < LIMITS.maxMessages() + 1; i++) {
            assertDelivered(deliver(dane(HOST), MAIL), SecurityLabel.VERIFIED);
        }
        pool.close();
        server.awaitEnd(2);

        assertThat(server.sessions()).extracting(session -> session.transactions().size()).containsExactly(LIMITS.maxMessages(), 1);
        assertThat(server.sessions()).allSatisfy(session -> assertThat(session.verbs()).endsWith("QUIT"));
    }

    @Test
    void shouldNotUseAConnectionThatWaitedOrLivedTooLong() {
        ScriptedSmtpServer server = start(tls());

        deliver(dane(HOST), MAIL);
        now = now.plus(LIMITS.idle());
        deliver(dane(HOST), MAIL);
        assertThat(server.connections()).isEqualTo(2);

        now = now.plus(LIMITS.idle()).minusSeconds(1);
        deliver(dane(HOST), MAIL);
        assertThat(server.connections()).isEqualTo(2);

        now = now.plus(LIMITS.maxAge()).minus(LIMITS.idle());
        deliver(dane(HOST), MAIL);
        assertThat(server.connections()).isEqualTo(3);
    }

    private List<Boolean> reused() {
        return audit.stream().map(event -> event.connection().orElseThrow().reused()).toList();
    }

    private List<Outcome> deliver(FakeDns dns, TestMail mail) {
        return deliver(dns, mail, Policy.DANE);
    }

    private List<Outcome> deliver(FakeDns dns, TestMail mail, Policy policy) {
        return deliver(dns, mail, policy, pool);
    }

    private List<Outcome> deliver(FakeDns dns, TestMail mail, Policy policy, ConnectionPool over) {
        return new DeliveryAttempt(dns, over, settings(policy), audit::add, clock, new Random(1), DeliveryMetrics.NONE)
            .deliver(mail);
    }

    private DeliverySettings settings(Policy policy) {
        RoutingRules routing = new RoutingRules(Set.of(), Set.of(), List.of(AddressRange.parse("127.0.0.0/8")), 10, 5);
        Timeouts timeouts = Timeouts.defaults().withConnect(Duration.ofSeconds(20)).withEachStep(Duration.ofSeconds(20));
        DeliverySettings.GatewayOptions options = new DeliverySettings.GatewayOptions(true, false, Set.of(), credentials, false);
        return new DeliverySettings(PolicyTable.of(policy, Map.of()), routing, TlsaSearch.InsecureMx.DANE, server().port(), false,
            "client.example", BindAddresses.ANY, timeouts, TlsOffer.DEFAULT, gateways, options, EightBitConversion.CONVERT);
    }

    private FakeDns dane(Credential credential) {
        return routes().tlsa(tlsaOwner(), credential.association(3, 1, 1));
    }

    private FakeDns routes() {
        return FakeDns.signed().mx("example.com", "mx.example.com").address("mx.example.com", ip());
    }

    private FakeDns unsigned() {
        return FakeDns.unsigned().mx("example.com", "mx.example.com").address("mx.example.com", ip());
    }

    private String tlsaOwner() {
        return "_" + server().port() + "._tcp.mx.example.com";
    }

    private InetAddress ip() {
        return server().address().getAddress();
    }

    private ScriptedSmtpServer server() {
        return running.orElseThrow();
    }

    private static SmtpServerBuilder tls() {
        return tls(HOST);
    }

    private static SmtpServerBuilder tls(Credential credential) {
        return builder().tls(credential.serverContext());
    }

    private static SmtpServerBuilder builder() {
        return ScriptedSmtpServer.builder().address("127.78.1.1").extensions("PIPELINING", "8BITMIME");
    }

    private ScriptedSmtpServer start(SmtpServerBuilder builder) {
        ScriptedSmtpServer server = builder.start();
        running = Optional.of(server);
        return server;
    }

    private static void assertDelivered(List<Outcome> outcomes, SecurityLabel label) {
        assertThat(outcomes).singleElement()
            .isInstanceOfSatisfying(Outcome.Delivered.class, done -> assertThat(done.label()).isEqualTo(label));
    }

    private static void assertBounced(List<Outcome> outcomes, String code) {
        assertThat(outcomes).singleElement().isInstanceOfSatisfying(Outcome.Bounced.class, bounced -> {
            assertThat(bounced.reason().code()).hasToString(code);
            assertThat(bounced.reason().text()).contains("REQUIRETLS");
        });
    }

    private static void assertDeferred(List<Outcome> outcomes, String text) {
        assertThat(outcomes).singleElement()
            .isInstanceOfSatisfying(Outcome.Deferred.class, deferred -> assertThat(deferred.reason().text()).contains(text));
    }
}
