/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * A name and a password for AUTH.
 *
 * @param user without NUL (RFC 4616 §2)
 * @param password without NUL; never shown
 */
public record Credentials(String user, String password) {
    /** RFC 4616 §2 requires 255 of a server; tokens in the place of passwords are longer. */
    private static final int MAX_OCTETS = 1000;

    public Credentials {
        if (user.isEmpty() || user.indexOf('\0') >= 0 || password.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("Credentials need a user, and neither user nor password may contain NUL");
        }
        if (user.getBytes(UTF_8).length > MAX_OCTETS || password.getBytes(UTF_8).length > MAX_OCTETS) {
            throw new IllegalArgumentException("User and password may have at most " + MAX_OCTETS + " octets each");
        }
    }

    @Override
    public String toString() {
        return user + " (password not shown)";
    }
}
