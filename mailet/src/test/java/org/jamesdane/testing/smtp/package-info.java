/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * A real SMTP server for tests that behaves as it is told, also very badly.
 *
 * <p>{@link org.jamesdane.testing.smtp.ScriptedSmtpServer} listens on a loopback address, speaks SMTP (RFC 5321) with real TLS
 * (RFC 3207, or from the first octet), and remembers everything that was sent to it and over which kind of channel. A
 * {@link org.jamesdane.testing.smtp.Script} says at which {@link org.jamesdane.testing.smtp.Point} of the dialogue which
 * {@link org.jamesdane.testing.smtp.Fault} happens.
 * <pre>{@code
 * try (ScriptedSmtpServer server = ScriptedSmtpServer.builder()
 *         .tls(credential.serverContext())
 *         .extensions("PIPELINING", "SIZE 1000000", "8BITMIME")
 *         .fault(Point.RCPT, 2, Fault.reply("451 4.7.1 Later"))
 *         .replyTo("bob@example.org", "550 5.1.1 Nobody here")
 *         .start()) {
 *     // deliver to server.address() ...
 *     server.awaitEnd();
 *     assertThat(server.session(1).verbs()).containsExactly("EHLO", "STARTTLS", "EHLO", "MAIL", "RCPT", "QUIT");
 * }
 * }</pre>
 *
 * <p>Needs the JDK only, so it runs in any process. It is a fixture: it trusts its test, not the network.
 */
@NullMarked
package org.jamesdane.testing.smtp;

import org.jspecify.annotations.NullMarked;
