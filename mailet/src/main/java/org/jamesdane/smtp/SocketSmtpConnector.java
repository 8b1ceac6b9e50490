/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

/**
 * Opens connections over TCP.
 *
 * <p>Works from platform and from virtual threads: no lock is held while it waits. Closing it ends the thread that guards the time
 * limits; a connection that is still used after that is cut at its next step.
 */
public final class SocketSmtpConnector implements SmtpConnector, AutoCloseable {
    private final Watchdog watchdog = new Watchdog();

    @Override
    public SmtpConnection open(SmtpEndpoint endpoint, HeloFallback heloFallback, Timeouts timeouts) throws SmtpException {
        SmtpConnection connection = new SmtpConnection(endpoint, Wire.connect(endpoint, timeouts, watchdog));
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
        watchdog.close();
    }
}
