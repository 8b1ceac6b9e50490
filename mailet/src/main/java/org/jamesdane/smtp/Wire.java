/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;

import org.jamesdane.dane.channel.Channel;
import org.jamesdane.dane.channel.Permit;
import org.jamesdane.tls.TlsHandshake;
import org.jamesdane.tls.TlsSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A socket that speaks in lines, never for longer than it is allowed to, and lets nothing of a mail pass without a permit.
 *
 * <p>Used by one thread; only {@link #abort()} may be called by any.
 */
final class Wire {

    private static final Logger LOGGER = LoggerFactory.getLogger(Wire.class);

    /** Commands of one mail, to be sent together, with the permit for them. */
    record Flight(Permit permit, List<PermittedCommand> commands) {
    }

    @FunctionalInterface
    private interface Step<T> {
        T run() throws IOException;
    }

    /** Wait for a record of TLS that has begun to arrive when nothing is expected. */
    static final Duration PEEK = Duration.ofMillis(1);
    /** Wait for a reply too many where there is a sign of one; a host that sends it sends it at once. */
    static final Duration STRAY_REPLIES = Duration.ofMillis(500);

    private final Socket raw;
    /** Kept, since a closed socket does not know it any more. */
    private final InetAddress localAddress;
    private final Timeouts timeouts;
    private final Watchdog watchdog;
    /** Stream or socket whose close says goodbye in order: the plain socket, or the stream under TLS. */
    private Closeable farewell;
    private ReplyReader replies;
    private OutputStream out;
    private Channel channel = Channel.clear();
    private boolean closing;
    /** Written by the watchdog's one thread before it cuts the connection. */
    private volatile Optional<SmtpFailure> expired = Optional.empty();

    Wire(Socket raw, Timeouts timeouts, Watchdog watchdog) throws IOException {
        this.raw = raw;
        this.localAddress = raw.getLocalAddress();
        this.farewell = raw;
        this.timeouts = timeouts;
        this.watchdog = watchdog;
        this.replies = new ReplyReader(raw.getInputStream());
        this.out = raw.getOutputStream();
    }

    InetAddress localAddress() {
        return localAddress;
    }

    /** A socket without a proxy: a system-wide SOCKS proxy would be a third party that picks the peer. */
    static Socket socket() {
        return new Socket(Proxy.NO_PROXY);
    }

    /** Connects to the endpoint's address by a socket that is not connected yet. */
    static Wire connect(Socket socket, SmtpEndpoint endpoint, Timeouts timeouts, Watchdog watchdog) throws SmtpException {
        try {
            bind(socket, endpoint);
            // Zero would be no limit at all.
            long millis = Math.max(1, timeouts.of(Phase.CONNECT).toMillis());
            socket.connect(endpoint.address(), (int) Math.min(Integer.MAX_VALUE, millis));
            // Commands are small and wait for their replies.
            socket.setTcpNoDelay(true);
            return new Wire(socket, timeouts, watchdog);
        } catch (SocketTimeoutException e) {
            closeQuietly(socket);
            throw new SmtpException(new SmtpFailure.Timeout(Phase.CONNECT, timeouts.of(Phase.CONNECT)), e);
        } catch (IOException e) {
            closeQuietly(socket);
            throw new SmtpException(new SmtpFailure.ConnectFailed(endpoint.address(), WireErrors.text(e)), e);
        } catch (Throwable e) {
            closeQuietly(socket);
            throw e;
        }
    }

    private static void bind(Socket socket, SmtpEndpoint endpoint) throws SmtpException {
        if (endpoint.bindAddress().isEmpty()) {
            return;
        }
        try {
            socket.bind(new InetSocketAddress(endpoint.bindAddress().get(), 0));
        } catch (IOException e) {
            closeQuietly(socket);
            throw new SmtpException(new SmtpFailure.BindFailed(endpoint.bindAddress().get(), WireErrors.text(e)), e);
        }
    }

    /** The protection under which the next octet would go. */
    Channel channel() {
        return channel;
    }

    Timeouts timeouts() {
        return timeouts;
    }

    /** Tests whether another command could be sent, as far as is known here. */
    boolean isOpen() {
        return !closing && !raw.isClosed();
    }

    /** Tests whether nothing has come unasked, not even octets of TLS that are no data yet; looks, and does not wait. */
    boolean isQuiet() {
        try {
            return isOpen() && !replies.hasUnread() && raw.getInputStream().available() == 0;
        } catch (IOException e) {
            abort();
            return false;
        }
    }

    /** Sends a command and reads its reply. */
    SmtpReply exchange(SessionCommand command) throws SmtpException {
        requireSilence(command.phase());
        write(command.phase(), command.octets(), command.octets().length);
        return read(command.phase());
    }

    /**
     * Sends commands in one flight; their replies are to be read one by one.
     *
     * @throws IllegalStateException without a permit for this channel; nothing was written then
     */
    void send(Permit permit, List<PermittedCommand> commands) throws SmtpException {
        requirePermit(permit);
        PermittedCommand last = commands.get(commands.size() - 1);
        requireSilence(commands.get(0).phase());
        byte[] flight = PermittedCommand.octets(commands);
        write(last.phase(), flight, flight.length);
    }

    /**
     * Sends a block of content.
     *
     * @throws IllegalStateException without a permit for this channel; nothing was written then
     */
    void sendContent(Permit permit, Phase phase, byte[] block, int length) throws SmtpException {
        requirePermit(permit);
        write(phase, block, length);
    }

    /**
     * Sends the end of a message and the commands of another mail in one write.
     *
     * @throws IllegalStateException without a permit for this channel for either mail; nothing was written then
     */
    void sendEnd(Permit permit, byte[] end, Flight behind) throws SmtpException {
        requirePermit(permit);
        requirePermit(behind.permit());
        byte[] commands = PermittedCommand.octets(behind.commands());
        byte[] group = Arrays.copyOf(end, end.length + commands.length);
        System.arraycopy(commands, 0, group, end.length, commands.length);
        write(Phase.FINAL_DOT, group, group.length);
    }

    private void requirePermit(Permit permit) {
        if (!permit.covers(channel)) {
            throw new IllegalStateException("The permit was issued for another channel; nothing may be sent over this one");
        }
    }

    /** Reads one reply. After a 421 the wire is no longer open. */
    SmtpReply read(Phase phase) throws SmtpException {
        SmtpReply reply = timed(phase, replies::read);
        closing |= reply.isClosing();
        return reply;
    }

    /** True if octets have come that nobody has read. Under TLS the records that have arrived are decrypted for that. */
    boolean hasUnread(Phase phase) throws SmtpException {
        return hasUnread(phase, PEEK);
    }

    private boolean hasUnread(Phase phase, Duration patience) throws SmtpException {
        return timed(phase, () -> {
            if (replies.hasUnread()) {
                return true;
            }
            boolean waits = patience.compareTo(PEEK) > 0;
            // Under TLS a record may be there that is none of SMTP: a ticket (RFC 8446 §4.6.1), or new keys.
            if (!waits && (channel.tls().isEmpty() || raw.getInputStream().available() == 0)) {
                return false;
            }
            raw.setSoTimeout((int) patience.toMillis());
            try {
                return replies.fill();
            } catch (SocketTimeoutException e) {
                return false;
            } finally {
                raw.setSoTimeout(0);
            }
        });
    }

    /**
     * Holds that nothing has come to which no command was sent. Such a reply would be taken for the next command's, and every later
     * one for its successor's: a refused recipient could look accepted.
     */
    void requireSilence(Phase phase) throws SmtpException {
        requireSilence(phase, PEEK);
    }

    /**
     * Requires silence as the other method does, for the given time.
     *
     * @param patience how long what should not come is waited for
     */
    void requireSilence(Phase phase, Duration patience) throws SmtpException {
        if (!hasUnread(phase, patience)) {
            return;
        }
        throw early(phase, read(phase));
    }

    /** The failure that a reply is to which no command was sent. */
    SmtpException early(Phase phase, SmtpReply early) {
        abort();
        // A server that gives up on us says so unasked (421, and in the middle of the content any refusal).
        boolean givesUp = early.isClosing() || (phase == Phase.CONTENT && early.isRefusal());
        return new SmtpException(givesUp ? new SmtpFailure.Rejected(phase, early)
            : new SmtpFailure.ProtocolViolation(phase, "\"" + early + "\" came before the command"));
    }

    /**
     * Holds that nothing stands between the answer to STARTTLS and the handshake. Neither SMTP (RFC 3207 §4) nor TLS, in which the client
     * speaks first, lets the server say anything there.
     *
     * @param patience how long it is waited for
     */
    void requireNothingInjected(Duration patience) throws SmtpException {
        if (hasUnread(Phase.STARTTLS, patience)) {
            abort();
            throw new SmtpException(new SmtpFailure.InjectedPlaintext());
        }
    }

    /** Does the TLS handshake. */
    void startTls(TlsSettings settings) throws SmtpException {
        TlsHandshake.Secured secured = timed(Phase.TLS_HANDSHAKE, () -> {
            TlsHandshake.Secured made = TlsHandshake.perform(raw, settings);
            // RFC 3207 §4.2: what was known from before is forgotten, unread octets included.
            replies = new ReplyReader(made.in());
            out = made.out();
            return made;
        });
        farewell = secured.out();
        channel = secured.channel();
    }

    /** Limits all that follows, however it is divided, until the result is cancelled. */
    Future<?> limit(Phase phase, Duration limit) {
        return watchdog.after(limit, () -> expire(phase, limit));
    }

    private void write(Phase phase, byte[] octets, int length) throws SmtpException {
        timed(phase, () -> {
            out.write(octets, 0, length);
            out.flush();
            return length;
        });
    }

    private <T> T timed(Phase phase, Step<T> step) throws SmtpException {
        Future<?> deadline = limit(phase, timeouts.of(phase));
        try {
            return step.run();
        } catch (IOException e) {
            abort();
            throw new SmtpException(expired.orElseGet(() -> WireErrors.classify(phase, e)), e);
        } finally {
            cancel(deadline);
        }
    }

    /** Cancels a limit; what was said and heard within it stays, whatever goes wrong here. */
    static void cancel(Future<?> deadline) {
        try {
            deadline.cancel(false);
        } catch (Throwable e) {
            LOGGER.error("A limit of time could not be cancelled: its connection ends with it", e);
        }
    }

    private void expire(Phase phase, Duration limit) {
        if (expired.isEmpty()) {
            expired = Optional.of(new SmtpFailure.Timeout(phase, limit));
        }
        abort();
    }

    /** Cuts the connection at once; a thread that waits on it fails. To be called from any thread. */
    void abort() {
        closeQuietly(raw);
    }

    /** Closes in order, with TLS's own farewell if there is TLS, for which the peer may have to read. */
    void close() {
        closeQuietly(farewell);
        abort();
    }

    /** Closes that, whatever goes wrong. */
    static void closeQuietly(Closeable closeable) {
        try {
            closeable.close();
        } catch (Throwable e) {
            // Nothing is left to be done with it: what was to be said about this connection has been said.
            LOGGER.debug("A connection could not be closed in order", e);
        }
    }
}
