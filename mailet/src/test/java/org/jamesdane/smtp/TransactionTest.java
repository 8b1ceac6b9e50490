/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jamesdane.smtp.Client.ANNA;
import static org.jamesdane.smtp.Client.BERT;
import static org.jamesdane.smtp.Client.CARL;
import static org.jamesdane.smtp.Client.MESSAGE;
import static org.jamesdane.smtp.Client.failureOf;
import static org.jamesdane.smtp.Client.permit;
import static org.jamesdane.smtp.Client.to;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.channel.TestPermits;
import org.jamesdane.testing.pki.Credential;
import org.jamesdane.testing.pki.TestPki;
import org.jamesdane.testing.smtp.EndOfData;
import org.jamesdane.testing.smtp.Fault;
import org.jamesdane.testing.smtp.Mailbox;
import org.jamesdane.testing.smtp.Point;
import org.jamesdane.testing.smtp.Protection;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.jamesdane.testing.smtp.SmtpServerBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class TransactionTest {
    private static final Credential MX = TestPki.authority("Test CA").leaf("mx.example").issue();

    private final Client client = new Client();

    @AfterEach
    void close() {
        client.close();
    }

    /** With and without PIPELINING all must be the same. */
    private static SmtpServerBuilder server(boolean pipelining) {
        SmtpServerBuilder server = ScriptedSmtpServer.builder().tls(MX.serverContext());
        return pipelining ? server.extensions("PIPELINING", "8BITMIME") : server.extensions("8BITMIME");
    }

    private static RecipientResult accepted() {
        return new RecipientResult.Accepted(new SmtpReply(250, List.of("2.0.0 Message accepted")));
    }

    private static RecipientResult refused(Phase phase, int code, String text) {
        return new RecipientResult.Refused(phase, new SmtpReply(code, List.of(text)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldDeliverToEachRecipient(boolean pipelining) throws SmtpException {
        try (ScriptedSmtpServer server = server(pipelining).start(); SmtpConnection connection = client.openTls(server)) {
            TransactionResult result = Client.send(connection, ANNA, BERT);

            assertThat(result).isInstanceOf(TransactionResult.Completed.class);
            assertThat(result.recipients()).containsExactly(Map.entry(ANNA, accepted()), Map.entry(BERT, accepted()));
            assertThat(server.messages()).singleElement().satisfies(mail -> {
                assertThat(mail.sender().address()).isEqualTo("sender@example.org");
                assertThat(mail.recipients()).extracting(Mailbox::address).containsExactly("anna@example.com", "bert@example.com");
                assertThat(mail.protection()).isEqualTo(Protection.TLS);
                assertThat(mail.content().orElseThrow().message()).isEqualTo(MESSAGE.getBytes(ISO_8859_1));
            });
            assertThat(server.session(1).verbs()).containsExactly("EHLO", "STARTTLS", "EHLO", "MAIL", "RCPT", "RCPT", "DATA");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldKeepTheResultOfEachRecipientApart(boolean pipelining) throws SmtpException {
        try (ScriptedSmtpServer server = server(pipelining).replyTo("anna@example.com", "550 5.1.1 Unknown")
                    .replyTo("bert@example.com", "450 4.2.1 Later").start();
                SmtpConnection connection = client.openTls(server)) {
            assertThat(Client.send(connection, ANNA, BERT, CARL).recipients()).containsExactly(
                Map.entry(ANNA, refused(Phase.RCPT, 550, "5.1.1 Unknown")),
                Map.entry(BERT, refused(Phase.RCPT, 450, "4.2.1 Later")),
                Map.entry(CARL, accepted()));
            assertThat(server.messages()).hasSize(1);
            assertThat(connection.isReusable()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldRefuseAllWhereMailIsRefused(boolean pipelining) throws SmtpException {
        try (ScriptedSmtpServer server = server(pipelining).fault(Point.MAIL, 1, Fault.reply("550 5.7.1 Not you")).start();
                SmtpConnection connection = client.openTls(server)) {
            assertThat(Client.send(connection, ANNA, BERT).recipients()).containsExactly(
                Map.entry(ANNA, refused(Phase.MAIL, 550, "5.7.1 Not you")),
                Map.entry(BERT, refused(Phase.MAIL, 550, "5.7.1 Not you")));
            // The refusal has ended the transaction: the next one needs no RSET.
            assertThat(Client.send(connection, ANNA).recipients()).containsValue(accepted());
            assertThat(server.session(1).verbs()).doesNotContain("RSET");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldRefuseTheTakenOnesWhereDataIsRefused(boolean pipelining) throws SmtpException {
        try (ScriptedSmtpServer server = server(pipelining).replyTo("anna@example.com", "550 5.1.1 Unknown")
                    .fault(Point.DATA, 1, Fault.reply("451 4.3.0 No disk")).start();
                SmtpConnection connection = client.openTls(server)) {
            assertThat(Client.send(connection, ANNA, BERT).recipients()).containsExactly(
                Map.entry(ANNA, refused(Phase.RCPT, 550, "5.1.1 Unknown")),
                Map.entry(BERT, refused(Phase.DATA, 451, "4.3.0 No disk")));
            // The host still has sender and recipient in its buffers; they must not get the next mail.
            assertThat(Client.send(connection, CARL).recipients()).containsValue(accepted());
            assertThat(server.session(1).verbs()).containsSubsequence("DATA", "RSET", "MAIL");
            assertThat(server.messages()).singleElement().satisfies(mail ->
                assertThat(mail.recipients()).extracting(Mailbox::address).containsExactly("carl@example.com"));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldRefuseTheTakenOnesWhereTheContentIsRefused(boolean pipelining) throws SmtpException {
        try (ScriptedSmtpServer server = server(pipelining).replyTo("anna@example.com", "450 4.2.1 Later")
                    .fault(Point.FINAL_DOT, 1, Fault.reply("554 5.6.0 No such thing")).start();
                SmtpConnection connection = client.openTls(server)) {
            assertThat(Client.send(connection, ANNA, BERT).recipients()).containsExactly(
                Map.entry(ANNA, refused(Phase.RCPT, 450, "4.2.1 Later")),
                Map.entry(BERT, refused(Phase.FINAL_DOT, 554, "5.6.0 No such thing")));
            assertThat(Client.send(connection, CARL).recipients()).containsValue(accepted());
            assertThat(server.session(1).verbs()).doesNotContain("RSET");
        }
    }

    @Test
    void shouldNotSayDataWhereNobodyIsLeftToSendTo() throws SmtpException {
        try (ScriptedSmtpServer server = server(false).fault(Point.RCPT, Fault.reply("550 5.1.1 Unknown")).start();
                SmtpConnection connection = client.openTls(server)) {
            assertThat(Client.send(connection, ANNA, BERT).recipients()).hasSize(2);
            assertThat(server.session(1).verbs()).doesNotContain("DATA");
        }
    }

    @Test
    void shouldSendTheEnvelopeInOneFlight() throws Exception {
        // A host that answers nothing before DATA has come: a client that waits for the answer to MAIL would wait for ever.
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<List<String>> heard = CompletableFuture.supplyAsync(() -> answerAllAtOnce(listener));
            try (SmtpConnection connection = client.open(Client.endpoint(new InetSocketAddress(listener.getInetAddress(),
                    listener.getLocalPort())), HeloFallback.NEVER, Client.patient())) {
                assertThat(Client.send(connection, ANNA, BERT).recipients()).containsExactly(Map.entry(ANNA, accepted()),
                    Map.entry(BERT, refused(Phase.RCPT, 550, "Bert")));
            }
            assertThat(heard).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(List.of("EHLO client.example",
                "MAIL FROM:<sender@example.org>", "RCPT TO:<anna@example.com>", "RCPT TO:<bert@example.com>", "DATA"));
        }
    }

    private static List<String> answerAllAtOnce(ServerSocket listener) {
        try (Socket socket = listener.accept()) {
            BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
            socket.getOutputStream().write("220 mx\r\n".getBytes(ISO_8859_1));
            List<String> heard = new ArrayList<>(List.of(in.readLine()));
            socket.getOutputStream().write("250-mx\r\n250 PIPELINING\r\n".getBytes(ISO_8859_1));
            while (!heard.contains("DATA")) {
                heard.add(in.readLine());
            }
            socket.getOutputStream().write("250 Sender\r\n250 Anna\r\n550 Bert\r\n354 Go\r\n".getBytes(ISO_8859_1));
            while (!in.readLine().equals(".")) {
                // The content itself is not of interest here.
            }
            socket.getOutputStream().write("250 2.0.0 Message accepted\r\n".getBytes(ISO_8859_1));
            in.readLine();
            return heard;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldMakeNoEmptyMailWhereDataIsAwaitedWithoutARecipient() throws SmtpException {
        try (ScriptedSmtpServer server = server(true).fault(Point.RCPT, Fault.reply("550 5.1.1 Unknown"))
                    .fault(Point.DATA, Fault.reply("354 Go ahead all the same")).start();
                SmtpConnection connection = client.openTls(server)) {
            TransactionResult result = Client.send(connection, ANNA, BERT);

            assertThat(result).isInstanceOf(TransactionResult.Completed.class);
            assertThat(result.recipients().values()).containsOnly(refused(Phase.RCPT, 550, "5.1.1 Unknown"));
            assertThat(connection.isReusable()).isFalse();
            server.awaitEnd();
            assertThat(server.accepted()).isZero();
            assertThat(server.session(1).transactions()).allSatisfy(transaction ->
                assertThat(transaction.content().orElseThrow().size()).isZero());
        }
    }

    @Test
    void shouldMakeNoMailWhereDataIsAwaitedAfterMailWasRefused() throws SmtpException {
        try (ScriptedSmtpServer server = server(true).fault(Point.MAIL, Fault.reply("451 4.7.1 Later"))
                    .fault(Point.RCPT, Fault.reply("250 Fine")).fault(Point.DATA, Fault.reply("354 Go ahead")).start();
                SmtpConnection connection = client.openTls(server)) {
            assertThat(Client.send(connection, ANNA).recipients()).containsValue(refused(Phase.MAIL, 451, "4.7.1 Later"));
            assertThat(connection.isReusable()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldSendToHundredsOfRecipients(boolean pipelining) throws SmtpException {
        Recipient[] many = IntStream.range(0, 700).mapToObj(i -> Recipient.of(MailPath.of("recipient-number-" + i + "@example.com")))
            .toArray(Recipient[]::new);
        try (ScriptedSmtpServer server = server(pipelining).replyTo("recipient-number-3@example.com", "452 4.5.3 Too many").start();
                SmtpConnection connection = client.openTls(server)) {
            TransactionResult result = Client.send(connection, many);

            assertThat(result.recipients().keySet()).containsExactly(many);
            assertThat(result.recipients().values()).filteredOn(accepted()::equals).hasSize(699);
            assertThat(server.messages().get(0).recipients()).hasSize(699);
        }
    }

    @Test
    void shouldStopAskingOnceMailIsRefused() throws SmtpException {
        Recipient[] many = IntStream.range(0, 200).mapToObj(i -> Recipient.of(MailPath.of("r" + i + "@example.com")))
            .toArray(Recipient[]::new);
        try (ScriptedSmtpServer server = server(true).fault(Point.MAIL, Fault.reply("450 4.7.1 Later")).start();
                SmtpConnection connection = client.openTls(server)) {
            assertThat(Client.send(connection, many).recipients()).hasSize(200);
            assertThat(server.session(1).verbs().stream().filter("RCPT"::equals).count()).isLessThan(Transaction.FLIGHT_COMMANDS);
        }
    }

    @Test
    void shouldCarryManyMailsEachWithItsOwnPermit() throws SmtpException {
        try (ScriptedSmtpServer server = server(true).start(); SmtpConnection connection = client.openTls(server)) {
            for (int i = 0; i < 5; i++) {
                assertThat(Client.send(connection, ANNA).recipients()).containsValue(accepted());
                connection.reset();
            }
            assertThat(server.accepted()).isEqualTo(5);
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void shouldWriteNothingOfAMailThatTheHostCannotTake() throws SmtpException {
        try (ScriptedSmtpServer server = ScriptedSmtpServer.builder().extensions("SIZE 10").start();
                SmtpConnection connection = client.open(server)) {
            assertThat(Client.send(connection, ANNA)).isEqualTo(
                new TransactionResult.NotStarted(new Unsendable.TooLarge(MESSAGE.length(), 10)));
            assertThat(connection.send(permit(connection), to(ANNA), TestContent.of("\u00e4")))
                .isEqualTo(new TransactionResult.NotStarted(new Unsendable.NeedsSevenBit()));
            assertThat(connection.isReusable()).isTrue();
            connection.noop();
            assertThat(server.session(1).verbs()).containsExactly("EHLO", "NOOP");
        }
    }

    @Test
    void shouldLeaveOutARecipientThatTheHostCannotTake() throws SmtpException {
        Recipient international = Recipient.of(MailPath.of("gr\u00f6\u00dfe@example.com"));
        try (ScriptedSmtpServer server = server(true).start(); SmtpConnection connection = client.openTls(server)) {
            assertThat(Client.send(connection, international, ANNA).recipients())
                .containsEntry(international, new RecipientResult.LeftOut(new Unsendable.NeedsSmtpUtf8()))
                .containsEntry(ANNA, accepted());

            assertThat(Client.send(connection, international).recipients())
                .containsOnlyKeys(international);
            assertThat(server.session(1).verbs().stream().filter("MAIL"::equals).count()).isEqualTo(1);
        }
    }

    @Test
    void shouldSendInternationalisedAddressesWhereTheHostTakesThem() throws SmtpException {
        Recipient international = Recipient.of(MailPath.of("gr\u00f6\u00dfe@example.com"));
        try (ScriptedSmtpServer server = ScriptedSmtpServer.builder().extensions("SMTPUTF8", "8BITMIME").start();
                SmtpConnection connection = client.open(server)) {
            assertThat(Client.send(connection, international).recipients()).containsValue(accepted());
            assertThat(server.messages().get(0).recipients()).extracting(Mailbox::address).containsExactly("gr\u00f6\u00dfe@example.com");
            assertThat(server.messages().get(0).sender().parameters()).containsExactly("SMTPUTF8");
        }
    }

    @Test
    void shouldSendAMailWithRequireTlsToAnAuthenticatedHostOnly() throws SmtpException {
        Envelope envelope = to(ANNA).requiringTls();
        try (ScriptedSmtpServer server = server(true).extensionsAfterTls("REQUIRETLS").start();
                SmtpConnection connection = client.openTls(server)) {
            assertThatThrownBy(() -> connection.send(TestPermits.issue(connection.channel(), SecurityLabel.ENCRYPTED), envelope,
                TestContent.of(MESSAGE))).isInstanceOf(IllegalStateException.class);

            assertThat(connection.send(permit(connection), envelope, TestContent.of(MESSAGE)).recipients()).containsValue(accepted());
            assertThat(server.messages()).singleElement().satisfies(mail ->
                assertThat(mail.sender().parameters()).containsExactly("REQUIRETLS"));
        }
    }

    @Test
    void shouldNotCompleteAMessageThatItCannotRead() throws SmtpException {
        try (ScriptedSmtpServer server = server(true).start(); SmtpConnection connection = client.openTls(server)) {
            TransactionResult result = connection.send(permit(connection), to(ANNA),
                TestContent.thatBreaksBehind("Subject: half\r\n\r\nThis is only\r\n.\r\n"));

            assertThat(result).isEqualTo(new TransactionResult.Interrupted(new SmtpFailure.ContentUnreadable("the disk is gone"),
                Map.of()));
            assertThat(connection.isReusable()).isFalse();
            server.awaitEnd();
            assertThat(server.accepted()).isZero();
            assertThat(server.session(1).transactions()).allSatisfy(transaction ->
                assertThat(transaction.content().map(content -> content.complete()).orElse(false)).isFalse());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n.\n", "\r.\r", "\r\n.\n", "\n.\r\n", "\r\n.\r\n", "\r\r\n.\r\r\n", "\n.\r", "\r.\n"})
    void shouldNotLetAMessageSmuggleASecondOne(String end) throws SmtpException {
        String smuggled = "Subject: a\r\n\r\nfirst" + end + "MAIL FROM:<boss@example.com>" + end.replace(".", "")
            + "RCPT TO:<victim@example.com>\r\nDATA\r\nSubject: b\r\n\r\nsecond\r\n";
        for (EndOfData receiver : EndOfData.values()) {
            try (ScriptedSmtpServer server = server(false).endOfData(receiver).start();
                    SmtpConnection connection = client.openTls(server)) {
                assertThat(connection.send(permit(connection), to(ANNA), TestContent.of(smuggled)).recipients()).containsValue(accepted());
                connection.noop();

                assertThat(server.accepted()).isEqualTo(1);
                assertThat(server.session(1).verbs()).containsExactly("EHLO", "STARTTLS", "EHLO", "MAIL", "RCPT", "DATA", "NOOP");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\r\n", "no final line end", ".", "..", ".\r\n..\r\n...\r\n", "\0\1\2\u00ff\u0080\r\n", "\r\n\r\n\r\n"})
    void shouldBringOddContentAsItIs(String text) throws SmtpException {
        try (ScriptedSmtpServer server = server(true).start(); SmtpConnection connection = client.openTls(server)) {
            assertThat(connection.send(permit(connection), to(ANNA), TestContent.of(text)).recipients()).containsValue(accepted());

            String expected = text.isEmpty() || text.endsWith("\r\n") ? text : text + "\r\n";
            assertThat(new String(server.messages().get(0).content().orElseThrow().message(), ISO_8859_1)).isEqualTo(expected);
        }
    }

    @Test
    void shouldStreamALargeMessage() throws SmtpException {
        byte[] octets = new byte[3_000_000];
        new Random(42).nextBytes(octets);
        // No line ends, so that what arrives can be compared as it is; one line of three million octets, and dots in plenty.
        String text = new String(octets, ISO_8859_1).replace('\r', '.').replace('\n', '.') + "\r\n";
        try (ScriptedSmtpServer server = server(true).start(); SmtpConnection connection = client.openTls(server)) {
            assertThat(connection.send(permit(connection), to(ANNA), TestContent.of(text)).recipients()).containsValue(accepted());

            assertThat(Arrays.equals(server.messages().get(0).content().orElseThrow().message(), text.getBytes(ISO_8859_1))).isTrue();
        }
    }

    @Test
    void shouldSendTheNullReversePath() throws SmtpException {
        try (ScriptedSmtpServer server = server(true).start(); SmtpConnection connection = client.openTls(server)) {
            connection.send(permit(connection), Envelope.of(Optional.empty(), List.of(ANNA)), TestContent.of(MESSAGE));

            assertThat(server.messages().get(0).sender().address()).isEmpty();
        }
    }

    @Test
    void shouldNotTakeAnEarlyRefusalForTheAnswerToTheContent() throws SmtpException {
        // The server gives up in the middle: the content is not ended, and nobody has the mail.
        String large = "x".repeat(5_000_000);
        try (ScriptedSmtpServer server = server(true).fault(Point.MID_DATA, Fault.reply("552 5.3.4 Too much")).start();
                SmtpConnection connection = client.open(server)) {
            TransactionResult result = connection.send(permit(connection), to(ANNA), TestContent.of(large));

            assertThat(failureOf(result)).isEqualTo(new SmtpFailure.Rejected(Phase.CONTENT, new SmtpReply(552, List.of("5.3.4 Too much"))));
            assertThat(result).isInstanceOf(TransactionResult.Interrupted.class);
            server.awaitEnd();
            assertThat(server.accepted()).isZero();
        }
    }
}
