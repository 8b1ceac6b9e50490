/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.failure;

import java.util.regex.Pattern;

/**
 * The section of an RFC a decision rests on.
 *
 * @param text as it is written in comments and reports: {@code RFC 7672 §2.2.1}
 */
public record RfcSection(String text) {
    private static final Pattern FORM = Pattern.compile("RFC [1-9][0-9]{0,4} §[0-9A-Z]+(\\.[0-9]+)*");

    public RfcSection {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("\"" + text + "\" does not name a section like \"RFC 7672 §2.2.1\"");
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
