/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.https;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.util.List;
import java.util.Optional;

import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

import org.jamesdane.testing.pki.Authority;
import org.jamesdane.testing.pki.TestPki;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The policy host is a host that JDK's own client finds in order. */
class PolicyHostTest {
    private static final Authority CA = TestPki.authority("Policy host test CA");

    private final PolicyHost host = PolicyHost.start("127.83.7.1", CA, "one.example", "two.example");

    @AfterEach
    void close() {
        host.close();
    }

    /** The answer to a request, from a client that verifies the name; empty where no connection comes about. */
    private Optional<String> ask(String domain) throws Exception {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", CA.certificate());
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, managers.getTrustManagers(), null);
        String name = "mta-sts." + domain;
        try (Socket plain = new Socket()) {
            plain.connect(new InetSocketAddress(host.address(), host.port()));
            try (SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket(plain, name, host.port(), true)) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setServerNames(List.of(new SNIHostName(name)));
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                socket.setSSLParameters(parameters);
                socket.getOutputStream().write(("GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: " + name + "\r\nConnection: close\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
                return Optional.of(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    @Test
    void shouldServeThePolicyOfEachDomain() throws Exception {
        host.publish("one.example", PolicyHost.policy("enforce", "mx.one.example", "*.two.example")).publish("two.example", "odd");

        assertThat(ask("one.example").orElseThrow()).startsWith("HTTP/1.1 200 ").contains("text/plain")
            .endsWith("\r\n\r\nversion: STSv1\r\nmode: enforce\r\nmx: mx.one.example\r\nmx: *.two.example\r\nmax_age: 604800\r\n");
        assertThat(ask("two.example").orElseThrow()).endsWith("\r\n\r\nodd");
        assertThat(List.of(host.requests("one.example"), host.requests("two.example"))).containsExactly(1, 1);
    }

    @Test
    void shouldSayThatThereIsNoPolicy() throws Exception {
        assertThat(ask("one.example").orElseThrow()).startsWith("HTTP/1.1 404 ");
    }

    @Test
    void shouldNotHaveTheNameOfAnotherDomain() throws Exception {
        assertThat(ask("three.example")).isEmpty();
    }

    @Test
    void shouldRefuseConnectionsWhileBlocked() throws Exception {
        host.publish("one.example", "first");
        host.block();
        assertThat(ask("one.example")).isEmpty();
        host.publish("one.example", "second").unblock();

        assertThat(ask("one.example").orElseThrow()).endsWith("second");
        assertThat(host.requests("one.example")).isEqualTo(1);
    }
}
