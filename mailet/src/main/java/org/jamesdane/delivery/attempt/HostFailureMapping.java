/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.attempt;

import org.jamesdane.dane.failure.Fault;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.delivery.mail.MailAccessException;
import org.jamesdane.smtp.Phase;
import org.jamesdane.smtp.SmtpFailure;

/** Maps a failed step of the dialogue to the failure of the host. Nothing of it is final (RFC 7672 §2.2). */
public final class HostFailureMapping {
    private HostFailureMapping() {
    }

    /** The failure of a host by an unexpected error on this server. It says nothing good or bad of the host. */
    static HostFailure unexpected(String host, Throwable e, Fault step) {
        return HostFailure.internal(host, "an unexpected error on this server ended the attempt", Fault.of(e, step));
    }

    /** The message itself could not be had. */
    static HostFailure unreadable(String host, MailAccessException e) {
        return HostFailure.internal(host, String.valueOf(e.getMessage()), e.fault());
    }

    /**
     * The failure of a host.
     *
     * @param host the MX host as the MX record names it
     */
    public static HostFailure of(String host, SmtpFailure failure) {
        String text = failure.describe();
        if (failure.phase() == Phase.TLS_HANDSHAKE || failure instanceof SmtpFailure.InjectedPlaintext) {
            // However a handshake ends, TLS is what did not come about.
            return HostFailure.handshake(host, text);
        }
        if (failure instanceof SmtpFailure.StartTlsNotOffered) {
            return HostFailure.startTlsMissing(host);
        }
        if (failure instanceof SmtpFailure.StartTlsRefused refused) {
            return HostFailure.startTlsRefused(host, refused.reply().toString());
        }
        if (failure instanceof SmtpFailure.BindFailed || isShortage(failure)) {
            return HostFailure.internal(host, text, Fault.CONNECTION);
        }
        if (failure instanceof SmtpFailure.Unexpected) {
            return HostFailure.internal(host, text, Fault.DIALOGUE);
        }
        if (failure instanceof SmtpFailure.ContentUnreadable) {
            return HostFailure.internal(host, text, Fault.CONTENT);
        }
        if (failure.phase() == Phase.CONNECT) {
            return HostFailure.unreachable(host, text);
        }
        if (failure instanceof SmtpFailure.ProtocolViolation) {
            return HostFailure.protocol(host, text);
        }
        if (failure instanceof SmtpFailure.AuthNotOffered
                || (failure instanceof SmtpFailure.AuthRefused refused && refused.reply().isPermanent())) {
            return HostFailure.credentials(host, text);
        }
        return failure instanceof SmtpFailure.Rejected || failure instanceof SmtpFailure.AuthRefused
            ? HostFailure.earlyReply(host, text) : HostFailure.connectionLost(host, text);
    }

    /** Tests whether this system had no descriptor left for a connection. The words are the system's own: no host had been asked yet. */
    static boolean isShortage(SmtpFailure failure) {
        return failure instanceof SmtpFailure.ConnectFailed failed && failed.text().contains("Too many open files");
    }
}
