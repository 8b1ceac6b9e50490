/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.settings;

/** Treatment of 8-bit content for a host without 8BITMIME (RFC 6152 §3). */
public enum EightBitConversion {
    /** Parts that can be encoded in 7 bits are, and their header says so; the rest goes as it is. */
    CONVERT("convert"),
    /** The mail is returned if no host takes it as it is. */
    BOUNCE("bounce");

    private final String word;

    EightBitConversion(String word) {
        this.word = word;
    }

    /** The word used in configuration. */
    @Override
    public String toString() {
        return word;
    }
}
