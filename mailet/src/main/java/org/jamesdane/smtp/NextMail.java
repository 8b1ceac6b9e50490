/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import org.jamesdane.dane.channel.Permit;

/**
 * A mail that may go in one group behind the end of another (RFC 2920 §3.1): its MAIL, RCPT and DATA are sent with that end. Its content
 * waits for the replies.
 *
 * @param permit lets its commands be sent over this connection; another permit is needed for its content
 * @param envelope its sender and recipients
 * @param content the message, of which only the size and the need of 8-bit transport are used
 */
public record NextMail(Permit permit, Envelope envelope, MessageContent content) {
}
