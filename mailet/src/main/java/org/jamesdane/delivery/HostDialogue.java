/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import java.net.InetAddress;
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
import org.jamesdane.smtp.ConnectionKey;
import org.jamesdane.smtp.ConnectionPool;
import org.jamesdane.smtp.Credentials;
import org.jamesdane.smtp.Envelope;
import org.jamesdane.smtp.HeloFallback;
import org.jamesdane.smtp.Phase;
import org.jamesdane.smtp.PooledConnection;
import org.jamesdane.smtp.RecipientResult;
import org.jamesdane.smtp.SmtpConnection;
import org.jamesdane.smtp.SmtpConnection.AuthenticationChannel;
import org.jamesdane.smtp.SmtpEndpoint;
import org.jamesdane.smtp.SmtpException;
import org.jamesdane.smtp.SmtpFailure;
import org.jamesdane.smtp.TransactionResult;
import org.jamesdane.smtp.Unsendable;
import org.jamesdane.tls.TlsSettings;
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

    private final ConnectionPool pool;
    private final DeliverySettings settings;
    private final InstantSource clock;
    private final OutboundMail mail;
    private final TlsRequirement requirement;
    private final InetSocketAddress address;
    private final boolean gateway;
    private Optional<PooledConnection> connection = Optional.empty();
    private Optional<ChannelCheck> check = Optional.empty();
    private boolean clearForWantOfTls;
    private boolean brokeBeforeTheEnd;

    HostDialogue(ConnectionPool pool, DeliverySettings settings, InstantSource clock, OutboundMail mail,
            TlsRequirement requirement, InetSocketAddress address, boolean gateway) {
        this.pool = pool;
        this.settings = settings;
        this.clock = clock;
        this.mail = mail;
        this.requirement = requirement;
        this.address = address;
        this.gateway = gateway;
    }

    /** Tries to deliver to these recipients. */
    Result run(Envelope envelope) {
        try {
            Optional<Result> overIdle = overIdleConnection(envelope);
            return overIdle.isPresent() ? overIdle.get() : overFreshConnection(envelope);
        } catch (SmtpException e) {
            return failed(HostFailures.of(host().toString(), e.failure()));
        } catch (MailAccessException e) {
            LOGGER.error("{}; the mail is tried again later", e.getMessage(), e);
            return failed(HostFailures.unreadable(host().toString(), e));
        }
    }

    /**
     * Over a connection that another delivery left, if there is one that meets this delivery's requirement. Empty if there is none, or
     * if it broke before the host can have had the whole message: a connection that waited may have ended long before without our
     * notice, which says nothing of the host, and nobody has the mail.
     */
    private Optional<Result> overIdleConnection(Envelope envelope) throws MailAccessException {
        Optional<PooledConnection> idle = pool.take(key(), candidate -> check(candidate) instanceof ChannelCheck.Permitted);
        if (idle.isPresent()) {
            try (PooledConnection taken = idle.get()) {
                connection = idle;
                if (check(taken.connection()) instanceof ChannelCheck.Permitted permitted) {
                    Result result = send(taken, permitted.permit(), envelope);
                    if (!brokeBeforeTheEnd) {
                        return Optional.of(result);
                    }
                    LOGGER.debug("The idle connection to {} had ended; a new one is opened", address);
                }
            }
        }
        connection = Optional.empty();
        check = Optional.empty();
        return Optional.empty();
    }

    private Result overFreshConnection(Envelope envelope) throws SmtpException, MailAccessException {
        try (PooledConnection open = connect()) {
            connection = Optional.of(open);
            ChannelCheck answer = check(open.connection());
            if (answer instanceof ChannelCheck.Permitted permitted) {
                logIn(open.connection(), permitted.permit());
                return send(open, permitted.permit(), envelope);
            }
            return failed(((ChannelCheck.Refused) answer).failure());
        }
    }

    /** Whether a connection meets what this delivery requires, by the connection's own certificates and at this time. */
    private ChannelCheck check(SmtpConnection candidate) {
        ChannelCheck answer = ChannelCheck.of(requirement, candidate.channel(), clock.instant());
        check = Optional.of(answer);
        return answer;
    }

    private PooledConnection connect() throws SmtpException {
        if (requirement instanceof TlsRequirement.NoTls || settings.wrapperTls()) {
            return pool.lend(key(), open());
        }
        SmtpConnection first = open();
        boolean ready = false;
        try {
            if (requirement.needsTls() || first.capabilities().startTls()) {
                startTls(first);
            }
            ready = true;
            return pool.lend(key(), first);
        } catch (SmtpException e) {
            if (!requirement.needsTls() && isTlsTrouble(e.failure())) {
                // RFC 7672 §2.2: without a commitment to TLS the mail may go in clear; the broken TLS session can't be used for it.
                clearForWantOfTls = true;
                return pool.lend(key(), open());
            }
            throw e;
        } finally {
            if (!ready) {
                pool.retire(first);
            }
        }
    }

    /** With TLS 1.3 a server refuses a handshake after the client believes it complete: at the first reply under TLS. */
    private static void startTls(SmtpConnection connection) throws SmtpException {
        try {
            connection.startTls();
        } catch (SmtpException e) {
            SmtpFailure failure = e.failure();
            boolean broken = failure instanceof SmtpFailure.TlsFailed || failure instanceof SmtpFailure.ConnectionLost;
            if (failure.phase() == Phase.HELLO && broken) {
                throw new SmtpException(new SmtpFailure.TlsFailed(Phase.TLS_HANDSHAKE, failure.describe(), Optional.empty()), e);
            }
            throw e;
        }
    }

    private static boolean isTlsTrouble(SmtpFailure failure) {
        // Plain text behind the answer to STARTTLS is an attack, not a want of TLS.
        return (failure.phase() == Phase.STARTTLS || failure.phase() == Phase.TLS_HANDSHAKE)
            && !(failure instanceof SmtpFailure.InjectedPlaintext);
    }

    private ConnectionKey key() {
        ConnectionKey.TlsUse tls = requirement instanceof TlsRequirement.NoTls ? ConnectionKey.TlsUse.NEVER
            : requirement.needsTls() ? ConnectionKey.TlsUse.ALWAYS : ConnectionKey.TlsUse.IF_OFFERED;
        return new ConnectionKey(endpoint(), tls, credentials(), settings.timeouts());
    }

    private SmtpEndpoint endpoint() {
        return new SmtpEndpoint(address, bindAddress(), settings.heloName(), settings.wrapperTls(),
            new TlsSettings(requirement.serverName(), settings.tlsProtocols()));
    }

    private SmtpConnection open() throws SmtpException {
        // RFC 5321 §3.2 allows HELO after a refused EHLO; where TLS is required that would be a way around it.
        return pool.open(endpoint(), requirement.needsTls() ? HeloFallback.NEVER : HeloFallback.ALLOWED, settings.timeouts());
    }

    private Optional<InetAddress> bindAddress() {
        return settings.bind().forPeer(address.getAddress());
    }

    private Optional<Credentials> credentials() {
        return gateway ? settings.gatewayOptions().credentials() : Optional.empty();
    }

    private void logIn(SmtpConnection open, Permit permit) throws SmtpException {
        Optional<Credentials> credentials = credentials();
        if (credentials.isPresent()) {
            open.authenticate(permit, credentials.get(), settings.gatewayOptions().insecureAuth()
                ? AuthenticationChannel.ANY : AuthenticationChannel.AUTHENTICATED_TLS);
        }
    }

    private Result send(PooledConnection leased, Permit permit, Envelope envelope) throws MailAccessException {
        TransactionResult result = leased.connection().send(permit, envelope, mail.content());
        if (result instanceof TransactionResult.NotStarted notStarted && notStarted.reason() instanceof Unsendable.NeedsSevenBit) {
            if (settings.conversion() == Conversion.DEFER) {
                return failed(HostFailure.protocol(host().toString(), notStarted.reason().describe()
                    + ", and convert8bit=defer keeps the message as it is"));
            }
            if (settings.conversion() == Conversion.CONVERT) {
                result = leased.connection().send(permit, envelope, mail.sevenBitContent());
                if (result instanceof TransactionResult.NotStarted still && still.reason() instanceof Unsendable.NeedsSevenBit) {
                    return failed(HostFailure.protocol(host().toString(),
                        "it does not offer 8BITMIME, and the message can't be converted"));
                }
            }
        }
        if (result instanceof TransactionResult.NotStarted notStarted && notStarted.reason() instanceof Unsendable.NeedsRequireTls) {
            return failed(HostFailure.requireTlsMissing(host().toString()));
        }
        brokeBeforeTheEnd = brokeForNoFaultOfOurs(result);
        if (isWorthKeeping(result) && !clearForWantOfTls) {
            leased.keep();
        }
        return done(new HostAttempt.Transacted(host(), permit, replies(envelope, result)),
            result instanceof TransactionResult.Uncertain);
    }

    private static boolean brokeForNoFaultOfOurs(TransactionResult result) {
        return result instanceof TransactionResult.Interrupted interrupted
            && !(interrupted.failure() instanceof SmtpFailure.ContentUnreadable);
    }

    /** Whatever a host says but that it took the mail could be meant for the whole connection. */
    private static boolean isWorthKeeping(TransactionResult result) {
        return result instanceof TransactionResult.Completed
            && result.recipients().values().stream().anyMatch(RecipientResult.Accepted.class::isInstance);
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
        return new Result(attempt, new AuditEvent.Connection(address, connection.map(leased -> leased.connection().channel()), check,
            connection.filter(PooledConnection::reused).isPresent()), uncertain);
    }

    /** The recipients as texts, as the rules for outcomes know them. */
    static java.util.List<String> names(Envelope envelope) {
        return envelope.recipients().stream().map(Object::toString).collect(Collectors.toList());
    }
}
