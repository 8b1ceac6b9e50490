/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

import org.jamesdane.dane.ChannelCheck;
import org.jamesdane.dane.HostAttempt;
import org.jamesdane.dane.HostFailure;
import org.jamesdane.dane.MxHost;
import org.jamesdane.dane.Permit;
import org.jamesdane.dane.RecipientReply;
import org.jamesdane.dane.RequireTls;
import org.jamesdane.dane.TlsRequirement;
import org.jamesdane.smtp.Credentials;
import org.jamesdane.smtp.Envelope;
import org.jamesdane.smtp.SmtpConnection;
import org.jamesdane.smtp.SmtpConnection.AuthenticationChannel;
import org.jamesdane.smtp.SmtpConnector;
import org.jamesdane.smtp.SmtpException;
import org.jamesdane.smtp.SmtpFailure;
import org.jamesdane.smtp.Timeouts;
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
    private final Timeouts timeouts;
    private final boolean gateway;
    private final DeliveryMetrics metrics;
    private final Farewells farewells;
    private Optional<SmtpConnection> connection = Optional.empty();
    private Optional<ChannelCheck> check = Optional.empty();

    HostDialogue(SmtpConnector connector, DeliverySettings settings, InstantSource clock, OutboundMail mail,
            TlsRequirement requirement, InetSocketAddress address, Timeouts timeouts, boolean gateway, DeliveryMetrics metrics,
            Farewells farewells) {
        this.connector = connector;
        this.settings = settings;
        this.clock = clock;
        this.mail = mail;
        this.requirement = requirement;
        this.address = address;
        this.timeouts = timeouts;
        this.gateway = gateway;
        this.metrics = metrics;
        this.farewells = farewells;
    }

    /** Tries to deliver to these recipients. */
    Result run(Envelope envelope) {
        Optional<SmtpConnection> unused = Optional.empty();
        try {
            SmtpConnection open = new HostOpener(connector, settings, requirement, address, timeouts, metrics).connect();
            connection = Optional.of(open);
            unused = connection;
            ChannelCheck answer = ChannelCheck.of(requirement, open.channel(), clock.instant());
            check = Optional.of(answer);
            if (answer instanceof ChannelCheck.Permitted permitted) {
                logIn(open, permitted.permit());
                MailTransfer.Result sent = new MailTransfer(open, permitted.permit(), host(), mail, settings.conversion(), metrics)
                    .send(envelope);
                if (isTaken(sent.attempt())) {
                    farewells.add(open);
                    unused = Optional.empty();
                }
                return done(sent.attempt(), sent.uncertain());
            }
            return failed(unmet(envelope, ((ChannelCheck.Refused) answer).failure()));
        } catch (SmtpException e) {
            HostFailure failure = HostFailures.of(host().toString(), e.failure());
            return failed(isPassing(e.failure()) ? failure : unmet(envelope, failure));
        } catch (MailAccessException e) {
            LOGGER.error("{}; the mail is tried again later", e.getMessage(), e);
            return failed(HostFailures.unreadable(host().toString(), e));
        } finally {
            unused.ifPresent(SmtpConnection::close);
        }
    }

    private static boolean isTaken(HostAttempt attempt) {
        return attempt instanceof HostAttempt.Transacted transacted
            && transacted.replies().values().stream().anyMatch(RecipientReply.Accepted.class::isInstance);
    }

    private static HostFailure unmet(Envelope envelope, HostFailure failure) {
        return envelope.requireTls() ? RequireTls.judge(failure) : failure;
    }

    /** RFC 3207 §4: 454 is "TLS not available due to temporary reason", which is no want of TLS. */
    private static boolean isPassing(SmtpFailure failure) {
        return failure instanceof SmtpFailure.StartTlsRefused refused && !refused.reply().isPermanent();
    }

    private void logIn(SmtpConnection open, Permit permit) throws SmtpException {
        Optional<Credentials> credentials = gateway ? settings.gatewayOptions().credentials() : Optional.empty();
        if (credentials.isPresent()) {
            open.authenticate(permit, credentials.get(), settings.gatewayOptions().insecureAuth()
                ? AuthenticationChannel.ANY : AuthenticationChannel.AUTHENTICATED_TLS);
        }
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
    static List<String> names(Envelope envelope) {
        return envelope.recipients().stream().map(Object::toString).collect(Collectors.toList());
    }
}
