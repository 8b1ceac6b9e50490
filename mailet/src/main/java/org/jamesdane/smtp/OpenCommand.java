/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

/** A command that says nothing of any mail, and may be sent before the peer is known. */
final class OpenCommand {
    static final OpenCommand STARTTLS = new OpenCommand(Phase.STARTTLS, "STARTTLS");
    static final OpenCommand RSET = new OpenCommand(Phase.RSET, "RSET");
    static final OpenCommand NOOP = new OpenCommand(Phase.NOOP, "NOOP");
    static final OpenCommand QUIT = new OpenCommand(Phase.QUIT, "QUIT");

    private final Phase phase;
    private final byte[] octets;

    private OpenCommand(Phase phase, String line) {
        this.phase = phase;
        this.octets = CommandLine.octets(line);
    }

    static OpenCommand ehlo(String name) {
        return new OpenCommand(Phase.HELLO, "EHLO " + name);
    }

    static OpenCommand helo(String name) {
        return new OpenCommand(Phase.HELLO, "HELO " + name);
    }

    Phase phase() {
        return phase;
    }

    byte[] octets() {
        return octets;
    }
}
