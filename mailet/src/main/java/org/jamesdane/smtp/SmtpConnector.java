/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

/** Opens connections to mail hosts. */
@FunctionalInterface
public interface SmtpConnector {

    /**
     * Connects, does the TLS handshake if TLS is implicit, reads the greeting and says EHLO. No more: STARTTLS is the caller's to
     * ask for.
     *
     * @param timeouts how long each step of this connection may take, also later
     * @throws SmtpException if one of these steps failed; there is no connection then
     */
    SmtpConnection open(SmtpEndpoint endpoint, HeloFallback heloFallback, Timeouts timeouts) throws SmtpException;
}
