/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;

/**
 * Opens connections over TCP.
 *
 * <p>Works from platform and from virtual threads: no lock is held while it waits. Closing it cuts the connections that are still open,
 * and ends the thread that guards the time limits.
 */
public final class SocketSmtpConnector implements SmtpConnector, AutoCloseable {
    private final Watchdog watchdog = new Watchdog();
    /** Forgets by itself what nobody uses any more. */
    private final Set<SmtpConnection> connections = Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));
    private volatile boolean closed;

    @Override
    public SmtpConnection open(SmtpEndpoint endpoint, HeloFallback heloFallback, Timeouts timeouts) throws SmtpException {
        if (closed) {
            throw new SmtpException(new SmtpFailure.ConnectFailed(endpoint.address(), "this server stops"), new InterruptedIOException());
        }
        SmtpConnection connection = new SmtpConnection(endpoint, Wire.connect(endpoint, timeouts, watchdog));
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

    @Override
    public void close() {
        closed = true;
        List<SmtpConnection> open;
        synchronized (connections) {
            open = new ArrayList<>(connections);
        }
        open.forEach(SmtpConnection::abort);
        watchdog.close();
    }
}
