/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An enhanced mail system status code (RFC 3463 §2).
 *
 * @param classDigit 2, 4 or 5
 * @param subject 0 to 999
 * @param detail 0 to 999
 */
public record EnhancedStatus(int classDigit, int subject, int detail) {
    /** RFC 2034 §4: status-code = class "." subject "." detail, at the start of a reply's text. */
    private static final Pattern AT_START = Pattern.compile("([245])\\.(\\d{1,3})\\.(\\d{1,3})(?:\\s.*|)", Pattern.DOTALL);

    public EnhancedStatus {
        if (classDigit != 2 && classDigit != 4 && classDigit != 5) {
            throw new IllegalArgumentException("The class of an enhanced status code is 2, 4 or 5, not " + classDigit);
        }
        if (subject < 0 || subject > 999 || detail < 0 || detail > 999) {
            throw new IllegalArgumentException("Subject and detail of an enhanced status code are 0 to 999, not " + subject + " and "
                + detail);
        }
    }

    /** The code that the text of a reply begins with, if it does. */
    public static Optional<EnhancedStatus> atStartOf(String text) {
        Matcher matcher = AT_START.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        return Optional.of(new EnhancedStatus(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)),
            Integer.parseInt(matcher.group(3))));
    }

    @Override
    public String toString() {
        return classDigit + "." + subject + "." + detail;
    }
}
