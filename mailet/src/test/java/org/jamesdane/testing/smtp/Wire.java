/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.smtp;

import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** The connection: TCP, and TLS over it once that is asked for. Not for several threads. */
final class Wire implements Closeable {
    private static final int BUFFER = 16 * 1024;
    /** Time for which a client is heard out once it was told that the connection is closed. */
    private static final int LINGER_MILLIS = 2_000;

    private static final int RENEGOTIATION_MILLIS = 20;

    private final Socket tcp;
    private final byte[] buffer = new byte[BUFFER];
    private Socket socket;
    private InputStream in;
    private OutputStream out;
    private int next;
    private int end;

    Wire(Socket tcp) throws IOException {
        this.tcp = tcp;
        this.socket = tcp;
        this.in = tcp.getInputStream();
        this.out = new BufferedOutputStream(tcp.getOutputStream(), BUFFER);
    }

    Protection protection() {
        return socket == tcp ? Protection.CLEAR : Protection.TLS;
    }

    /** The next octet, or -1 at the end. What was written goes out before this waits, so that pipelined answers go together. */
    int read() throws IOException {
        if (next == end) {
            out.flush();
            next = 0;
            end = Math.max(0, in.read(buffer));
            if (end == 0) {
                return -1;
            }
        }
        return buffer[next++] & 0xff;
    }

    /** Octets received, but not read yet. */
    byte[] takeBuffered() {
        byte[] rest = Arrays.copyOfRange(buffer, next, end);
        next = end;
        return rest;
    }

    void write(String octets) throws IOException {
        out.write(octets.getBytes(StandardCharsets.ISO_8859_1));
    }

    void flush() throws IOException {
        out.flush();
    }

    /** Puts octets on the TCP connection, past TLS. */
    void writeBeneath(String octets) throws IOException {
        out.flush();
        tcp.getOutputStream().write(octets.getBytes(StandardCharsets.ISO_8859_1));
        tcp.getOutputStream().flush();
    }

    /**
     * Makes the TLS handshake.
     *
     * @param received what of the client's first message was read already
     * @return the protocol agreed on
     */
    String secure(SSLContext context, Settings.Tls settings, byte[] received) throws IOException {
        SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(tcp, new ByteArrayInputStream(received), true);
        tls.setUseClientMode(false);
        if (!settings.protocols().isEmpty()) {
            tls.setEnabledProtocols(settings.protocols().toArray(new String[0]));
        }
        if (!settings.cipherSuites().isEmpty()) {
            tls.setEnabledCipherSuites(settings.cipherSuites().toArray(new String[0]));
        }
        tls.startHandshake();
        socket = tls;
        in = tls.getInputStream();
        out = new BufferedOutputStream(tls.getOutputStream(), BUFFER);
        return tls.getSession().getProtocol();
    }

    /** Makes a new handshake; under TLS 1.3, which has none, asks for new keys. */
    void renegotiate() throws IOException {
        out.flush();
        SSLSocket tls = (SSLSocket) socket;
        CountDownLatch done = new CountDownLatch(tls.getSession().getProtocol().equals("TLSv1.3") ? 0 : 1);
        tls.addHandshakeCompletedListener(event -> done.countDown());
        tls.startHandshake();
        int patience = tls.getSoTimeout();
        // Java only asks for the handshake; what the client says to it is taken in while something else is being read.
        tls.setSoTimeout(RENEGOTIATION_MILLIS);
        for (int waited = 0; done.getCount() > 0; waited += RENEGOTIATION_MILLIS) {
            receiveMore();
            if (waited > patience) {
                throw new SessionEnd("client does not renegotiate");
            }
        }
        tls.setSoTimeout(patience);
    }

    private void receiveMore() throws IOException {
        byte[] rest = takeBuffered();
        System.arraycopy(rest, 0, buffer, 0, rest.length);
        next = 0;
        end = rest.length;
        try {
            end += Math.max(0, in.read(buffer, end, buffer.length - end));
        } catch (SocketTimeoutException e) {
            // Nothing but handshake messages yet.
        }
    }

    /** Says that nothing more will come; under TLS by close_notify. */
    void finish() throws IOException {
        out.flush();
        socket.shutdownOutput();
    }

    /** Closes the TCP connection; under TLS without a word about it. */
    void cut() throws IOException {
        out.flush();
        tcp.close();
    }

    /** Resets the TCP connection. */
    void reset() throws IOException {
        out.flush();
        tcp.setSoLinger(true, 0);
        tcp.close();
    }

    /** Hears the client out, for a limited time, before the connection is closed: to close at once could reset it. */
    String linger() {
        StringBuilder heard = new StringBuilder();
        try {
            socket.setSoTimeout(LINGER_MILLIS);
            long deadline = System.nanoTime() + LINGER_MILLIS * 1_000_000L;
            for (int octet = read(); octet >= 0 && System.nanoTime() < deadline; octet = read()) {
                heard.append((char) octet);
            }
        } catch (IOException e) {
            // It has left, or still waits: either way there is no more to hear.
        }
        return heard.toString();
    }

    /** Closes, under TLS with close_notify where the connection still takes one, and without waiting for the client's. */
    @Override
    public void close() throws IOException {
        try {
            if (!tcp.isClosed() && !socket.isOutputShutdown()) {
                finish();
            }
        } finally {
            tcp.close();
        }
    }
}
