/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Turns text into its form for the part of a notification that machines read, which is 7-bit only (RFC 3464 §2.1). */
public final class DiagnosticText {
    private DiagnosticText() {
    }

    /** The text with each octet of its UTF-8 form that is not printable ASCII as {@code \x{XX}}. */
    public static String of(String text) {
        return ofOctets(new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
    }

    /** Escapes, as {@link #of} does, text that has one character for each octet. */
    static String ofOctets(String octets) {
        StringBuilder escaped = new StringBuilder(octets.length());
        for (int i = 0; i < octets.length(); i++) {
            char octet = octets.charAt(i);
            if (octet >= ' ' && octet < 0x7f) {
                escaped.append(octet);
            } else {
                escaped.append(String.format(Locale.ROOT, "\\x{%02X}", (int) octet));
            }
        }
        return escaped.toString();
    }
}
