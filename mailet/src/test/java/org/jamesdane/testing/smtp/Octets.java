/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.smtp;

import java.nio.charset.StandardCharsets;

/** Octets that do not change. */
public final class Octets {
    private final byte[] octets;

    Octets(byte[] octets) {
        this.octets = octets;
    }

    byte[] copy() {
        return octets.clone();
    }

    /** Text with a character for each octet. */
    @Override
    public String toString() {
        return new String(octets, StandardCharsets.ISO_8859_1);
    }
}
