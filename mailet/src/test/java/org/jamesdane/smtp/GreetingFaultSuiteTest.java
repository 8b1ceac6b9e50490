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

/** Peers that misbehave before any TLS: connection, greeting, EHLO. All of it is the host's matter, and temporary. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GreetingFaultSuiteTest {
    private static final FaultBench BENCH = new FaultBench();

    @AfterAll
    static void closeBench() {
        BENCH.close();
    }

    static Stream<FaultCase> greetings() {
        return Stream.of(
            peer("closes at once").at(Point.CONNECT, Fault.close()).gives("host: ConnectionLost@BANNER"),
            peer("resets at once").at(Point.CONNECT, Fault.reset())
                .gives("host: ConnectionLost@BANNER").or("host: ConnectFailed@CONNECT"),
            peer("never greets").at(Point.BANNER, Fault.silence()).runningOutOfTime(Phase.BANNER).gives("host: Timeout@BANNER"),
            peer("awaits TLS first").like(builder -> builder.implicitTls()).runningOutOfTime(Phase.BANNER).gives("host: Timeout@BANNER"),
            peer("greets by an octet now and then").at(Point.BANNER, Fault.endlessDrip(Duration.ofMillis(50)))
                .runningOutOfTime(Phase.BANNER).gives("host: Timeout@BANNER"),
            // RFC 5321 §3.1: 554 instead of 220; design: final only once the requirement is met.
            peer("has no service").at(Point.BANNER, Fault.reply("554 No SMTP here")).gives("host: Rejected@BANNER:554"),
            peer("has no service").needing(Need.NONE).at(Point.BANNER, Fault.reply("554 No SMTP here"))
                .gives("host: Rejected@BANNER:554"),
            peer("is busy").at(Point.BANNER, Fault.replyThenClose("421 4.3.2 Busy")).gives("host: Rejected@BANNER:421"),
            peer("defers").at(Point.BANNER, Fault.reply("450 Later")).gives("host: Rejected@BANNER:450"),
            peer("greets with another success").at(Point.BANNER, Fault.reply("250 Hello")).gives("host: ProtocolViolation@BANNER"),
            peer("greets with 354").at(Point.BANNER, Fault.reply("354 Go")).gives("host: ProtocolViolation@BANNER"),
            peer("speaks HTTP").at(Point.BANNER, Fault.garbage("HTTP/1.1 400 Bad Request\r\n\r\n"))
                .gives("host: ProtocolViolation@BANNER"),
            peer("speaks SSH").at(Point.BANNER, Fault.garbage("SSH-2.0-OpenSSH_9.2\r\n")).gives("host: ProtocolViolation@BANNER"),
            peer("sends binary").at(Point.BANNER, Fault.garbage("\u0000\u0001\u00ff\u00fe\n")).gives("host: ProtocolViolation@BANNER"),
            peer("sends empty lines").at(Point.BANNER, Fault.garbage("\r\n\r\n")).gives("host: ProtocolViolation@BANNER"),
            peer("greets with 2 digits").at(Point.BANNER, Fault.reply("22 Hello")).gives("host: ProtocolViolation@BANNER"),
            peer("greets with 4 digits").at(Point.BANNER, Fault.reply("2200 Hello")).gives("host: ProtocolViolation@BANNER"),
            peer("closes within its greeting").at(Point.BANNER, new Fault.Say("220 he", Fault.After.CLOSE))
                .gives("host: ConnectionLost@BANNER"),
            peer("closes between lines of its greeting").at(Point.BANNER, Fault.replyThenClose("220-one"))
                .gives("host: ConnectionLost@BANNER"),
            peer("resets within its greeting").at(Point.BANNER, new Fault.Say("220-", Fault.After.RESET))
                .gives("host: ConnectionLost@BANNER").or("host: ConnectFailed@CONNECT"),
            peer("greets with a line of 100,000 octets").at(Point.BANNER, Fault.longLine("220", 100_000))
                .gives("host: ProtocolViolation@BANNER"),
            peer("never ends its greeting").at(Point.BANNER, Fault.endlessReply("220")).gives("host: ProtocolViolation@BANNER"),
            peer("never ends a line of its greeting").at(Point.BANNER, new Fault.Flood("2", Duration.ZERO))
                .gives("host: ProtocolViolation@BANNER"),
            peer("changes its mind within its greeting").at(Point.BANNER, Fault.reply("220-one", "554 two"))
                .gives("host: ProtocolViolation@BANNER"),
            peer("answers EHLO before it comes").at(Point.BANNER, new Fault.Append("250-mx.example\r\n250 STARTTLS\r\n"))
                .gives("host: ProtocolViolation@HELLO"),
            peer("goes right after its greeting").at(Point.BANNER, new Fault.Append("421 4.4.2 Too slow\r\n"))
                .gives("host: Rejected@HELLO:421"),
            // What is odd but allowed or harmless must not stop mail.
            peer("greets in several lines").at(Point.BANNER, Fault.reply("220-one", "220-", "220 two"))
                .gives("completed: bob=250 carol=250 (open)"),
            peer("greets without text").at(Point.BANNER, Fault.reply("220")).gives("completed: bob=250 carol=250 (open)"),
            peer("ends its greeting in LF").at(Point.BANNER, Fault.garbage("220 hello\n")).gives("completed: bob=250 carol=250 (open)"),
            peer("greets slowly").at(Point.BANNER, new Fault.Drip(Duration.ofMillis(2))).gives("completed: bob=250 carol=250 (open)"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("greetings")
    void shouldEndGreetingsAsTheyMust(FaultCase fault) {
        assertThat(BENCH.run(fault)).isIn(fault.expected());
    }

    static Stream<FaultCase> hellos() {
        Fault unknown = Fault.reply("502 5.5.1 What?");
        return Stream.of(
            // RFC 5321 §3.2: HELO after a refused EHLO; design: never where TLS is required, for HELO has no STARTTLS.
            peer("does not know EHLO").at(Point.EHLO, unknown).gives("host: Rejected@HELLO:502"),
            peer("does not know EHLO").needing(Need.ENCRYPT).at(Point.EHLO, unknown).gives("host: Rejected@HELLO:502"),
            peer("does not know EHLO").needing(Need.MAY).at(Point.EHLO, unknown).gives("completed: bob=250 carol=250 (open)"),
            peer("knows neither EHLO nor HELO").needing(Need.MAY).at(Point.EHLO, unknown).at(Point.HELO, unknown)
                .gives("host: Rejected@HELLO:502"),
            peer("closes at HELO").needing(Need.MAY).at(Point.EHLO, unknown).at(Point.HELO, Fault.close())
                .gives("host: ConnectionLost@HELLO"),
            peer("is silent at HELO").needing(Need.MAY).at(Point.EHLO, unknown).at(Point.HELO, Fault.silence())
                .runningOutOfTime(Phase.HELLO).gives("host: Timeout@HELLO"),
            // RFC 5321 §4.2.1: 4yz says nothing about what is known.
            peer("defers EHLO").needing(Need.MAY).at(Point.EHLO, Fault.reply("451 4.3.0 Later")).gives("host: Rejected@HELLO:451"),
            peer("refuses us by name").at(Point.EHLO, Fault.reply("550 5.7.1 Not you")).gives("host: Rejected@HELLO:550"),
            peer("goes at EHLO").at(Point.EHLO, Fault.replyThenClose("421 4.3.2 Down")).gives("host: Rejected@HELLO:421"),
            peer("goes at EHLO").needing(Need.MAY).at(Point.EHLO, Fault.replyThenClose("421 4.3.2 Down"))
                .gives("host: Rejected@HELLO:421"),
            peer("closes at EHLO").at(Point.EHLO, Fault.close()).gives("host: ConnectionLost@HELLO"),
            peer("resets at EHLO").at(Point.EHLO, Fault.reset()).gives("host: ConnectionLost@HELLO"),
            peer("is silent at EHLO").at(Point.EHLO, Fault.silence()).runningOutOfTime(Phase.HELLO).gives("host: Timeout@HELLO"),
            peer("stalls at EHLO").at(Point.EHLO, Fault.stall()).runningOutOfTime(Phase.HELLO).gives("host: Timeout@HELLO"),
            peer("drips its answer to EHLO").at(Point.EHLO, new Fault.Flood("250-A\r\n", Duration.ofMillis(30)))
                .runningOutOfTime(Phase.HELLO).gives("host: Timeout@HELLO"),
            peer("never ends its answer to EHLO").at(Point.EHLO, Fault.endlessReply("250")).gives("host: ProtocolViolation@HELLO"),
            peer("answers EHLO in 100,000 octets").at(Point.EHLO, Fault.longLine("250", 100_000))
                .gives("host: ProtocolViolation@HELLO"),
            peer("answers EHLO with 354").at(Point.EHLO, Fault.reply("354 Go")).gives("host: ProtocolViolation@HELLO"),
            peer("changes code within its answer to EHLO").at(Point.EHLO, Fault.reply("250-mx", "220 STARTTLS"))
                .gives("host: ProtocolViolation@HELLO"),
            peer("answers EHLO with garbage").at(Point.EHLO, Fault.garbage("\u0016\u0003\u0001\u0002\u0000\r\n"))
                .gives("host: ProtocolViolation@HELLO"),
            peer("answers EHLO twice").at(Point.EHLO, new Fault.Append("250 mx\r\n")).gives("host: ProtocolViolation@STARTTLS"),
            // RFC 5321 §4.3.2: 250 alone answers EHLO and HELO. One greeting too many is no answer.
            peer("greets twice").at(Point.BANNER, new Fault.Append("220 again\r\n")).gives("completed: bob=250 carol=250 (open)"),
            peer("greets twice").needing(Need.NONE).at(Point.BANNER, new Fault.Append("220 again\r\n"))
                .at(Point.RCPT, 2, Fault.reply("550 5.1.1 Nobody")).gives("completed: bob=250 carol=RCPT:550:permanent (open)"),
            greetsAgainAtEhlo("220 again\r\n250 mx\r\n").gives("completed: bob=250 carol=250 (open)"),
            greetsAgainAtEhlo("220 again\r\n250 mx\r\n").at(Point.RCPT, 2, Fault.reply("550 5.1.1 Nobody"))
                .gives("completed: bob=250 carol=RCPT:550:permanent (open)"),
            greetsAgainAtEhlo("220 again\r\n220 and again\r\n250 mx\r\n").gives("host: ProtocolViolation@HELLO"),
            greetsAgainAtEhlo("220 again\r\n250 mx\r\n").at(Point.BANNER, new Fault.Append("220 again\r\n"))
                .gives("host: ProtocolViolation@HELLO"),
            greetsAgainAtEhlo("220 again\r\n502 What?\r\n").gives("host: Rejected@HELLO:502"),
            greetsAgainAtEhlo("220 again\r\n354 Go\r\n").gives("host: ProtocolViolation@HELLO"),
            greetsAgainAtEhlo("220 again\r\n421 4.3.2 Down\r\n").gives("host: Rejected@HELLO:421"),
            greetsAgainAtEhlo("220 again\r\n251 mx\r\n").gives("host: ProtocolViolation@HELLO"),
            peer("answers EHLO with 251").at(Point.EHLO, Fault.reply("251 mx")).gives("host: ProtocolViolation@HELLO"),
            peer("answers EHLO with 221").at(Point.EHLO, Fault.reply("221 mx")).gives("host: ProtocolViolation@HELLO"),
            peer("answers HELO with 252").needing(Need.NONE).at(Point.EHLO, unknown).at(Point.HELO, Fault.reply("252 mx"))
                .gives("host: ProtocolViolation@HELLO"),
            peer("greets twice at HELO").needing(Need.NONE).at(Point.EHLO, unknown)
                .at(Point.HELO, Fault.reply("220 again", "250 mx")).gives("completed: bob=250 carol=250 (open)"),
            peer("greets at HELO alone").needing(Need.NONE).at(Point.EHLO, unknown)
                .at(Point.HELO, Fault.reply("220 again")).runningOutOfTime(Phase.HELLO).gives("host: Timeout@HELLO"),
            peer("closes within its answer to EHLO").at(Point.EHLO, Fault.replyThenClose("250-mx", "250-STARTTLS"))
                .gives("host: ConnectionLost@HELLO"));
    }

    private static FaultCase greetsAgainAtEhlo(String says) {
        return peer("says " + says.replace("\r\n", ", ") + "to EHLO").needing(Need.NONE).at(Point.EHLO, Fault.garbage(says));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hellos")
    void shouldEndHellosAsTheyMust(FaultCase fault) {
        assertThat(BENCH.run(fault)).isIn(fault.expected());
    }
}
