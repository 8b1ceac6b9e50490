/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.time.Duration;
import java.util.function.Function;

/** A command that says nothing of any mail, and may be sent before the peer is known. */
final class OpenCommand {
    static final OpenCommand STARTTLS = new OpenCommand(Phase.STARTTLS, Timeouts::startTls, "STARTTLS");
    static final OpenCommand RSET = new OpenCommand(Phase.RSET, Timeouts::probe, "RSET");
    static final OpenCommand NOOP = new OpenCommand(Phase.NOOP, Timeouts::probe, "NOOP");
    static final OpenCommand QUIT = new OpenCommand(Phase.QUIT, Timeouts::quit, "QUIT");

    private final Phase phase;
    private final Function<Timeouts, Duration> timeout;
    private final byte[] octets;

    private OpenCommand(Phase phase, Function<Timeouts, Duration> timeout, String line) {
        this.phase = phase;
        this.timeout = timeout;
        this.octets = CommandLine.octets(line);
    }

    static OpenCommand ehlo(String name) {
        return new OpenCommand(Phase.HELLO, Timeouts::hello, "EHLO " + name);
    }

    static OpenCommand helo(String name) {
        return new OpenCommand(Phase.HELLO, Timeouts::hello, "HELO " + name);
    }

    Phase phase() {
        return phase;
    }

    Duration timeout(Timeouts timeouts) {
        return timeout.apply(timeouts);
    }

    byte[] octets() {
        return octets;
    }
}
