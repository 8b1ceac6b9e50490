/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.failure.EnhancedStatusCode;
import org.jamesdane.dane.outcome.Outcome;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.policy.PolicyTable;
import org.jamesdane.dane.routing.AddressRange;
import org.jamesdane.dane.routing.RoutingRules;
import org.jamesdane.dane.tlsa.TlsaSearch;
import org.jamesdane.delivery.FakeDns;
import org.jamesdane.delivery.TestMail;
import org.jamesdane.delivery.mail.MailAccessException;
import org.jamesdane.delivery.monitoring.AuditEvent;
import org.jamesdane.delivery.monitoring.DeliveryMetrics;
import org.jamesdane.delivery.monitoring.MetricNames;
import org.jamesdane.delivery.settings.BindAddresses;
import org.jamesdane.delivery.settings.DeliverySettings;
import org.jamesdane.delivery.settings.EightBitConversion;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.RecordType;
import org.jamesdane.smtp.Credentials;
import org.jamesdane.smtp.SocketSmtpConnector;
import org.jamesdane.smtp.Timeouts;
import org.jamesdane.testing.pki.Credential;
import org.jamesdane.testing.pki.TestPki;
import org.jamesdane.testing.smtp.Fault;
import org.jamesdane.testing.smtp.Point;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.jamesdane.testing.smtp.SmtpServerBuilder;
import org.jamesdane.tls.TlsOffer;
import org.jamesdane.tls.TlsProtocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Real connections to real servers; only the DNS is told what to say. */
class DeliveryAttemptTest {
    private static final Credential HOST = TestPki.selfSigned("mx.example.com").issue();
    private static final Credential IMPOSTOR = TestPki.selfSigned("impostor").issue();

    private final SocketSmtpConnector connector = new SocketSmtpConnector();
    private final List<ScriptedSmtpServer> servers = new ArrayList<>();
    private final List<AuditEvent> audit = new ArrayList<>();
    private int port;
    private TlsOffer offer = TlsOffer.DEFAULT;
    private Duration patience = Duration.ofSeconds(20);
    private final List<String> counted = new ArrayList<>();

    @AfterEach
    void stop() {
        servers.forEach(ScriptedSmtpServer::close);
        connector.close();
    }

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
    void shouldGoOnInClearOnAFreshConnectionWhenAnOptionalHandshakeFails() throws Exception {
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
    void shouldSendAllTheSameInAuditAndSayWhatWouldHaveBeen() throws Exception {
        ScriptedSmtpServer server = start(tls(IMPOSTOR));

        List<Outcome> outcomes = deliver(dane(server, HOST), settings(Policy.AUDIT, List.of()), TestMail.to("bob@example.com"));

        assertDelivered(outcomes, SecurityLabel.ENCRYPTED);
        assertThat(audit).hasSize(2);
    }

    @Test
    void shouldSendAllTheSameInAuditThoughFindingOutTookAllTheTimeOfAnAttempt() throws Exception {
        ScriptedSmtpServer server = start(tls(IMPOSTOR));
        AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
        DeliveryAttempt attempt = new DeliveryAttempt(dane(server, HOST), connector, settings(Policy.AUDIT, List.of()),
            event -> now.updateAndGet(time -> time.plus(Duration.ofMinutes(20))), now::get, new Random(1));

        assertDelivered(attempt.deliver(TestMail.to("bob@example.com")), SecurityLabel.ENCRYPTED);
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

    private List<Outcome> deliver(FakeDns dns) throws MailAccessException {
        return deliver(dns, settings(Policy.DANE, List.of()), TestMail.to("bob@example.com"));
    }

    private List<Outcome> deliver(FakeDns dns, DeliverySettings settings, TestMail mail) throws MailAccessException {
        DeliveryMetrics metrics = new DeliveryMetrics() {
            @Override
            public void count(String name) {
                counted.add(name);
            }

            @Override
            public Runnable start(String name) {
                return () -> { };
            }
        };
        return new DeliveryAttempt(dns, connector, settings, audit::add, InstantSource.system(), new Random(1), metrics).deliver(mail);
    }

    private DeliverySettings settings(Policy policy, List<NextHop> gateways) {
        RoutingRules routing = new RoutingRules(Set.of(), Set.of(), List.of(AddressRange.parse("127.0.0.0/8")), 10, 5);
        DeliverySettings.GatewayOptions options = gateways.isEmpty() ? DeliverySettings.GatewayOptions.PLAIN
            : new DeliverySettings.GatewayOptions(true, true, Set.of(IMPOSTOR.certificate()),
                Optional.of(new Credentials("user", "secret")), false);
        Timeouts timeouts = Timeouts.defaults().withConnect(Duration.ofSeconds(20)).withEachStep(patience);
        return new DeliverySettings(PolicyTable.of(policy, Map.of()), routing, TlsaSearch.InsecureMx.DANE, port, false, "client.example",
            BindAddresses.ANY, timeouts, offer, gateways, options, EightBitConversion.CONVERT);
    }

    private FakeDns dane(ScriptedSmtpServer server, Credential credential) {
        return host(FakeDns.signed(), server).tlsa(tlsaOwner(), credential.association(3, 1, 1));
    }

    private FakeDns host(FakeDns dns, ScriptedSmtpServer server) {
        return dns.mx("example.com", "mx.example.com").address("mx.example.com", ip(server));
    }

    private String tlsaOwner() {
        return "_" + port + "._tcp.mx.example.com";
    }

    private static InetAddress ip(ScriptedSmtpServer server) {
        return server.address().getAddress();
    }

    private SmtpServerBuilder tls(Credential credential) {
        return builder().tls(credential.serverContext());
    }

    private SmtpServerBuilder builder() {
        return ScriptedSmtpServer.builder().address("127.78.0." + (servers.size() + 1)).extensions("PIPELINING", "8BITMIME");
    }

    private ScriptedSmtpServer start(SmtpServerBuilder builder) {
        ScriptedSmtpServer server = builder.port(port).start();
        port = server.port();
        servers.add(server);
        return server;
    }

    private static void assertDelivered(List<Outcome> outcomes, SecurityLabel label) {
        assertThat(outcomes).singleElement()
            .isInstanceOfSatisfying(Outcome.Delivered.class, done -> assertThat(done.label()).isEqualTo(label));
    }

    private static void assertDeferred(List<Outcome> outcomes, EnhancedStatusCode code, String text) {
        assertThat(outcomes).singleElement().isInstanceOfSatisfying(Outcome.Deferred.class, deferred -> {
            assertThat(deferred.reason().code()).isEqualTo(code);
            assertThat(deferred.reason().text()).contains(text);
        });
    }

    private static void assertNothingSent(ScriptedSmtpServer server) {
        assertThat(server.accepted()).isZero();
        assertThat(server.sessions()).allSatisfy(session -> {
            assertThat(session.transactions()).isEmpty();
            assertThat(session.verbs()).doesNotContain("MAIL", "RCPT", "DATA");
        });
    }
}
