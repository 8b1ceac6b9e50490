/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.function.Supplier;

import org.jamesdane.dane.channel.Channel;
import org.jamesdane.dane.channel.Permit;
import org.jamesdane.dane.channel.SecurityLabel;

/**
 * A connection to one mail host. Used by one thread at a time; only {@link #abort()} is for any thread.
 *
 * <p>It may carry several mails one after the other, each with a permit of its own.
 */
public final class SmtpConnection implements AutoCloseable {
    private static final int READY = 220;
    private static final int DONE = 250;
    /** Refusals of EHLO that leave HELO to be tried (RFC 5321 §3.2, §4.3.2): the command is unknown, or not for us. */
    private static final Set<Integer> EHLO_UNKNOWN = Set.of(500, 502, 504, 550);

    /** Channels over which credentials may be sent. */
    public enum AuthenticationChannel {
        /** TLS with a peer that was authenticated. */
        AUTHENTICATED_TLS,
        /** Any channel, clear text included, because the operator allows it. */
        ANY
    }

    private final SmtpEndpoint endpoint;
    private final Wire wire;
    private Capabilities capabilities = Capabilities.NONE;
    private String helloLine = "";
    private boolean greetedTwice;
    private boolean needsReset;
    private int mailsTaken;
    /** Transaction whose commands were sent with the end of the last mail. Its content, or the end of the connection, comes next. */
    private Optional<Transaction> begun = Optional.empty();
    private boolean groupFailed;
    private volatile Runnable whenEnded = () -> { };

    SmtpConnection(SmtpEndpoint endpoint, Wire wire) {
        this.endpoint = endpoint;
        this.wire = wire;
    }

    /** All of {@link SmtpConnector#open} that comes after the TCP connection. */
    void greet(HeloFallback heloFallback) throws SmtpException {
        if (endpoint.implicitTls()) {
            wire.startTls(endpoint.tls());
        }
        SmtpReply banner = wire.read(Phase.BANNER);
        if (banner.code() != READY) {
            throw unexpected(Phase.BANNER, banner);
        }
        hello(heloFallback);
    }

    private void hello(HeloFallback heloFallback) throws SmtpException {
        SmtpReply ehlo = hello(SessionCommand.ehlo(endpoint.heloName()));
        if (ehlo.code() == DONE) {
            capabilities = Capabilities.of(ehlo);
            helloLine = ehlo.lines().get(0);
            return;
        }
        if (!mayFallBack(ehlo, heloFallback)) {
            throw unexpected(Phase.HELLO, ehlo);
        }
        SmtpReply helo = hello(SessionCommand.helo(endpoint.heloName()));
        if (helo.code() != DONE) {
            throw unexpected(Phase.HELLO, helo);
        }
        helloLine = helo.lines().get(0);
    }

    /** RFC 5321 §3.2: a server that does not know EHLO says 5yz; then HELO. Under TLS nobody else can have said it. */
    private boolean mayFallBack(SmtpReply ehlo, HeloFallback heloFallback) {
        return channel().tls().isPresent() ? EHLO_UNKNOWN.contains(ehlo.code())
            : ehlo.isPermanent() && heloFallback == HeloFallback.ALLOWED;
    }

    /**
     * Says EHLO or HELO, which only 250 answers (RFC 5321 §4.3.2). A second greeting is passed over. Taken for the answer, it would give
     * every later reply to the command before its own. After it nothing but the 250 will do.
     */
    private SmtpReply hello(SessionCommand command) throws SmtpException {
        if (wire.hasUnread(Phase.HELLO)) {
            SmtpReply early = wire.read(Phase.HELLO);
            if (early.code() != READY || greetedTwice) {
                throw wire.early(Phase.HELLO, early);
            }
            greetedTwice = true;
        }
        SmtpReply reply = wire.exchange(command);
        if (reply.code() == READY && !greetedTwice) {
            greetedTwice = true;
            reply = wire.read(Phase.HELLO);
        }
        if (greetedTwice && reply.code() != DONE) {
            wire.abort();
            throw unexpected(Phase.HELLO, reply);
        }
        return reply;
    }

    /** Endpoint that the connection leads to, and the way there. */
    public SmtpEndpoint endpoint() {
        return endpoint;
    }

    /** The protection of whatever would be sent next. A permit is to be issued for this object. */
    public Channel channel() {
        return wire.channel();
    }

    /** Extensions that the host offers on this channel; none after HELO. */
    public Capabilities capabilities() {
        return capabilities;
    }

    /** First line of the last reply to EHLO or HELO, which begins with the host's name for itself (RFC 5321 §4.1.1.1). */
    public String helloLine() {
        return helloLine;
    }

    /** The address of this server that the connection goes from; it stays known when the connection has ended. */
    public InetAddress localAddress() {
        return wire.localAddress();
    }

    /** Tests whether another mail could be sent here, as far as is known without asking the host; {@link #reset()} asks. */
    public boolean isReusable() {
        return wire.isOpen() && begun.isEmpty();
    }

    /** Tests whether the commands of a further mail were sent with the end of the last one, and the host has answered them. */
    public boolean hasBegun() {
        return wire.isOpen() && begun.isPresent();
    }

    /** Tests whether the host closed the connection within the last group, was silent there, or gave replies that do not fit. */
    public boolean groupFailed() {
        return groupFailed;
    }

    /** Mails that the host took over this connection; one that goes in several transactions counts as often. */
    public int mailsTaken() {
        return mailsTaken;
    }

    /**
     * Tests whether the host has said nothing since its last reply. A host that ends an idle connection often says so first (421). That
     * reply would be taken for the reply to the next command.
     */
    public boolean isQuiet() {
        return wire.isQuiet();
    }

    /**
     * Switches to TLS (RFC 3207) with the endpoint's settings, and says EHLO again. The offers before the handshake are forgotten, since
     * anyone could have made them.
     *
     * @throws SmtpException if STARTTLS was not offered or is refused, or the handshake fails. After {@link SmtpFailure.StartTlsNotOffered}
     *     and {@link SmtpFailure.StartTlsRefused} the connection is still good, in clear text. After any other failure the connection is of
     *     no use.
     * @throws IllegalStateException if the connection is under TLS already
     */
    public void startTls() throws SmtpException {
        if (channel().tls().isPresent()) {
            throw new IllegalStateException("The connection to " + endpoint + " is under TLS already");
        }
        if (!capabilities.startTls()) {
            throw new SmtpException(new SmtpFailure.StartTlsNotOffered());
        }
        SmtpReply reply = wire.exchange(SessionCommand.STARTTLS);
        // RFC 5321 §3.8: 421 closes the connection, whatever the command was; it is no refusal to go on in clear text after.
        if (reply.isRefusal() && !reply.isClosing()) {
            throw new SmtpException(new SmtpFailure.StartTlsRefused(reply));
        }
        if (reply.code() != READY) {
            throw unexpected(Phase.STARTTLS, reply);
        }
        // Where one greeting came too many, this 220 may be one more, and the answer still to come.
        wire.requireNothingInjected(greetedTwice ? Wire.STRAY_REPLIES : Duration.ZERO);
        capabilities = Capabilities.NONE;
        helloLine = "";
        wire.startTls(endpoint.tls());
        hello(HeloFallback.NEVER);
    }

    /**
     * Logs in.
     *
     * @throws SmtpException if it did not succeed
     * @throws IllegalStateException without a permit for this channel, or if the permit is for an unauthenticated peer and {@code allowed}
     *     asks for more. Nothing was written then.
     */
    public void authenticate(Permit permit, Credentials credentials, AuthenticationChannel allowed) throws SmtpException {
        requirePermit(permit);
        if (allowed == AuthenticationChannel.AUTHENTICATED_TLS && !isAuthenticated(permit)) {
            throw new IllegalStateException("Credentials may only be sent to an authenticated host, and " + endpoint + " is "
                + permit.label());
        }
        new Authentication(wire, permit).run(capabilities.authMechanisms(), credentials);
    }

    /**
     * Sends one mail.
     *
     * @return what became of it; every failure of the dialogue is in there
     * @throws IllegalStateException without a permit for this channel, or for a mail with REQUIRETLS if the permit is for an
     *     unauthenticated peer. Nothing was written then.
     */
    public TransactionResult send(Permit permit, Envelope envelope, MessageContent content) {
        return send(permit, envelope, content, Optional::empty);
    }

    /**
     * Sends one mail, and with its end the commands of another (RFC 2920 §3.1), where the host offers PIPELINING. If the commands of this
     * mail went so, only its content is sent now. A connection on which those of another mail went is cut.
     *
     * @param following asked right before the end of the content for the mail to follow. It is asked only if all recipients of this mail
     *     were taken. Where what it gives cannot go in the group, nothing of that is written: see {@link #hasBegun}.
     * @return what became of the mail; every failure of the dialogue is in there
     * @throws IllegalStateException as the other method does
     */
    public TransactionResult send(Permit permit, Envelope envelope, MessageContent content, Supplier<Optional<NextMail>> following) {
        requirePermit(permit);
        if (envelope.requireTls() && !isAuthenticated(permit)) {
            // RFC 8689 §2: the certificate of the server has to be verified.
            throw new IllegalStateException("A mail with REQUIRETLS may only be sent to an authenticated host, and " + endpoint + " is "
                + permit.label());
        }
        TransactionPlan.Conditions conditions = new TransactionPlan.Conditions(capabilities, channel().tls().isPresent(),
            content.size(), content.eightBit());
        Optional<Unsendable> obstacle = TransactionPlan.obstacle(envelope, conditions);
        if (obstacle.isPresent()) {
            return new TransactionResult.NotStarted(obstacle.get());
        }
        TransactionPlan plan = TransactionPlan.of(envelope, conditions);
        Transaction transaction = new Transaction(wire, permit, plan, content, capabilities.pipelining());
        if (plan.recipients().isEmpty()) {
            return new TransactionResult.Completed(transaction.decided());
        }
        if (begun.filter(other -> !other.isSameAs(transaction)).isPresent()) {
            wire.abort();
            return new TransactionResult.Interrupted(new SmtpFailure.ConnectionLost(Phase.MAIL, "the host awaits another mail"),
                transaction.decided());
        }
        Transaction present = begun.map(waiting -> waiting.resume(permit, content)).orElse(transaction);
        begun = Optional.empty();
        present.followedBy(() -> following.get().flatMap(this::behind));
        return transact(present);
    }

    /** The transaction of a mail to follow; empty if that cannot go in a group. */
    private Optional<Transaction> behind(NextMail mail) {
        Envelope envelope = mail.envelope();
        if (!mail.permit().covers(channel()) || (envelope.requireTls() && !isAuthenticated(mail.permit()))) {
            return Optional.empty();
        }
        TransactionPlan.Conditions conditions = new TransactionPlan.Conditions(capabilities, channel().tls().isPresent(),
            mail.content().size(), mail.content().eightBit());
        return TransactionPlan.obstacle(envelope, conditions).isPresent() ? Optional.empty()
            : Optional.of(new Transaction(wire, mail.permit(), TransactionPlan.of(envelope, conditions), mail.content(),
                capabilities.pipelining()));
    }

    private TransactionResult transact(Transaction transaction) {
        boolean returned = false;
        try {
            if (needsReset) {
                reset();
            }
            TransactionResult result = transaction.run();
            needsReset = !transaction.isSettled();
            begun = transaction.next();
            groupFailed = transaction.groupFailed();
            if (result.recipients().values().stream().anyMatch(RecipientResult.Accepted.class::isInstance)) {
                mailsTaken++;
            }
            returned = true;
            return result;
        } catch (SmtpException e) {
            return new TransactionResult.Interrupted(e.failure(), transaction.decided());
        } finally {
            if (!returned) {
                // Whatever went wrong, nobody knows any more which reply would belong to which command.
                wire.abort();
            }
        }
    }

    /**
     * Forgets any transaction (RFC 5321 §4.1.1.5); also the way to see whether an idle connection still lives.
     *
     * @throws SmtpException if the connection is of no use any more
     */
    public void reset() throws SmtpException {
        probe(SessionCommand.RSET);
        needsReset = false;
    }

    /**
     * Says nothing, to be answered (RFC 5321 §4.1.1.9).
     *
     * @throws SmtpException if the connection is of no use any more
     */
    public void noop() throws SmtpException {
        probe(SessionCommand.NOOP);
    }

    private void probe(SessionCommand command) throws SmtpException {
        if (begun.isPresent()) {
            wire.abort();
        }
        SmtpReply reply = wire.exchange(command);
        if (!reply.isPositive()) {
            wire.abort();
            throw unexpected(command.phase(), reply);
        }
    }

    /** Cuts the connection at once, from any thread: who waits on it gets {@link SmtpFailure.ConnectionLost}. */
    public void abort() {
        wire.abort();
        whenEnded.run();
    }

    /** Has that done when the connection is closed or cut by its user; it may be done more than once. */
    void whenEnded(Runnable action) {
        whenEnded = action;
    }

    /**
     * Says QUIT if the dialogue is in order (RFC 5321 §4.1.1.10), and closes; all that within the time for QUIT. Where the host awaits the
     * content of a mail, QUIT would be taken for content: then the connection is cut.
     */
    @Override
    public void close() {
        close(wire.timeouts().of(Phase.QUIT));
    }

    /** Closes, as {@link #close()} does, within a time of its own. */
    void close(Duration time) {
        if (begun.isPresent()) {
            wire.abort();
        }
        Future<?> deadline = wire.limit(Phase.QUIT, time);
        try {
            if (wire.isOpen()) {
                wire.exchange(SessionCommand.QUIT);
            }
        } catch (SmtpException e) {
            // Nothing depends on the farewell.
            wire.abort();
        } finally {
            wire.close();
            Wire.cancel(deadline);
            whenEnded.run();
        }
    }

    private void requirePermit(Permit permit) {
        if (!permit.covers(channel())) {
            throw new IllegalStateException("The permit was issued for another channel than that to " + endpoint);
        }
    }

    private static boolean isAuthenticated(Permit permit) {
        return permit.label().compareTo(SecurityLabel.HOST_AUTHENTICATED) >= 0;
    }

    private SmtpException unexpected(Phase phase, SmtpReply reply) {
        if (reply.isRefusal()) {
            return new SmtpException(new SmtpFailure.Rejected(phase, reply));
        }
        wire.abort();
        return new SmtpException(new SmtpFailure.ProtocolViolation(phase, "\"" + reply + "\" is no answer to it"));
    }

    @Override
    public String toString() {
        return "connection to " + endpoint + (channel().tls().isPresent() ? " under TLS" : " in clear text");
    }
}
