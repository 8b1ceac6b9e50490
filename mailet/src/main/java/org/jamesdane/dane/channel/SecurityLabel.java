/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.channel;

/** Security of the channel over which a mail left; in ascending order. */
public enum SecurityLabel {
    /** No TLS. */
    CLEAR("clear"),
    /** TLS with a peer nobody authenticated. */
    ENCRYPTED("encrypted"),
    /** TLS with an authenticated host, which an insecure MX record named (RFC 7672 §2.2.1). */
    HOST_AUTHENTICATED("host-authenticated"),
    /** TLS with an authenticated host that the recipient's domain securely named. */
    VERIFIED("verified");

    private final String word;

    SecurityLabel(String word) {
        this.word = word;
    }

    /** The word used in logs, attributes and reports. */
    @Override
    public String toString() {
        return word;
    }
}
