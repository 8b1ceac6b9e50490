/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * A small blocking SMTP client (RFC 5321), exact about what it was told and how far it came.
 *
 * <p>One {@link org.jamesdane.smtp.SmtpConnection} leads to one address and is used by one thread at a time. Its protection is an
 * {@link org.jamesdane.dane.channel.Channel}: clear text before, TLS after the handshake. Greeting, EHLO, STARTTLS, NOOP, RSET and QUIT
 * need no permit. AUTH, MAIL, RCPT, DATA and the content carry something of a mail or of credentials. They can only be written with a
 * {@link org.jamesdane.dane.channel.Permit} for the very channel they would go over. This is checked where the octets are written.
 *
 * <p>Failures are values. The failure of a connection, or of opening one, is a {@link org.jamesdane.smtp.SmtpFailure}. The result of a mail
 * is a {@link org.jamesdane.smtp.TransactionResult} with one {@link org.jamesdane.smtp.RecipientResult} for each recipient that was
 * decided. This package does not decide if a refusal is final: before the TLS requirement is met, no reply of a host is.
 *
 * <p>The peer, and anyone on the way to it, is taken for hostile. Replies are bounded in length and number, and every phase in time however
 * slowly the octets come. Three things end the session: a reply before its command, a reply that contradicts itself, and plain text behind
 * the answer to STARTTLS. Replies out of step could make a refused mail look accepted. Commands are built from values that cannot contain a
 * line break. Content goes out with no other line ending than CRLF and with every leading dot doubled. So no receiver, however lenient,
 * sees a second message in it.
 */
@NullMarked
package org.jamesdane.smtp;

import org.jspecify.annotations.NullMarked;
