/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import org.jamesdane.dane.ChannelCheck;
import org.jamesdane.dane.HostAttempt;
import org.jamesdane.dane.HostFailure;
import org.jamesdane.dane.MxHost;
import org.jamesdane.dane.Permit;
import org.jamesdane.dane.RecipientReply;
import org.jamesdane.dane.TlsRequirement;
import org.jamesdane.smtp.Credentials;
import org.jamesdane.smtp.Envelope;
import org.jamesdane.smtp.MessageContent;
import org.jamesdane.smtp.SmtpConnection;
import org.jamesdane.smtp.SmtpConnection.AuthenticationChannel;
import org.jamesdane.smtp.SmtpConnector;
import org.jamesdane.smtp.SmtpException;
import org.jamesdane.smtp.TransactionResult;
import org.jamesdane.smtp.Unsendable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One mail and one address of a host: connect, protect, check, and only then send.
 */
final class HostDialogue {
    private static final Logger LOGGER = LoggerFactory.getLogger(HostDialogue.class);

    /**
     * What came of it.
     *
     * @param connection how far it got
     * @param uncertain whether the host may have taken the mail without saying so; then nobody else is asked for now
     */
    record Result(HostAttempt attempt, AuditEvent.Connection connection, boolean uncertain) {
    }

    private final SmtpConnector connector;
    private final DeliverySettings settings;
    private final InstantSource clock;
    private final OutboundMail mail;
    private final TlsRequirement requirement;
    private final InetSocketAddress address;
    private final boolean gateway;
    private Optional<SmtpConnection> connection = Optional.empty();
    private Optional<ChannelCheck> check = Optional.empty();

    HostDialogue(SmtpConnector connector, DeliverySettings settings, InstantSource clock, OutboundMail mail,
            TlsRequirement requirement, InetSocketAddress address, boolean gateway) {
        this.connector = connector;
        this.settings = settings;
        this.clock = clock;
        this.mail = mail;
        this.requirement = requirement;
        this.address = address;
        this.gateway = gateway;
    }

    /** Tries to deliver to these recipients. */
    Result run(Envelope envelope) {
        try (SmtpConnection open = new HostOpener(connector, settings, requirement, address).connect()) {
            connection = Optional.of(open);
            ChannelCheck answer = ChannelCheck.of(requirement, open.channel(), clock.instant());
            check = Optional.of(answer);
            if (answer instanceof ChannelCheck.Permitted permitted) {
                logIn(open, permitted.permit());
                return send(open, permitted.permit(), envelope);
            }
            return failed(((ChannelCheck.Refused) answer).failure());
        } catch (SmtpException e) {
            return failed(HostFailures.of(host().toString(), e.failure()));
        } catch (MailAccessException e) {
            LOGGER.error("{}; the mail is tried again later", e.getMessage(), e);
            return failed(HostFailures.unreadable(host().toString(), e));
        }
    }

    private void logIn(SmtpConnection open, Permit permit) throws SmtpException {
        Optional<Credentials> credentials = gateway ? settings.gatewayOptions().credentials() : Optional.empty();
        if (credentials.isPresent()) {
            open.authenticate(permit, credentials.get(), settings.gatewayOptions().insecureAuth()
                ? AuthenticationChannel.ANY : AuthenticationChannel.AUTHENTICATED_TLS);
        }
    }

    private Result send(SmtpConnection open, Permit permit, Envelope envelope) throws MailAccessException {
        MessageContent content = mail.content();
        TransactionResult result = open.send(permit, envelope, content);
        if (result instanceof TransactionResult.NotStarted notStarted && notStarted.reason() instanceof Unsendable.NeedsSevenBit) {
            if (settings.conversion() == Conversion.DEFER) {
                return failed(HostFailure.protocol(host().toString(), notStarted.reason().describe()
                    + ", and convert8bit=defer keeps the message as it is"));
            }
            if (settings.conversion() == Conversion.CONVERT) {
                result = open.send(permit, envelope, mail.sevenBitContent());
                if (result instanceof TransactionResult.NotStarted still && still.reason() instanceof Unsendable.NeedsSevenBit) {
                    return failed(HostFailure.protocol(host().toString(),
                        "it does not offer 8BITMIME, and the message can't be converted"));
                }
            }
        }
        if (result instanceof TransactionResult.NotStarted notStarted && notStarted.reason() instanceof Unsendable.NeedsRequireTls) {
            return failed(HostFailure.requireTlsMissing(host().toString()));
        }
        return done(new HostAttempt.Transacted(host(), permit, replies(envelope, result)),
            result instanceof TransactionResult.Uncertain);
    }

    private Map<String, RecipientReply> replies(Envelope envelope, TransactionResult result) {
        return ReplyMapping.of(host().toString(), envelope, result);
    }

    private MxHost host() {
        return requirement.host();
    }

    private Result failed(HostFailure failure) {
        return done(new HostAttempt.Failed(failure), false);
    }

    private Result done(HostAttempt attempt, boolean uncertain) {
        return new Result(attempt, new AuditEvent.Connection(address, connection.map(SmtpConnection::channel), false, check), uncertain);
    }

    /** The recipients as texts, as the rules for outcomes know them. */
    static java.util.List<String> names(Envelope envelope) {
        return envelope.recipients().stream().map(Object::toString).collect(Collectors.toList());
    }
}
