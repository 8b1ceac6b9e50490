/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.nio.charset.StandardCharsets;

/** Makes the octets of a command line; the last gate in front of the wire. */
final class CommandLine {
    /** Octets without CRLF. The longest command is a MAIL or RCPT with all its parameters, or an AUTH response (RFC 4954 §4). */
    private static final int MAX_OCTETS = 4096;

    private CommandLine() {
    }

    /**
     * The line with its CRLF.
     *
     * @throws IllegalArgumentException if it would not be exactly one line
     */
    static byte[] octets(String line) {
        if (line.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
            throw new IllegalArgumentException("A command must not contain control characters");
        }
        byte[] octets = (line + "\r\n").getBytes(StandardCharsets.UTF_8);
        if (octets.length > MAX_OCTETS) {
            throw new IllegalArgumentException("A command has " + octets.length + " octets, at most " + MAX_OCTETS + " are sent");
        }
        return octets;
    }
}
