/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.outcome.Outcome;
import org.jamesdane.dane.pkix.Authorities;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.delivery.attempt.DeliveryAttempt;
import org.jamesdane.delivery.settings.BindAddresses;
import org.jamesdane.delivery.settings.DeliverySettings;
import org.jamesdane.dns.DomainName;
import org.jamesdane.smtp.Phase;
import org.jamesdane.smtp.SmtpEndpoint;
import org.jamesdane.smtp.SmtpException;
import org.jamesdane.smtp.SmtpFailure;
import org.jamesdane.testing.smtp.Fault;
import org.jamesdane.testing.smtp.Point;
import org.jamesdane.testing.smtp.Protection;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Effects of the mailet's parameters on a delivery; {@code docs/parameters.md} names each of these tests. */
class ParameterEffectsTest {
    private static final byte[] IPV6_LOOPBACK = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    private final Deliveries world = new Deliveries(84);
    private final List<SmtpEndpoint> endpoints = new ArrayList<>();

    @AfterEach
    void stop() {
        world.close();
    }

    /** No connection comes about; what would have been connected to is kept. */
    private void refuseAll() {
        world.port = 2525;
        world.connector = (endpoint, fallback, timeouts) -> {
            endpoints.add(endpoint);
            throw new SmtpException(new SmtpFailure.ConnectFailed(endpoint.address(), "refused"));
        };
    }

    @Test
    void shouldSayTheConfiguredNameInEhlo() {
        world.heloName = "mail.sender.example";
        ScriptedSmtpServer server = world.start(world.plain());
        world.deliver(world.host(FakeDns.unsigned(), server), TestMail.to("bob@example.com"));

        assertThat(server.session(1).received(Protection.CLEAR)).startsWith("EHLO mail.sender.example\r\n");
    }

    @Test
    void shouldConnectFromTheConfiguredAddressOfTheSameFamily() throws Exception {
        refuseAll();
        InetAddress local = InetAddress.getByName("127.84.0.99");
        world.bind = BindAddresses.of(List.of(local, InetAddress.getByAddress(IPV6_LOOPBACK)));
        world.deliver(FakeDns.signed().mx("example.com", "mx.example.com").address("mx.example.com", InetAddress.getByName("127.84.0.1")),
            TestMail.to("bob@example.com"));

        assertThat(endpoints).extracting(SmtpEndpoint::bindAddress).containsExactly(Optional.of(local));
    }

    @Test
    void shouldNotUseAFamilyWithoutALocalAddressAndSayWhy() throws Exception {
        refuseAll();
        world.bind = BindAddresses.of(List.of(InetAddress.getByAddress(IPV6_LOOPBACK)));
        List<Outcome> outcomes = world.deliver(FakeDns.signed().mx("example.com", "mx.example.com")
            .address("mx.example.com", InetAddress.getByName("127.84.0.1")), TestMail.to("bob@example.com"));

        assertThat(endpoints).isEmpty();
        assertThat(outcomes).singleElement().isInstanceOfSatisfying(Outcome.Deferred.class,
            deferred -> assertThat(deferred.reason().text()).contains("bind"));
    }

    @Test
    void shouldTryGatewaysInTheirOrderOrInAny() throws Exception {
        refuseAll();
        FakeDns dns = FakeDns.signed().address("one.example", InetAddress.getByName("127.84.0.1"))
            .address("two.example", InetAddress.getByName("127.84.0.2")).mx("example.com", "mx.example.com");
        world.gateways = List.of(new NextHop.Host(DomainName.of("one.example"), 2525),
            new NextHop.Host(DomainName.of("two.example"), 2526));
        assertThat(firstPorts(dns, false)).containsExactly(2525);
        assertThat(firstPorts(dns, true)).containsExactlyInAnyOrder(2525, 2526);
    }

    @Test
    void shouldSendToAPrivateAddressOnlyByAGateway() throws Exception {
        refuseAll();
        InetAddress inside = InetAddress.getByName("10.0.0.5");
        FakeDns dns = FakeDns.signed().address("gateway.example", inside).mx("example.com", "mx.example.com")
            .address("mx.example.com", inside);
        for (String domain : List.of("example.com", "[10.0.0.5]")) {
            assertThat(world.deliver(dns, TestMail.to("bob@" + domain))).singleElement().isInstanceOfSatisfying(Outcome.Deferred.class,
                deferred -> assertThat(deferred.reason().text()).contains("10.0.0.5", "smtp.allowed-special-targets"));
        }
        assertThat(endpoints).isEmpty();

        world.gateways = List.of(new NextHop.Host(DomainName.of("gateway.example"), 2525));
        world.deliver(dns, TestMail.to("bob@example.com"));
        assertThat(endpoints).extracting(endpoint -> endpoint.address().getAddress()).containsExactly(inside);
    }

    private Set<Integer> firstPorts(FakeDns dns, boolean loadBalancing) {
        world.gatewayOptions = new DeliverySettings.GatewayOptions(loadBalancing, false, Authorities.NONE, Optional.empty(), false);
        Set<Integer> first = new HashSet<>();
        DeliveryAttempt attempt = world.attempt(dns);
        for (int i = 0; i < 40; i++) {
            endpoints.clear();
            attempt.deliver(TestMail.to("bob@example.com"));
            // MX records of the recipient's domain do not count.
            assertThat(endpoints).hasSize(2).allSatisfy(endpoint -> assertThat(endpoint.address().getPort()).isBetween(2525, 2526));
            first.add(endpoints.get(0).address().getPort());
        }
        return first;
    }

    @Test
    void shouldHoldTheHostToTheRecordsOfTheImplicitTlsPort() {
        world.wrapperTls = true;
        ScriptedSmtpServer server = world.start(world.tls(Deliveries.HOST).implicitTls());

        assertThat(world.deliver(world.dane(server), TestMail.to("bob@example.com"))).singleElement().isInstanceOfSatisfying(
            Outcome.Delivered.class, done -> assertThat(done.label()).isEqualTo(SecurityLabel.VERIFIED));
        assertThat(server.session(1).verbs()).doesNotContain("STARTTLS");
    }

    @Test
    void shouldGiveUpAStepAfterTheConfiguredTime() {
        world.timeouts = world.timeouts.with(Phase.BANNER, Duration.ofMillis(200));
        ScriptedSmtpServer server = world.start(world.plain().fault(Point.BANNER, Fault.silence()));

        assertThat(world.deliver(world.host(FakeDns.unsigned(), server), TestMail.to("bob@example.com"))).singleElement()
            .isInstanceOfSatisfying(Outcome.Deferred.class,
                deferred -> assertThat(deferred.reason().text()).contains("no end of the greeting within 200 ms"));
    }
}
