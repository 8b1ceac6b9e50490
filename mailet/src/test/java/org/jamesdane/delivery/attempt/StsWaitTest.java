/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.policy.PolicyTable;
import org.jamesdane.dane.tlsa.TlsaSearch;
import org.jamesdane.delivery.FakeDns;
import org.jamesdane.delivery.TestMail;
import org.jamesdane.delivery.destination.Reachability;
import org.jamesdane.delivery.schedule.TestQueuedMail;
import org.jamesdane.delivery.settings.DeliverySettings;
import org.jamesdane.delivery.settings.EightBitConversion;
import org.jamesdane.delivery.sts.PolicyWaitingRoom;
import org.jamesdane.delivery.sts.StsTerms;
import org.jamesdane.delivery.sts.StsWorld;
import org.jamesdane.dns.DomainName;
import org.junit.jupiter.api.Test;

/** Mails that wait for the first fetch of a policy before they have their turn. */
class StsWaitTest extends AttemptBed {
    private final StsWorld sts = new StsWorld();
    private final FakeDns dns = FakeDns.unsigned().txt(StsWorld.TXT, "v=STSv1; id=1");
    private final Deque<Runnable> fetches = new ArrayDeque<>();
    private final List<String> turns = new ArrayList<>();
    private Policy policy = Policy.DANE;
    private List<NextHop> gateways = List.of();
    private boolean policiesOfGateways;

    StsWaitTest() {
        port = 25;
        sts.threads = fetches::add;
        sts.served = StsWorld.policy("enforce", "mx.example.com");
    }

    private DeliveryAttempt attempt() {
        DeliverySettings plain = settings(policy, List.of());
        PolicyWaitingRoom room = new PolicyWaitingRoom(new PolicyWaitingRoom.Limits(Duration.ofSeconds(15), 2), (time, task) -> { },
            Runnable::run);
        DeliverySettings settings = new DeliverySettings(new DeliverySettings.Decision(PolicyTable.of(policy, Map.of()), plain.routing(),
            TlsaSearch.InsecureMx.DANE, terms(room)), plain.connection(), gateways, plain.gatewayOptions(),
            EightBitConversion.CONVERT);
        return new DeliveryAttempt(dns, connector, settings, audit::add, InstantSource.system(), new Random(1));
    }

    private StsTerms terms(PolicyWaitingRoom room) {
        StsTerms terms = sts.terms(dns, room);
        return new StsTerms(terms.use(), policiesOfGateways, terms.anchors(), terms.source(), room);
    }

    private void prepare(DeliveryAttempt attempt, String domain, boolean last) {
        attempt.prepare(mail(Optional.of(domain)), () -> last, () -> turns.add(domain));
    }

    private static TestQueuedMail<TestMail> mail(Optional<String> domain) {
        return new TestQueuedMail<>() {
            @Override
            public Optional<String> recipientDomain() {
                return domain;
            }

            @Override
            protected Reachability attempt() {
                return Reachability.UNKNOWN;
            }

            @Override
            protected void hold(Duration time) {
                // Nobody holds it.
            }

            @Override
            public TestMail mail() {
                throw new IllegalStateException("work on it has not begun");
            }

            @Override
            public void finish() {
                // It is never finished.
            }

            @Override
            public void requeue() {
                // It is never put back.
            }

            @Override
            public void requeueAtOnce() {
                // It is never put back.
            }
        };
    }

    @Test
    void shouldWaitForTheGatewaysPolicyWhereGatewaysHaveOne() {
        gateways = List.of(new NextHop.Host(StsWorld.DOMAIN, 25));
        prepare(attempt(), "example.net", false);
        assertThat(turns).containsExactly("example.net");

        policiesOfGateways = true;
        prepare(attempt(), "example.org", false);
        assertThat(turns).containsExactly("example.net");
        fetches.remove().run();
        assertThat(turns).containsExactly("example.net", "example.org");
    }

    @Test
    void shouldHaveItsTurnWhenTheFirstFetchHasEnded() {
        DeliveryAttempt attempt = attempt();
        prepare(attempt, "example.com", false);
        prepare(attempt, "example.net", false);
        assertThat(turns).containsExactly("example.net");
        fetches.remove().run();

        assertThat(turns).containsExactly("example.net", "example.com");
        prepare(attempt, "example.com", false);
        assertThat(turns).hasSize(3);
    }

    @Test
    void shouldHaveItsTurnAtOnceWhereNoPolicyIsAskedFor() {
        policy = Policy.ENCRYPT;
        DeliveryAttempt attempt = attempt();
        prepare(attempt, "example.com", false);
        prepare(attempt, "[192.0.2.1]", false);
        attempt.prepare(mail(Optional.empty()), () -> false, () -> turns.add("unknown"));

        assertThat(turns).containsExactly("example.com", "[192.0.2.1]", "unknown");
        assertThat(fetches).isEmpty();
    }

    @Test
    void shouldHaveItsTurnAtOnceWhenSomethingIsWrong() {
        prepare(attempt(), "not a domain", false);
        attempt().prepare(mail(Optional.of("example.com")), () -> {
            throw new IllegalStateException("nobody knows");
        }, () -> turns.add("example.com"));

        assertThat(turns).containsExactly("not a domain", "example.com");
    }

    @Test
    void shouldAskForTheRecordAnewBeforeTheLastAttempt() {
        prepare(attempt(), "example.com", false);
        assertThat(sts.forgotten).isEmpty();
        prepare(attempt(), "example.com", true);

        assertThat(sts.forgotten).containsExactly(DomainName.of(StsWorld.TXT));
    }
}
