/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.text;

/** Removes the blanks that grammars of mail call WSP: spaces and tabs (RFC 5234 §B.1). */
public final class Blanks {
    private Blanks() {
    }

    /** The text without the blanks that it begins with. */
    public static String withoutLeading(String text) {
        int start = 0;
        while (start < text.length() && isBlank(text.charAt(start))) {
            start++;
        }
        return text.substring(start);
    }

    /** The text without the blanks that it ends with. */
    public static String withoutTrailing(String text) {
        int end = text.length();
        while (end > 0 && isBlank(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end);
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }
}
