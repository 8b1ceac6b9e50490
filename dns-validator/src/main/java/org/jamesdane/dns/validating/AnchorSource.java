/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

/** Origin of the trust in an anchor. */
public enum AnchorSource {
    /** This release, or the settings of the program around the validator. */
    BUILT_IN("built-in"),
    /** The operator's file of trust anchors. */
    FILE("file"),
    /** An anchor before it, by RFC 5011. */
    LEARNED("learned");

    private final String word;

    AnchorSource(String word) {
        this.word = word;
    }

    /** The word for it in the journal, over REST and in logs. */
    public String word() {
        return word;
    }
}
