/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.jamesdane.smtp.FaultCase.peer;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import org.jamesdane.dane.channel.ChannelCheck;
import org.jamesdane.dane.channel.Permit;
import org.jamesdane.dane.channel.TlsRequirement;
import org.jamesdane.testing.smtp.Fault;
import org.jamesdane.testing.smtp.Point;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.jamesdane.testing.smtp.Session;
import org.jamesdane.testing.smtp.Transaction;
import org.jamesdane.tls.TlsOffer;
import org.jamesdane.tls.TlsSettings;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Peers that misbehave with a group: the end of one mail and the commands of the next (RFC 2920 §3.1). A result names what became of the
 * first mail, then what became of the group, then what became of the second mail on the same connection.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GroupFaultSuiteTest {
    private static final SocketSmtpConnector CONNECTOR = new SocketSmtpConnector();
    private static final String TAKEN = "completed: bob=250 carol=250";
    private static final String UNCERTAIN = "uncertain: ProtocolViolation@FINAL_DOT | failed (closed)";
    private static final Fault NO = Fault.reply("550 5.1.1 Nobody");
    private static final Fault LATER = Fault.reply("450 4.7.1 Greylisted");
    private static final Fault GO = Fault.reply("354 Go");

    @AfterAll
    static void closeConnector() {
        CONNECTOR.close();
    }

    static Stream<FaultCase> ends() {
        return Stream.of(
            peer("takes both").gives(TAKEN + " | begun | " + TAKEN + " (open)"),
            // The end of the first mail decides nothing about the second.
            peer("refuses the first at its end").at(Point.FINAL_DOT, 1, Fault.reply("554 5.7.1 Spam"))
                .gives("completed: bob=FINAL_DOT:554:permanent carol=FINAL_DOT:554:permanent | begun | " + TAKEN + " (open)"),
            peer("defers the first at its end").at(Point.FINAL_DOT, 1, Fault.reply("451 4.3.0 Later"))
                .gives("completed: bob=FINAL_DOT:451:temporary carol=FINAL_DOT:451:temporary | begun | " + TAKEN + " (open)"),
            peer("takes the first in several lines").at(Point.FINAL_DOT, 1, Fault.reply("250-2.0.0 one", "250 2.0.0 two"))
                .gives(TAKEN + " | begun | " + TAKEN + " (open)"),
            peer("drips").at(Point.FINAL_DOT, 1, new Fault.Drip(Duration.ofMillis(2))).at(Point.DATA, 2,
                new Fault.Drip(Duration.ofMillis(2))).gives(TAKEN + " | begun | " + TAKEN + " (open)"),
            peer("refuses the first and goes").at(Point.FINAL_DOT, 1, Fault.replyThenClose("421 4.3.2 Down"))
                .gives("completed: bob=FINAL_DOT:421:temporary carol=FINAL_DOT:421:temporary | failed (closed)"),
            peer("closes at the end of the first").at(Point.FINAL_DOT, 1, Fault.close())
                .gives("uncertain: ConnectionLost@FINAL_DOT | failed (closed)"),
            peer("resets at the end of the first").at(Point.FINAL_DOT, 1, Fault.reset())
                .gives("uncertain: ConnectionLost@FINAL_DOT | failed (closed)"),
            peer("is silent at the end of the first").at(Point.FINAL_DOT, 1, Fault.silence()).runningOutOfTime(Phase.FINAL_DOT)
                .gives("uncertain: Timeout@FINAL_DOT | failed (closed)"),
            peer("says 354 to the end of the first").at(Point.FINAL_DOT, 1, GO).gives(UNCERTAIN),
            peer("takes the first and closes")
                .at(Point.FINAL_DOT, 1, new Fault.AcceptThen(Fault.replyThenClose("250 2.0.0 Taken")))
                .gives(TAKEN + " | failed (closed)"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ends")
    void shouldDecideAtTheEndOfTheFirst(FaultCase fault) {
        assertThat(run(fault)).isIn(fault.expected());
    }

    static Stream<FaultCase> envelopes() {
        return Stream.of(
            peer("refuses MAIL").at(Point.MAIL, 2, Fault.reply("550 5.7.1 Not from you"))
                .gives(TAKEN + " | begun | completed: bob=MAIL:550:permanent carol=MAIL:550:permanent (open)"),
            peer("refuses commands behind the end").at(Point.MAIL, 2, Fault.reply("503 5.5.1 Bad sequence"))
                .gives(TAKEN + " | begun | completed: bob=MAIL:503:permanent carol=MAIL:503:permanent (open)"),
            peer("defers MAIL").at(Point.MAIL, 2, LATER)
                .gives(TAKEN + " | begun | completed: bob=MAIL:450:temporary carol=MAIL:450:temporary (open)"),
            peer("goes at MAIL").at(Point.MAIL, 2, Fault.replyThenClose("421 4.3.2 Down")).gives(TAKEN + " | failed (closed)"),
            peer("closes at MAIL").at(Point.MAIL, 2, Fault.close()).gives(TAKEN + " | failed (closed)"),
            peer("resets at MAIL").at(Point.MAIL, 2, Fault.reset()).gives(TAKEN + " | failed (closed)")
                .or("uncertain: ConnectionLost@FINAL_DOT | failed (closed)"),
            peer("is silent at MAIL").at(Point.MAIL, 2, Fault.silence()).runningOutOfTime(Phase.MAIL)
                .gives(TAKEN + " | failed (closed)"),
            peer("stalls at MAIL").at(Point.MAIL, 2, Fault.stall()).runningOutOfTime(Phase.MAIL).gives(TAKEN + " | failed (closed)"),
            peer("says 354 to MAIL").at(Point.MAIL, 2, GO).gives(UNCERTAIN),
            peer("says garbage to MAIL").at(Point.MAIL, 2, Fault.garbage("ok\r\n")).gives(UNCERTAIN),
            peer("refuses one").at(Point.RCPT, 3, NO)
                .gives(TAKEN + " | begun | completed: bob=RCPT:550:permanent carol=250 (open)"),
            peer("defers one").at(Point.RCPT, 4, LATER)
                .gives(TAKEN + " | begun | completed: bob=250 carol=RCPT:450:temporary (open)"),
            peer("refuses all").at(Point.RCPT, 3, NO).at(Point.RCPT, 4, NO)
                .gives(TAKEN + " | begun | completed: bob=RCPT:550:permanent carol=RCPT:550:permanent (open)"),
            // RFC 5321 §4.1.1.10: after a 354 there is the whole content, or no end at all.
            peer("refuses all and awaits content").at(Point.RCPT, 3, NO).at(Point.RCPT, 4, NO).at(Point.DATA, 2, GO)
                .gives(TAKEN + " | begun | completed: bob=RCPT:550:permanent carol=RCPT:550:permanent (closed)"),
            peer("goes at RCPT").at(Point.RCPT, 4, Fault.replyThenClose("421 4.3.2 Down")).gives(TAKEN + " | failed (closed)"),
            peer("closes at RCPT").at(Point.RCPT, 3, Fault.close()).gives(TAKEN + " | failed (closed)"),
            peer("stalls at RCPT").at(Point.RCPT, 4, Fault.stall()).runningOutOfTime(Phase.RCPT).gives(TAKEN + " | failed (closed)"),
            peer("greets at RCPT").at(Point.RCPT, 4, Fault.reply("220 mx")).gives(UNCERTAIN),
            peer("answers RCPT in pieces").at(Point.RCPT, 3, new Fault.Drip(Duration.ofMillis(2)))
                .at(Point.RCPT, 4, Fault.reply("250-2.1.5 one", "250 2.1.5 two")).gives(TAKEN + " | begun | " + TAKEN + " (open)"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("envelopes")
    void shouldDecideAtTheCommandsBehindIt(FaultCase fault) {
        assertThat(run(fault)).isIn(fault.expected());
    }

    static Stream<FaultCase> data() {
        return Stream.of(
            peer("refuses DATA").at(Point.DATA, 2, Fault.reply("554 5.6.0 No"))
                .gives(TAKEN + " | begun | completed: bob=DATA:554:permanent carol=DATA:554:permanent (open)"),
            peer("defers DATA").at(Point.DATA, 2, Fault.reply("451 4.3.0 Later"))
                .gives(TAKEN + " | begun | completed: bob=DATA:451:temporary carol=DATA:451:temporary (open)"),
            peer("goes at DATA").at(Point.DATA, 2, Fault.replyThenClose("421 4.3.2 Down")).gives(TAKEN + " | failed (closed)"),
            peer("closes at DATA").at(Point.DATA, 2, Fault.close()).gives(TAKEN + " | failed (closed)"),
            peer("is silent at DATA").at(Point.DATA, 2, Fault.silence()).runningOutOfTime(Phase.DATA)
                .gives(TAKEN + " | failed (closed)"),
            peer("says 250 to DATA").at(Point.DATA, 2, Fault.reply("250 Fine")).gives(UNCERTAIN),
            peer("says 334 to DATA").at(Point.DATA, 2, Fault.reply("334 Hm")).gives(UNCERTAIN),
            peer("says 221 to DATA").at(Point.DATA, 2, Fault.reply("221 Bye")).gives(UNCERTAIN),
            peer("says garbage to DATA").at(Point.DATA, 2, Fault.garbage("go\r\n")).gives(UNCERTAIN),
            peer("answers more than it was asked").at(Point.DATA, 2, new Fault.Append("250 2.0.0 Taken\r\n")).gives(UNCERTAIN),
            peer("goes behind its 354").at(Point.DATA, 2, new Fault.Append("421 4.3.2 Down\r\n")).gives(TAKEN + " | failed (closed)"),
            // One reply too many makes each stand for its successor: what looks like 250 is none of the message.
            peer("says one thing too many").at(Point.FINAL_DOT, 1, Fault.reply("250 extra", "554 5.7.1 Spam")).gives(UNCERTAIN),
            peer("says one thing too many and refuses").at(Point.FINAL_DOT, 1, Fault.reply("250 extra", "554 5.7.1 Spam"))
                .at(Point.RCPT, 3, NO).at(Point.RCPT, 4, NO).gives(UNCERTAIN),
            peer("says one thing too many and takes").at(Point.FINAL_DOT, 1, Fault.reply("250 extra", "250 2.0.0 Taken"))
                .gives(UNCERTAIN));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("data")
    void shouldDecideAtData(FaultCase fault) {
        assertThat(run(fault)).isIn(fault.expected());
    }

    static Stream<FaultCase> contents() {
        return Stream.of(
            peer("closes within the second").at(Point.MID_DATA, 2, Fault.cut())
                .gives(TAKEN + " | begun | interrupted: ConnectionLost@CONTENT (closed)")
                .or(TAKEN + " | begun | uncertain: ConnectionLost@FINAL_DOT (closed)"),
            peer("refuses the second").at(Point.FINAL_DOT, 2, Fault.reply("554 5.7.1 Spam"))
                .gives(TAKEN + " | begun | completed: bob=FINAL_DOT:554:permanent carol=FINAL_DOT:554:permanent (open)"),
            peer("takes the second and closes").at(Point.FINAL_DOT, 2, new Fault.AcceptThen(Fault.close()))
                .gives(TAKEN + " | begun | uncertain: ConnectionLost@FINAL_DOT (closed)"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("contents")
    void shouldDecideTheSecondByItself(FaultCase fault) {
        assertThat(run(fault)).isIn(fault.expected());
    }

    private static String run(FaultCase fault) {
        try (ScriptedSmtpServer server = fault.peer().apply(ScriptedSmtpServer.builder()
                .tls(Need.CREDENTIAL.serverContext()).extensions("PIPELINING", "8BITMIME")).start()) {
            String result = deliver(fault, server);
            server.awaitEnd();
            holdInvariants(server, result);
            return result;
        }
    }

    private static String deliver(FaultCase fault, ScriptedSmtpServer server) {
        TlsRequirement requirement = fault.need().requirement();
        SmtpEndpoint endpoint = new SmtpEndpoint(server.address(), Optional.empty(), "client.example", false,
            new TlsSettings(requirement.serverName(), TlsOffer.DEFAULT, false));
        try (SmtpConnection connection = CONNECTOR.open(endpoint, HeloFallback.NEVER, fault.patience())) {
            connection.startTls();
            NextMail second = new NextMail(permit(requirement, connection), FaultBench.envelope(), fault.content());
            String first = FaultBench.words(connection.send(permit(requirement, connection), FaultBench.envelope(), fault.content(),
                () -> Optional.of(second)));
            if (!connection.hasBegun()) {
                return first + (connection.groupFailed() ? " | failed" : " | none") + state(connection);
            }
            return first + " | begun | " + FaultBench.words(connection.send(permit(requirement, connection), FaultBench.envelope(),
                fault.content())) + state(connection);
        } catch (SmtpException e) {
            throw new AssertionError(e);
        }
    }

    private static String state(SmtpConnection connection) {
        return connection.isReusable() ? " (open)" : " (closed)";
    }

    private static Permit permit(TlsRequirement requirement, SmtpConnection connection) {
        return ((ChannelCheck.Permitted) ChannelCheck.of(requirement, connection.channel(), Instant.now())).permit();
    }

    private static void holdInvariants(ScriptedSmtpServer server, String result) {
        Session session = server.session(1);
        // Content before its 354 would be read as commands. RSET and a lone dot would end what only the connection's end may.
        assertThat(session.verbs()).isSubsetOf("EHLO", "STARTTLS", "MAIL", "RCPT", "DATA", "QUIT");
        List<Transaction> whole = session.transactions().stream().filter(each -> each.content().filter(Transaction.Content::complete)
            .isPresent()).toList();
        assertThat(whole).allSatisfy(each -> assertThat(new String(each.content().orElseThrow().message(),
            ISO_8859_1)).isEqualTo(FaultCase.CONTENT));
        long taken = Stream.of(result.split("\\|")).filter(each -> each.contains("=250")).count();
        long uncertain = Stream.of(result.split("\\|")).filter(each -> each.contains("uncertain")).count();
        assertThat(server.accepted()).isBetween(taken, taken + uncertain);
    }
}
