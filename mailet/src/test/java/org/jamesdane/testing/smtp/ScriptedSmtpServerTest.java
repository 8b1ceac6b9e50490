/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import javax.net.ssl.SSLException;

import org.jamesdane.testing.pki.Credential;
import org.jamesdane.testing.pki.KeyKind;
import org.jamesdane.testing.pki.TestPki;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ScriptedSmtpServerTest extends ScriptedServerBed {
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.45.6.7", "::1"})
    void shouldListenOnAnyLoopbackAddress(String address) throws IOException {
        try (ScriptedSmtpServer server = server().address(address).start(); RawClient client = new RawClient(server.address())) {
            assertThat(client.reply()).isEqualTo("220 scripted.test ESMTP");
        }
    }

    @Test
    void shouldRefuseToListenOnOtherAddresses() {
        assertThatThrownBy(() -> server().address("192.0.2.1").start()).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldNotBeReachableAfterClose() {
        ScriptedSmtpServer server = server().start();
        InetSocketAddress address = server.address();
        server.close();

        assertThatThrownBy(() -> new RawClient(address).close()).isInstanceOf(ConnectException.class);
    }

    @Test
    void shouldRememberEnvelopeAndContentOctetForOctet() throws IOException {
        String wire = "Subject: x\r\n\r\n..dot\r\nbare\nLF.\n.\nbare\rCR\u00e4\r\n";
        try (ScriptedSmtpServer server = server().start(); RawClient client = new RawClient(server.address())) {
            sendUpToContent(client);
            client.send(wire);
            assertThat(client.ask(".")).startsWith("250 ");
            assertThat(client.ask("QUIT")).startsWith("221 ");
            server.awaitEnd();

            Transaction mail = server.messages().get(0);
            assertThat(mail.sender()).isEqualTo(new Mailbox("alice@example.com", List.of("SIZE=5")));
            assertThat(mail.recipients()).containsExactly(new Mailbox("bob@example.org", List.of()));
            assertThat(mail.protection()).isEqualTo(Protection.CLEAR);
            Transaction.Content content = mail.content().orElseThrow();
            assertThat(content.wire()).isEqualTo(wire.getBytes(StandardCharsets.ISO_8859_1));
            assertThat(content.message()).isEqualTo(wire.replace("\r\n..", "\r\n.").getBytes(StandardCharsets.ISO_8859_1));
            assertThat(content.complete()).isTrue();
            assertThat(server.session(1).verbs()).containsExactly("EHLO", "MAIL", "RCPT", "DATA", "QUIT");
            assertThat(server.session(1).end()).contains("quit");
            assertThat(server.accepted()).isEqualTo(1);
        }
    }

    @Test
    void shouldTakeAnEmptyMessage() throws IOException {
        try (ScriptedSmtpServer server = server().start(); RawClient client = new RawClient(server.address())) {
            sendUpToContent(client);
            assertThat(client.ask(".")).startsWith("250 ");

            assertThat(server.messages().get(0).content().orElseThrow().wire()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\n.\n", "a\r.\r", "a\r\n.\n", "a\n.\r\n"})
    void shouldEndContentAtAnyLineEndOnlyIfSloppy(String smuggled) throws IOException {
        try (ScriptedSmtpServer server = server().endOfData(EndOfData.ANY_LINE_END).start();
                RawClient client = new RawClient(server.address())) {
            sendUpToContent(client);
            client.send(smuggled);
            assertThat(client.reply()).startsWith("250 ");
            assertThat(client.ask("NOOP")).startsWith("250 2.0.0 Still");
            assertThat(server.session(1).verbs()).endsWith("NOOP");
        }
    }

    @Test
    void shouldAnswerPipelinedCommandsInOrder() throws IOException {
        try (ScriptedSmtpServer server = server().replyTo("b@x", "550 5.1.1 No b").start();
                RawClient client = new RawClient(server.address())) {
            client.reply();
            client.ask("EHLO c");
            client.send("MAIL FROM:<>\r\nRCPT TO:<a@x>\r\nRCPT TO:<b@x>\r\nDATA\r\n");
            assertThat(List.of(client.reply(), client.reply(), client.reply(), client.reply()))
                .containsExactly("250 2.1.0 Sender fine", "250 2.1.5 Recipient fine", "550 5.1.1 No b", "354 Go ahead");
            client.send("x\r\n.\r\nQUIT\r\n");
            assertThat(client.reply()).startsWith("250");
            assertThat(client.reply()).startsWith("221");
            assertThat(server.messages().get(0).refused()).containsExactly(new Mailbox("b@x", List.of()));
        }
    }

    @Test
    void shouldChangeItsAnswerToARecipientFromOneTimeToTheNext() throws IOException {
        try (ScriptedSmtpServer server = server().replyTo("b@x", "450 4.7.1 Grey", "250 Now").start();
                RawClient client = new RawClient(server.address())) {
            client.reply();
            client.ask("EHLO c");
            client.ask("MAIL FROM:<a@x>");
            assertThat(client.ask("RCPT TO:<B@x>")).startsWith("450");
            assertThat(client.ask("RCPT TO:<b@x>")).startsWith("250");
            assertThat(client.ask("RCPT TO:<b@x>")).startsWith("250");
        }
    }

    @Test
    void shouldDoStarttlsAndTellWhatCameOverWhichChannel() throws IOException {
        try (ScriptedSmtpServer server = server().tls(MX.serverContext()).extensions("SIZE 9").extensionsAfterTls("DSN").start();
                RawClient client = new RawClient(server.address())) {
            client.reply();
            assertThat(client.ask("EHLO c")).isEqualTo("250-scripted.test|250-SIZE 9|250 STARTTLS");
            assertThat(client.ask("STARTTLS")).startsWith("220");
            client.startTls(Optional.of("odd.mx.example"));
            assertThat(client.ask("EHLO c")).isEqualTo("250-scripted.test|250 DSN");
            assertThat(client.ask("MAIL FROM:<a@x>")).startsWith("250");
            client.ask("QUIT");
            server.awaitEnd();

            Session session = server.session(1);
            assertThat(session.clientHello()).contains(new ClientHello(Optional.of("odd.mx.example"), false));
            assertThat(session.tlsProtocol()).contains("TLSv1.3");
            assertThat(session.commands()).extracting(Command::protection).containsExactly(
                Protection.CLEAR, Protection.CLEAR, Protection.TLS, Protection.TLS, Protection.TLS);
            assertThat(session.received(Protection.CLEAR)).isEqualTo("EHLO c\r\nSTARTTLS\r\n");
            assertThat(session.received(Protection.TLS)).isEqualTo("EHLO c\r\nMAIL FROM:<a@x>\r\nQUIT\r\n");
            assertThat(session.transactions().get(0).protection()).isEqualTo(Protection.TLS);
        }
    }

    @Test
    void shouldRememberServerNamesThatJavaItselfRefuses() throws IOException {
        try (ScriptedSmtpServer server = server().implicitTls().tls(MX.serverContext()).start()) {
            assertThatThrownBy(() -> chainShown(server, Optional.of("_odd.mx.example"))).isInstanceOf(SSLException.class);
            server.awaitEnd();
            assertThat(server.session(1).clientHello().flatMap(ClientHello::serverName)).contains("_odd.mx.example");
        }
    }

    @Test
    void shouldChooseTheChainByServerName() throws IOException {
        Credential other = CA.leaf("other.example").issue();
        try (ScriptedSmtpServer server = server().implicitTls().tls(MX.serverContext())
                .tls("other.example", other.serverContext()).start()) {
            assertThat(chainShown(server, Optional.of("OTHER.example"))).isEqualTo(other.chain());
            assertThat(chainShown(server, Optional.of("mx.example"))).isEqualTo(MX.chain());
            assertThat(chainShown(server, Optional.empty())).isEqualTo(MX.chain());
        }
    }

    private static List<?> chainShown(ScriptedSmtpServer server, Optional<String> name) throws IOException {
        try (RawClient client = new RawClient(server.address())) {
            client.startTls(name);
            assertThat(client.reply()).startsWith("220");
            return client.peerChain();
        }
    }

    @Test
    void shouldRefuseNamesItHasNoChainFor() throws IOException {
        try (ScriptedSmtpServer server = server().implicitTls().tls("mx.example", MX.serverContext()).start();
                RawClient client = new RawClient(server.address())) {
            assertThatThrownBy(() -> client.startTls(Optional.of("other.example")))
                .isInstanceOf(SSLException.class).hasMessageContaining("unrecognized_name");
        }
    }

    /** The platform's TLS makes no signature with 512 bits in TLS 1.3 (RFC 8017 §9.1.1: PSS with SHA-256 takes 528). */
    @ParameterizedTest
    @EnumSource(value = KeyKind.class, mode = EnumSource.Mode.EXCLUDE, names = "RSA_512")
    void shouldShowChainsOfEveryKindOfKey(KeyKind kind) throws IOException {
        Credential credential = CA.leaf("mx.example").key(kind).issue();
        try (ScriptedSmtpServer server = server().implicitTls().tls(credential.serverContext()).start()) {
            assertThat(chainShown(server, Optional.of("mx.example"))).isEqualTo(credential.chain());
        }
    }

    @Test
    void shouldShowChainsThatNoSaneServerHas() throws IOException {
        Credential odd = CA.leaf("mx.example").brokenSignature().oddBooleans().expired().issue()
            .withStrangersBehindLeaf(TestPki.authority("Stranger").certificate());
        try (ScriptedSmtpServer server = server().implicitTls().tls(odd.serverContext()).start()) {
            assertThat(chainShown(server, Optional.of("mx.example"))).isEqualTo(odd.chain());
        }
        Credential undecodable = CA.leaf("mx.example").undecodable().issue();
        try (ScriptedSmtpServer server = server().implicitTls().tls(undecodable.serverContext()).start()) {
            assertThatThrownBy(() -> chainShown(server, Optional.empty())).isInstanceOf(SSLException.class);
        }
    }

    @Test
    void shouldHoldToTheProtocolsItWasGiven() throws IOException {
        try (ScriptedSmtpServer server = server().implicitTls().tls(MX.serverContext()).tlsProtocols("TLSv1.2")
                .cipherSuites("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256").start()) {
            chainShown(server, Optional.empty());
            server.awaitEnd();
            assertThat(server.session(1).tlsProtocol()).contains("TLSv1.2");
        }
    }

    @Test
    void shouldRememberWhatAClientSaysInsteadOfStartingTls() throws IOException {
        try (ScriptedSmtpServer server = server().tls(MX.serverContext()).start()) {
            try (RawClient client = new RawClient(server.address())) {
                client.reply();
                client.ask("STARTTLS");
                client.send("MAIL FROM:<a@x>\r\n");
            }
            server.awaitEnd();

            assertThat(server.session(1).received(Protection.CLEAR)).isEqualTo("STARTTLS\r\nMAIL FROM:<a@x>\r\n");
        }
    }

    @Test
    void shouldRememberCredentials() throws IOException {
        try (ScriptedSmtpServer server = server().extensions("AUTH PLAIN LOGIN").start();
                RawClient client = new RawClient(server.address())) {
            client.reply();
            client.ask("EHLO c");
            assertThat(client.ask("AUTH PLAIN AHVzZXIAcGFzcw==")).startsWith("235");
            assertThat(client.ask("AUTH LOGIN")).isEqualTo("334 VXNlcm5hbWU6");
            assertThat(client.ask("dXNlcg==")).isEqualTo("334 UGFzc3dvcmQ6");
            assertThat(client.ask("cGFzcw==")).startsWith("235");
            assertThat(server.session(1).logins()).containsExactly(
                new Login("PLAIN", "user", "pass", Protection.CLEAR), new Login("LOGIN", "user", "pass", Protection.CLEAR));
        }
    }

    @Test
    void shouldServeManySessionsAndMessagesAtOnce() throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(16);
        try (ScriptedSmtpServer server = server().countOnly().start()) {
            List<Future<?>> work = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                work.add(clients.submit(() -> {
                    sendHundredMessages(server);
                    return true;
                }));
            }
            for (Future<?> each : work) {
                each.get();
            }
            server.awaitEnd();
            assertThat(server.accepted()).isEqualTo(1_600);
            assertThat(server.connections()).isEqualTo(16);
            assertThat(server.sessions()).isEmpty();
        } finally {
            clients.shutdownNow();
        }
    }

    private static void sendHundredMessages(ScriptedSmtpServer server) throws IOException {
        try (RawClient client = new RawClient(server.address())) {
            client.reply();
            client.ask("EHLO c");
            for (int i = 0; i < 100; i++) {
                client.send("MAIL FROM:<a@x>\r\nRCPT TO:<b@x>\r\nDATA\r\n");
                client.reply();
                client.reply();
                client.reply();
                assertThat(client.ask("x\r\n.")).startsWith("250");
            }
            client.ask("QUIT");
        }
    }
}
