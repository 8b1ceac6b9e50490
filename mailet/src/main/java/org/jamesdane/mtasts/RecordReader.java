/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.mtasts;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jamesdane.text.Blanks;
import org.jamesdane.text.PrintableText;

/** Reads the text of a TXT record by the grammar of RFC 8461 §3.1. */
final class RecordReader {
    private static final Pattern VERSION = Pattern.compile("v=STSv1[ \\t]*+;");
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9]{1,32}");
    private static final Pattern FIELD = Pattern.compile("([A-Za-z0-9][A-Za-z0-9_.-]{0,31})=([!-:<>-~]+)");

    private RecordReader() {
    }

    /** Tests whether a record begins with the version and a delimiter. */
    static boolean isVersioned(String record) {
        return VERSION.matcher(record).lookingAt();
    }

    static boolean isId(String text) {
        return ID.matcher(text).matches();
    }

    /** Reads a record that begins with the version. */
    static StsRecord read(String record) {
        String[] parts = record.split(";", -1);
        int last = parts.length - 1;
        String id = "";
        for (int i = 1; i <= last; i++) {
            // Blanks belong to the delimiters: they stand on both sides of a semicolon, and not at the end of a record.
            String part = i < last ? Blanks.withoutTrailing(Blanks.withoutLeading(parts[i])) : Blanks.withoutLeading(parts[i]);
            if (part.isEmpty() && i == last && i > 1) {
                break;
            }
            Matcher field = FIELD.matcher(part);
            if (!field.matches()) {
                return new StsRecord.Invalid("\"" + PrintableText.of(part) + "\" is no field");
            }
            // RFC 8461 §3.2: of a field that stands there twice the first counts.
            if (id.isEmpty() && field.group(1).equals("id")) {
                id = field.group(2);
                if (!isId(id)) {
                    return new StsRecord.Invalid("its id \"" + PrintableText.of(id) + "\" is not 1 to 32 letters and digits");
                }
            }
        }
        return id.isEmpty() ? new StsRecord.Invalid("it has no id") : new StsRecord.Published(id);
    }
}
