/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * A small blocking SMTP client (RFC 5321), exact about what it was told and how far it came.
 *
 * <p>One {@link org.jamesdane.smtp.SmtpConnection} leads to one address and is used by one thread at a time. Its protection is an
 * {@link org.jamesdane.dane.channel.Channel}: clear text before, TLS after the handshake. Greeting, EHLO, STARTTLS, NOOP, RSET and QUIT
 * need no leave; a command that carries anything of a mail or of credentials (AUTH, MAIL, RCPT, DATA and the content) can only be
 * written with a {@link org.jamesdane.dane.channel.Permit} for the very channel it would go over, and this is checked where the octets are
 * written.
 *
 * <p>Failures are values. What ends a connection or stops it from coming about is a {@link org.jamesdane.smtp.SmtpFailure}; what
 * became of a mail is a {@link org.jamesdane.smtp.TransactionResult} with one
 * {@link org.jamesdane.smtp.RecipientResult} for each recipient that was decided. Whether a refusal is final is not decided
 * here: before the TLS requirement is met, nothing a host says is.
 *
 * <p>The peer, and anyone on the way to it, is taken for hostile. Replies are bounded in length and number, and every phase in
 * time however slowly the octets come. A reply that comes before its command, one that contradicts itself, or plain text behind
 * the answer to STARTTLS ends the session: replies out of step could make a refused mail look accepted. Commands are built from
 * values that cannot contain a line break, and content goes out with no other line ending than CRLF and with every leading dot
 * doubled, so that no receiver, however lenient, sees a second message in it.
 */
@NullMarked
package org.jamesdane.smtp;

import org.jspecify.annotations.NullMarked;
