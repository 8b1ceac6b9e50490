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
import org.jamesdane.dane.pkix.Authorities;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.policy.PolicyTable;
import org.jamesdane.dane.routing.AddressRange;
import org.jamesdane.dane.routing.RoutingRules;
import org.jamesdane.dane.tlsa.TlsaSearch;
import org.jamesdane.delivery.attempt.DeliveryAttempt;
import org.jamesdane.delivery.monitoring.AuditEvent;
import org.jamesdane.delivery.monitoring.DeliveryMetrics;
import org.jamesdane.delivery.settings.BindAddresses;
import org.jamesdane.delivery.settings.DeliverySettings;
import org.jamesdane.delivery.settings.EightBitConversion;
import org.jamesdane.smtp.ConnectionPool;
import org.jamesdane.smtp.Credentials;
import org.jamesdane.smtp.SocketSmtpConnector;
import org.jamesdane.smtp.Timeouts;
import org.jamesdane.testing.pki.Credential;
import org.jamesdane.testing.pki.TestPki;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.jamesdane.testing.smtp.SmtpServerBuilder;
import org.jamesdane.tls.TlsOffer;
import org.junit.jupiter.api.AfterEach;

/** Deliveries over one pool of connections to one host. */
abstract class ConnectionReuseBed {
    static final Credential HOST = TestPki.selfSigned("mx.example.com").issue();
    static final TestMail MAIL = TestMail.to("bob@example.com");
    static final ConnectionPool.Limits LIMITS = new ConnectionPool.Limits(3, Duration.ofSeconds(10), Duration.ofSeconds(25), 10,
        10);

    final SocketSmtpConnector connector = new SocketSmtpConnector();
    final List<AuditEvent> audit = new ArrayList<>();
    Instant now = Instant.parse("2026-11-01T12:00:00Z");
    final InstantSource clock = () -> now;
    final ConnectionPool pool = new ConnectionPool(connector, LIMITS, clock);
    Optional<ScriptedSmtpServer> running = Optional.empty();
    Optional<Credentials> credentials = Optional.empty();
    List<NextHop> gateways = List.of();

    @AfterEach
    void stop() {
        pool.close();
        connector.close();
        running.ifPresent(ScriptedSmtpServer::close);
    }

    List<Outcome> deliver(FakeDns dns, TestMail mail) {
        return deliver(dns, mail, Policy.DANE);
    }

    List<Outcome> deliver(FakeDns dns, TestMail mail, Policy policy) {
        return deliver(dns, mail, policy, pool);
    }

    List<Outcome> deliver(FakeDns dns, TestMail mail, Policy policy, ConnectionPool over) {
        return new DeliveryAttempt(dns, over, settings(policy), audit::add, clock, new Random(1), DeliveryMetrics.NONE)
            .deliver(mail);
    }

    DeliverySettings settings(Policy policy) {
        RoutingRules routing = new RoutingRules(Set.of(), Set.of(), List.of(AddressRange.parse("127.0.0.0/8")), 10, 5);
        Timeouts timeouts = Timeouts.defaults().withConnect(Duration.ofSeconds(20)).withEachStep(Duration.ofSeconds(20));
        DeliverySettings.GatewayOptions options = new DeliverySettings.GatewayOptions(true, false, Authorities.NONE, credentials, false);
        return new DeliverySettings(new DeliverySettings.Decision(PolicyTable.of(policy, Map.of()), routing, TlsaSearch.InsecureMx.DANE),
            new DeliverySettings.Connection(server().port(), false, "client.example", BindAddresses.ANY, timeouts, TlsOffer.DEFAULT),
            gateways, options, EightBitConversion.CONVERT);
    }

    FakeDns dane(Credential credential) {
        return routes().tlsa(tlsaOwner(), credential.association(3, 1, 1));
    }

    FakeDns routes() {
        return FakeDns.signed().mx("example.com", "mx.example.com").address("mx.example.com", ip());
    }

    String tlsaOwner() {
        return "_" + server().port() + "._tcp.mx.example.com";
    }

    InetAddress ip() {
        return server().address().getAddress();
    }

    ScriptedSmtpServer server() {
        return running.orElseThrow();
    }

    static SmtpServerBuilder tls() {
        return tls(HOST);
    }

    static SmtpServerBuilder tls(Credential credential) {
        return builder().tls(credential.serverContext());
    }

    static SmtpServerBuilder builder() {
        return ScriptedSmtpServer.builder().address("127.78.1.1").extensions("PIPELINING", "8BITMIME");
    }

    ScriptedSmtpServer start(SmtpServerBuilder builder) {
        ScriptedSmtpServer server = builder.start();
        running = Optional.of(server);
        return server;
    }

    static void assertDelivered(List<Outcome> outcomes, SecurityLabel label) {
        assertThat(outcomes).singleElement()
            .isInstanceOfSatisfying(Outcome.Delivered.class, done -> assertThat(done.label()).isEqualTo(label));
    }

    static void assertDeferred(List<Outcome> outcomes, String text) {
        assertThat(outcomes).singleElement()
            .isInstanceOfSatisfying(Outcome.Deferred.class, deferred -> assertThat(deferred.reason().text()).contains(text));
    }
}
