/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.failure.EnhancedStatusCode;
import org.jamesdane.dane.outcome.Outcome;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.delivery.FakeDns;
import org.jamesdane.delivery.TestMail;
import org.jamesdane.delivery.monitoring.AuditEvent;
import org.jamesdane.delivery.settings.DeliverySettings;
import org.jamesdane.delivery.sts.StsSearch;
import org.jamesdane.delivery.sts.StsWorld;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.RecordType;
import org.jamesdane.mtasts.StsDemand;
import org.jamesdane.mtasts.StsDiscovery;
import org.jamesdane.mtasts.StsException;
import org.jamesdane.smtp.SmtpConnector;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.junit.jupiter.api.Test;

/** MTA-STS policies in deliveries to real hosts. */
class StsDeliveryTest extends StsAttemptBed {
    private Duration passed = Duration.ZERO;

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
    void shouldUseThePolicyThatAFullCacheDidNotTake() throws Exception {
        ScriptedSmtpServer server = host(IMPOSTOR);
        sts.full = true;
        DeliverySettings settings = settings();
        settings.sts().source().begin(StsWorld.DOMAIN).await(Duration.ofSeconds(15));

        assertThat(sts.policies).isEmpty();
        assertDeferred(deliver(dns, settings, TestMail.to("bob@example.com")), EnhancedStatusCode.NOT_AUTHENTICATED, "mx.example.com");
        assertNothingSent(server);
        assertThat(sts.fetched).hasSize(1);
    }

    @Test
    void shouldHoldNothingUnderAnAuditOrAnException() throws Exception {
        host(IMPOSTOR);
        sts.makeUnreadable();
        policy = Policy.AUDIT;
        assertDelivered(deliver(), SecurityLabel.ENCRYPTED);

        policy = Policy.DANE;
        sts.exceptions = domain -> Optional.of(StsException.TESTING);
        assertDelivered(deliver(), SecurityLabel.ENCRYPTED);
    }

    @Test
    void shouldAskARefusedHostAfterOneThatDecidesNothing() throws Exception {
        use = StsDemand.Use.AUDIT;
        ScriptedSmtpServer first = start(tls(GOOD));
        ScriptedSmtpServer second = start(tls(GOOD).replyTo("bob@example.com", "450 later"));
        dns.mx("example.com", "evil.example.net", "mx.example.com").address("evil.example.net", ip(first))
            .address("mx.example.com", ip(second));

        assertDelivered(deliver(), SecurityLabel.ENCRYPTED);
        assertThat(first.accepted()).isEqualTo(1);
        assertThat(second.accepted()).isZero();
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
    void shouldWaitForNoSearchWhereDaneAloneDecides() throws Exception {
        FakeDns signed = dane(start(tls(HOST)), HOST);
        for (StsSearch search : List.of(new StsSearch(CompletableFuture.failedFuture(new IOException()),
            CompletableFuture.failedFuture(new IOException()), CompletableFuture.failedFuture(new IOException())),
            new StsSearch(new CompletableFuture<>(), new CompletableFuture<>(), new CompletableFuture<>()))) {
            found = Optional.of(search);
            assertDelivered(deliver(signed, settings(), TestMail.to("bob@example.com")), SecurityLabel.VERIFIED);
        }
        assertThat(audit).extracting(event -> event.progress().sts().orElseThrow().discovery())
            .containsOnly(new StsDiscovery.NotAsked(StsDiscovery.NotAskedBecause.NOT_NEEDED));
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
