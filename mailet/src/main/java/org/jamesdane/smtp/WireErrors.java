/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.net.ssl.SSLException;

/** What an exception of the platform means. */
final class WireErrors {
    /**
     * As the platform writes it: "Received fatal alert: x", or "(x) …" for one that it sent. A warning during the handshake ends it
     * as well.
     */
    private static final Pattern RECEIVED_ALERT = Pattern.compile("(?:Received fatal alert|received handshake warning): ([a-z_]+)");
    private static final Pattern SENT_ALERT = Pattern.compile("^\\(([a-z_]+)\\) ");

    private WireErrors() {
    }

    static SmtpFailure classify(Phase phase, IOException e) {
        if (e instanceof MalformedReplyException) {
            return new SmtpFailure.ProtocolViolation(phase, text(e));
        }
        boolean lost = hasCause(e, SocketException.class) || hasCause(e, EOFException.class);
        // A connection that breaks during the handshake is how some servers say that they do not like what we offer.
        if (phase == Phase.TLS_HANDSHAKE || (hasCause(e, SSLException.class) && !lost)) {
            return new SmtpFailure.TlsFailed(phase, text(e), alert(text(e)));
        }
        return new SmtpFailure.ConnectionLost(phase, text(e));
    }

    /** The message, or the kind of exception where there is none. */
    static String text(Throwable e) {
        String message = e.getMessage();
        return message == null || message.isBlank() ? e.getClass().getSimpleName() : message;
    }

    private static Optional<String> alert(String text) {
        Matcher received = RECEIVED_ALERT.matcher(text);
        if (received.find()) {
            return Optional.of(received.group(1));
        }
        Matcher sent = SENT_ALERT.matcher(text);
        return sent.find() ? Optional.of(sent.group(1)) : Optional.empty();
    }

    private static boolean hasCause(Throwable e, Class<? extends Throwable> type) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }
}
