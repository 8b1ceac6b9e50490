/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.attempt;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.jamesdane.dane.failure.EnhancedStatusCode;
import org.jamesdane.dane.failure.FailureKind;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.outcome.AuditRules;
import org.jamesdane.dane.outcome.Outcome;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.policy.PolicyTable;
import org.jamesdane.dane.tlsa.TlsaSearch;
import org.jamesdane.delivery.FakeDns;
import org.jamesdane.delivery.TestMail;
import org.jamesdane.delivery.monitoring.AuditEvent;
import org.jamesdane.delivery.monitoring.DeliveryAudit;
import org.jamesdane.delivery.settings.DeliverySettings;
import org.jamesdane.delivery.settings.EightBitConversion;
import org.jamesdane.delivery.sts.StsTerms;
import org.jamesdane.delivery.sts.StsWorld;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.RecordType;
import org.jamesdane.mtasts.StsDemand;
import org.jamesdane.mtasts.StsDiscovery;
import org.jamesdane.mtasts.StsRules;
import org.jamesdane.smtp.SmtpConnector;
import org.jamesdane.testing.pki.Authority;
import org.jamesdane.testing.pki.Credential;
import org.jamesdane.testing.pki.TestPki;
import org.jamesdane.testing.smtp.Fault;
import org.jamesdane.testing.smtp.Point;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** MTA-STS policies in deliveries to real hosts; only DNS and policy host are told what to say. */
class StsDeliveryTest extends AttemptBed {
    private static final Authority CA = TestPki.authority("A public CA");
    private static final Credential GOOD = CA.leaf("mx.example.com").issue();

    private final StsWorld sts = new StsWorld();
    private final FakeDns dns = FakeDns.unsigned().txt(StsWorld.TXT, "v=STSv1; id=1");
    private Policy policy = Policy.DANE;
    private Duration passed = Duration.ZERO;
    private StsDemand.Use use = StsDemand.Use.ENFORCE;

    @BeforeEach
    void servePolicy() {
        sts.served = StsWorld.policy("enforce", "mx.example.com");
    }

    private List<Outcome> deliver() throws Exception {
        return deliver(dns, settings(), TestMail.to("bob@example.com"));
    }

    private DeliverySettings settings() {
        DeliverySettings plain = settings(policy, List.of());
        StsTerms terms = sts.terms(dns, use, CA.path().get(0));
        return new DeliverySettings(new DeliverySettings.Decision(PolicyTable.of(policy, Map.of()), plain.routing(),
            TlsaSearch.InsecureMx.DANE, terms), plain.connection(), List.of(), plain.gatewayOptions(), EightBitConversion.CONVERT);
    }

    private ScriptedSmtpServer host(Credential credential) {
        ScriptedSmtpServer server = start(tls(credential));
        host(dns, server);
        return server;
    }

    private static void assertNothingSent(ScriptedSmtpServer server) {
        server.awaitEnd();
        assertThat(server.accepted()).isZero();
        assertThat(server.sessions()).allSatisfy(session -> assertThat(session.transactions()).isEmpty());
    }

    @Test
    void shouldDeliverToAHostThatMeetsThePolicy() throws Exception {
        ScriptedSmtpServer server = host(GOOD);

        assertDelivered(deliver(), SecurityLabel.VERIFIED_STS);
        assertThat(server.session(1).clientHello().orElseThrow().serverName()).contains("mx.example.com");
        assertThat(sts.fetched).containsExactly("example.com FIRST");
    }

    @Test
    void shouldSendNothingToAnImpostor() throws Exception {
        ScriptedSmtpServer server = host(IMPOSTOR);

        assertDeferred(deliver(), EnhancedStatusCode.NOT_AUTHENTICATED, "mx.example.com");
        assertNothingSent(server);
    }

    @Test
    void shouldSendNothingInClear() throws Exception {
        ScriptedSmtpServer server = start(tls(GOOD).hideStarttls());
        host(dns, server);

        assertDeferred(deliver(), EnhancedStatusCode.TLS_NOT_OFFERED, "does not offer STARTTLS");
        assertNothingSent(server);
    }

    @Test
    void shouldNotConnectToAHostThatThePolicyDoesNotName() throws Exception {
        sts.served = StsWorld.policy("enforce", "*.elsewhere.example");
        ScriptedSmtpServer server = host(GOOD);

        assertDeferred(deliver(), EnhancedStatusCode.NOT_AUTHENTICATED, "does not name it");
        assertThat(server.connections()).isZero();
    }

    @Test
    void shouldTryTheNextHostWhenOneIsNotNamed() throws Exception {
        ScriptedSmtpServer first = start(tls(GOOD));
        ScriptedSmtpServer second = start(tls(GOOD));
        dns.mx("example.com", "evil.example.net", "mx.example.com").address("evil.example.net", ip(first))
            .address("mx.example.com", ip(second));

        assertDelivered(deliver(), SecurityLabel.VERIFIED_STS);
        assertThat(first.connections()).isZero();
        assertThat(second.accepted()).isEqualTo(1);
    }

    @Test
    void shouldNameThePolicyDomainItselfWithoutMxRecords() throws Exception {
        sts.served = StsWorld.policy("enforce", "example.com");
        ScriptedSmtpServer server = start(tls(CA.leaf("example.com").issue()));
        dns.address("example.com", ip(server));

        assertDelivered(deliver(), SecurityLabel.VERIFIED_STS);
    }

    @Test
    void shouldKeepThePolicyWhenTheRecordAndThePolicyHostAreGone() throws Exception {
        ScriptedSmtpServer server = host(GOOD);
        deliver();
        sts.served = StsWorld.failing();
        dns.missing(StsWorld.TXT, RecordType.TXT);

        assertDelivered(deliver(), SecurityLabel.VERIFIED_STS);
        server.close();
        assertThat(start(tls(IMPOSTOR).address(server.address().getAddress().getHostAddress())).port()).isEqualTo(port);
        assertDeferred(deliver(), EnhancedStatusCode.NOT_AUTHENTICATED, "mx.example.com");
    }

    @Test
    void shouldKeepThePolicyWhenTheIdChangesAndTheFetchFails() throws Exception {
        host(IMPOSTOR);
        deliver();
        sts.served = StsWorld.failing();
        dns.txt(StsWorld.TXT, "v=STSv1; id=2");

        assertDeferred(deliver(), EnhancedStatusCode.NOT_AUTHENTICATED, "mx.example.com");
    }

    @Test
    void shouldSendNothingWhenThePolicyEndsMeanwhile() throws Exception {
        ScriptedSmtpServer server = host(GOOD);
        SmtpConnector slow = (endpoint, hello, timeouts) -> {
            passed = Duration.ofDays(8);
            return connector.open(endpoint, hello, timeouts);
        };
        DeliveryAttempt attempt = new DeliveryAttempt(dns, slow, settings(), audit::add, () -> Instant.now().plus(passed), new Random(1));

        assertDeferred(attempt.deliver(TestMail.to("bob@example.com")), EnhancedStatusCode.NO_ANSWER, "the lifetime of the domain's");
        assertNothingSent(server);
    }

    @Test
    void shouldDeliverAsWithoutWhenNothingIsKnown() throws Exception {
        host(IMPOSTOR);
        sts.served = StsWorld.failing();
        assertDelivered(deliver(), SecurityLabel.ENCRYPTED);

        dns.failing(StsWorld.TXT, RecordType.TXT, Lookup.Reason.SERVFAIL);
        assertDelivered(deliver(), SecurityLabel.ENCRYPTED);
    }

    @Test
    void shouldHoldMailWhileThePoliciesCannotBeRead() throws Exception {
        ScriptedSmtpServer server = host(GOOD);
        sts.makeUnreadable();

        assertThat(deliver()).singleElement().isInstanceOfSatisfying(Outcome.Deferred.class, held -> {
            assertThat(held.reason().ownFault()).isTrue();
            assertThat(held.reason().text()).contains("the disk is on fire");
        });
        assertThat(server.connections()).isZero();
    }

    @Test
    void shouldNeedNoPoliciesForWhatDaneAuthenticates() throws Exception {
        sts.makeUnreadable();
        FakeDns signed = dane(start(tls(HOST)), HOST);

        assertDelivered(deliver(signed, settings(), TestMail.to("bob@example.com")), SecurityLabel.VERIFIED);
    }

    @Test
    void shouldLetNoPolicyRescueAFailedTlsaLookup() throws Exception {
        ScriptedSmtpServer server = start(tls(GOOD));
        FakeDns signed = host(FakeDns.signed(), server).txt(StsWorld.TXT, "v=STSv1; id=1")
            .failing(tlsaOwner(), RecordType.TLSA, Lookup.Reason.SERVFAIL);

        assertThat(deliver(signed, settings(), TestMail.to("bob@example.com"))).singleElement().isInstanceOf(Outcome.Deferred.class);
        assertThat(server.connections()).isZero();
    }

    @Test
    void shouldDeliverAsWithoutUnderAPolicyThatTests() throws Exception {
        sts.served = StsWorld.policy("testing", "mx.elsewhere.example");
        host(IMPOSTOR);

        assertDelivered(deliver(), SecurityLabel.ENCRYPTED);
    }

    private AuditEvent.Sts part() {
        return audit.get(audit.size() - 1).progress().sts().orElseThrow();
    }

    @Test
    void shouldTellOfThePolicyThatHadAPart() throws Exception {
        host(GOOD);

        deliver();
        assertThat(part().part()).isEqualTo(StsRules.Part.LIST_AND_CERTIFICATE);
        assertThat(part().discovery()).isInstanceOfSatisfying(StsDiscovery.Found.class, found ->
            assertThat(found.kept().id()).isEqualTo("1"));
        assertThat(part().tested()).isEmpty();
        assertThat(audit.get(0).progress().asked()).extracting(asked -> asked.type() + " " + asked.answer().name())
            .containsExactly("MX example.com", "A mx.example.com", "AAAA mx.example.com", "TXT _mta-sts.example.com");
    }

    @Test
    void shouldTellWhatAPolicyThatTestsFindsWrong() throws Exception {
        sts.served = StsWorld.policy("testing", "mx.example.com");
        ScriptedSmtpServer server = host(GOOD);
        deliver();
        assertThat(part()).isEqualTo(new AuditEvent.Sts(part().discovery(), StsRules.Part.REPORT, Optional.empty()));

        server.close();
        ScriptedSmtpServer impostor = start(tls(IMPOSTOR).address(server.address().getAddress().getHostAddress()));
        assertDelivered(deliver(), SecurityLabel.ENCRYPTED);
        assertThat(part().tested().orElseThrow().kind()).isEqualTo(FailureKind.STS_NOT_AUTHENTICATED);

        impostor.close();
        start(tls(GOOD).hideStarttls().address(server.address().getAddress().getHostAddress()));
        assertDelivered(deliver(), SecurityLabel.CLEAR);
        assertThat(part().tested().orElseThrow().kind()).isEqualTo(FailureKind.STARTTLS_MISSING);
    }

    @Test
    void shouldTellOfAHandshakeThatAPolicyThatTestsWouldNotForgive() throws Exception {
        sts.served = StsWorld.policy("testing", "mx.example.com");
        host(dns, start(tls(GOOD).fault(Point.HANDSHAKE, Fault.close())));

        assertDelivered(deliver(), SecurityLabel.CLEAR);
        assertThat(part().tested().orElseThrow().kind()).isEqualTo(FailureKind.HANDSHAKE);
    }

    @Test
    void shouldTellOfAHostThatAPolicyThatTestsDoesNotName() throws Exception {
        sts.served = StsWorld.policy("testing", "mx.elsewhere.example");
        host(GOOD);

        assertDelivered(deliver(), SecurityLabel.ENCRYPTED);
        assertThat(part().tested().orElseThrow().kind()).isEqualTo(FailureKind.STS_MX_MISMATCH);
    }

    @Test
    void shouldCountWhatThePolicyAuditWouldHaveDeferredForMtaSts() throws Exception {
        policy = Policy.AUDIT;
        host(IMPOSTOR);
        List<AuditRules.Audited> found = new ArrayList<>();
        DeliveryAudit listening = new DeliveryAudit() {
            @Override
            public void attempted(AuditEvent event) {
                audit.add(event);
            }

            @Override
            public void audited(NextHop nextHop, AuditRules.Audited audited) {
                found.add(audited);
            }
        };

        assertDelivered(new DeliveryAttempt(dns, connector, settings(), listening, InstantSource.system(), new Random(1))
            .deliver(TestMail.to("bob@example.com")), SecurityLabel.ENCRYPTED);
        assertThat(found).singleElement().satisfies(audited -> {
            assertThat(audited.finding()).isEqualTo(AuditRules.Finding.WOULD_HAVE_DEFERRED);
            assertThat(audited.failures()).extracting(HostFailure::kind).containsExactly(FailureKind.STS_NOT_AUTHENTICATED);
        });
    }

    @Test
    void shouldSayThatTheOperatorsPolicyLeavesMtaStsOut() throws Exception {
        policy = Policy.MAY;
        host(GOOD);

        deliver();
        assertThat(part().discovery()).isEqualTo(new StsDiscovery.NotAsked(StsDiscovery.NotAskedBecause.POLICY));
        assertThat(audit.get(0).progress().asked()).noneMatch(asked -> asked.type().equals("TXT"));
    }

    @Test
    void shouldDeliverInASecondPassWhereMtaStsIsOnlyAudited() throws Exception {
        use = StsDemand.Use.AUDIT;
        ScriptedSmtpServer server = host(IMPOSTOR);

        assertDelivered(deliver(), SecurityLabel.ENCRYPTED);
        assertThat(server.accepted()).isEqualTo(1);
        assertThat(audit).extracting(event -> event.progress().pass())
            .containsExactly(AuditEvent.Pass.FIRST, AuditEvent.Pass.SECOND);
    }

    @Test
    void shouldSendToAnAuthenticatedHostAloneWhereThatIsDemanded() throws Exception {
        policy = Policy.AUTHENTICATED;
        host(GOOD);

        assertDelivered(deliver(), SecurityLabel.VERIFIED_STS);
    }

    @Test
    void shouldCountEnforcedPoliciesAloneForAnAuthenticatedHost() throws Exception {
        policy = Policy.AUTHENTICATED;
        sts.served = StsWorld.policy("testing", "mx.example.com");
        ScriptedSmtpServer server = host(GOOD);

        assertDeferred(deliver(), EnhancedStatusCode.NOT_AUTHENTICATED, "demands an authenticated host");
        use = StsDemand.Use.OFF;
        assertDeferred(deliver(), EnhancedStatusCode.NOT_AUTHENTICATED, "demands an authenticated host");
        assertThat(server.connections()).isZero();
    }

    @Test
    void shouldTakeNoSecondPassWhereAnAuthenticatedHostIsDemanded() throws Exception {
        policy = Policy.AUTHENTICATED;
        use = StsDemand.Use.AUDIT;
        ScriptedSmtpServer server = host(IMPOSTOR);

        assertDeferred(deliver(), EnhancedStatusCode.NOT_AUTHENTICATED, "mx.example.com");
        assertNothingSent(server);
        assertThat(audit).hasSize(1);
    }

    @Test
    void shouldAskForNoPolicyWhereTheOperatorDecided() throws Exception {
        for (Policy each : Set.of(Policy.MAY, Policy.ENCRYPT)) {
            policy = each;
            host(IMPOSTOR);
            assertDelivered(deliver(), SecurityLabel.ENCRYPTED);
        }
        assertThat(sts.fetched).isEmpty();
    }

    @Test
    void shouldMeetRequireTlsByAPolicyInModeEnforce() throws Exception {
        ScriptedSmtpServer server = start(tls(GOOD).extensionsAfterTls("REQUIRETLS"));
        host(dns, server);
        TestMail mail = TestMail.to("bob@example.com");
        TestMail required = new TestMail(mail.envelope().requiringTls(), mail.text(), mail.history(), mail.demand(), mail.tlsWish());

        assertDelivered(deliver(dns, settings(), required), SecurityLabel.VERIFIED_STS);
        assertThat(server.messages().get(0).sender().parameters()).contains("REQUIRETLS");
    }
}
