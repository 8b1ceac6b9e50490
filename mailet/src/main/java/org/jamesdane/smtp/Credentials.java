/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

/**
 * A name and a password for AUTH.
 *
 * @param user without NUL (RFC 4616 §2)
 * @param password without NUL; never shown
 */
public record Credentials(String user, String password) {
    public Credentials {
        if (user.isEmpty() || user.indexOf('\0') >= 0 || password.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("Credentials need a user, and neither user nor password may contain NUL");
        }
    }

    @Override
    public String toString() {
        return user + " (password not shown)";
    }
}
