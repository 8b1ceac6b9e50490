/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.smtp;

/** Octets that the server takes for the end of the content. */
public enum EndOfData {
    /** CRLF, dot, CRLF and nothing else (RFC 5321 §4.1.1.4). */
    STRICT,
    /** A dot alone on a line, where CRLF, a bare LF and a bare CR all end lines: what sloppy servers do, and smuggling uses. */
    ANY_LINE_END
}
