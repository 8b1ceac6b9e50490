/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** A command that says something of a mail or of credentials, and needs a permit. */
final class PermittedCommand {
    static final PermittedCommand DATA = new PermittedCommand(Phase.DATA, "DATA");

    private final Phase phase;
    private final byte[] octets;

    private PermittedCommand(Phase phase, String line) {
        this.phase = phase;
        this.octets = CommandLine.octets(line);
    }

    /** MAIL FROM with its parameters, each {@code KEY} or {@code KEY=value}. */
    static PermittedCommand mail(String reversePath, List<String> parameters) {
        return new PermittedCommand(Phase.MAIL, "MAIL FROM:<" + reversePath + ">" + joined(parameters));
    }

    /** RCPT TO with its parameters, each {@code KEY} or {@code KEY=value}. */
    static PermittedCommand rcpt(MailPath forwardPath, List<String> parameters) {
        return new PermittedCommand(Phase.RCPT, "RCPT TO:<" + forwardPath + ">" + joined(parameters));
    }

    /** AUTH with its arguments. */
    static PermittedCommand auth(String arguments) {
        return new PermittedCommand(Phase.AUTH, "AUTH " + arguments);
    }

    /** The answer to a challenge of AUTH, in clear; it is sent as base64 (RFC 4954 §4). */
    static PermittedCommand authResponse(String response) {
        return new PermittedCommand(Phase.AUTH, base64(response));
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

    byte[] octets() {
        return octets;
    }

    /** The octets of several commands, one behind the other. */
    static byte[] octets(List<PermittedCommand> commands) {
        byte[] flight = new byte[commands.stream().mapToInt(command -> command.octets.length).sum()];
        int end = 0;
        for (PermittedCommand command : commands) {
            System.arraycopy(command.octets, 0, flight, end, command.octets.length);
            end += command.octets.length;
        }
        return flight;
    }
}
