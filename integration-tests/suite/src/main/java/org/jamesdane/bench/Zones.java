/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.jamesdane.demo.DemoWorld;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.SignedWorld;
import org.jamesdane.testing.dns.SignedZone;
import org.jamesdane.testing.james.JamesConfiguration;
import org.jamesdane.testing.pki.Association;
import org.jamesdane.testing.pki.Credential;
import org.jamesdane.testing.pki.TestPki;

/** The signed domains of the benchmark: each with a mail host of its own address, and all hosts with one key. */
final class Zones implements AutoCloseable {
    /** Stock James asks resolvers at this port only. */
    private static final int DNS_PORT = 53;
    static final String DNS_ADDRESS = "127.53.0.1";
    /** Nothing of what is measured lasts longer; the DNS is asked once. */
    private static final int TTL_SECONDS = 86_400;
    private static final int DANE_EE = 3;
    private static final int SPKI = 1;
    private static final int SHA_256 = 1;

    private final int domains;
    private final SignedDns dns;
    private final Credential credential = TestPki.selfSigned("mx.bench.example").issue();

    Zones(int domains, int smtpPort) {
        this(domains, smtpPort, world -> { });
    }

    /** With what else is to be in that world. */
    Zones(int domains, int smtpPort, Consumer<SignedWorld> more) {
        this.domains = domains;
        Association association = credential.association(DANE_EE, SPKI, SHA_256);
        SignedWorld world = SignedDns.world();
        for (int i = 0; i < domains; i++) {
            SignedZone zone = world.zone(domain(i)).ttl(TTL_SECONDS).mx(10, "mx." + domain(i)).a("mx", TlsSink.address(i));
            zone.tlsa("_" + smtpPort + "._tcp.mx", association.usage(), association.selector(), association.matchingType(),
                association.octets());
        }
        more.accept(world);
        try {
            dns = world.start(InetAddress.getByName(DNS_ADDRESS), DNS_PORT);
        } catch (UnknownHostException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String domain(int number) {
        return "d" + number + ".example";
    }

    SignedDns dns() {
        return dns;
    }

    /** James's configuration as james-conf has it. */
    static JamesConfiguration sample() {
        return JamesConfiguration.copyOf(Path.of(System.getProperty("james.conf")));
    }

    /** The same for a James with our mailet that sends to these domains. */
    JamesConfiguration configuration() {
        return with(sample().with("dane-trust-anchors", trustAnchor() + "\n"), Map.of("dns.servers", DNS_ADDRESS,
            "dns.trust-anchors", "file://conf/dane-trust-anchors", "smtp.allowed-special-targets", "127.0.0.0/8",
            "smtp.own-addresses", "none"));
    }

    /** A configuration with these settings of dane.properties. */
    static JamesConfiguration with(JamesConfiguration configuration, Map<String, String> properties) {
        return configuration.edited("dane.properties", text -> {
            String edited = text;
            for (Map.Entry<String, String> property : properties.entrySet()) {
                edited = DemoWorld.set(edited, property.getKey(), property.getValue());
            }
            return edited;
        });
    }

    String trustAnchor() {
        return dns.trustAnchor();
    }

    /** Writes key and certificate of the mail hosts. */
    void writeKeyStore(Path file) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("mx", credential.privateKey(), TlsSink.STORE_PASSWORD.toCharArray(),
            new Certificate[] {credential.certificate()});
        store.setCertificateEntry("trusted", credential.certificate());
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, TlsSink.STORE_PASSWORD.toCharArray());
        }
    }

    /** Writes the addresses of the mail hosts in the form of /etc/hosts. */
    Path writeHosts(Path file) throws IOException {
        return Files.writeString(file, "127.0.0.1 localhost " + InetAddress.getLocalHost().getHostName() + "\n"
            + IntStream.range(0, domains).mapToObj(i -> TlsSink.address(i) + " mx." + domain(i) + "\n").collect(Collectors.joining()));
    }

    @Override
    public void close() {
        dns.close();
    }
}
