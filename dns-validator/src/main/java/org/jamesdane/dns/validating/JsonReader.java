/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reader of the JSON that our own journal uses: objects, arrays, strings without escapes, integers. Anything else is refused. */
final class JsonReader {
    private static final int MAX_DEPTH = 8;
    private static final int MAX_DIGITS = 18;

    private final String text;
    private int at;

    private JsonReader(String text) {
        this.text = text;
    }

    /**
     * Reads a document that is one object.
     *
     * @return maps, lists, strings and longs
     * @throws IllegalArgumentException if it is none
     */
    static Map<String, Object> object(String text) {
        JsonReader reader = new JsonReader(text);
        reader.skipBlanks();
        Map<String, Object> result = reader.object(0);
        reader.skipBlanks();
        if (reader.at != text.length()) {
            throw reader.broken();
        }
        return result;
    }

    private IllegalArgumentException broken() {
        return new IllegalArgumentException("it ends early, or is no journal, at character " + at);
    }

    private void skipBlanks() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private char next() {
        if (at >= text.length()) {
            throw broken();
        }
        return text.charAt(at);
    }

    private void expect(char expected) {
        if (next() != expected) {
            throw broken();
        }
        at++;
    }

    private boolean isNext(char wanted) {
        skipBlanks();
        if (next() != wanted) {
            return false;
        }
        at++;
        return true;
    }

    private Map<String, Object> object(int depth) {
        expect('{');
        Map<String, Object> members = new LinkedHashMap<>();
        if (isNext('}')) {
            return members;
        }
        do {
            skipBlanks();
            String name = string();
            skipBlanks();
            expect(':');
            if (members.put(name, value(depth + 1)) != null) {
                throw broken();
            }
        } while (isNext(','));
        expect('}');
        return members;
    }

    private List<Object> array(int depth) {
        expect('[');
        List<Object> items = new ArrayList<>();
        if (isNext(']')) {
            return items;
        }
        do {
            items.add(value(depth + 1));
        } while (isNext(','));
        expect(']');
        return items;
    }

    private Object value(int depth) {
        if (depth > MAX_DEPTH) {
            throw broken();
        }
        skipBlanks();
        return switch (next()) {
            case '{' -> object(depth);
            case '[' -> array(depth);
            case '"' -> string();
            default -> number();
        };
    }

    private String string() {
        expect('"');
        int start = at;
        while (next() != '"') {
            if (next() == '\\' || next() < ' ') {
                throw broken();
            }
            at++;
        }
        return text.substring(start, at++);
    }

    private Long number() {
        int start = at;
        while (at < text.length() && Character.digit(text.charAt(at), 10) >= 0 && at - start < MAX_DIGITS) {
            at++;
        }
        if (start == at) {
            throw broken();
        }
        return Long.valueOf(text.substring(start, at));
    }
}
