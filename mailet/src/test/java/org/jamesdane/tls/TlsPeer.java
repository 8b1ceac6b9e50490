/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tls;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

import org.jamesdane.testing.pki.Credential;

/** A TLS server on the loopback address that keeps the first record of every client. */
final class TlsPeer implements AutoCloseable {

    /** Behaviour of the server on a connection; when it returns or fails, the connection is closed. */
    @FunctionalInterface
    interface Behaviour {
        void serve(SSLSocket socket) throws IOException;
    }

    private static final int PATIENCE_MILLIS = 20_000;

    private final ServerSocket listener;
    private final SSLContext context;
    private final Behaviour behaviour;
    private final List<byte[]> hellos = new CopyOnWriteArrayList<>();
    private final Thread thread;

    TlsPeer(Credential credential, Behaviour behaviour) throws IOException {
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.context = credential.serverContext();
        this.behaviour = behaviour;
        this.thread = new Thread(this::run, "tls-peer");
        thread.start();
    }

    /** A new connection to it, in clear. */
    Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort()));
        // A test that waits in vain has to end.
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    /** The first record that each client sent. */
    List<byte[]> hellos() {
        return hellos;
    }

    private void run() {
        while (!listener.isClosed()) {
            try (Socket raw = listener.accept()) {
                byte[] hello = firstRecord(raw);
                hellos.add(hello);
                try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(raw, new ByteArrayInputStream(hello), true)) {
                    behaviour.serve(socket);
                }
            } catch (IOException e) {
                // The client's side of it is what a test looks at.
            }
        }
    }

    private static byte[] firstRecord(Socket raw) throws IOException {
        DataInputStream in = new DataInputStream(raw.getInputStream());
        byte[] header = new byte[5];
        in.readFully(header);
        int length = ((header[3] & 0xff) << 8) | (header[4] & 0xff);
        byte[] record = new byte[header.length + length];
        System.arraycopy(header, 0, record, 0, header.length);
        in.readFully(record, header.length, length);
        return record;
    }

    @Override
    public void close() {
        try {
            listener.close();
            thread.join();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
