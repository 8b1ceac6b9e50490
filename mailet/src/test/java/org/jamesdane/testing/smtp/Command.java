/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.smtp;

import java.util.Locale;

/**
 * Command line as it came.
 *
 * @param text the line without its end, read as UTF-8
 * @param protection over which kind of channel it came
 * @param crlf whether it ended in CRLF; else it ended in a bare LF
 */
public record Command(String text, Protection protection, boolean crlf) {

    /** The first word, in upper case. */
    public String verb() {
        int space = text.indexOf(' ');
        return (space < 0 ? text : text.substring(0, space)).toUpperCase(Locale.ROOT);
    }

    /** Text after the first word. */
    public String argument() {
        int space = text.indexOf(' ');
        return space < 0 ? "" : text.substring(space + 1);
    }
}
