/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jamesdane.dane.channel.ChannelCheck;
import org.jamesdane.testing.smtp.EndOfData;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.jamesdane.testing.smtp.Session;
import org.jamesdane.testing.smtp.Transaction;
import org.jamesdane.tls.TlsSettings;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Content arrives octet for octet, but for line ends, which become CRLF, and the last line's, which is added (RFC 5321 §2.3.8,
 * §4.1.1.4); and no receiver, strict or sloppy about where content ends, finds a second message in it.
 */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ContentSuiteTest {
    private static final SocketSmtpConnector CONNECTOR = new SocketSmtpConnector();
    private static final Timeouts PATIENT = Timeouts.defaults().withEachStep(Duration.ofSeconds(60));
    private static final String HEADER = "Subject: content\r\n\r\n";
    /** Text that an attacker wants to be taken for commands and a second message. */
    private static final String SMUGGLED = "MAIL FROM:<evil@example.net>\r\nRCPT TO:<victim@example.org>\r\nDATA\r\nSubject: forged\r\n";

    @AfterAll
    static void closeConnector() {
        CONNECTOR.close();
    }

    private static ScriptedSmtpServer server(EndOfData endOfData) {
        return ScriptedSmtpServer.builder().tls(Need.CREDENTIAL.serverContext()).extensions("PIPELINING", "8BITMIME")
            .endOfData(endOfData).start();
    }

    private static SmtpConnection connect(ScriptedSmtpServer server) throws SmtpException {
        SmtpConnection connection = CONNECTOR.open(new SmtpEndpoint(server.address(), Optional.empty(), "client.example", false,
            TlsSettings.forServer(Need.NAME)), HeloFallback.NEVER, PATIENT);
        connection.startTls();
        return connection;
    }

    private static TransactionResult send(SmtpConnection connection, MessageContent content) {
        ChannelCheck check = ChannelCheck.of(Need.DANE_EE.requirement(), connection.channel(), Instant.now());
        return connection.send(((ChannelCheck.Permitted) check).permit(), FaultBench.envelope(), content);
    }

    /** Content that has to arrive, one character for each octet. */
    private static String canonical(String octets) {
        String crlf = octets.replaceAll("\r\n|\r|\n", "\r\n");
        return crlf.isEmpty() || crlf.endsWith("\r\n") ? crlf : crlf + "\r\n";
    }

    private static void assertArrived(ScriptedSmtpServer server, List<String> messages) {
        Session session = server.session(1);
        List<String> verbs = new ArrayList<>(List.of("EHLO", "STARTTLS", "EHLO"));
        messages.forEach(message -> verbs.addAll(List.of("MAIL", "RCPT", "RCPT", "DATA")));
        verbs.add("QUIT");
        assertThat(session.verbs()).isEqualTo(verbs);
        assertThat(server.accepted()).isEqualTo(messages.size());
        for (int i = 0; i < messages.size(); i++) {
            Transaction transaction = session.transactions().get(i);
            assertThat(transaction.sender().address()).isEqualTo("alice@sender.example");
            Transaction.Content content = transaction.content().orElseThrow();
            assertThat(text(content.message())).isEqualTo(canonical(messages.get(i)));
            // RFC 5321 §2.3.8: CR and LF only together.
            assertThat(text(content.wire()).replace("\r\n", "")).doesNotContain("\r", "\n");
        }
    }

    private static String text(byte[] octets) {
        return new String(octets, StandardCharsets.ISO_8859_1);
    }

    private static void assertArrive(EndOfData receiver, List<String> messages) throws SmtpException {
        try (ScriptedSmtpServer server = server(receiver)) {
            try (SmtpConnection connection = connect(server)) {
                for (String message : messages) {
                    assertThat(send(connection, TestContent.of(message))).isInstanceOf(TransactionResult.Completed.class);
                }
            }
            server.awaitEnd();
            assertArrived(server, messages);
        }
    }

    static List<String> corpus() {
        String everyOctet = Stream.iterate(0, i -> i + 1).limit(256).filter(i -> i != '\r' && i != '\n')
            .map(i -> String.valueOf((char) (int) i)).collect(Collectors.joining());
        return List.of(
            HEADER + "plain\r\n",
            HEADER,
            "",
            "\r\n",
            "Subject: header only",
            HEADER + "no final line end",
            HEADER + "\u00e4\u00f6\u00fc 8 bits \u00ff\r\n",
            HEADER + everyOctet + "\r\n",
            HEADER + ".\r\n",
            HEADER + "..\r\n...\r\n. \r\n.a\r\n",
            HEADER + ".",
            ".",
            "..",
            ".\r\n" + HEADER,
            HEADER + "x".repeat(200_000) + "\r\n",
            HEADER + ".".repeat(40_000) + "\r\n",
            HEADER + ".\r\n".repeat(20_000),
            HEADER + "\r\n".repeat(20_000),
            HEADER + "\n".repeat(20_000),
            HEADER + "\r".repeat(20_000),
            "Subject: unix\n\nline\n.line\nlast",
            "Subject: old mac\r\rline\r.line\rlast\r",
            HEADER + "mixed\n\r\n\r\r\n\n\r\r\r\n",
            HEADER + "last is a CR\r",
            HEADER + "last is an LF\n",
            HEADER + "nul \0 and bell \7\r\n");
    }

    @ParameterizedTest
    @EnumSource(EndOfData.class)
    void shouldArriveOctetForOctet(EndOfData receiver) throws SmtpException {
        assertArrive(receiver, corpus());
    }

    static List<String> smugglers() {
        List<String> ends = List.of("\r\n.\r\n", "\n.\n", "\r.\r", "\n.\r\n", "\r\n.\n", "\r\n.\r", "\r.\r\n", "\r.\n", "\n.\r",
            "\r\r\n.\r\r\n", "\n\r.\n\r", "\n\n.\n\n", "\r\n.\0\r\n", "\r\n\0.\r\n", "\r\n.\r\0\n", "\0\n.\n",
            "\u0085.\u0085", "\u000b.\u000b",
            "\r\n..\r\n", "\r\n. \r\n", "\r\n.\r\n.\r\n");
        return ends.stream().flatMap(end -> Stream.of(HEADER + "x" + end + SMUGGLED + end, "x" + end + SMUGGLED,
            end + SMUGGLED + end, end.stripLeading() + SMUGGLED)).toList();
    }

    @ParameterizedTest
    @EnumSource(EndOfData.class)
    void shouldSmuggleNothing(EndOfData receiver) throws SmtpException {
        assertArrive(receiver, smugglers());
    }

    @ParameterizedTest
    @EnumSource(EndOfData.class)
    void shouldSmuggleNothingAcrossBlocks(EndOfData receiver) throws SmtpException {
        List<String> messages = new ArrayList<>();
        for (int block : new int[] {4 * 1024, 8 * 1024, 16 * 1024, 32 * 1024}) {
            for (int before = 0; before < 5; before++) {
                for (String end : List.of("\r\n.\r\n", "\n.\n", "\r.\r")) {
                    messages.add("x".repeat(block - before) + end + SMUGGLED + end);
                }
            }
        }
        assertArrive(receiver, messages);
    }

    @ParameterizedTest
    @EnumSource(EndOfData.class)
    void shouldArriveWhateverLineEndsAndDotsThereAre(EndOfData receiver) throws SmtpException {
        Random random = new Random(5321);
        String alphabet = "\r\n.ab\0";
        List<String> messages = Stream.generate(() -> random.ints(random.nextInt(30), 0, alphabet.length())
            .mapToObj(i -> alphabet.substring(i, i + 1)).collect(Collectors.joining())).limit(400).toList();
        assertArrive(receiver, messages);
    }

    @Test
    void shouldCarryFiftyMegabytes() throws SmtpException {
        String piece = ".0123456789 abcdefghijklmnopqrstuvwxyz \u00e4\r\n".repeat(1_000);
        TestContent content = TestContent.repeated(piece, 50 * 1024 * 1024 / piece.length() + 1);
        try (ScriptedSmtpServer server = server(EndOfData.STRICT)) {
            try (SmtpConnection connection = connect(server)) {
                assertThat(send(connection, content)).isInstanceOf(TransactionResult.Completed.class);
            }
            server.awaitEnd();
            byte[] message = server.messages().get(0).content().orElseThrow().message();
            assertThat(message.length).isEqualTo(Math.toIntExact(content.size())).isGreaterThan(50 * 1024 * 1024);
            byte[] expected = piece.getBytes(StandardCharsets.ISO_8859_1);
            for (int at = 0; at < message.length; at += expected.length) {
                assertThat(Arrays.equals(message, at, at + expected.length, expected, 0, expected.length)).isTrue();
            }
        }
    }

    static Stream<MessageContent> unreadable() {
        return Stream.of("", HEADER + "part of it\r\n.", HEADER + "x".repeat(100_000) + "\r\n").map(TestContent::thatBreaksBehind);
    }

    @ParameterizedTest
    @MethodSource("unreadable")
    void shouldNeverEndAMessageThatCannotBeReadToItsEnd(MessageContent content) throws SmtpException {
        for (EndOfData receiver : EndOfData.values()) {
            try (ScriptedSmtpServer server = server(receiver)) {
                try (SmtpConnection connection = connect(server)) {
                    TransactionResult result = send(connection, content);
                    assertThat(result).isInstanceOf(TransactionResult.Interrupted.class);
                    assertThat(((TransactionResult.Interrupted) result).failure()).isInstanceOf(SmtpFailure.ContentUnreadable.class);
                    assertThat(connection.isReusable()).isFalse();
                }
                server.awaitEnd();
                assertThat(server.accepted()).isZero();
                assertThat(server.session(1).transactions().get(0).content().orElseThrow().complete()).isFalse();
            }
        }
    }
}
