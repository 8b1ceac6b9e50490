/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.mail;

import org.jamesdane.dane.failure.HostFailure;

/** Reason for which this server sends a message to no host. */
public enum ContentRefusal {
    /** RFC 5322 §4, RFC 2045 §2.7: NUL is not to be sent. */
    NUL("the message contains NUL, which no message may contain"),
    /** RFC 5321 §4.5.3.1.6: a line has at most 1,000 octets with its end. */
    LONG_LINE("the message has a line of more than 998 octets");

    private final String text;

    ContentRefusal(String text) {
        this.text = text;
    }

    /** The failure that it counts as at the host that would have been sent to. */
    public HostFailure at(String host) {
        return HostFailure.contentRefused(host, text);
    }
}
