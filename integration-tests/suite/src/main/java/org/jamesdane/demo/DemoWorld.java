/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jamesdane.testing.dns.Signatures;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.SignedWorld;
import org.jamesdane.testing.dns.SignedZone;
import org.jamesdane.testing.https.PolicyHost;
import org.jamesdane.testing.james.JamesConfiguration;
import org.jamesdane.testing.pki.Association;
import org.jamesdane.testing.pki.Authority;
import org.jamesdane.testing.pki.Credential;
import org.jamesdane.testing.pki.TestPki;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.jamesdane.testing.smtp.SmtpServerBuilder;
import org.jamesdane.testing.smtp.Transaction;

/**
 * The DNS, the policy host and the mail hosts of all {@link Destination}s, on loopback addresses of their own. The mail hosts share a port.
 */
public final class DemoWorld implements AutoCloseable {
    private static final String[] EXTENSIONS = {"PIPELINING", "SIZE 10485760", "8BITMIME", "ENHANCEDSTATUSCODES"};
    private static final int DANE_EE = 3;
    private static final int SPKI = 1;
    private static final int CERTIFICATE = 0;
    private static final int SHA_256 = 1;
    private static final String LOOPBACK = "127.0.0.0/8";
    /** Address behind those of the mail hosts. */
    private static final String LAST_ADDRESS = "127.77.0.11";

    private final Map<Destination, List<ScriptedSmtpServer>> servers = new EnumMap<>(Destination.class);
    private final Map<String, Credential> certificates = new HashMap<>();
    private final SignedWorld world = SignedDns.world();
    private final Authority authority = TestPki.authority("Demonstration CA");
    private final PolicyHost policies = PolicyHost.start(LAST_ADDRESS, authority, Destination.STS.domain(),
        Destination.STS_IMPOSTOR.domain());
    private final SignedDns dns;
    private final int port;
    private int addresses;

    /** Starts everything. */
    public DemoWorld() {
        ScriptedSmtpServer first = builder("mx.good.example").tls(certificate("mx.good.example").serverContext()).start();
        port = first.port();
        SignedZone good = domain(Destination.GOOD, "mx", first);
        tlsa(good, "mx", certificate("mx.good.example"), SPKI);
        impostor(domain(Destination.IMPOSTOR, "mx", tls("mx.impostor.example", "impostor")), "mx", "mx.impostor.example");
        stripped();
        SignedZone bogus = domain(Destination.BOGUS, "mx", tls("mx.bogus.example", "mx.bogus.example"));
        tlsa(bogus, "mx", certificate("mx.bogus.example"), SPKI);
        bogus.signatures(tlsaOwner("mx"), "TLSA", Signatures.CORRUPT);
        domain(Destination.PLAIN, "mx", tls("mx.plain.example", "mx.plain.example"));
        domain(Destination.NO_TLS, "mx", start(builder("mx.notls.example"))).unsigned();
        backup();
        sts(Destination.STS, authority.leaf("mx.sts.example").issue());
        sts(Destination.STS_IMPOSTOR, certificate("mx.sts-impostor.example"));
        dns = world.start();
    }

    private void stripped() {
        ScriptedSmtpServer server = start(builder("mx.stripped.example").tls(certificate("mx.stripped.example").serverContext())
            .hideStarttls());
        tlsa(domain(Destination.STRIPPED, "mx", server), "mx", certificate("mx.stripped.example"), SPKI);
    }

    private void backup() {
        SignedZone zone = domain(Destination.BACKUP, "mx1", tls("mx1.backup.example", "impostor"));
        impostor(zone, "mx1", "mx1.backup.example");
        ScriptedSmtpServer second = tls("mx2.backup.example", "mx2.backup.example");
        servers.computeIfAbsent(Destination.BACKUP, missing -> new ArrayList<>()).add(second);
        zone.mx(20, "mx2.backup.example").a("mx2", address(second));
        tlsa(zone, "mx2", certificate("mx2.backup.example"), CERTIFICATE);
    }

    /** A policy of MTA-STS in an unsigned zone, where the mail host shows that certificate. */
    private void sts(Destination destination, Credential shown) {
        String host = "mx." + destination.domain();
        policies.publish(destination.domain(), PolicyHost.policy("enforce", host));
        domain(destination, "mx", start(builder(host).tls(shown.serverContext())))
            .txt("_mta-sts", "v=STSv1; id=1;").a("mta-sts", policies.address()).unsigned();
    }

    private SignedZone domain(Destination destination, String host, ScriptedSmtpServer server) {
        servers.put(destination, new ArrayList<>(List.of(server)));
        return world.zone(destination.domain()).mx(10, host + "." + destination.domain()).a(host, address(server));
    }

    /** The records speak of the right host's key, which the impostor does not have. */
    private void impostor(SignedZone zone, String host, String name) {
        tlsa(zone, host, certificate(name), SPKI);
    }

    private void tlsa(SignedZone zone, String host, Credential credential, int selector) {
        Association association = credential.association(DANE_EE, selector, SHA_256);
        zone.tlsa(tlsaOwner(host), association.usage(), association.selector(), association.matchingType(), association.octets());
    }

    private String tlsaOwner(String host) {
        return "_" + port + "._tcp." + host;
    }

    /** The certificate of that name, the same each time. */
    private Credential certificate(String name) {
        return certificates.computeIfAbsent(name, subject -> TestPki.selfSigned(subject).issue());
    }

    private ScriptedSmtpServer tls(String name, String certificateName) {
        return start(builder(name).tls(certificate(certificateName).serverContext()));
    }

    private ScriptedSmtpServer start(SmtpServerBuilder builder) {
        return builder.port(port).start();
    }

    private SmtpServerBuilder builder(String name) {
        addresses++;
        return ScriptedSmtpServer.builder().address("127.77.0." + addresses).hostName(name).extensions(EXTENSIONS);
    }

    private static String address(ScriptedSmtpServer server) {
        return server.address().getAddress().getHostAddress();
    }

    /** The sample configuration with what a world on loopback addresses needs changed. */
    public JamesConfiguration configure(JamesConfiguration sample, String trustAnchors) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("dns.servers", dns.address().getAddress().getHostAddress() + ":" + dns.port());
        settings.put("dns.trust-anchors", trustAnchors);
        settings.put("smtp.port", String.valueOf(port));
        settings.put("smtp.allowed-special-targets", LOOPBACK);
        // The samples of earlier versions do not show these.
        if (sample.text("dane.properties").contains("https.port")) {
            settings.put("https.port", String.valueOf(policies.port()));
            settings.put("https.allowed-special-targets", LOOPBACK);
            settings.put("pki.authorities", "file://conf/authorities.pem");
        }
        JamesConfiguration changed = sample.with("dane-trust-anchors", dns.trustAnchor() + "\n")
            .with("authorities.pem", TestPki.pem(authority.certificate()));
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            changed = changed.edited("dane.properties", text -> set(text, setting.getKey(), setting.getValue()));
        }
        return changed;
    }

    /** Sets a key that the sample shows commented out; it has to be there. */
    public static String set(String properties, String key, String value) {
        String before = "#" + key + "=";
        if (!properties.contains("\n" + before)) {
            throw new IllegalArgumentException("The sample configuration does not show " + key);
        }
        return properties.replaceFirst("(?m)^" + before.replace(".", "\\.") + ".*$", key + "=" + value);
    }

    /** The messages that hosts of the destination have taken. */
    public List<Transaction> messages(Destination destination) {
        return servers(destination).stream().flatMap(server -> server.messages().stream()).filter(Transaction::accepted).toList();
    }

    /** Tests whether any host of the destination that has taken nothing was told anything of an envelope. */
    public boolean leaked(Destination destination) {
        return servers(destination).stream()
            .filter(server -> server.accepted() == 0)
            .anyMatch(server -> server.sessions().stream().anyMatch(session -> !session.transactions().isEmpty()
                || session.verbs().contains("MAIL")));
    }

    /** The mail hosts of a destination. */
    public List<ScriptedSmtpServer> servers(Destination destination) {
        return servers.getOrDefault(destination, List.of());
    }

    /** The DNS of this world. */
    public SignedDns dns() {
        return dns;
    }

    /** The port of all mail hosts. */
    public int port() {
        return port;
    }

    /** Tests whether this system has the loopback addresses that the hosts need; Linux has all of 127.0.0.0/8. */
    public static boolean hasAddresses() {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getByName(LAST_ADDRESS))) {
            return probe.isBound();
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address was taken for a name", e);
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        dns.close();
        policies.close();
        servers.values().forEach(hosts -> hosts.forEach(ScriptedSmtpServer::close));
    }
}
