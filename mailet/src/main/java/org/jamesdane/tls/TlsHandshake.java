/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tls;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

import org.jamesdane.dane.Channel;
import org.jamesdane.dane.PeerCertificate;
import org.jamesdane.dns.DomainName;

/**
 * Makes a TLS connection out of a plain one, and shows whom it leads to.
 */
public final class TlsHandshake {

    /**
     * A socket under TLS, and what its handshake agreed on.
     */
    public record Secured(SSLSocket socket, Channel channel) {
    }

    private TlsHandshake() {
    }

    /**
     * Does a full handshake as client over a connected socket. It may block for as long as the peer likes: the caller bounds it
     * by closing the socket.
     *
     * @throws IOException if the handshake did not come about; nothing of use can be sent on the socket then
     */
    public static Secured perform(Socket plain, TlsSettings settings) throws IOException {
        PeerChainCapture capture = new PeerChainCapture();
        SSLContext context = newContext(capture);
        SSLSocket socket = (SSLSocket) context.getSocketFactory()
            .createSocket(plain, plain.getInetAddress().getHostAddress(), plain.getPort(), true);
        socket.setSSLParameters(parameters(socket.getSSLParameters(), settings));
        socket.startHandshake();
        SSLSession session = socket.getSession();
        if (capture.chain().isEmpty()) {
            throw new SSLHandshakeException("The peer showed no certificate");
        }
        // Without a session to go back to, any later handshake on this connection is a full one, with certificates, which the
        // capture refuses.
        session.invalidate();
        return new Secured(socket, Channel.encrypted(new Channel.Tls(session.getProtocol(), session.getCipherSuite(),
            settings.serverName().map(DomainName::toString), PeerCertificate.of(capture.chain()))));
    }

    /** A context of its own for every connection: there is no cache out of which a session could be resumed. */
    private static SSLContext newContext(PeerChainCapture capture) throws SSLException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            // No key managers: we have no certificate to show, whoever asks.
            context.init(new KeyManager[0], new TrustManager[] {capture}, null);
            // A peer may hand out tickets without end (RFC 8446 §4.6.1); by default the cache would keep twenty thousand of them.
            context.getClientSessionContext().setSessionCacheSize(1);
            return context;
        } catch (GeneralSecurityException e) {
            throw new SSLException("This Java platform offers no TLS: " + e.getMessage(), e);
        }
    }

    private static SSLParameters parameters(SSLParameters parameters, TlsSettings settings) throws SSLException {
        parameters.setProtocols(settings.protocols().stream().sorted().map(TlsProtocol::toString).toArray(String[]::new));
        // An empty algorithm: RFC 7672 §3.1 says which names count, and that is decided outside of the handshake.
        parameters.setEndpointIdentificationAlgorithm("");
        Optional<DomainName> serverName = settings.serverName();
        parameters.setServerNames(serverName.isPresent() ? List.<SNIServerName>of(ServerName.of(serverName.get())) : List.of());
        return parameters;
    }
}
