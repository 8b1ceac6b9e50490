/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.channel;

/** Proof that the recipient's domain itself names a host (RFC 8689 §2). */
public enum NameProof {
    /** Signed DNS records. */
    DNSSEC("dnssec"),
    /** The list of an MTA-STS policy in mode {@code enforce} (RFC 8461 §4.1). */
    MTA_STS("mta-sts");

    private final String word;

    NameProof(String word) {
        this.word = word;
    }

    /** The word used in logs and reports. */
    @Override
    public String toString() {
        return word;
    }
}
