/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jamesdane.dane.channel.Permit;
import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.channel.TestPermits;
import org.jamesdane.dns.DomainName;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.jamesdane.tls.TlsSettings;

/** Steps that tests of the client share. */
final class Client implements AutoCloseable {
    static final MailPath SENDER = MailPath.of("sender@example.org");
    static final Recipient ANNA = Recipient.of(MailPath.of("anna@example.com"));
    static final Recipient BERT = Recipient.of(MailPath.of("bert@example.com"));
    static final Recipient CARL = Recipient.of(MailPath.of("carl@example.com"));
    static final String MESSAGE = "Subject: test\r\n\r\nHello.\r\n";
    /** Long enough for any machine that is at work at all. */
    private static final Duration PATIENT = Duration.ofSeconds(30);

    private final SocketSmtpConnector connector = new SocketSmtpConnector();

    static SmtpEndpoint endpoint(InetSocketAddress address) {
        return new SmtpEndpoint(address, Optional.empty(), "client.example", false, TlsSettings.forServer(DomainName.of("mx.example")));
    }

    static SmtpEndpoint implicitTls(InetSocketAddress address) {
        return new SmtpEndpoint(address, Optional.empty(), "client.example", true, TlsSettings.forServer(DomainName.of("mx.example")));
    }

    static Timeouts patient() {
        Timeouts timeouts = Timeouts.defaults();
        for (Phase phase : Phase.values()) {
            timeouts = timeouts.with(phase, PATIENT);
        }
        return timeouts;
    }

    SmtpConnection open(ScriptedSmtpServer server) throws SmtpException {
        return open(endpoint(server.address()), HeloFallback.ALLOWED, patient());
    }

    SmtpConnection open(SmtpEndpoint endpoint, HeloFallback heloFallback, Timeouts timeouts) throws SmtpException {
        return connector.open(endpoint, heloFallback, timeouts);
    }

    SmtpConnection openTls(ScriptedSmtpServer server) throws SmtpException {
        SmtpConnection connection = open(endpoint(server.address()), HeloFallback.NEVER, patient());
        connection.startTls();
        return connection;
    }

    static Permit permit(SmtpConnection connection) {
        return TestPermits.issue(connection.channel(),
            connection.channel().tls().isPresent() ? SecurityLabel.VERIFIED : SecurityLabel.CLEAR);
    }

    static Envelope to(Recipient... recipients) {
        return Envelope.of(Optional.of(SENDER), List.of(recipients));
    }

    static TransactionResult send(SmtpConnection connection, Recipient... recipients) {
        return connection.send(permit(connection), to(recipients), TestContent.of(MESSAGE));
    }

    /** The failure that the step ends with. */
    static SmtpFailure failureOf(ThrowingCallable step) {
        return catchThrowableOfType(SmtpException.class, step).failure();
    }

    /** The failure that a transaction ends with. */
    static SmtpFailure failureOf(TransactionResult result) {
        if (result instanceof TransactionResult.Interrupted interrupted) {
            return interrupted.failure();
        }
        if (result instanceof TransactionResult.Uncertain uncertain) {
            return uncertain.failure();
        }
        throw new AssertionError("The transaction did not fail: " + result);
    }

    @Override
    public void close() {
        connector.close();
    }
}
