/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

/** A command that says nothing of any mail, and may be sent before the peer is known. */
final class SessionCommand {
    static final SessionCommand STARTTLS = new SessionCommand(Phase.STARTTLS, "STARTTLS");
    static final SessionCommand RSET = new SessionCommand(Phase.RSET, "RSET");
    static final SessionCommand NOOP = new SessionCommand(Phase.NOOP, "NOOP");
    static final SessionCommand QUIT = new SessionCommand(Phase.QUIT, "QUIT");

    private final Phase phase;
    private final byte[] octets;

    private SessionCommand(Phase phase, String line) {
        this.phase = phase;
        this.octets = CommandLine.octets(line);
    }

    static SessionCommand ehlo(String name) {
        return new SessionCommand(Phase.HELLO, "EHLO " + name);
    }

    static SessionCommand helo(String name) {
        return new SessionCommand(Phase.HELLO, "HELO " + name);
    }

    Phase phase() {
        return phase;
    }

    byte[] octets() {
        return octets;
    }
}
