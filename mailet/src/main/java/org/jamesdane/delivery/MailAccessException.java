/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

/** A mail, a queue, a repository or a processor on this server could not be used: a fault of our own, never the recipient's. */
public final class MailAccessException extends Exception {
    private static final long serialVersionUID = 1L;

    public MailAccessException(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
