/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.smtp;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Action of the server at a point instead of, or beside, its normal answer. Octets are given as text, one character of up to 255 for each.
 */
public sealed interface Fault {

    /** Action after the reply. */
    enum After {
        /** The dialogue goes on. */
        CONTINUE,
        /** The connection is closed in order: under TLS with close_notify. */
        CLOSE,
        /** The TCP connection is closed at once, under TLS without close_notify; if the client is still sending, that resets it. */
        CUT,
        /** The TCP connection is reset. */
        RESET,
        /** Nothing more is said; what comes is still read and remembered. */
        SILENCE,
        /** Nothing more is said or read, so that the client's own writing blocks in the end. */
        STALL
    }

    /** Says these octets, of any number, instead of the normal answer. */
    record Say(String octets, After after) implements Fault {
    }

    /** Answers normally, with these octets right behind in the same segment. */
    record Append(String octets) implements Fault {
    }

    /** Answers normally, with these octets behind in a segment, and under TLS a record, of their own. */
    record Follow(String octets) implements Fault {
    }

    /** Answers normally, and says these octets after a pause. */
    record Later(String octets, Duration pause) implements Fault {
    }

    /** Answers normally, one octet at a time. */
    record Drip(Duration gap) implements Fault {
    }

    /** Says these octets again and again, as long as the client bears it. */
    record Flood(String octets, Duration gap) implements Fault {
    }

    /** Puts octets on the TCP connection past the TLS layer, so that they are no TLS record of this session. */
    record Beneath(String octets, After after) implements Fault {
    }

    /** Answers EHLO with other extensions. */
    record Advertise(List<String> extensions) implements Fault {
        public Advertise {
            extensions = List.copyOf(extensions);
        }
    }

    /** Takes responsibility for the message, and only then does what the other fault says. At the final dot only. */
    record AcceptThen(Fault fault) implements Fault {
    }

    /** Makes a new handshake (TLS 1.2), or changes the keys (TLS 1.3), and then answers normally. */
    record Renegotiate() implements Fault {
    }

    /** A fatal alert of TLS (RFC 8446 §6) in the clear: 40 handshake_failure, 80 internal_error, 112 unrecognized_name … */
    static Fault alert(int description) {
        return new Beneath("\u0015\u0003\u0003\u0000\u0002\u0002" + (char) description, After.CLOSE);
    }

    /** Closes in order. */
    static Fault close() {
        return new Say("", After.CLOSE);
    }

    /** Closes the TCP connection at once, without close_notify. */
    static Fault cut() {
        return new Say("", After.CUT);
    }

    /** Resets the TCP connection. */
    static Fault reset() {
        return new Say("", After.RESET);
    }

    /** Reads on, and never answers again. */
    static Fault silence() {
        return new Say("", After.SILENCE);
    }

    /** Neither reads nor answers any more. */
    static Fault stall() {
        return new Say("", After.STALL);
    }

    /** Answers with these lines, written out with their codes, and goes on. */
    static Fault reply(String... lines) {
        return new Say(lines(lines), After.CONTINUE);
    }

    /** Answers with these lines and closes. */
    static Fault replyThenClose(String... lines) {
        return new Say(lines(lines), After.CLOSE);
    }

    /** Says octets that are no reply, and goes on. */
    static Fault garbage(String octets) {
        return new Say(octets, After.CONTINUE);
    }

    /** Answers positively with one line of so many octets, CRLF not counted. */
    static Fault longLine(String code, int octets) {
        return reply(code + " " + "x".repeat(octets - code.length() - 1));
    }

    /** A reply of continuation lines that never ends. */
    static Fault endlessReply(String code) {
        return new Flood(code + "-and so on\r\n", Duration.ZERO);
    }

    /** Says one octet and then, while the client waits for the others, one more now and then, for ever. */
    static Fault endlessDrip(Duration gap) {
        return new Flood("2", gap);
    }

    private static String lines(String... lines) {
        return Arrays.stream(lines).map(line -> line + "\r\n").collect(Collectors.joining());
    }
}
