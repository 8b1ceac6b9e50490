/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

/** State of a key at a trust point (RFC 5011 §4.2). "Start" is the absence of a state. */
public enum AnchorState {
    /** AddPend: seen in validated sets, not trusted before its hold-down time is over. */
    PENDING("pending"),
    /** Trusted. */
    VALID("valid"),
    /** Trusted, although the last validated set lacked the key. */
    MISSING("missing"),
    /** Withdrawn by its owner; never trusted again. */
    REVOKED("revoked"),
    /** Revoked, and gone from the set for the remove hold-down time; never trusted again. */
    REMOVED("removed");

    private final String word;

    AnchorState(String word) {
        this.word = word;
    }

    /** The word for it in the journal, over REST and in logs. */
    public String word() {
        return word;
    }

    /** Tests whether a key in this state is an anchor. */
    public boolean isTrusted() {
        return this == VALID || this == MISSING;
    }

    /** Tests whether a key in this state is lost for ever (RFC 5011 §2.1). */
    boolean isRevoked() {
        return this == REVOKED || this == REMOVED;
    }
}
