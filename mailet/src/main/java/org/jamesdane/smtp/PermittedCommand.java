/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;

/** A command that says something of a mail or of credentials, and needs a permit. */
final class PermittedCommand {
    static final PermittedCommand DATA = new PermittedCommand(Phase.DATA, Timeouts::data, "DATA");

    private final Phase phase;
    private final Function<Timeouts, Duration> timeout;
    private final byte[] octets;

    private PermittedCommand(Phase phase, Function<Timeouts, Duration> timeout, String line) {
        this.phase = phase;
        this.timeout = timeout;
        this.octets = CommandLine.octets(line);
    }

    /** MAIL FROM with its parameters, each {@code KEY} or {@code KEY=value}. */
    static PermittedCommand mail(String reversePath, List<String> parameters) {
        return new PermittedCommand(Phase.MAIL, Timeouts::mail, "MAIL FROM:<" + reversePath + ">" + joined(parameters));
    }

    /** RCPT TO with its parameters, each {@code KEY} or {@code KEY=value}. */
    static PermittedCommand rcpt(MailPath forwardPath, List<String> parameters) {
        return new PermittedCommand(Phase.RCPT, Timeouts::rcpt, "RCPT TO:<" + forwardPath + ">" + joined(parameters));
    }

    /** AUTH with its arguments. */
    static PermittedCommand auth(String arguments) {
        return new PermittedCommand(Phase.AUTH, Timeouts::auth, "AUTH " + arguments);
    }

    /** The answer to a challenge of AUTH, in clear; it is sent as base64 (RFC 4954 §4). */
    static PermittedCommand authResponse(String response) {
        return new PermittedCommand(Phase.AUTH, Timeouts::auth, base64(response));
    }

    static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String joined(List<String> parameters) {
        return parameters.isEmpty() ? "" : " " + String.join(" ", parameters);
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
