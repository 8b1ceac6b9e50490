/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

/** What is done with 8-bit content for a host without 8BITMIME (RFC 6152 §3). */
public enum Conversion {
    /** Its parts are encoded in 7 bits, and a header says so. */
    CONVERT("convert"),
    /** The mail waits for a host that takes it. */
    DEFER("defer"),
    /** The mail is returned. */
    BOUNCE("bounce");

    private final String word;

    Conversion(String word) {
        this.word = word;
    }

    /** The word used in configuration. */
    @Override
    public String toString() {
        return word;
    }
}
