/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jamesdane.smtp.Client.ANNA;
import static org.jamesdane.smtp.Client.BERT;
import static org.jamesdane.smtp.Client.CARL;
import static org.jamesdane.smtp.Client.MESSAGE;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import org.jamesdane.dane.channel.Channel;
import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.channel.TestPermits;
import org.jamesdane.testing.smtp.Fault;
import org.jamesdane.testing.smtp.Point;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.jamesdane.testing.smtp.SmtpServerBuilder;
import org.jamesdane.testing.smtp.Transaction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The end of one mail and the commands of the next in one group (RFC 2920 §3.1). */
class MailGroupTest {
    private final Client client = new Client();
    private final AtomicInteger asked = new AtomicInteger();

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void shouldSendTheContentOfThreeMailsInThreeGroups() throws SmtpException {
        try (ScriptedSmtpServer server = server().start(); SmtpConnection connection = client.open(server)) {
            send(connection, next(connection, BERT), ANNA);
            assertThat(connection.hasBegun()).isTrue();
            send(connection, next(connection, CARL), BERT);
            TransactionResult last = send(connection, Optional::empty, CARL);

            assertThat(last.recipients().get(CARL)).isInstanceOf(RecipientResult.Accepted.class);
            assertThat(server.session(1).verbs()).containsExactly("EHLO", "MAIL", "RCPT", "DATA", "MAIL", "RCPT", "DATA", "MAIL", "RCPT",
                "DATA");
            assertThat(server.accepted()).isEqualTo(3);
            assertThat(connection.mailsTaken()).isEqualTo(3);
            assertThat(connection.isReusable()).isTrue();
        }
    }

    @Test
    void shouldSendNoGroupWithoutPipelining() throws SmtpException {
        try (ScriptedSmtpServer server = ScriptedSmtpServer.builder().extensions("8BITMIME").start();
                SmtpConnection connection = client.open(server)) {
            send(connection, next(connection, BERT), ANNA);

            assertNoGroup(connection);
            assertThat(asked).hasValue(0);
        }
    }

    @Test
    void shouldNotAskForAFollowerWhenARecipientWasRefused() throws SmtpException {
        try (ScriptedSmtpServer server = server().fault(Point.RCPT, 1, Fault.reply("450 4.7.1 Later")).start();
                SmtpConnection connection = client.open(server)) {
            send(connection, next(connection, CARL), ANNA, BERT);

            assertNoGroup(connection);
            assertThat(asked).hasValue(0);
        }
    }

    @Test
    void shouldKeepTheBoundsOfAFlight() throws SmtpException {
        try (ScriptedSmtpServer server = server().start(); SmtpConnection connection = client.open(server)) {
            send(connection, next(connection, recipients(49, "r")), ANNA);
            assertNoGroup(connection);
            // 20 recipients of 220 octets each are more than 4,096 octets.
            send(connection, next(connection, recipients(20, "a.".repeat(90) + "r")), ANNA);
            assertNoGroup(connection);
            send(connection, next(connection, recipients(48, "r")), ANNA);
            assertThat(connection.hasBegun()).isTrue();
        }
    }

    @Test
    void shouldSendNothingOfAMailWithoutAPermitForThisChannel() throws SmtpException {
        try (ScriptedSmtpServer server = server().start(); SmtpConnection connection = client.open(server)) {
            send(connection, () -> Optional.of(new NextMail(TestPermits.issue(Channel.clear(), SecurityLabel.CLEAR), Client.to(BERT),
                TestContent.of(MESSAGE))), ANNA);

            assertNoGroup(connection);
            assertThat(server.session(1).verbs()).containsExactly("EHLO", "MAIL", "RCPT", "DATA");
        }
    }

    @Test
    void shouldCutTheConnectionForAnotherMailThanItsOwn() throws SmtpException {
        try (ScriptedSmtpServer server = server().start(); SmtpConnection connection = client.open(server)) {
            send(connection, next(connection, BERT), ANNA);

            assertThat(Client.failureOf(send(connection, Optional::empty, CARL))).isInstanceOf(SmtpFailure.ConnectionLost.class);
            assertCutWithoutEnd(server);
        }
    }

    @Test
    void shouldCutTheConnectionInsteadOfSayingQuitOrReset() throws SmtpException {
        try (ScriptedSmtpServer server = server().start()) {
            try (SmtpConnection connection = client.open(server)) {
                send(connection, next(connection, BERT), ANNA);
            }
            assertCutWithoutEnd(server);
        }
        try (ScriptedSmtpServer server = server().start(); SmtpConnection connection = client.open(server)) {
            send(connection, next(connection, BERT), ANNA);

            assertThat(Client.failureOf(connection::reset)).isInstanceOf(SmtpFailure.ConnectionLost.class);
            assertCutWithoutEnd(server);
        }
    }

    @Test
    void shouldLetAMailGoAloneWhenItsFollowerCannotBeHad() throws SmtpException {
        try (ScriptedSmtpServer server = server().start(); SmtpConnection connection = client.open(server)) {
            TransactionResult result = send(connection, () -> {
                throw new IllegalStateException("the queue is gone");
            }, ANNA);

            assertThat(result.recipients().get(ANNA)).isInstanceOf(RecipientResult.Accepted.class);
            assertNoGroup(connection);
        }
    }

    @Test
    void shouldNoticeAHostThatGoesBeforeTheContent() throws SmtpException {
        try (ScriptedSmtpServer server = server().fault(Point.DATA, 2, new Fault.Follow("421 4.3.2 Down\r\n")).start();
                SmtpConnection connection = client.open(server)) {
            send(connection, next(connection, BERT), ANNA);
            if (connection.hasBegun()) {
                // Its word comes before the content is written or after: then it counts as a refusal for now.
                assertThat(send(connection, Optional::empty, BERT).recipients().values())
                    .noneMatch(RecipientResult.Accepted.class::isInstance);
            }

            assertThat(connection.isReusable()).isFalse();
            assertThat(server.accepted()).isEqualTo(1);
        }
    }

    private static SmtpServerBuilder server() {
        return ScriptedSmtpServer.builder().extensions("PIPELINING", "8BITMIME");
    }

    private static TransactionResult send(SmtpConnection connection, Supplier<Optional<NextMail>> following, Recipient... recipients) {
        return connection.send(Client.permit(connection), Client.to(recipients), TestContent.of(MESSAGE), following);
    }

    private Supplier<Optional<NextMail>> next(SmtpConnection connection, Recipient... recipients) {
        return () -> {
            asked.incrementAndGet();
            return Optional.of(new NextMail(Client.permit(connection), Client.to(recipients), TestContent.of(MESSAGE)));
        };
    }

    private static Recipient[] recipients(int number, String prefix) {
        return IntStream.range(0, number).mapToObj(i -> Recipient.of(MailPath.of(prefix + i + "@example.com"))).toArray(Recipient[]::new);
    }

    private static void assertNoGroup(SmtpConnection connection) {
        assertThat(connection.hasBegun()).isFalse();
        assertThat(connection.groupFailed()).isFalse();
        assertThat(connection.isReusable()).isTrue();
    }

    private static void assertCutWithoutEnd(ScriptedSmtpServer server) {
        server.awaitEnd();
        assertThat(server.session(1).verbs()).doesNotContain("QUIT", "RSET");
        List<Transaction> transactions = server.session(1).transactions();
        assertThat(transactions.get(1).content().filter(Transaction.Content::complete)).isEmpty();
        assertThat(server.accepted()).isEqualTo(1);
    }
}
