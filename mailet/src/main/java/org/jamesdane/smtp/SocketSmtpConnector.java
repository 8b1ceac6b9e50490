/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.io.InterruptedIOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Opens connections over TCP.
 *
 * <p>Works from platform and from virtual threads: no lock is held while it waits. Closing it cuts the connections that are open or
 * being made, and ends the thread that guards the time limits.
 */
public final class SocketSmtpConnector implements SmtpConnector, AutoCloseable {
    private final Supplier<Socket> sockets;
    private final Watchdog watchdog;
    /** Forgets by itself what nobody uses any more. */
    private final Set<SmtpConnection> connections = Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));
    private final Set<Socket> connecting = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** Starts the watchdog thread that ends connections at their time limits; {@link #close} stops it. */
    public SocketSmtpConnector() {
        this(Wire::socket, new Watchdog());
    }

    SocketSmtpConnector(Supplier<Socket> sockets, Watchdog watchdog) {
        this.sockets = sockets;
        this.watchdog = watchdog;
    }

    @Override
    public SmtpConnection open(SmtpEndpoint endpoint, HeloFallback heloFallback, Timeouts timeouts) throws SmtpException {
        SmtpConnection connection = new SmtpConnection(endpoint, connect(endpoint, timeouts));
        connections.add(connection);
        if (closed) {
            connection.abort();
        }
        boolean greeted = false;
        try {
            connection.greet(heloFallback);
            greeted = true;
            return connection;
        } finally {
            if (!greeted) {
                connection.close();
            }
        }
    }

    /** Makes the TCP connection, over a socket that {@link #close()} finds from its first moment on. */
    private Wire connect(SmtpEndpoint endpoint, Timeouts timeouts) throws SmtpException {
        Socket socket = sockets.get();
        connecting.add(socket);
        try {
            if (closed) {
                Wire.closeQuietly(socket);
                throw stopping(endpoint);
            }
            return Wire.connect(socket, endpoint, timeouts, watchdog);
        } catch (SmtpException e) {
            throw closed ? stopping(endpoint) : e;
        } finally {
            connecting.remove(socket);
        }
    }

    private static SmtpException stopping(SmtpEndpoint endpoint) {
        return new SmtpException(new SmtpFailure.ConnectFailed(endpoint.address(), "this server stops"), new InterruptedIOException());
    }

    @Override
    public void close() {
        closed = true;
        connecting.forEach(Wire::closeQuietly);
        List<SmtpConnection> open;
        synchronized (connections) {
            open = new ArrayList<>(connections);
        }
        open.forEach(SmtpConnection::abort);
        watchdog.close();
    }
}
