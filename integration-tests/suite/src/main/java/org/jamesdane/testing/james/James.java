/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.testing.james;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;

/**
 * A James that accepts mail and answers webadmin, until it is closed.
 */
public sealed interface James extends AutoCloseable permits RealJames, EmbeddedJames {
    /** Address at which James accepts mail from the loopback network, for any recipient. */
    InetSocketAddress smtp();

    /** Administration interface of James. */
    Webadmin webadmin();

    /** Log of James since its first start in this directory. */
    JamesLog log();

    /** The directory that holds its {@code conf}, {@code extensions-jars} and {@code var}. */
    Path workingDirectory();

    /**
     * Hands a message to James by SMTP; returns once James has taken the responsibility for it.
     *
     * @param message header and body, lines ended by LF or CRLF
     * @throws IllegalStateException when James refuses it, with James's reply
     */
    default void submit(String sender, List<String> recipients, String message) {
        SmtpSubmission.submit(smtp(), sender, recipients, message);
    }

    @Override
    void close();
}
