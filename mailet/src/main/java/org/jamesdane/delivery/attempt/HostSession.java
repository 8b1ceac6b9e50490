/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.attempt;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.jamesdane.dane.channel.ChannelCheck;
import org.jamesdane.dane.channel.Permit;
import org.jamesdane.dane.channel.RequireTls;
import org.jamesdane.dane.channel.TlsRequirement;
import org.jamesdane.dane.failure.FailureKind;
import org.jamesdane.dane.failure.Fault;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.outcome.HostAttempt;
import org.jamesdane.dane.outcome.RecipientKey;
import org.jamesdane.dane.outcome.RecipientReply;
import org.jamesdane.dane.routing.MxHost;
import org.jamesdane.delivery.destination.Attribution;
import org.jamesdane.delivery.discovery.HostDiscovery;
import org.jamesdane.delivery.mail.MailAccessException;
import org.jamesdane.delivery.mail.OutboundMail;
import org.jamesdane.delivery.monitoring.AuditEvent;
import org.jamesdane.delivery.monitoring.MetricNames;
import org.jamesdane.smtp.Credentials;
import org.jamesdane.smtp.Envelope;
import org.jamesdane.smtp.Phase;
import org.jamesdane.smtp.PooledConnection;
import org.jamesdane.smtp.SmtpConnection;
import org.jamesdane.smtp.SmtpConnection.AuthenticationChannel;
import org.jamesdane.smtp.SmtpException;
import org.jamesdane.smtp.SmtpFailure;
import org.jamesdane.smtp.Timeouts;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Dialogue for one mail with one address of a host: connect, protect, check, and only then send.
 */
final class HostSession {
    private static final Logger LOGGER = LoggerFactory.getLogger(HostSession.class);

    /**
     * Result of the dialogue.
     *
     * @param connection how far it got
     * @param uncertain whether the host may have taken the mail without saying so; then nobody else is asked for now
     * @param refusal of the session, where the host may have meant that
     * @param attribution the party about which the end of the dialogue says something
     */
    record Result(HostAttempt attempt, AuditEvent.Connection connection, boolean uncertain, Optional<MailTransfer.Refusal> refusal,
            Attribution attribution) {
        /** True if a used connection refused mail that a fresh one may take. */
        boolean isForAFreshConnection() {
            return refusal.filter(refused -> refused.mailsBefore() > 0 || refused.inGroup()).isPresent();
        }
    }

    private final DeliveryContext context;
    private final OutboundMail mail;
    private final HostDiscovery.Judged judged;
    private final TlsRequirement requirement;
    private final InetSocketAddress address;
    private final DialogueTerms terms;
    private final HostConnector opener;
    private final Attributions attributions;
    private Attribution attribution = new Attribution.ToNobody();
    private final MailGrouping grouping;
    private Optional<PooledConnection> connection = Optional.empty();
    private Optional<ChannelCheck> check = Optional.empty();
    private Optional<MailTransfer.Result> transferred = Optional.empty();
    private Duration opening = Duration.ZERO;
    private boolean grouped;

    HostSession(DeliveryContext context, OutboundMail mail, HostDiscovery.Judged judged, InetSocketAddress address, Timeouts timeouts,
            DialogueTerms terms) {
        this.context = context;
        this.mail = mail;
        this.judged = judged;
        this.requirement = judged.requirement();
        this.address = address;
        this.terms = terms;
        this.attributions = new Attributions(requirement.host().toString(), address.getAddress());
        this.grouping = new MailGrouping(context, mail, judged, address, terms);
        this.opener = new HostConnector(context.pool()::open, context.settings(), requirement, address, timeouts, context.metrics());
    }

    /** Tries to deliver to these recipients. What a host has decided stays decided, whatever goes wrong on this server after it. */
    Result run(Envelope envelope) {
        try {
            Optional<Result> overIdle = terms.fresh() ? Optional.empty() : overIdleConnection(envelope);
            return overIdle.isPresent() ? overIdle.get() : overFreshConnection(envelope);
        } catch (SmtpException e) {
            attribution = attributions.of(e.failure());
            HostFailure failure = HostFailureMapping.of(host().toString(), e.failure());
            return failed(isPassing(e.failure()) ? failure : unmet(envelope, failure));
        } catch (MailAccessException e) {
            LOGGER.error("{}; the mail is tried again later", e.getMessage(), e);
            return failed(HostFailureMapping.unreadable(host().toString(), e));
        } catch (Throwable e) {
            LOGGER.error("An unexpected error ended the dialogue with {} for the mail {}", host(), mail.name(), e);
            return transferred.map(this::done)
                .orElseGet(() -> failed(HostFailureMapping.unexpected(host().toString(), e, Fault.DIALOGUE)));
        }
    }

    /**
     * Sends over a connection that another delivery left, if one meets this delivery's requirement. Empty if there is none, or if the
     * connection broke before the host can have had the whole message. An idle connection may have ended long before without our notice.
     * That says nothing of the host, and nobody has the mail.
     */
    private Optional<Result> overIdleConnection(Envelope envelope) throws MailAccessException {
        Optional<PooledConnection> idle = grouping.reserved(opener, credentials()).or(() -> context.pool()
            .take(opener.key(credentials()), candidate -> check(candidate) instanceof ChannelCheck.Permitted));
        if (idle.isPresent()) {
            try (PooledConnection taken = idle.get()) {
                connection = idle;
                if (check(taken.connection()) instanceof ChannelCheck.Permitted permitted) {
                    grouped = taken.connection().hasBegun();
                    context.metrics().count(MetricNames.CONNECTIONS_REUSED);
                    MailTransfer.Result sent = send(taken, permitted.permit(), envelope);
                    if (!sent.brokeAtOnce()) {
                        return Optional.of(done(sent));
                    }
                    LOGGER.debug("The idle connection to {} had ended; a new one is opened", address);
                    transferred = Optional.empty();
                    attribution = new Attribution.ToNobody();
                    grouped = false;
                }
            }
        }
        connection = Optional.empty();
        check = Optional.empty();
        return Optional.empty();
    }

    private Result overFreshConnection(Envelope envelope) throws SmtpException, MailAccessException {
        SmtpConnection fresh = open();
        // Where TLS was welcome and failed, the next mail may have more luck with it: that connection is for one mail only.
        try (PooledConnection open = opener.gaveUpTls().isPresent() ? context.pool().lendOnce(opener.key(credentials()), fresh)
                : context.pool().lend(opener.key(credentials()), fresh)) {
            connection = Optional.of(open);
            ChannelCheck answer = check(open.connection());
            if (answer instanceof ChannelCheck.Permitted permitted) {
                logIn(open.connection(), permitted.permit());
                MailTransfer.Result sent = send(open, permitted.permit(), envelope);
                return done(sent);
            }
            attribution = attributions.toPair();
            return failed(unmet(envelope, ((ChannelCheck.Refused) answer).failure()));
        }
    }

    private SmtpConnection open() throws SmtpException {
        Instant begun = context.clock().instant();
        try {
            return opener.connect();
        } finally {
            opening = Duration.between(begun, context.clock().instant());
        }
    }

    /** Checks whether a connection meets what this delivery requires, by the connection's own certificates and at this time. */
    private ChannelCheck check(SmtpConnection candidate) {
        Instant now = context.clock().instant();
        ChannelCheck answer = judged.decision().holdsAt(now) ? ChannelCheck.of(requirement, candidate.channel(), now)
            : new ChannelCheck.Refused(HostFailure.stsEnded(host().toString()), List.of());
        check = Optional.of(answer);
        return answer;
    }

    private MailTransfer.Result send(PooledConnection open, Permit permit, Envelope envelope) throws MailAccessException {
        MailTransfer.Result sent;
        try {
            sent = new MailTransfer(open.connection(), permit, host(), mail, terms, context.metrics(), new MailTransfer.Continuation(
                result -> attribution = attributions.after(attribution, result), grouping.behind(open))).send(envelope);
            transferred = Optional.of(sent);
        } finally {
            grouping.ended(open);
        }
        sent.refusal().filter(refused -> refused.inGroup() && refused.phase() != Phase.RCPT)
            .ifPresent(refused -> grouping.refused("refused " + refused.phase() + " in a group"));
        // Whatever a host says but that it took the mail could be meant for the whole connection.
        if (isTaken(sent.attempt()) && sent.refusal().isEmpty()) {
            open.keep();
        }
        return sent;
    }

    /** Tests whether the host took the mail, or only lacks what this mail needs: then the host was asked for nothing. */
    private static boolean isTaken(HostAttempt attempt) {
        return attempt instanceof HostAttempt.Transacted transacted
            ? transacted.replies().values().stream().anyMatch(RecipientReply.Accepted.class::isInstance)
            : isForTheMail(((HostAttempt.Failed) attempt).failure().kind());
    }

    private static boolean isForTheMail(FailureKind kind) {
        return kind.isForTheMailsNeeds() || kind.endsTheMail();
    }

    private static HostFailure unmet(Envelope envelope, HostFailure failure) {
        return envelope.requireTls() ? RequireTls.judge(failure) : failure;
    }

    /** RFC 3207 §4: 454 is "TLS not available due to temporary reason", which is no want of TLS. */
    private static boolean isPassing(SmtpFailure failure) {
        return (failure instanceof SmtpFailure.StartTlsRefused refused && !refused.reply().isPermanent())
            || failure instanceof SmtpFailure.Timeout
            // A handshake that broke without an alert: the network, our own end, or anyone on the way.
            || (failure instanceof SmtpFailure.TlsFailed failed && failed.alert().isEmpty());
    }

    private Optional<Credentials> credentials() {
        return terms.gateway() ? context.settings().gatewayOptions().credentials() : Optional.empty();
    }

    private void logIn(SmtpConnection open, Permit permit) throws SmtpException {
        Optional<Credentials> credentials = credentials();
        if (credentials.isPresent()) {
            open.authenticate(permit, credentials.get(), context.settings().gatewayOptions().insecureAuth()
                ? AuthenticationChannel.ANY : AuthenticationChannel.AUTHENTICATED_TLS);
        }
    }

    private MxHost host() {
        return requirement.host();
    }

    private Result failed(HostFailure failure) {
        return done(new MailTransfer.Result(new HostAttempt.Failed(failure), false, false, Optional.empty()));
    }

    private Result done(MailTransfer.Result sent) {
        return new Result(sent.attempt(), new AuditEvent.Connection(address, connection.map(open -> open.connection().channel()),
            connection.filter(PooledConnection::reused).isPresent(), grouped, opening, check, session()), sent.uncertain(), sent.refusal(),
            attribution);
    }

    /** Facts of the connection in use, or else of the one that did not come to be used. */
    private AuditEvent.Session session() {
        Optional<SmtpConnection> used = connection.map(PooledConnection::connection).or(opener::last);
        return new AuditEvent.Session(used.map(SmtpConnection::localAddress), used.map(SmtpConnection::helloLine)
            .filter(line -> !line.isEmpty()), opener.gaveUpTls());
    }

    /** The recipients as the rules for outcomes know them. */
    static List<RecipientKey> keys(Envelope envelope) {
        return envelope.recipients().stream().map(Outcomes::key).toList();
    }
}
