/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.io.IOException;
import java.io.InputStream;

/**
 * A message's header and body as octets, read as often as it is sent.
 *
 * <p>The octets may come with any line endings. On the way out a bare CR or LF becomes CRLF, and a last line without CRLF gets one (RFC
 * 5321 §2.3.8).
 */
public interface MessageContent {

    /**
     * A fresh stream from the first octet of the header. It is closed after use.
     *
     * @throws IOException if the message cannot be read; it will be said to be our own fault
     */
    InputStream open() throws IOException;

    /** The number of octets with all line endings as CRLF, exact or a good estimate (RFC 1870 §6). */
    long size();

    /** Tests whether header or body has an octet above 127, so that the message must be sent with BODY=8BITMIME (RFC 6152 §3). */
    boolean eightBit();
}
