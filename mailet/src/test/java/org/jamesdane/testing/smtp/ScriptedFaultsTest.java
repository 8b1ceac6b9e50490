/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import javax.net.ssl.SSLException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Faults of a scripted server, each at the point of the dialogue that the script names. */
class ScriptedFaultsTest extends ScriptedServerBed {
    @Test
    void shouldAnswerFaultyAtTheOccurrenceNamed() throws IOException {
        try (ScriptedSmtpServer server = server().fault(Point.RCPT, 2, Fault.reply("550-5.1.1 No", "550 5.1.1 Really")).start();
                RawClient client = new RawClient(server.address())) {
            client.reply();
            client.ask("EHLO c");
            client.ask("MAIL FROM:<a@x>");
            assertThat(client.ask("RCPT TO:<b@x>")).startsWith("250");
            assertThat(client.ask("RCPT TO:<c@x>")).isEqualTo("550-5.1.1 No|550 5.1.1 Really");
            assertThat(client.ask("RCPT TO:<d@x>")).startsWith("250");
            assertThat(server.session(1).transactions().get(0).recipients()).extracting(Mailbox::address).containsExactly("b@x", "d@x");
        }
    }

    @Test
    void shouldGiveEachConnectionItsOwnScript() throws IOException {
        try (ScriptedSmtpServer server = server().start()) {
            server.nextSessions(Script.good().with(Point.BANNER, Fault.replyThenClose("421 4.3.2 Busy")), Script.good());
            for (String expected : List.of("421 4.3.2 Busy", "220 scripted.test ESMTP")) {
                try (RawClient client = new RawClient(server.address())) {
                    assertThat(client.reply()).isEqualTo(expected);
                }
            }
        }
    }

    @Test
    void shouldEndConnectionsAsTheScriptSays() throws IOException {
        try (ScriptedSmtpServer server = server().start()) {
            server.nextSessions(Script.good().with(Point.EHLO, Fault.close()), Script.good().with(Point.EHLO, Fault.reset()),
                Script.good().with(Point.CONNECT, Fault.close()));
            try (RawClient client = new RawClient(server.address())) {
                client.reply();
                assertThat(client.ask("EHLO c")).isEqualTo("<end>");
            }
            try (RawClient client = new RawClient(server.address())) {
                client.reply();
                assertThatThrownBy(() -> client.ask("EHLO c")).isInstanceOf(IOException.class).hasMessageContaining("reset");
            }
            try (RawClient client = new RawClient(server.address())) {
                assertThat(client.reply()).isEqualTo("<end>");
            }
        }
    }

    @Test
    void shouldEndConnectionsUnderTls() throws IOException {
        try (ScriptedSmtpServer server = server().implicitTls().tls(MX.serverContext()).start()) {
            server.nextSessions(Script.good().with(Point.EHLO, Fault.close()), Script.good().with(Point.EHLO, Fault.cut()));
            for (int i = 0; i < 2; i++) {
                try (RawClient client = new RawClient(server.address())) {
                    client.startTls(Optional.empty());
                    client.reply();
                    assertThat(client.ask("EHLO c")).isEqualTo("<end>");
                }
            }
            server.awaitEnd(2);
            assertThat(server.sessions()).extracting(session -> session.end().orElseThrow()).containsExactly("closed", "cut");
        }
    }

    @Test
    void shouldHearWhatComesAfterAFault() throws IOException {
        try (ScriptedSmtpServer server = server().fault(Point.MAIL, Fault.silence()).fault(Point.QUIT, Fault.close()).start()) {
            try (RawClient client = new RawClient(server.address())) {
                client.reply();
                client.ask("EHLO c");
                client.send("MAIL FROM:<a@x>\r\n");
                client.send("RCPT TO:<b@x>\r\n");
            }
            server.awaitEnd();
            assertThat(server.session(1).received(Protection.CLEAR)).endsWith("MAIL FROM:<a@x>\r\nRCPT TO:<b@x>\r\n");
            assertThat(server.session(1).verbs()).containsExactly("EHLO", "MAIL");
        }
    }

    @Test
    void shouldInjectOctetsBehindTheStarttlsAnswerInTheClear() throws IOException {
        try (ScriptedSmtpServer server = server().tls(MX.serverContext())
                .fault(Point.STARTTLS, new Fault.Append("250 injected\r\n")).start();
                RawClient client = new RawClient(server.address())) {
            client.reply();
            assertThat(client.ask("STARTTLS")).startsWith("220");
            assertThat(client.reply()).isEqualTo("250 injected");
            client.startTls(Optional.empty());
            assertThat(client.ask("EHLO c")).startsWith("250");
        }
    }

    @Test
    void shouldSpoilHandshakes() throws IOException {
        try (ScriptedSmtpServer server = server().implicitTls().tls(MX.serverContext()).start()) {
            server.nextSessions(Script.good().with(Point.HANDSHAKE, Fault.alert(40)),
                Script.good().with(Point.HANDSHAKE, Fault.reply("500 What?")), Script.good().with(Point.HANDSHAKE, Fault.reset()));
            for (int i = 0; i < 3; i++) {
                try (RawClient client = new RawClient(server.address())) {
                    assertThatThrownBy(() -> client.startTls(Optional.of("mx.example"))).isInstanceOf(IOException.class);
                }
            }
            server.awaitEnd(3);
            assertThat(server.session(1).clientHello().flatMap(ClientHello::serverName)).contains("mx.example");
        }
    }

    @Test
    void shouldPutOctetsBeneathTls() throws IOException {
        try (ScriptedSmtpServer server = server().implicitTls().tls(MX.serverContext())
                .fault(Point.EHLO, new Fault.Beneath("\u0017\u0003\u0003\u0000\u0005hello", Fault.After.CONTINUE)).start();
                RawClient client = new RawClient(server.address())) {
            client.startTls(Optional.empty());
            client.reply();
            assertThatThrownBy(() -> client.ask("EHLO c")).isInstanceOf(SSLException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void shouldRenegotiate(String protocol) throws IOException {
        try (ScriptedSmtpServer server = server().implicitTls().tls(MX.serverContext()).tlsProtocols(protocol)
                .fault(Point.NOOP, new Fault.Renegotiate()).start(); RawClient client = new RawClient(server.address())) {
            client.startTls(Optional.empty());
            client.reply();
            assertThat(client.ask("NOOP")).as("%s", server.session(1).end()).startsWith("250");
            assertThat(client.ask("QUIT")).startsWith("221");
        }
    }

    @Test
    void shouldSpeakWithoutEnd() throws IOException {
        try (ScriptedSmtpServer server = server().start()) {
            server.nextSessions(Script.good().with(Point.EHLO, Fault.endlessReply("250")),
                Script.good().with(Point.EHLO, Fault.longLine("250", 5_000)),
                Script.good().with(Point.EHLO, new Fault.Drip(Duration.ofMillis(1))),
                Script.good().with(Point.EHLO, Fault.endlessDrip(Duration.ofMillis(1))));
            try (RawClient client = new RawClient(server.address())) {
                client.reply();
                client.send("EHLO c\r\n");
                for (int i = 0; i < 100_000; i++) {
                    assertThat(client.read()).isPositive();
                }
            }
            try (RawClient client = new RawClient(server.address())) {
                client.reply();
                assertThat(client.ask("EHLO c")).hasSize(5_000);
            }
            try (RawClient client = new RawClient(server.address())) {
                client.reply();
                assertThat(client.ask("EHLO c")).isEqualTo("250 scripted.test");
            }
            try (RawClient client = new RawClient(server.address())) {
                client.reply();
                client.send("EHLO c\r\n");
                assertThat(List.of(client.read(), client.read(), client.read())).containsOnly((int) '2');
            }
            server.awaitEnd(4);
        }
    }

    @Test
    void shouldAdvertiseSomethingElse() throws IOException {
        try (ScriptedSmtpServer server = server().tls(MX.serverContext()).extensions("SIZE 9")
                .fault(Point.EHLO, new Fault.Advertise(List.of("DSN"))).start(); RawClient client = new RawClient(server.address())) {
            client.reply();
            assertThat(client.ask("EHLO c")).isEqualTo("250-scripted.test|250 DSN");
        }
    }

    @Test
    void shouldKnowWhetherItTookTheMessageThatItDidNotAnswer() throws IOException {
        try (ScriptedSmtpServer server = server().start()) {
            server.nextSessions(Script.good().with(Point.FINAL_DOT, new Fault.AcceptThen(Fault.close())),
                Script.good().with(Point.FINAL_DOT, Fault.close()), Script.good().with(Point.FINAL_DOT, Fault.reply("554 No")));
            for (String expected : List.of("<end>", "<end>", "554 No")) {
                try (RawClient client = new RawClient(server.address())) {
                    sendUpToContent(client);
                    assertThat(client.ask("x\r\n.")).isEqualTo(expected);
                }
            }
            server.awaitEnd(3);
            assertThat(server.sessions()).extracting(session -> session.transactions().get(0).accepted())
                .containsExactly(true, false, false);
        }
    }

    @Test
    void shouldInterruptContent() throws IOException {
        try (ScriptedSmtpServer server = server().fault(Point.MID_DATA, Fault.replyThenClose("421 4.3.2 Going down")).start()) {
            try (RawClient client = new RawClient(server.address())) {
                sendUpToContent(client);
                client.send("Subject");
                assertThat(client.reply()).isEqualTo("421 4.3.2 Going down");
                assertThat(client.reply()).isEqualTo("<end>");
            }
            server.awaitEnd();
            assertThat(server.session(1).transactions().get(0).content().orElseThrow().complete()).isFalse();
        }
    }

    @Test
    void shouldStallUntilItIsClosed() throws IOException {
        try (ScriptedSmtpServer server = server().fault(Point.EHLO, Fault.stall()).start();
                RawClient client = new RawClient(server.address())) {
            client.reply();
            client.send("EHLO c\r\n");
            server.awaitEnd();
            assertThat(server.session(1).end()).contains("stalled");
        }
    }
}
