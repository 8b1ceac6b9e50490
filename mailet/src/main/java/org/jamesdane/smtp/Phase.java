/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

/** A step of the dialogue with a host. */
public enum Phase {
    /** Establishing the TCP connection. */
    CONNECT("connecting"),
    /** Waiting for the greeting. */
    BANNER("the greeting"),
    /** EHLO or HELO, in clear text or under TLS. */
    HELLO("EHLO"),
    STARTTLS("STARTTLS"),
    TLS_HANDSHAKE("the TLS handshake"),
    AUTH("AUTH"),
    MAIL("MAIL FROM"),
    RCPT("RCPT TO"),
    DATA("DATA"),
    /** Sending the content, up to and without its end. */
    CONTENT("sending the message"),
    /** The end of the content and the reply to it. */
    FINAL_DOT("the end of the message"),
    RSET("RSET"),
    NOOP("NOOP"),
    QUIT("QUIT");

    private final String words;

    Phase(String words) {
        this.words = words;
    }

    /** Name of the step in a sentence. */
    @Override
    public String toString() {
        return words;
    }
}
