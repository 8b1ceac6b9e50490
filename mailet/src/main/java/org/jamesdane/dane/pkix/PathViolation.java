/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.pkix;

/** A rule that a path of certificates breaks; its message is one clause, for people. */
final class PathViolation extends Exception {
    private static final long serialVersionUID = 1L;

    private final RecordVerdict.Mismatch mismatch;

    PathViolation(RecordVerdict.Mismatch mismatch, String text) {
        super(text, null, false, false);
        this.mismatch = mismatch;
    }

    /** A violation of another rule than that of dates. */
    static PathViolation chain(String text) {
        return new PathViolation(RecordVerdict.Mismatch.CHAIN, text);
    }

    RecordVerdict.Mismatch mismatch() {
        return mismatch;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
