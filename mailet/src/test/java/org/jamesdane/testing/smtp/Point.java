/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.smtp;

/** A point of the dialogue at which a fault can happen: when the server would do or answer this. */
public enum Point {
    /** A connection was accepted; before the banner. */
    CONNECT,
    /** The greeting (RFC 5321 §4.2). */
    BANNER,
    /** The answer to EHLO in the clear, or to the first EHLO under TLS from the first octet. */
    EHLO,
    /** The answer to HELO. */
    HELO,
    /** The answer to STARTTLS. */
    STARTTLS,
    /** The client's hello arrived; before ours (RFC 3207 §4). */
    HANDSHAKE,
    /** The answer to EHLO after STARTTLS. */
    EHLO_AFTER_TLS,
    /** The answer to the credentials (RFC 4954 §4). */
    AUTH,
    /** The answer to MAIL. */
    MAIL,
    /** The answer to RCPT. */
    RCPT,
    /** The answer to DATA. */
    DATA,
    /** Content is arriving: the first octets after 354 have been read. */
    MID_DATA,
    /** The answer to the end of the content. */
    FINAL_DOT,
    /** The answer to RSET. */
    RSET,
    /** The answer to NOOP. */
    NOOP,
    /** The answer to QUIT. */
    QUIT
}
