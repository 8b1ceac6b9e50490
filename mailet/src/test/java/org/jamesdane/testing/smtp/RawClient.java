/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.smtp;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.StandardConstants;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

import org.jspecify.annotations.Nullable;

/** A client for tests that sends what it is told and shows what it reads; of SMTP it knows where a reply ends, and trusts everybody. */
public final class RawClient implements Closeable {
    private static final int TIMEOUT_MILLIS = 10_000;

    private final Socket tcp;
    private Socket socket;
    private List<X509Certificate> peerChain = List.of();

    /** Connects. */
    public RawClient(InetSocketAddress server) throws IOException {
        this.tcp = new Socket(server.getAddress(), server.getPort());
        this.socket = tcp;
        tcp.setSoTimeout(TIMEOUT_MILLIS);
    }

    /** Sends a line, reads a reply, and gives its lines joined by a bar. */
    public String ask(String line) throws IOException {
        send(line + "\r\n");
        return reply();
    }

    /** Sends octets, one for each character. */
    public void send(String octets) throws IOException {
        socket.getOutputStream().write(octets.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    /** Reads a reply, of one line or several (RFC 5321 §4.2.1). */
    public String reply() throws IOException {
        List<String> lines = new ArrayList<>();
        do {
            lines.add(line());
        } while (lines.get(lines.size() - 1).matches("\\d{3}-.*"));
        return String.join("|", lines);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int octet = read(); octet != '\n'; octet = read()) {
            if (octet < 0) {
                return line + "<end>";
            }
            line.append((char) octet);
        }
        return line.toString().stripTrailing();
    }

    /** The next octet, or -1 at the end. */
    public int read() throws IOException {
        InputStream in = socket.getInputStream();
        return in.read();
    }

    /** Makes a TLS handshake, with or without a server name. */
    public void startTls(Optional<String> serverName) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new TrustAll()}, null);
            SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(tcp, "ignored", tcp.getPort(), true);
            SSLParameters parameters = tls.getSSLParameters();
            parameters.setServerNames(serverName.map(name -> List.<SNIServerName>of(new ServerName(name))).orElse(List.of()));
            tls.setSSLParameters(parameters);
            tls.startHandshake();
            socket = tls;
            List<X509Certificate> shown = new ArrayList<>();
            for (Certificate certificate : tls.getSession().getPeerCertificates()) {
                shown.add((X509Certificate) certificate);
            }
            peerChain = List.copyOf(shown);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has TLS", e);
        }
    }

    /** The certificates the server showed. */
    public List<X509Certificate> peerChain() {
        return peerChain;
    }

    @Override
    public void close() throws IOException {
        socket.close();
        tcp.close();
    }

    /** A server name of any octets; Java's own class for it refuses underscores. */
    private static final class ServerName extends SNIServerName {
        ServerName(String name) {
            super(StandardConstants.SNI_HOST_NAME, name.getBytes(StandardCharsets.US_ASCII));
        }
    }

    private static final class TrustAll extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket) {
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket) {
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable SSLEngine engine) {
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable SSLEngine engine) {
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
