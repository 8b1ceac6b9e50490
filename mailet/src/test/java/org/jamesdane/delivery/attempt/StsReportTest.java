/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.failure.EnhancedStatusCode;
import org.jamesdane.dane.failure.FailureKind;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.outcome.AuditRules;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.delivery.TestMail;
import org.jamesdane.delivery.monitoring.AuditEvent;
import org.jamesdane.delivery.monitoring.DeliveryAudit;
import org.jamesdane.delivery.sts.StsWorld;
import org.jamesdane.mtasts.StsDiscovery;
import org.jamesdane.mtasts.StsException;
import org.jamesdane.mtasts.StsPolicy;
import org.jamesdane.mtasts.StsRules;
import org.jamesdane.testing.smtp.Fault;
import org.jamesdane.testing.smtp.Point;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.junit.jupiter.api.Test;

/** Reports of deliveries about the MTA-STS policies that had a part in them, and exceptions from these policies. */
class StsReportTest extends StsAttemptBed {
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
    void shouldOnlyReportWhereAnExceptionSaysSo() throws Exception {
        sts.exceptions = domain -> Optional.of(StsException.TESTING);
        host(IMPOSTOR);

        assertDelivered(deliver(), SecurityLabel.ENCRYPTED);
        assertThat(part().part()).isEqualTo(StsRules.Part.REPORT);
        assertThat(part().tested().orElseThrow().kind()).isEqualTo(FailureKind.STS_NOT_AUTHENTICATED);
        assertThat(part().discovery()).isInstanceOfSatisfying(StsDiscovery.Found.class, found -> {
            assertThat(found.excepted()).isTrue();
            assertThat(found.mode()).isEqualTo(StsPolicy.Mode.TESTING);
            assertThat(found.kept().policy().mode()).isEqualTo(StsPolicy.Mode.ENFORCE);
        });
    }

    @Test
    void shouldAskForNoPolicyWhereAnExceptionSaysSo() throws Exception {
        sts.exceptions = domain -> domain.equals(StsWorld.DOMAIN) ? Optional.of(StsException.OFF) : Optional.empty();
        sts.makeUnreadable();
        host(IMPOSTOR);

        assertDelivered(deliver(), SecurityLabel.ENCRYPTED);
        assertThat(part().discovery()).isEqualTo(new StsDiscovery.NotAsked(StsDiscovery.NotAskedBecause.EXCEPTION));
        assertThat(sts.fetched).isEmpty();
    }

    @Test
    void shouldNotTakeAnExceptionForAnAuthenticatedHost() throws Exception {
        policy = Policy.AUTHENTICATED;
        sts.exceptions = domain -> Optional.of(StsException.TESTING);
        ScriptedSmtpServer server = host(GOOD);

        assertDeferred(deliver(), EnhancedStatusCode.NOT_AUTHENTICATED, "demands an authenticated host");
        assertThat(server.connections()).isZero();
    }

    @Test
    void shouldSayThatTheOperatorsPolicyLeavesMtaStsOut() throws Exception {
        policy = Policy.MAY;
        host(GOOD);

        deliver();
        assertThat(part().discovery()).isEqualTo(new StsDiscovery.NotAsked(StsDiscovery.NotAskedBecause.POLICY));
        assertThat(audit.get(0).progress().asked()).noneMatch(asked -> asked.type().equals("TXT"));
    }
}
