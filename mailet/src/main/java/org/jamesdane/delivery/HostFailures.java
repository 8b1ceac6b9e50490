/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import org.jamesdane.dane.HostFailure;
import org.jamesdane.smtp.Phase;
import org.jamesdane.smtp.SmtpFailure;

/** What a failed step of the dialogue means for the host. Nothing of it is final (RFC 7672 §2.2). */
public final class HostFailures {
    private HostFailures() {
    }

    /**
     * Something happened here that should not. It says nothing good or bad of the host; the mail goes on ageing, lest it circles for
     * ever because of something in itself.
     */
    static HostFailure unexpected(String host) {
        HostFailure internal = HostFailure.internal(host, "an unexpected error on this server ended the attempt");
        return new HostFailure(internal.kind(), host, internal.text(), internal.section(), internal.reportType(), false);
    }

    /** The message itself could not be had; a fault on this server that may be the mail's own. */
    static HostFailure unreadable(String host, MailAccessException e) {
        HostFailure internal = HostFailure.internal(host, String.valueOf(e.getMessage()));
        return new HostFailure(internal.kind(), host, internal.text(), internal.section(), internal.reportType(), false);
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
        if (failure instanceof SmtpFailure.BindFailed || failure instanceof SmtpFailure.ContentUnreadable) {
            return HostFailure.internal(host, text);
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
}
