/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.io.IOException;
import java.util.Optional;

import org.jamesdane.tls.TlsFailure;

/** Maps an exception of the Java platform to the {@link SmtpFailure} that it means. */
final class WireErrors {
    private WireErrors() {
    }

    static SmtpFailure classify(Phase phase, IOException e) {
        if (e instanceof ReplyReader.MalformedReplyException) {
            return new SmtpFailure.ProtocolViolation(phase, text(e));
        }
        if (e instanceof TlsFailure failure) {
            return new SmtpFailure.TlsFailed(phase, text(e), failure.alert());
        }
        // A connection that breaks during the handshake is how some servers say that they do not like what we offer.
        if (phase == Phase.TLS_HANDSHAKE) {
            return new SmtpFailure.TlsFailed(phase, text(e), Optional.empty());
        }
        return new SmtpFailure.ConnectionLost(phase, text(e));
    }

    /** The message, or the kind of exception where there is none. */
    static String text(Throwable e) {
        String message = e.getMessage();
        return message == null || message.isBlank() ? e.getClass().getSimpleName() : message;
    }
}
