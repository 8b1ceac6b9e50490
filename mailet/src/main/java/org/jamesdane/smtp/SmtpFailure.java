/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * Reason for which a connection did not come about, or ended, or did not do a step.
 */
public sealed interface SmtpFailure {

    /** The step that failed. */
    Phase phase();

    /** Sentence without a final stop, for logs and bounces. The peer's own text is in it, made printable. */
    String describe();

    /** The TCP connection was refused, or the address cannot be reached. */
    record ConnectFailed(InetSocketAddress address, String text) implements SmtpFailure {
        @Override
        public Phase phase() {
            return Phase.CONNECT;
        }

        @Override
        public String describe() {
            return "could not connect to " + SmtpEndpoint.show(address) + ": " + text;
        }
    }

    /** Our own address could not be used: a fault on this host, not the peer's. */
    record BindFailed(InetAddress bindAddress, String text) implements SmtpFailure {
        @Override
        public Phase phase() {
            return Phase.CONNECT;
        }

        @Override
        public String describe() {
            return "could not use the local address " + bindAddress.getHostAddress() + ": " + text;
        }
    }

    /**
     * The step took longer than allowed, whether the peer was silent or slow.
     *
     * @param limit the time that was allowed
     */
    record Timeout(Phase phase, Duration limit) implements SmtpFailure {
        @Override
        public String describe() {
            return "no end of " + phase + " within " + Timeouts.show(limit);
        }
    }

    /** The connection broke, or was closed by either side. */
    record ConnectionLost(Phase phase, String text) implements SmtpFailure {
        @Override
        public String describe() {
            return "the connection was lost during " + phase + ": " + text;
        }
    }

    /** The peer said what SMTP does not allow there. The session is over: nothing it says can be attributed any more. */
    record ProtocolViolation(Phase phase, String text) implements SmtpFailure {
        @Override
        public String describe() {
            return "the host does not follow the protocol at " + phase + ": " + text;
        }
    }

    /** The peer refused the session, or closes it (421 at any step). */
    record Rejected(Phase phase, SmtpReply reply) implements SmtpFailure {
        @Override
        public String describe() {
            return "the host refused at " + phase + ": " + reply;
        }
    }

    /** EHLO did not offer STARTTLS. The connection is still good. */
    record StartTlsNotOffered() implements SmtpFailure {
        @Override
        public Phase phase() {
            return Phase.STARTTLS;
        }

        @Override
        public String describe() {
            return "the host does not offer STARTTLS";
        }
    }

    /** STARTTLS was offered and refused. The connection is still good. */
    record StartTlsRefused(SmtpReply reply) implements SmtpFailure {
        @Override
        public Phase phase() {
            return Phase.STARTTLS;
        }

        @Override
        public String describe() {
            return "the host refused STARTTLS: " + reply;
        }
    }

    /** Plain text stood behind the answer to STARTTLS: somebody wants it to be taken for protected (RFC 3207 §6). */
    record InjectedPlaintext() implements SmtpFailure {
        @Override
        public Phase phase() {
            return Phase.STARTTLS;
        }

        @Override
        public String describe() {
            return "plain text followed the answer to STARTTLS, as an attacker would inject it";
        }
    }

    /**
     * TLS did not come about, or broke later.
     *
     * @param phase the handshake, or the step at which the TLS connection ended
     * @param alert the name of the TLS alert received or sent, {@code handshake_failure} for example; empty if there was none
     */
    record TlsFailed(Phase phase, String text, Optional<String> alert) implements SmtpFailure {
        @Override
        public String describe() {
            return "TLS failed at " + phase + ": " + text;
        }
    }

    /** No mechanism of ours was offered. */
    record AuthNotOffered(Set<String> offered) implements SmtpFailure {
        public AuthNotOffered {
            offered = Set.copyOf(offered);
        }

        @Override
        public Phase phase() {
            return Phase.AUTH;
        }

        @Override
        public String describe() {
            return "the host offers neither AUTH PLAIN nor AUTH LOGIN"
                + (offered.isEmpty() ? "" : ", only " + String.join(", ", offered.stream().sorted().toList()));
        }
    }

    /** The credentials were refused. The connection is still good, unless the reply is a 421. */
    record AuthRefused(SmtpReply reply) implements SmtpFailure {
        @Override
        public Phase phase() {
            return Phase.AUTH;
        }

        @Override
        public String describe() {
            return "the host refused the credentials: " + reply;
        }
    }

    /** Something unexpected on this server ended the step: a fault on this host, not the peer's. */
    record Unexpected(Phase phase, String text) implements SmtpFailure {
        @Override
        public String describe() {
            return "an unexpected error on this server at " + phase + ": " + text;
        }
    }

    /** Our own copy of the message could not be read: a fault on this host, not the peer's. */
    record ContentUnreadable(String text) implements SmtpFailure {
        @Override
        public Phase phase() {
            return Phase.CONTENT;
        }

        @Override
        public String describe() {
            return "the message could not be read: " + text;
        }
    }
}
