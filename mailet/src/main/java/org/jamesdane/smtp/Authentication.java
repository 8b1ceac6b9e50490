/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Set;

import org.jamesdane.dane.channel.Permit;

/** AUTH (RFC 4954) by PLAIN (RFC 4616) or LOGIN, the mechanisms that a password allows. */
final class Authentication {
    private static final int CHALLENGE = 334;
    /** RFC 4954 §4: longer than a command line may be, the first response goes separately; 512 octets with CRLF. */
    private static final int MAX_COMMAND_OCTETS = 510;

    private final Wire wire;
    private final Permit permit;

    Authentication(Wire wire, Permit permit) {
        this.wire = wire;
        this.permit = permit;
    }

    /** Authenticates by the first of the two mechanisms that is offered. */
    void run(Set<String> offered, Credentials credentials) throws SmtpException {
        if (offered.contains("PLAIN")) {
            plain(credentials);
        } else if (offered.contains("LOGIN")) {
            expectChallenge(send(PermittedCommand.auth("LOGIN")));
            expectChallenge(send(PermittedCommand.authResponse(credentials.user())));
            expectSuccess(send(PermittedCommand.authResponse(credentials.password())));
        } else {
            throw new SmtpException(new SmtpFailure.AuthNotOffered(offered));
        }
    }

    private void plain(Credentials credentials) throws SmtpException {
        // RFC 4616 §2: authzid NUL authcid NUL passwd, the first empty: act as the user who logs in.
        String response = "\0" + credentials.user() + "\0" + credentials.password();
        String withInitialResponse = "PLAIN " + PermittedCommand.base64(response);
        if ("AUTH ".length() + withInitialResponse.getBytes(UTF_8).length <= MAX_COMMAND_OCTETS) {
            expectSuccess(send(PermittedCommand.auth(withInitialResponse)));
        } else {
            expectChallenge(send(PermittedCommand.auth("PLAIN")));
            expectSuccess(send(PermittedCommand.authResponse(response)));
        }
    }

    private SmtpReply send(PermittedCommand command) throws SmtpException {
        wire.send(permit, List.of(command));
        SmtpReply reply = wire.read(Phase.AUTH);
        if (reply.isRefusal()) {
            throw new SmtpException(new SmtpFailure.AuthRefused(reply));
        }
        return reply;
    }

    private void expectChallenge(SmtpReply reply) throws SmtpException {
        if (reply.code() != CHALLENGE) {
            throw violation(reply);
        }
    }

    private void expectSuccess(SmtpReply reply) throws SmtpException {
        if (!reply.isPositive()) {
            throw violation(reply);
        }
    }

    private SmtpException violation(SmtpReply reply) {
        wire.abort();
        return new SmtpException(new SmtpFailure.ProtocolViolation(Phase.AUTH, "\"" + reply + "\" is no answer to it"));
    }
}
