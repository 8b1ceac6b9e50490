/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

/** A step of the dialogue failed; the {@link #failure()} says how. */
public final class SmtpException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient SmtpFailure failure;

    /** Reports a failure that no other exception caused. */
    public SmtpException(SmtpFailure failure) {
        super(failure.describe());
        this.failure = failure;
    }

    /** Reports a failure that another exception caused. */
    public SmtpException(SmtpFailure failure, Throwable cause) {
        super(failure.describe(), cause);
        this.failure = failure;
    }

    /** Failure: what failed, and how. */
    public SmtpFailure failure() {
        return failure;
    }
}
