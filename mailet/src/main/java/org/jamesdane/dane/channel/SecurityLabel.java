/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.channel;

import java.util.Optional;

/** Security of the channel over which a mail left; in ascending order. */
public enum SecurityLabel {
    /** No TLS. */
    CLEAR("clear"),
    /** TLS with a peer nobody authenticated. */
    ENCRYPTED("encrypted"),
    /** TLS with an authenticated host, which an insecure MX record named (RFC 7672 §2.2.1). */
    HOST_AUTHENTICATED("host-authenticated"),
    /** TLS with an authenticated host that an MTA-STS policy in mode {@code enforce} names (RFC 8461 §4). */
    VERIFIED_STS("verified-sts"),
    /** TLS with a host that DANE authenticated and signed DNS records named. */
    VERIFIED("verified");

    private final String word;

    SecurityLabel(String word) {
        this.word = word;
    }

    /** Proof of the host's name that the label stands for; empty where it stands for none. */
    public Optional<NameProof> namedBy() {
        return switch (this) {
            case VERIFIED -> Optional.of(NameProof.DNSSEC);
            case VERIFIED_STS -> Optional.of(NameProof.MTA_STS);
            case CLEAR, ENCRYPTED, HOST_AUTHENTICATED -> Optional.empty();
        };
    }

    /** The word used in logs, attributes and reports. */
    @Override
    public String toString() {
        return word;
    }
}
