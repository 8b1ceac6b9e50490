/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.destination;

import java.net.InetAddress;

/**
 * Attribution of one dialogue with an address of a host: the party about which its end says something.
 *
 * <p>Only what a host did before a recipient was named counts for everyone who sends to that host. Otherwise one refused domain, or a
 * stranger's records that name the host, would hold up the mail of all others.
 */
public sealed interface Attribution {

    /** The host took or judged a mail: it serves. What it said of the recipients counts for their domain alone. */
    record Served(String host, InetAddress address) implements Attribution {
    }

    /** The host failed whoever had asked: at the connection, the greeting or EHLO, or by 421 before a recipient was named. */
    record ToHost(String host, InetAddress address) implements Attribution {
    }

    /** The host at this address does not meet what records or policies demand of a host of that name: DANE, MTA-STS, TLS. */
    record ToPair(String host, InetAddress address) implements Attribution {
    }

    /** No connection to the address came about in time. */
    record ToAddress(InetAddress address) implements Attribution {
    }

    /** The dialogue failed after MAIL, or by credentials: the reason may be the domain's alone. */
    record ToDomain() implements Attribution {
    }

    /** The dialogue says nothing about anyone but this server or the mail. */
    record ToNobody() implements Attribution {
    }
}
