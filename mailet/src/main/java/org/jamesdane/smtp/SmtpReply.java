/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

import org.jamesdane.dane.failure.EnhancedStatusCode;

/**
 * A reply (RFC 5321 §4.2).
 *
 * @param code 200 to 599
 * @param lines the text of each line behind the code, at least one, possibly empty; printable: control characters came as '?'
 * @param octets the same lines as they came, one character for each octet
 */
public record SmtpReply(int code, List<String> lines, List<String> octets) {
    /** RFC 5321 §3.8: the server is going to close the connection, whatever the command was. */
    private static final int SERVICE_NOT_AVAILABLE = 421;
    private static final int GREETING = 220;
    private static final int FAREWELL = 221;
    /** Characters of a reply that are worth telling. */
    private static final int MAX_TEXT = 500;

    public SmtpReply {
        lines = List.copyOf(lines);
        octets = List.copyOf(octets);
        if (code < 200 || code > 599) {
            throw new IllegalArgumentException("A reply code is 200 to 599, not " + code);
        }
        if (lines.isEmpty()) {
            throw new IllegalArgumentException("A reply has at least one line");
        }
    }

    /** A reply that came in UTF-8. */
    public SmtpReply(int code, List<String> lines) {
        this(code, lines, lines.stream().map(SmtpReply::octets).toList());
    }

    private static String octets(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** 2yz: done. Not 220 and 221, which greet and part: in answer to a command of a mail they are out of step. */
    public boolean isPositive() {
        return code / 100 == 2 && code != GREETING && code != FAREWELL;
    }

    /** 3yz: more is awaited. */
    public boolean isIntermediate() {
        return code / 100 == 3;
    }

    /** 4yz or 5yz. */
    public boolean isRefusal() {
        return code >= 400;
    }

    /** 5yz: the same command would fail again (RFC 5321 §4.2.1). */
    public boolean isPermanent() {
        return code >= 500;
    }

    /** Tests whether the server says that it closes the connection. */
    public boolean isClosing() {
        return code == SERVICE_NOT_AVAILABLE;
    }

    /** The enhanced status code, where the text begins with one of the reply's own class (RFC 2034 §4). */
    public Optional<EnhancedStatusCode> enhanced() {
        return EnhancedStatusCode.atStartOf(lines.get(0)).filter(status -> status.category() == code / 100);
    }

    /** The text of all lines in one, cut where it is too long for logs and bounces: each recipient of a mail may have it. */
    public String text() {
        String text = String.join(" ", lines).strip();
        return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "…";
    }

    /**
     * The reply as the diagnostic code of a notification: a transcription, each further line after a space (RFC 3461 §9.2). It is
     * printable ASCII; other octets are escaped as {@code \x{XX}}.
     */
    public String diagnostic() {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < octets.size(); i++) {
            all.append(i == 0 ? "" : " ").append(code).append(i == octets.size() - 1 ? " " : "-").append(octets.get(i));
        }
        return DiagnosticText.ofOctets(all.length() <= MAX_TEXT ? all.toString() : all.substring(0, MAX_TEXT) + "...").strip();
    }

    /** Code and text in one line. */
    @Override
    public String toString() {
        return (code + " " + text()).strip();
    }
}
