/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.util.Optional;

/**
 * Properties that two connections must share before one may stand in for the other. An equal key is necessary and not sufficient. A
 * {@link org.jamesdane.dane.channel.Permit} for the connection's own channel decides each time anew if it serves a delivery.
 *
 * @param endpoint address, local address, HELO name, and what the handshake offers, the server name included
 * @param tls how TLS was to be used on it
 * @param credentials credentials that were used to log in on it; empty for none
 * @param timeouts how patient it is
 */
public record ConnectionKey(SmtpEndpoint endpoint, TlsUse tls, Optional<Credentials> credentials, Timeouts timeouts) {

    /** Use of STARTTLS by a connection; a connection under TLS from the first octet says so in its endpoint. */
    public enum TlsUse {
        /** STARTTLS is not used, even if it is offered. */
        NEVER,
        /** Used where the host offers STARTTLS. */
        IF_OFFERED,
        /** STARTTLS is used; without it nothing is sent. */
        ALWAYS
    }
}
