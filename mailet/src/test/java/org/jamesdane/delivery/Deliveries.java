/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

import org.jamesdane.dane.outcome.Outcome;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.policy.PolicyTable;
import org.jamesdane.dane.routing.AddressRange;
import org.jamesdane.dane.routing.RoutingRules;
import org.jamesdane.dane.tlsa.TlsaSearch;
import org.jamesdane.delivery.attempt.DeliveryAttempt;
import org.jamesdane.delivery.monitoring.AuditEvent;
import org.jamesdane.delivery.monitoring.DeliveryAudit;
import org.jamesdane.delivery.monitoring.DeliveryMetrics;
import org.jamesdane.delivery.monitoring.MetricsAudit;
import org.jamesdane.delivery.monitoring.TimedDns;
import org.jamesdane.delivery.settings.BindAddresses;
import org.jamesdane.delivery.settings.DeliverySettings;
import org.jamesdane.delivery.settings.EightBitConversion;
import org.jamesdane.smtp.SmtpConnector;
import org.jamesdane.smtp.SocketSmtpConnector;
import org.jamesdane.smtp.Timeouts;
import org.jamesdane.testing.pki.Credential;
import org.jamesdane.testing.pki.TestPki;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.jamesdane.testing.smtp.SmtpServerBuilder;
import org.jamesdane.tls.TlsOffer;

/** Deliveries over real connections to scripted hosts; only the DNS is told what to say. Everything of it can be changed by a test. */
public final class Deliveries implements AutoCloseable {
    static final Credential HOST = TestPki.selfSigned("mx.example.com").issue();
    private static final RoutingRules LOOPBACK_TOO =
        new RoutingRules(Set.of(), Set.of(), List.of(AddressRange.parse("127.0.0.0/8")), 10, 5);

    final List<AuditEvent> audit = new ArrayList<>();
    final List<String> measured = new ArrayList<>();
    TlsOffer offer = TlsOffer.DEFAULT;
    private final SocketSmtpConnector sockets = new SocketSmtpConnector();
    private final List<ScriptedSmtpServer> servers = new ArrayList<>();
    private final int network;
    public SmtpConnector connector = sockets;
    public Policy policy = Policy.DANE;
    List<NextHop> gateways = List.of();
    DeliverySettings.GatewayOptions gatewayOptions = DeliverySettings.GatewayOptions.PLAIN;
    DeliverySettings.SenderWishes wishes = DeliverySettings.SenderWishes.DEFAULT;
    EightBitConversion conversion = EightBitConversion.CONVERT;
    BindAddresses bind = BindAddresses.ANY;
    String heloName = "client.example";
    boolean wrapperTls;
    Timeouts timeouts = Timeouts.defaults().withConnect(Duration.ofSeconds(20)).withEachStep(Duration.ofSeconds(20));
    int port;

    /**
     * Deliveries to hosts at {@code 127.network.0.n}.
     *
     * @param network another one for each class of tests
     */
    public Deliveries(int network) {
        this.network = network;
    }

    /** A host with everything that good hosts offer, and TLS with that certificate. */
    SmtpServerBuilder tls(Credential credential) {
        return plain().tls(credential.serverContext());
    }

    /** A host without TLS. */
    public SmtpServerBuilder plain() {
        return ScriptedSmtpServer.builder().address("127." + network + ".0." + (servers.size() + 1)).extensions("PIPELINING", "8BITMIME");
    }

    /** Starts it at the next free address; all have the same port. */
    public ScriptedSmtpServer start(SmtpServerBuilder builder) {
        ScriptedSmtpServer server = builder.port(port).start();
        port = server.port();
        servers.add(server);
        return server;
    }

    /** A signed domain whose one host has a TLSA record. */
    FakeDns dane(ScriptedSmtpServer server) {
        return host(FakeDns.signed(), server).tlsa("_" + port + "._tcp.mx.example.com", HOST.association(3, 1, 1));
    }

    /** A domain with that one host. */
    FakeDns host(FakeDns dns, ScriptedSmtpServer server) {
        return dns.mx("example.com", "mx.example.com").address("mx.example.com", ip(server));
    }

    public static InetAddress ip(ScriptedSmtpServer server) {
        return server.address().getAddress();
    }

    List<Outcome> deliver(FakeDns dns, TestMail mail) {
        return attempt(dns).deliver(mail);
    }

    DeliveryAttempt attempt(FakeDns dns) {
        DeliveryMetrics metrics = new DeliveryMetrics() {
            @Override
            public void count(String name) {
                measured.add(name);
            }

            @Override
            public Runnable start(String name) {
                return () -> measured.add(name);
            }
        };
        return new DeliveryAttempt(new TimedDns(dns, metrics), connector, settings(),
            DeliveryAudit.all(audit::add, new MetricsAudit(metrics)), InstantSource.system(), new Random(1), metrics);
    }

    public DeliverySettings settings() {
        return new DeliverySettings(new DeliverySettings.Decision(PolicyTable.of(policy, Map.of()), LOOPBACK_TOO,
            TlsaSearch.InsecureMx.DANE), new DeliverySettings.Connection(port, wrapperTls, heloName, bind, timeouts, offer),
            gateways, gatewayOptions, conversion, wishes);
    }

    @Override
    public void close() {
        servers.forEach(ScriptedSmtpServer::close);
        sockets.close();
    }
}
