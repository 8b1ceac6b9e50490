/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.diagnosis;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.jamesdane.dns.validating.TrustAnchors;
import org.jamesdane.dns.validating.ValidatingDns;
import org.jamesdane.dns.validating.ValidatorConfig;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.SignedWorld;
import org.jamesdane.testing.dns.SignedZone;
import org.jamesdane.testing.pki.Credential;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.jamesdane.testing.smtp.SmtpServerBuilder;

/** Signed zones and mail hosts on one port of loopback addresses. */
public final class MailWorld implements AutoCloseable {
    private final SignedWorld world = SignedDns.world();
    private final List<ScriptedSmtpServer> servers = new ArrayList<>();
    private final List<Runnable> others = new ArrayList<>();
    private final String network;
    private int port;

    /** Addresses begin with that, {@code 127.79.1} for example; tests that run at the same time have different ones. */
    public MailWorld(String network) {
        this.network = network;
    }

    /** A zone, made with its first mention. */
    public SignedZone zone(String name) {
        return world.zone(name);
    }

    /** A host that shows this certificate. */
    public ScriptedSmtpServer host(Credential credential) {
        return start(builder().tls(credential.serverContext()));
    }

    /** A server that was made with {@link #builder()}. */
    public ScriptedSmtpServer start(SmtpServerBuilder builder) {
        ScriptedSmtpServer server = builder.port(port).start();
        port = server.port();
        servers.add(server);
        return server;
    }

    /** A server on the next address and the common port. */
    public SmtpServerBuilder builder() {
        return ScriptedSmtpServer.builder().address(network + "." + (servers.size() + 1)).extensions("PIPELINING", "8BITMIME");
    }

    /** Gives a zone a host with address, MX and, if there is a certificate, a TLSA record of it. */
    public SignedZone mx(SignedZone zone, int preference, String label, String domain, ScriptedSmtpServer server) {
        return zone.mx(preference, label + "." + domain).a(label, server.address().getAddress().getHostAddress());
    }

    /** Name at which the TLSA records of a host stand. */
    public String tlsaOwner(String label) {
        return "_" + port + "._tcp." + label;
    }

    /** The record of a certificate at a host. */
    public SignedZone tlsa(SignedZone zone, String label, Credential credential, int usage, int selector) {
        return zone.tlsa(tlsaOwner(label), usage, selector, 1, credential.association(usage, selector, 1).octets());
    }

    /** The hosts' port; known once the first was started. */
    public int port() {
        return port;
    }

    /** Starts the DNS, when all zones are there. */
    public SignedDns start() {
        SignedDns dns = world.start();
        others.add(dns::close);
        return dns;
    }

    /** A validator that trusts this world, after its self-test. */
    public ValidatingDns validator(SignedDns dns, Clock clock) {
        ValidatingDns validating = ValidatingDns.create(ValidatorConfig.builder().upstreams(List.of(dns.address()))
            .trustAnchors(TrustAnchors.parse(List.of(dns.trustAnchor().split("\n")))).timeout(Duration.ofSeconds(10)).build(), clock,
            new SecureRandom());
        others.add(0, validating::close);
        validating.firstSelfTest().toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
        return validating;
    }

    @Override
    public void close() {
        servers.forEach(ScriptedSmtpServer::close);
        others.forEach(Runnable::run);
    }
}
