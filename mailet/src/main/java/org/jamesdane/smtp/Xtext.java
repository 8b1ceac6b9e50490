/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** The encoding of parameters of MAIL and RCPT (RFC 3461 §4). */
public final class Xtext {
    private Xtext() {
    }

    /** Any text as xtext: octets other than "!" to "~" without "+" and "=" become {@code +HH}. */
    public static String encode(String text) {
        StringBuilder encoded = new StringBuilder(text.length());
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            if (octet > ' ' && octet < 0x7f && octet != '+' && octet != '=') {
                encoded.append((char) octet);
            } else {
                encoded.append(String.format(Locale.ROOT, "+%02X", octet));
            }
        }
        return encoded.toString();
    }

    /** The text behind an xtext that stands for ASCII; empty if it is no such xtext. */
    public static Optional<String> decode(String xtext) {
        StringBuilder decoded = new StringBuilder(xtext.length());
        for (int i = 0; i < xtext.length(); i++) {
            char c = xtext.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == '=') {
                return Optional.empty();
            }
            if (c == '+') {
                int octet = i + 2 < xtext.length() ? 16 * upperHex(xtext.charAt(i + 1)) + upperHex(xtext.charAt(i + 2)) : -1;
                if (octet < 0 || octet > 0x7f) {
                    return Optional.empty();
                }
                c = (char) octet;
                i += 2;
            }
            decoded.append(c);
        }
        return Optional.of(decoded.toString());
    }

    /** RFC 3461 §4: the digits are upper case. */
    private static int upperHex(char c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -256;
    }
}
