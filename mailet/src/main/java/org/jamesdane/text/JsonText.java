/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.text;

import java.util.Collection;
import java.util.Map;

/** Writes a tree of maps, collections, numbers, booleans and texts as JSON (RFC 8259 §7). */
public final class JsonText {
    private final StringBuilder out = new StringBuilder();

    private JsonText() {
    }

    /** The tree as JSON in one line, of ASCII characters only: nothing in it can break a line or turn the direction of writing. */
    public static String of(Object tree) {
        JsonText json = new JsonText();
        json.write(tree);
        return json.out.toString();
    }

    /** Tests whether a string of I-JSON may hold a code point: no surrogate, and no code point that is no character (RFC 7493 §2.1). */
    public static boolean isAllowed(int codePoint) {
        boolean surrogate = codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
        boolean noCharacter = (codePoint & 0xfffe) == 0xfffe || (codePoint >= 0xfdd0 && codePoint <= 0xfdef);
        return !surrogate && !noCharacter;
    }

    private void write(Object value) {
        if (value instanceof Map<?, ?> map) {
            String separator = "{";
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                out.append(separator);
                text(String.valueOf(entry.getKey()));
                out.append(':');
                write(entry.getValue());
                separator = ",";
            }
            out.append(map.isEmpty() ? "{}" : "}");
        } else if (value instanceof Collection<?> list) {
            String separator = "[";
            for (Object each : list) {
                out.append(separator);
                write(each);
                separator = ",";
            }
            out.append(list.isEmpty() ? "[]" : "]");
        } else if (value instanceof Boolean || value instanceof Integer || value instanceof Long) {
            out.append(value);
        } else {
            text(String.valueOf(value));
        }
    }

    private void text(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ' || c >= 0x7f) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
