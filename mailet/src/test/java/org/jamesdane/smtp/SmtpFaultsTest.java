/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jamesdane.smtp.Client.ANNA;
import static org.jamesdane.smtp.Client.BERT;
import static org.jamesdane.smtp.Client.failureOf;
import static org.jamesdane.smtp.Client.permit;
import static org.jamesdane.smtp.Client.to;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.jamesdane.testing.pki.Credential;
import org.jamesdane.testing.pki.TestPki;
import org.jamesdane.testing.smtp.Fault;
import org.jamesdane.testing.smtp.Point;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.jamesdane.testing.smtp.SmtpServerBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Results of the client at hosts that misbehave. */
@Timeout(120)
class SmtpFaultsTest {
    private static final Credential MX = TestPki.authority("Test CA").leaf("mx.example").issue();
    /** The time for the step that never ends in a test; all others have plenty. */
    private static final Duration SHORT = Duration.ofMillis(400);
    private static final Duration GAP = Duration.ofMillis(20);

    private final Client client = new Client();

    @AfterEach
    void close() {
        client.close();
    }

    /** Points at which a host can do something to a client, with the client's phase. */
    enum Place {
        BANNER(Point.BANNER, Phase.BANNER),
        EHLO(Point.EHLO, Phase.HELLO),
        STARTTLS(Point.STARTTLS, Phase.STARTTLS),
        EHLO_AFTER_TLS(Point.EHLO_AFTER_TLS, Phase.HELLO),
        MAIL(Point.MAIL, Phase.MAIL),
        RCPT(Point.RCPT, Phase.RCPT),
        DATA(Point.DATA, Phase.DATA),
        FINAL_DOT(Point.FINAL_DOT, Phase.FINAL_DOT);

        final Point point;
        final Phase phase;

        Place(Point point, Phase phase) {
            this.point = point;
            this.phase = phase;
        }
    }

    private static SmtpServerBuilder server() {
        return ScriptedSmtpServer.builder().tls(MX.serverContext()).extensions("8BITMIME");
    }

    /** Goes the whole way, and returns the failure it ends with; a failure behind the end of the content is called uncertain. */
    private SmtpFailure wayTo(ScriptedSmtpServer server, Timeouts timeouts, boolean uncertain) {
        try (SmtpConnection connection = client.open(Client.endpoint(server.address()), HeloFallback.NEVER, timeouts)) {
            connection.startTls();
            TransactionResult result = Client.send(connection, ANNA, BERT);
            assertThat(result).isInstanceOf(uncertain ? TransactionResult.Uncertain.class : TransactionResult.Interrupted.class);
            assertThat(result.recipients()).isEmpty();
            assertThat(connection.isReusable()).isFalse();
            return failureOf(result);
        } catch (SmtpException e) {
            return e.failure();
        }
    }

    private SmtpFailure wayTo(Place place, Fault fault, Timeouts timeouts) {
        try (ScriptedSmtpServer server = server().fault(place.point, fault).start()) {
            SmtpFailure failure = wayTo(server, timeouts, place == Place.FINAL_DOT);
            assertThat(server.accepted()).isZero();
            return failure;
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldSayWhereTheConnectionWasClosed(Place place) {
        assertThat(wayTo(place, Fault.close(), Client.patient())).isEqualTo(
            new SmtpFailure.ConnectionLost(place.phase, "the host closed the connection"));
    }

    @ParameterizedTest
    @EnumSource
    void shouldSayWhereTheConnectionWasReset(Place place) {
        SmtpFailure failure = wayTo(place, Fault.reset(), Client.patient());

        if (place == Place.BANNER && failure instanceof SmtpFailure.ConnectFailed refused) {
            // The reset came before the system call for connecting had returned.
            assertThat(refused.text()).contains("reset");
        } else {
            assertThat(failure).isInstanceOf(SmtpFailure.ConnectionLost.class).extracting(SmtpFailure::phase).isEqualTo(place.phase);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldNotWaitLongerThanAllowed(Place place) {
        assertThat(wayTo(place, Fault.silence(), Client.patient().with(place.phase, SHORT)))
            .isEqualTo(new SmtpFailure.Timeout(place.phase, SHORT));
    }

    @ParameterizedTest
    @EnumSource
    void shouldGiveAReplyThatComesOctetByOctetNoMoreTime(Place place) {
        assertThat(wayTo(place, Fault.endlessDrip(GAP), Client.patient().with(place.phase, SHORT)))
            .isEqualTo(new SmtpFailure.Timeout(place.phase, SHORT));
    }

    @ParameterizedTest
    @EnumSource
    void shouldGiveALongReplyThatComesSlowlyNoMoreTime(Place place) {
        assertThat(wayTo(place, new Fault.Flood("250-a\r\n", GAP), Client.patient().with(place.phase, SHORT)))
            .isEqualTo(new SmtpFailure.Timeout(place.phase, SHORT));
    }

    @ParameterizedTest
    @EnumSource
    void shouldNotReadAReplyWithoutEnd(Place place) {
        assertThat(wayTo(place, Fault.endlessReply("250"), Client.patient())).isEqualTo(
            new SmtpFailure.ProtocolViolation(place.phase, "a reply has more than 128 lines"));
    }

    @ParameterizedTest
    @EnumSource
    void shouldNotReadALineWithoutEnd(Place place) {
        assertThat(wayTo(place, new Fault.Flood("2", Duration.ZERO), Client.patient())).isEqualTo(
            new SmtpFailure.ProtocolViolation(place.phase, "a line of a reply has more than 2048 octets"));
    }

    @ParameterizedTest
    @EnumSource
    void shouldNotGuessWhatGarbageMeans(Place place) {
        assertThat(wayTo(place, Fault.garbage("OK\r\n"), Client.patient())).isEqualTo(
            new SmtpFailure.ProtocolViolation(place.phase, "\"OK\" is no reply"));
    }

    @ParameterizedTest
    @EnumSource
    void shouldNotGuessWhatAnAnswerToSomethingElseMeans(Place place) {
        // RFC 5321 §4.3.2: 334 is an answer to none of these.
        assertThat(wayTo(place, Fault.reply("334 go on"), Client.patient())).isEqualTo(
            new SmtpFailure.ProtocolViolation(place.phase, "\"334 go on\" is no answer to it"));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "FINAL_DOT")
    void shouldTakeAHostThatClosesAtItsWord(Place place) {
        // RFC 5321 §3.8: 421 may be the answer to anything.
        assertThat(wayTo(place, Fault.replyThenClose("421 4.3.2 Going down"), Client.patient())).isEqualTo(
            new SmtpFailure.Rejected(place.phase, new SmtpReply(421, List.of("4.3.2 Going down"))));
    }

    @Test
    void shouldTakeA421BehindTheContentForTheRefusalOfTheContent() throws SmtpException {
        try (ScriptedSmtpServer server = server().fault(Point.FINAL_DOT, Fault.replyThenClose("421 4.3.2 Going down")).start();
                SmtpConnection connection = client.openTls(server)) {
            assertThat(Client.send(connection, ANNA).recipients()).containsEntry(ANNA,
                new RecipientResult.Refused(Phase.FINAL_DOT, new SmtpReply(421, List.of("4.3.2 Going down"))));
            assertThat(connection.isReusable()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = {"STARTTLS", "FINAL_DOT"})
    void shouldNotTakeAReplyInAdvance(Place place) {
        // A second reply would be the next command's, and its own the one's after that: a refusal would look like an acceptance.
        SmtpFailure failure = wayTo(place, new Fault.Append("250 2.0.0 In advance\r\n"), Client.patient());

        assertThat(failure).isInstanceOf(SmtpFailure.ProtocolViolation.class);
        assertThat(failure.describe()).contains("\"250 2.0.0 In advance\" came before the command");
    }

    @Test
    void shouldKeepWhatWasDecidedBeforeTheConnectionBroke() throws SmtpException {
        try (ScriptedSmtpServer server = server().replyTo("anna@example.com", "550 5.1.1 Unknown")
                    .fault(Point.RCPT, 2, Fault.reset()).start();
                SmtpConnection connection = client.openTls(server)) {
            TransactionResult result = Client.send(connection, ANNA, BERT);

            assertThat(result).isInstanceOf(TransactionResult.Interrupted.class);
            assertThat(result.recipients()).containsOnlyKeys(ANNA);
        }
    }

    @Test
    void shouldCallItUncertainIfTheAnswerToTheMailIsLost() throws SmtpException {
        try (ScriptedSmtpServer server = server().replyTo("anna@example.com", "550 5.1.1 Unknown")
                    .fault(Point.FINAL_DOT, new Fault.AcceptThen(Fault.cut())).start();
                SmtpConnection connection = client.openTls(server)) {
            TransactionResult result = Client.send(connection, ANNA, BERT);

            assertThat(result).isInstanceOf(TransactionResult.Uncertain.class);
            assertThat(result.recipients()).containsOnlyKeys(ANNA);
            assertThat(server.accepted()).isEqualTo(1);
        }
    }

    @Test
    void shouldNotWaitForAHostThatStopsReading() throws SmtpException {
        String large = "x".repeat(20_000_000);
        try (ScriptedSmtpServer server = server().fault(Point.MID_DATA, Fault.stall()).start();
                SmtpConnection connection = client.open(Client.endpoint(server.address()), HeloFallback.NEVER,
                    Client.patient().with(Phase.CONTENT, SHORT))) {
            assertThat(connection.send(permit(connection), to(ANNA), TestContent.of(large))).isEqualTo(
                new TransactionResult.Interrupted(new SmtpFailure.Timeout(Phase.CONTENT, SHORT), Map.of()));
        }
    }

    @Test
    void shouldNotWaitForAHostThatStopsReadingUnderTls() throws SmtpException {
        String large = "x".repeat(20_000_000);
        try (ScriptedSmtpServer server = server().fault(Point.MID_DATA, Fault.stall()).start();
                SmtpConnection connection = client.open(Client.endpoint(server.address()), HeloFallback.NEVER,
                    Client.patient().with(Phase.CONTENT, Duration.ofSeconds(2)))) {
            connection.startTls();
            TransactionResult result = connection.send(permit(connection), to(ANNA), TestContent.of(large));

            assertThat(failureOf(result)).isEqualTo(new SmtpFailure.Timeout(Phase.CONTENT, Duration.ofSeconds(2)));
        }
    }

    @ParameterizedTest
    @CsvSource({"40, handshake_failure", "80, internal_error", "112, unrecognized_name"})
    void shouldNameTheAlertThatEndsTheHandshake(int number, String name) {
        try (ScriptedSmtpServer server = server().fault(Point.HANDSHAKE, Fault.alert(number)).start()) {
            SmtpFailure failure = wayTo(server, Client.patient(), false);

            assertThat(failure).isInstanceOfSatisfying(SmtpFailure.TlsFailed.class, failed -> {
                assertThat(failed.alert()).contains(name);
                assertThat(failed.phase()).isEqualTo(Phase.TLS_HANDSHAKE);
            });
        }
    }

    @Test
    void shouldCallAConnectionThatEndsInTheHandshakeAFailureOfTls() {
        for (Fault fault : List.of(Fault.close(), Fault.reset(), Fault.garbage("250 not TLS\r\n"))) {
            try (ScriptedSmtpServer server = server().fault(Point.HANDSHAKE, fault).start()) {
                assertThat(wayTo(server, Client.patient(), false)).isInstanceOfSatisfying(SmtpFailure.TlsFailed.class, failed ->
                    assertThat(failed.phase()).isEqualTo(Phase.TLS_HANDSHAKE));
            }
        }
    }

    @Test
    void shouldBoundTheWholeHandshake() {
        for (Fault fault : List.of(Fault.silence(), new Fault.Flood("\u0016", GAP))) {
            try (ScriptedSmtpServer server = server().fault(Point.HANDSHAKE, fault).start()) {
                assertThat(wayTo(server, Client.patient().with(Phase.TLS_HANDSHAKE, SHORT), false)).isInstanceOf(SmtpFailure.Timeout.class)
                    .extracting(SmtpFailure::phase).isEqualTo(Phase.TLS_HANDSHAKE);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"MAIL", "DATA", "FINAL_DOT"})
    void shouldEndTheSessionOnRenegotiation(Place place) {
        try (ScriptedSmtpServer server = server().tlsProtocols("TLSv1.2").fault(place.point, new Fault.Renegotiate()).start()) {
            SmtpFailure failure = wayTo(server, Client.patient(), place == Place.FINAL_DOT);

            assertThat(failure).isInstanceOfSatisfying(SmtpFailure.TlsFailed.class, failed -> {
                assertThat(failed.phase()).isEqualTo(place.phase);
                // The client says no_renegotiation; this server ends it then.
                assertThat(failed.alert()).contains("handshake_failure");
            });
            assertThat(server.accepted()).isZero();
        }
    }

    @Test
    void shouldBearAChangeOfKeys() throws SmtpException {
        // RFC 8446 §4.6.3: the same peer with new keys.
        try (ScriptedSmtpServer server = server().tlsProtocols("TLSv1.3").fault(Point.DATA, new Fault.Renegotiate()).start();
                SmtpConnection connection = client.openTls(server)) {
            assertThat(Client.send(connection, ANNA)).isInstanceOf(TransactionResult.Completed.class);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"EHLO_AFTER_TLS", "MAIL", "FINAL_DOT"})
    void shouldNotReadPlainTextPutIntoTheTlsConnection(Place place) {
        SmtpFailure failure = wayTo(place, new Fault.Beneath("250 2.0.0 Fine\r\n", Fault.After.CLOSE), Client.patient());

        assertThat(failure).isInstanceOfAny(SmtpFailure.TlsFailed.class, SmtpFailure.ConnectionLost.class)
            .extracting(SmtpFailure::phase).isEqualTo(place.phase);
    }

    @Test
    void shouldOverlookAWarningAboutTheServerName() throws SmtpException {
        // RFC 6066 §3 advises against warnings, yet some servers send them: level 1, unrecognized_name.
        Fault warning = new Fault.Beneath("\u0015\u0003\u0003\0\2\1p", Fault.After.CONTINUE);
        try (ScriptedSmtpServer server = server().tlsProtocols("TLSv1.2").fault(Point.HANDSHAKE, warning).start()) {
            try (SmtpConnection connection = client.openTls(server)) {
                assertThat(Client.send(connection, ANNA)).isInstanceOf(TransactionResult.Completed.class);
            }
        }
    }

    @Test
    void shouldNotWaitLongForTheAnswerToItsFarewell() throws SmtpException {
        try (ScriptedSmtpServer server = server().fault(Point.QUIT, Fault.endlessDrip(GAP)).start()) {
            SmtpConnection connection = client.open(Client.endpoint(server.address()), HeloFallback.NEVER,
                Client.patient().with(Phase.QUIT, SHORT));
            connection.startTls();
            connection.close();

            assertThat(connection.isReusable()).isFalse();
            assertThat(server.session(1).verbs()).endsWith("QUIT");
        }
    }

    @Test
    void shouldEndAWaitFromAnotherThread() throws SmtpException {
        try (ScriptedSmtpServer server = server().fault(Point.FINAL_DOT, Fault.silence()).start();
                SmtpConnection connection = client.openTls(server)) {
            CompletableFuture<TransactionResult> result = CompletableFuture.supplyAsync(() -> Client.send(connection, ANNA));
            while (server.session(1).transactions().stream().noneMatch(mail -> mail.content().filter(c -> c.complete()).isPresent())) {
                Thread.onSpinWait();
            }
            connection.abort();

            assertThat(result).succeedsWithin(Duration.ofSeconds(30)).isInstanceOf(TransactionResult.Uncertain.class);
        }
    }

    @Test
    void shouldCutWhatNobodyGuardsAnyMore() throws SmtpException {
        try (ScriptedSmtpServer server = server().start(); SmtpConnection connection = client.open(server)) {
            client.close();

            assertThat(failureOf(connection::noop).phase()).isEqualTo(Phase.NOOP);
            assertThat(connection.isReusable()).isFalse();
        }
    }

    @Test
    void shouldWorkOnManyThreadsVirtualOnesWhereThereAre() throws Exception {
        ExecutorService threads = manyThreads();
        try (ScriptedSmtpServer server = server().start()) {
            List<Future<TransactionResult>> sent = threads.invokeAll(Collections.nCopies(60, () -> {
                try (SmtpConnection connection = client.openTls(server)) {
                    return Client.send(connection, ANNA);
                }
            }));
            for (Future<TransactionResult> one : sent) {
                assertThat(one.get()).isInstanceOf(TransactionResult.Completed.class);
            }
            assertThat(server.accepted()).isEqualTo(60);
        } finally {
            threads.shutdownNow();
        }
    }

    private static ExecutorService manyThreads() throws ReflectiveOperationException {
        return Runtime.version().feature() >= 21
            ? (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null)
            : Executors.newCachedThreadPool();
    }
}
