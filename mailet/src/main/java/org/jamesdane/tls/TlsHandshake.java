/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tls;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Locale;
import java.util.Optional;

import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsException;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsFatalAlertReceived;
import org.jamesdane.dane.channel.Channel;
import org.jamesdane.dns.DomainName;

/** Turns a plain connection into TLS by a handshake, and returns the peer's certificates and the agreed parameters, unjudged. */
public final class TlsHandshake {

    /**
     * A connection under TLS, and what its handshake agreed on. Its streams are for one thread; closing the plain socket ends them from
     * any.
     *
     * @param in the data from the peer; a {@link TlsFailure} is the peer's or ours
     * @param out the data to the peer
     * @param channel who answered, and how the connection is protected
     */
    public record Secured(InputStream in, OutputStream out, Channel channel) {
    }

    /** A step that may fail for a reason of TLS. */
    @FunctionalInterface
    interface Step<T> {
        T run() throws IOException;
    }

    private TlsHandshake() {
    }

    /**
     * Does a full handshake as client over a connected socket. It may block for as long as the peer likes: the caller bounds it
     * by closing the socket.
     *
     * @throws TlsFailure if the handshake did not come about for a reason of TLS
     * @throws IOException if the connection broke; nothing of use can be sent on the socket in either case
     */
    public static Secured perform(Socket plain, TlsSettings settings) throws IOException {
        requireSendable(settings.serverName());
        Client client = new Client(settings);
        TlsStreams.Incoming incoming = new TlsStreams.Incoming(plain.getInputStream());
        BoundedProtocol protocol = new BoundedProtocol(incoming, plain.getOutputStream(), settings.offer().protocols());
        return explained(() -> {
            try {
                protocol.connect(client);
            } catch (TlsFatalAlert e) {
                throw incoming.hasEnded() ? closedInHandshake(e) : e;
            } catch (EOFException e) {
                // The library takes the end of a message for the end of the connection.
                throw incoming.hasEnded() ? closedInHandshake(e)
                    : new TlsFailure("a message of the host is shorter than it says", Optional.empty(), e);
            }
            // Only now has the peer proved the possession of the key in its certificate.
            return new Secured(new TlsStreams.In(protocol.getInputStream()), new TlsStreams.Out(protocol.getOutputStream()),
                Channel.encrypted(client.result()));
        });
    }

    /** No alert of either side: some servers say by closing that they do not like what is offered. */
    private static IOException closedInHandshake(IOException cause) {
        EOFException closed = new EOFException("the host closed the connection");
        closed.initCause(cause);
        return closed;
    }

    /** A name as RFC 6066 §3 wants it: ASCII, without a final dot; one with other octets could be taken for another name. */
    private static void requireSendable(Optional<DomainName> name) throws TlsFailure {
        if (name.isPresent() && (name.get().isRoot() || name.get().toString().indexOf('\\') >= 0)) {
            throw new TlsFailure("\"" + name.get() + "\" cannot be sent as the name of a server");
        }
    }

    /** Runs a step, and says in a sentence what of TLS made it fail. */
    static <T> T explained(Step<T> step) throws IOException {
        try {
            return step.run();
        } catch (TlsFatalAlertReceived e) {
            String alert = name(e.getAlertDescription());
            throw new TlsFailure("the host ended it with the alert " + alert, Optional.of(alert), e);
        } catch (TlsFatalAlert e) {
            String alert = name(e.getAlertDescription());
            throw new TlsFailure(reason(e, alert), Optional.of(alert), e);
        } catch (TlsException e) {
            throw new TlsFailure(String.valueOf(e.getMessage()), Optional.empty(), e);
        } catch (RuntimeException e) {
            throw new TlsFailure("unexpected octets from the host", Optional.empty(), e);
        }
    }

    /** The message of the library begins with the alert, in the form {@code bad_certificate(42); text}. */
    private static String reason(TlsFatalAlert e, String alert) {
        String message = String.valueOf(e.getMessage());
        int text = message.indexOf("; ");
        return text < 0 ? "what the host sent was answered with the alert " + alert : message.substring(text + 2) + " (" + alert + ")";
    }

    private static String name(short alert) {
        return AlertDescription.getName(alert).toLowerCase(Locale.ROOT);
    }
}
