/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jamesdane.smtp.FaultCase.peer;

import java.time.Duration;
import java.util.stream.Stream;

import org.jamesdane.testing.smtp.Fault;
import org.jamesdane.testing.smtp.Point;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Peers that met the requirement and misbehave with the mail: each recipient gets exactly what was said about it. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TransactionFaultSuiteTest {
    private static final FaultBench BENCH = new FaultBench();

    @AfterAll
    static void closeBench() {
        BENCH.close();
    }

    /** Each case also for a peer without PIPELINING, where it must come to the same. */
    private static Stream<FaultCase> withAndWithoutPipelining(FaultCase... cases) {
        return Stream.of(cases).flatMap(fault -> Stream.of(fault, new FaultCase(fault.name() + ", not pipelined", fault.need(),
            fault.like(builder -> builder.extensions("8BITMIME")).peer(), fault.patience(), fault.content(), fault.mails(),
            fault.login(), fault.expected())));
    }

    static Stream<FaultCase> senders() {
        return withAndWithoutPipelining(
            peer("refuses MAIL").at(Point.MAIL, Fault.reply("550 5.7.1 Not from you"))
                .gives("completed: bob=MAIL:550:permanent carol=MAIL:550:permanent (open)"),
            peer("defers MAIL").at(Point.MAIL, Fault.reply("451 4.3.0 Later"))
                .gives("completed: bob=MAIL:451:temporary carol=MAIL:451:temporary (open)"),
            peer("goes at MAIL").at(Point.MAIL, Fault.replyThenClose("421 4.3.2 Down")).gives("interrupted: Rejected@MAIL:421 (closed)"),
            peer("closes at MAIL").at(Point.MAIL, Fault.close()).gives("interrupted: ConnectionLost@MAIL (closed)"),
            peer("resets at MAIL").at(Point.MAIL, Fault.reset()).gives("interrupted: ConnectionLost@MAIL (closed)"),
            peer("is silent at MAIL").at(Point.MAIL, Fault.silence())
                .runningOutOfTime(Phase.MAIL).gives("interrupted: Timeout@MAIL (closed)"),
            peer("drips at MAIL").at(Point.MAIL, Fault.endlessDrip(Duration.ofMillis(50))).runningOutOfTime(Phase.MAIL)
                .gives("interrupted: Timeout@MAIL (closed)"),
            peer("says 354 to MAIL").at(Point.MAIL, Fault.reply("354 Go")).gives("interrupted: ProtocolViolation@MAIL (closed)"),
            peer("greets at MAIL").at(Point.MAIL, Fault.reply("220 mx")).gives("interrupted: ProtocolViolation@MAIL (closed)"),
            peer("parts at MAIL").at(Point.MAIL, Fault.reply("221 Bye")).gives("interrupted: ProtocolViolation@MAIL (closed)"),
            peer("says garbage to MAIL").at(Point.MAIL, Fault.garbage("ok\r\n")).gives("interrupted: ProtocolViolation@MAIL (closed)"),
            peer("never ends its answer to MAIL").at(Point.MAIL, Fault.endlessReply("250"))
                .gives("interrupted: ProtocolViolation@MAIL (closed)"),
            peer("answers MAIL in several lines").at(Point.MAIL, Fault.reply("250-2.1.0 one", "250 2.1.0 two"))
                .gives("completed: bob=250 carol=250 (open)"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("senders")
    void shouldDecideAtMail(FaultCase fault) {
        assertThat(BENCH.run(fault)).isIn(fault.expected());
    }

    static Stream<FaultCase> recipients() {
        Fault no = Fault.reply("550 5.1.1 Nobody");
        Fault later = Fault.reply("450 4.7.1 Greylisted");
        return withAndWithoutPipelining(
            peer("refuses one").at(Point.RCPT, 1, no).gives("completed: bob=RCPT:550:permanent carol=250 (open)"),
            peer("defers one").at(Point.RCPT, 2, later).gives("completed: bob=250 carol=RCPT:450:temporary (open)"),
            peer("refuses one and defers one").at(Point.RCPT, 1, no).at(Point.RCPT, 2, later)
                .gives("completed: bob=RCPT:550:permanent carol=RCPT:450:temporary (open)"),
            peer("refuses all").at(Point.RCPT, no).gives("completed: bob=RCPT:550:permanent carol=RCPT:550:permanent (open)"),
            // RFC 5321 §4.5.3.1.10: 552 to RCPT is the old word for too many recipients.
            peer("has too many").at(Point.RCPT, 2, Fault.reply("552 Too many recipients"))
                .at(Point.RCPT, 3, Fault.reply("552 Too many recipients"))
                .gives("completed: bob=250 carol=RCPT:552:temporary (open)"),
            peer("has a full mailbox").at(Point.RCPT, 2, Fault.reply("552 5.2.2 Mailbox full"))
                .gives("completed: bob=250 carol=RCPT:552:permanent (open)"),
            // RFC 5321 §3.4: 251 and 252 take the recipient.
            peer("forwards one").at(Point.RCPT, 1, Fault.reply("251 2.1.5 Will forward"))
                .at(Point.RCPT, 2, Fault.reply("252 2.1.5 Will try")).gives("completed: bob=250 carol=250 (open)"),
            peer("refuses one in several lines").at(Point.RCPT, 2, Fault.reply("550-5.1.1 No", "550 5.1.1 Nobody"))
                .gives("completed: bob=250 carol=RCPT:550:permanent (open)"),
            peer("refuses one and goes").at(Point.RCPT, 1, no).at(Point.RCPT, 2, Fault.replyThenClose("421 4.3.2 Down"))
                .gives("interrupted: Rejected@RCPT:421 bob=RCPT:550:permanent (closed)"),
            peer("takes one and closes").at(Point.RCPT, 2, Fault.close()).gives("interrupted: ConnectionLost@RCPT (closed)"),
            peer("takes one and is silent").at(Point.RCPT, 2, Fault.silence()).runningOutOfTime(Phase.RCPT)
                .gives("interrupted: Timeout@RCPT (closed)"),
            peer("says 354 to one").at(Point.RCPT, 1, Fault.reply("354 Go")).gives("interrupted: ProtocolViolation@RCPT (closed)"),
            peer("greets at RCPT").at(Point.RCPT, 1, Fault.reply("550 5.1.1 Nobody")).at(Point.RCPT, 2, Fault.reply("220 mx"))
                .gives("interrupted: ProtocolViolation@RCPT (closed)"),
            peer("says garbage to one").at(Point.RCPT, 2, Fault.garbage("yes\r\n"))
                .gives("interrupted: ProtocolViolation@RCPT (closed)"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("recipients")
    void shouldDecideEachRecipient(FaultCase fault) {
        assertThat(BENCH.run(fault)).isIn(fault.expected());
    }

    static Stream<FaultCase> data() {
        return Stream.concat(withAndWithoutPipelining(
            peer("refuses DATA").at(Point.DATA, Fault.reply("554 5.6.0 No"))
                .gives("completed: bob=DATA:554:permanent carol=DATA:554:permanent (open)"),
            peer("defers DATA").at(Point.RCPT, 1, Fault.reply("550 5.1.1 Nobody")).at(Point.DATA, Fault.reply("451 4.3.0 Later"))
                .gives("completed: bob=RCPT:550:permanent carol=DATA:451:temporary (open)"),
            peer("goes at DATA").at(Point.DATA, Fault.replyThenClose("421 4.3.2 Down")).gives("interrupted: Rejected@DATA:421 (closed)"),
            peer("says 250 to DATA").at(Point.DATA, Fault.reply("250 Fine")).gives("interrupted: ProtocolViolation@DATA (closed)"),
            peer("greets at DATA").at(Point.DATA, Fault.reply("220 mx")).gives("interrupted: ProtocolViolation@DATA (closed)"),
            peer("says 334 to DATA").at(Point.DATA, Fault.reply("334 Hm")).gives("interrupted: ProtocolViolation@DATA (closed)"),
            peer("closes at DATA").at(Point.DATA, Fault.close()).gives("interrupted: ConnectionLost@DATA (closed)"),
            peer("is silent at DATA").at(Point.DATA, Fault.silence())
                .runningOutOfTime(Phase.DATA).gives("interrupted: Timeout@DATA (closed)"),
            // Taken for the answer to the message, it would make a mail look delivered that never was.
            peer("answers the message before it comes").at(Point.DATA, new Fault.Append("250 2.0.0 Taken\r\n"))
                .gives("interrupted: ProtocolViolation@CONTENT (closed)")), Stream.of(
            // RFC 2920 §3.1 matches by counting: one reply too many gives each its predecessor's, and bob carol's refusal.
            peer("says one thing too many").at(Point.MAIL, Fault.reply("250 extra", "250 2.1.0 Fine"))
                .at(Point.RCPT, 2, Fault.reply("550 5.1.1 Nobody")).gives("interrupted: ProtocolViolation@DATA (closed)"),
            peer("says one thing too many").at(Point.MAIL, Fault.reply("250 extra", "250 2.1.0 Fine"))
                .at(Point.RCPT, 1, Fault.reply("550 5.1.1 Nobody")).gives("interrupted: ProtocolViolation@DATA (closed)"),
            peer("says one thing too many").needing(Need.NONE).at(Point.MAIL, Fault.reply("250 extra", "250 2.1.0 Fine"))
                .at(Point.RCPT, 2, Fault.reply("550 5.1.1 Nobody")).gives("interrupted: ProtocolViolation@DATA (closed)"),
            // RFC 5321 §4.1.4: where each command waits, a late reply too many stands in the place of the next command's.
            late(Point.EHLO_AFTER_TLS, "550 5.7.1 Not for you").gives("interrupted: ProtocolViolation@MAIL (closed)"),
            late(Point.MAIL, "550 5.1.1 Not for you").at(Point.RCPT, 2, Fault.reply("550 5.1.1 Nobody"))
                .gives("interrupted: ProtocolViolation@DATA (closed)").or("interrupted: ProtocolViolation@RCPT (closed)"),
            late(Point.RCPT, "550 5.1.1 Not for you").at(Point.RCPT, 1, Fault.reply("550 5.1.1 Nobody"))
                .gives("interrupted: ProtocolViolation@DATA (closed)").or("interrupted: ProtocolViolation@RCPT (closed)"),
            peer("refuses the sender and goes").like(builder -> builder.extensions("8BITMIME"))
                .at(Point.MAIL, new Fault.Say("550 5.7.1 No\r\n421 4.7.0 Bye\r\n", Fault.After.CLOSE))
                .gives("completed: bob=MAIL:550:permanent carol=MAIL:550:permanent (closed)"),
            // RFC 2920 §3.1: a host may say 354 though no recipient is left; it must not get an empty mail out of it.
            peer("refuses all and awaits content").at(Point.RCPT, Fault.reply("550 5.1.1 Nobody")).at(Point.DATA, Fault.reply("354 Go"))
                .gives("completed: bob=RCPT:550:permanent carol=RCPT:550:permanent (closed)"),
            peer("refuses MAIL and awaits content").at(Point.MAIL, Fault.reply("550 5.7.1 No"))
                .at(Point.RCPT, Fault.reply("250 Fine")).at(Point.DATA, Fault.reply("354 Go"))
                .gives("completed: bob=MAIL:550:permanent carol=MAIL:550:permanent (closed)")));
    }

    /** A peer without PIPELINING that says something unasked when the next command is on its way. */
    private static FaultCase late(Point point, String says) {
        return peer("says one thing too many after " + point).like(builder -> builder.extensions("8BITMIME"))
            .at(point, new Fault.Later(says + "\r\n", Duration.ofMillis(100)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("data")
    void shouldDecideAtData(FaultCase fault) {
        assertThat(BENCH.run(fault)).isIn(fault.expected());
    }

    static Stream<FaultCase> contents() {
        MessageContent large = TestContent.repeated("Subject: large\r\n" + "0123456789abcde\r\n".repeat(1_000), 2_000);
        return Stream.of(
            peer("closes within content").sending(large).at(Point.MID_DATA, Fault.cut())
                .gives("interrupted: ConnectionLost@CONTENT (closed)"),
            peer("resets within content").sending(large).at(Point.MID_DATA, Fault.reset())
                .gives("interrupted: ConnectionLost@CONTENT (closed)"),
            peer("stalls within content").sending(large).at(Point.MID_DATA, Fault.stall()).runningOutOfTime(Phase.CONTENT)
                .gives("interrupted: Timeout@CONTENT (closed)"),
            peer("refuses within content and reads on").needing(Need.NONE).sending(large)
                .at(Point.MID_DATA, Fault.reply("552 5.3.4 Too big")).gives("interrupted: Rejected@CONTENT:552 (closed)"),
            peer("accepts within content and reads on").needing(Need.NONE).sending(large)
                .at(Point.MID_DATA, Fault.reply("250 Enough")).gives("interrupted: ProtocolViolation@CONTENT (closed)"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("contents")
    void shouldNotTakeHalfAMessageForDelivered(FaultCase fault) {
        assertThat(BENCH.run(fault)).isIn(fault.expected());
    }

    static Stream<FaultCase> finalDots() {
        return Stream.of(
            peer("refuses the message").at(Point.FINAL_DOT, Fault.reply("554 5.7.1 Spam"))
                .gives("completed: bob=FINAL_DOT:554:permanent carol=FINAL_DOT:554:permanent (open)"),
            peer("defers the message").at(Point.FINAL_DOT, Fault.reply("451 4.3.0 Later"))
                .gives("completed: bob=FINAL_DOT:451:temporary carol=FINAL_DOT:451:temporary (open)"),
            peer("refuses the message after a recipient").at(Point.RCPT, 1, Fault.reply("450 4.2.0 Later"))
                .at(Point.FINAL_DOT, Fault.reply("552 5.2.2 Full"))
                .gives("completed: bob=RCPT:450:temporary carol=FINAL_DOT:552:permanent (open)"),
            peer("goes at the final dot").at(Point.FINAL_DOT, Fault.replyThenClose("421 4.3.2 Down"))
                .gives("completed: bob=FINAL_DOT:421:temporary carol=FINAL_DOT:421:temporary (closed)"),
            peer("takes the message in several lines").at(Point.FINAL_DOT, Fault.reply("250-2.0.0 one", "250 2.0.0 two"))
                .gives("completed: bob=250 carol=250 (open)"),
            // RFC 5321 §4.2.5, RFC 1047: nobody knows; it is sent again.
            peer("closes at the final dot").at(Point.FINAL_DOT, Fault.close()).gives("uncertain: ConnectionLost@FINAL_DOT (closed)"),
            peer("takes the message and closes").at(Point.FINAL_DOT, new Fault.AcceptThen(Fault.close()))
                .gives("uncertain: ConnectionLost@FINAL_DOT (closed)"),
            peer("takes the message and cuts").at(Point.FINAL_DOT, new Fault.AcceptThen(Fault.cut()))
                .gives("uncertain: ConnectionLost@FINAL_DOT (closed)"),
            peer("takes the message and resets").at(Point.FINAL_DOT, new Fault.AcceptThen(Fault.reset()))
                .gives("uncertain: ConnectionLost@FINAL_DOT (closed)"),
            peer("refuses one and closes at the final dot").at(Point.RCPT, 2, Fault.reply("550 5.1.1 Nobody"))
                .at(Point.FINAL_DOT, new Fault.AcceptThen(Fault.close()))
                .gives("uncertain: ConnectionLost@FINAL_DOT carol=RCPT:550:permanent (closed)"),
            peer("takes the message silently").at(Point.FINAL_DOT, new Fault.AcceptThen(Fault.silence())).runningOutOfTime(Phase.FINAL_DOT)
                .gives("uncertain: Timeout@FINAL_DOT (closed)"),
            peer("drips at the final dot").at(Point.FINAL_DOT, Fault.endlessDrip(Duration.ofMillis(50))).runningOutOfTime(Phase.FINAL_DOT)
                .gives("uncertain: Timeout@FINAL_DOT (closed)"),
            peer("says 354 to the final dot").at(Point.FINAL_DOT, Fault.reply("354 More"))
                .gives("uncertain: ProtocolViolation@FINAL_DOT (closed)"),
            // Taken for acceptance, a greeting out of step would lose the mail.
            peer("greets at the final dot").at(Point.FINAL_DOT, Fault.reply("220 mx"))
                .gives("uncertain: ProtocolViolation@FINAL_DOT (closed)"),
            peer("says garbage to the final dot").at(Point.FINAL_DOT, Fault.garbage("OK\r\n"))
                .gives("uncertain: ProtocolViolation@FINAL_DOT (closed)"),
            peer("closes within its answer").at(Point.FINAL_DOT, new Fault.AcceptThen(new Fault.Say("25", Fault.After.CLOSE)))
                .gives("uncertain: ConnectionLost@FINAL_DOT (closed)"),
            peer("closes between the lines of its answer")
                .at(Point.FINAL_DOT, new Fault.AcceptThen(Fault.replyThenClose("250-2.0.0 Taken")))
                .gives("uncertain: ConnectionLost@FINAL_DOT (closed)"),
            peer("changes code within its answer").at(Point.FINAL_DOT, Fault.reply("450-4.0.0 no", "250 2.0.0 yes"))
                .gives("uncertain: ProtocolViolation@FINAL_DOT (closed)"),
            peer("never ends its answer").at(Point.FINAL_DOT, Fault.endlessReply("250"))
                .gives("uncertain: ProtocolViolation@FINAL_DOT (closed)"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("finalDots")
    void shouldTellTakenFromRefusedFromUnknown(FaultCase fault) {
        assertThat(BENCH.run(fault)).isIn(fault.expected());
    }

    static Stream<FaultCase> reuses() {
        String sent = "completed: bob=250 carol=250 (open)";
        return Stream.of(
            peer("takes two mails").twice().gives(sent + " | " + sent),
            peer("speaks unasked between mails").needing(Need.NONE).twice()
                .at(Point.FINAL_DOT, 1, new Fault.Append("250 2.0.0 And again\r\n"))
                .gives(sent + " | interrupted: ProtocolViolation@MAIL (closed)"),
            // A record of its own shows only when it is read: then it stands where an answer should, and does not fit in the end.
            peer("speaks unasked later").twice().at(Point.FINAL_DOT, 1, new Fault.Follow("250 2.0.0 And again\r\n"))
                .gives(sent + " | interrupted: ProtocolViolation@DATA (closed)")
                .or(sent + " | interrupted: ProtocolViolation@MAIL (closed)"),
            peer("goes between mails").twice().at(Point.FINAL_DOT, 1, new Fault.Follow("421 4.4.2 Idle\r\n"))
                .gives(sent + " | interrupted: Rejected@MAIL:421 (closed)"),
            peer("goes between mails").needing(Need.NONE).twice().at(Point.FINAL_DOT, 1, new Fault.Append("421 4.4.2 Idle\r\n"))
                .gives(sent + " | interrupted: Rejected@MAIL:421 (closed)"),
            peer("speaks unasked between mails").twice().at(Point.FINAL_DOT, 1, new Fault.Append("250 2.0.0 And again\r\n"))
                .gives(sent + " | interrupted: ProtocolViolation@MAIL (closed)"),
            peer("refuses all of the first mail").twice().at(Point.RCPT, 1, Fault.reply("550 5.1.1 Nobody"))
                .at(Point.RCPT, 2, Fault.reply("550 5.1.1 Nobody"))
                .gives("completed: bob=RCPT:550:permanent carol=RCPT:550:permanent (open) | " + sent),
            peer("refuses the first sender").twice().at(Point.MAIL, 1, Fault.reply("550 5.7.1 No"))
                .gives("completed: bob=MAIL:550:permanent carol=MAIL:550:permanent (open) | " + sent),
            peer("does not reset").twice().at(Point.RCPT, 1, Fault.reply("550 5.1.1 No")).at(Point.RCPT, 2, Fault.reply("550 5.1.1 No"))
                .at(Point.RSET, Fault.reply("500 What?"))
                .gives("completed: bob=RCPT:550:permanent carol=RCPT:550:permanent (open) | interrupted: Rejected@RSET:500 (closed)"),
            peer("greets at RSET").twice().at(Point.RCPT, 1, Fault.reply("550 5.1.1 No")).at(Point.RCPT, 2, Fault.reply("550 5.1.1 No"))
                .at(Point.RSET, Fault.reply("220 mx")).gives("completed: bob=RCPT:550:permanent carol=RCPT:550:permanent (open)"
                    + " | interrupted: ProtocolViolation@RSET (closed)"),
            peer("is silent at QUIT").at(Point.QUIT, Fault.silence()).runningOutOfTime(Phase.QUIT).gives(sent),
            peer("resets at QUIT").at(Point.QUIT, Fault.reset()).gives(sent),
            peer("refuses QUIT").at(Point.QUIT, Fault.reply("500 Stay")).gives(sent),
            peer("never ends its answer to QUIT").at(Point.QUIT, Fault.endlessReply("221")).gives(sent));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("reuses")
    void shouldNotLetOneMailDisturbTheNext(FaultCase fault) {
        assertThat(BENCH.run(fault)).isIn(fault.expected());
    }
}
