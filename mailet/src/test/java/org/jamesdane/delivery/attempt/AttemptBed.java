/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.failure.EnhancedStatusCode;
import org.jamesdane.dane.outcome.Outcome;
import org.jamesdane.dane.pkix.Authorities;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.policy.PolicyTable;
import org.jamesdane.dane.routing.AddressRange;
import org.jamesdane.dane.routing.RoutingRules;
import org.jamesdane.dane.tlsa.TlsaSearch;
import org.jamesdane.delivery.FakeDns;
import org.jamesdane.delivery.TestMail;
import org.jamesdane.delivery.destination.SitePass;
import org.jamesdane.delivery.mail.MailAccessException;
import org.jamesdane.delivery.monitoring.AuditEvent;
import org.jamesdane.delivery.monitoring.DeliveryMetrics;
import org.jamesdane.delivery.settings.BindAddresses;
import org.jamesdane.delivery.settings.DeliverySettings;
import org.jamesdane.delivery.settings.EightBitConversion;
import org.jamesdane.smtp.Credentials;
import org.jamesdane.smtp.SocketSmtpConnector;
import org.jamesdane.smtp.Timeouts;
import org.jamesdane.testing.pki.Credential;
import org.jamesdane.testing.pki.TestPki;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.jamesdane.testing.smtp.SmtpServerBuilder;
import org.jamesdane.tls.TlsOffer;
import org.junit.jupiter.api.AfterEach;

/** Real connections to real servers; only the DNS is told what to say. */
abstract class AttemptBed {
    static final Credential HOST = TestPki.selfSigned("mx.example.com").issue();
    static final Credential IMPOSTOR = TestPki.selfSigned("impostor").issue();

    final SocketSmtpConnector connector = new SocketSmtpConnector();
    final List<ScriptedSmtpServer> servers = new ArrayList<>();
    final List<AuditEvent> audit = new ArrayList<>();
    int port;
    TlsOffer offer = TlsOffer.DEFAULT;
    Duration patience = Duration.ofSeconds(20);
    final List<String> counted = new ArrayList<>();
    SitePass pass = SitePass.FREE;
    SiteVisit visit = new SiteVisit(pass);

    @AfterEach
    void stop() {
        servers.forEach(ScriptedSmtpServer::close);
        connector.close();
    }

    List<Outcome> deliver(FakeDns dns) throws MailAccessException {
        return deliver(dns, settings(Policy.DANE, List.of()), TestMail.to("bob@example.com"));
    }

    List<Outcome> deliver(FakeDns dns, DeliverySettings settings, TestMail mail) throws MailAccessException {
        visit = new SiteVisit(pass);
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
        return new DeliveryAttempt(dns, connector, settings, audit::add, InstantSource.system(), new Random(1), metrics)
            .deliver(mail, visit);
    }

    DeliverySettings settings(Policy policy, List<NextHop> gateways) {
        RoutingRules routing = new RoutingRules(Set.of(), Set.of(), List.of(AddressRange.parse("127.0.0.0/8")), 10, 5);
        DeliverySettings.GatewayOptions options = gateways.isEmpty() ? DeliverySettings.GatewayOptions.PLAIN
            : new DeliverySettings.GatewayOptions(true, true, Authorities.own(Set.of(IMPOSTOR.certificate())),
                Optional.of(new Credentials("user", "secret")), false);
        Timeouts timeouts = Timeouts.defaults().withConnect(Duration.ofSeconds(20)).withEachStep(patience);
        return new DeliverySettings(new DeliverySettings.Decision(PolicyTable.of(policy, Map.of()), routing, TlsaSearch.InsecureMx.DANE),
            new DeliverySettings.Connection(port, false, "client.example", BindAddresses.ANY, timeouts, offer),
            gateways, options, EightBitConversion.CONVERT);
    }

    FakeDns dane(ScriptedSmtpServer server, Credential credential) {
        return host(FakeDns.signed(), server).tlsa(tlsaOwner(), credential.association(3, 1, 1));
    }

    FakeDns host(FakeDns dns, ScriptedSmtpServer server) {
        return dns.mx("example.com", "mx.example.com").address("mx.example.com", ip(server));
    }

    String tlsaOwner() {
        return "_" + port + "._tcp.mx.example.com";
    }

    static InetAddress ip(ScriptedSmtpServer server) {
        return server.address().getAddress();
    }

    SmtpServerBuilder tls(Credential credential) {
        return builder().tls(credential.serverContext());
    }

    SmtpServerBuilder builder() {
        return ScriptedSmtpServer.builder().address("127.78.0." + (servers.size() + 1)).extensions("PIPELINING", "8BITMIME");
    }

    ScriptedSmtpServer start(SmtpServerBuilder builder) {
        ScriptedSmtpServer server = builder.port(port).start();
        port = server.port();
        servers.add(server);
        return server;
    }

    static void assertDelivered(List<Outcome> outcomes, SecurityLabel label) {
        assertThat(outcomes).singleElement()
            .isInstanceOfSatisfying(Outcome.Delivered.class, done -> assertThat(done.label()).isEqualTo(label));
    }

    static void assertDeferred(List<Outcome> outcomes, EnhancedStatusCode code, String text) {
        assertThat(outcomes).singleElement().isInstanceOfSatisfying(Outcome.Deferred.class, deferred -> {
            assertThat(deferred.reason().code()).isEqualTo(code);
            assertThat(deferred.reason().text()).contains(text);
        });
    }
}
