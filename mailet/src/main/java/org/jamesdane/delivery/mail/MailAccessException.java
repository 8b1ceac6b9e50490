/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.mail;

import org.jamesdane.dane.failure.Fault;

/** A mail, a queue, a repository or a processor on this server could not be used: a fault of our own, never the recipient's. */
public class MailAccessException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Fault fault;

    /** Reports a fault of this server, as one sentence for logs and traces. */
    public MailAccessException(String sentence, Throwable cause) {
        this(sentence, cause, Fault.ATTEMPT);
    }

    /** Takes, beside what the other constructor takes, a step at which a mail can be blamed in the end. */
    public MailAccessException(String sentence, Throwable cause, Fault step) {
        super(sentence, cause);
        this.fault = Fault.of(cause, step);
    }

    /** The step at which it happened. */
    public Fault fault() {
        return fault;
    }
}
