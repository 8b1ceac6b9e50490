/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import java.util.ArrayList;
import java.util.List;

import org.jamesdane.smtp.SmtpConnection;

/**
 * Connections whose mail is delivered, to be left in good order (QUIT, RFC 5321 §4.1.1.10) once the queue knows of it. The farewell may
 * take seconds; if this server died in them, a mail that a host has taken would be sent again.
 */
final class Farewells implements AutoCloseable {
    private final List<SmtpConnection> connections = new ArrayList<>();

    /** Closes that later. */
    void add(SmtpConnection connection) {
        connections.add(connection);
    }

    @Override
    public void close() {
        connections.forEach(SmtpConnection::close);
        connections.clear();
    }
}
