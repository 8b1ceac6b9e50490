/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.text;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads JSON from anybody (RFC 8259), and notes what I-JSON forbids (RFC 7493). The text is in memory, and so bounded by its source; depth
 * and notes are bounded here.
 */
public final class JsonReader {
    /** Most arrays and objects inside one another: a bound of our own, which a TLS report of five levels is far from. */
    static final int MAX_DEPTH = 32;
    /** Most notes that are kept. */
    static final int MAX_NOTES = 20;

    private static final int HEX = 16;
    private static final int HEX_DIGITS = 4;

    private final String text;
    private final List<String> notes = new ArrayList<>();
    private int at;

    /** Result of reading. */
    public sealed interface Reading {
    }

    /**
     * The text is JSON.
     *
     * @param notes breaches of I-JSON, one clause each
     */
    public record Read(JsonValue value, List<String> notes) implements Reading {
        public Read {
            notes = List.copyOf(notes);
        }
    }

    /**
     * The text is no JSON.
     *
     * @param text a clause that says what is wrong, and at which character
     */
    public record Malformed(String text) implements Reading {
    }

    /** Ends the reading of a text; never leaves this class. */
    private static final class Unreadable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unreadable(String message) {
            super(message, null, false, false);
        }
    }

    private JsonReader(String text) {
        this.text = text;
    }

    /** Reads a text as a whole. */
    public static Reading read(String text) {
        JsonReader reader = new JsonReader(text);
        try {
            if (text.startsWith("\ufeff")) {
                // RFC 8259 §8.1: no byte order mark is added.
                reader.note("it begins with a byte order mark");
                reader.at = 1;
            }
            JsonValue value = reader.value(0);
            reader.blanks();
            if (reader.at < text.length()) {
                throw reader.unexpected();
            }
            return new Read(value, reader.notes);
        } catch (Unreadable e) {
            return new Malformed(String.valueOf(e.getMessage()));
        }
    }

    private void note(String note) {
        if (notes.size() < MAX_NOTES && !notes.contains(note)) {
            notes.add(note);
        }
    }

    private Unreadable unexpected() {
        return at >= text.length() ? new Unreadable("it ends too early")
            : new Unreadable("\"" + PrintableText.of(text.substring(at, Math.min(text.length(), at + 10))) + "\" at character " + (at + 1)
                + " is not what JSON has there");
    }

    private void blanks() {
        while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private boolean skips(char c) {
        blanks();
        boolean found = at < text.length() && text.charAt(at) == c;
        at += found ? 1 : 0;
        return found;
    }

    private void expect(char c) {
        if (!skips(c)) {
            throw unexpected();
        }
    }

    private JsonValue value(int depth) {
        if (depth > MAX_DEPTH) {
            throw new Unreadable("more than " + MAX_DEPTH + " arrays and objects stand inside one another");
        }
        if (skips('{')) {
            return object(depth);
        }
        if (skips('[')) {
            return array(depth);
        }
        if (skips('"')) {
            return new JsonValue.Str(string());
        }
        for (String word : List.of("true", "false", "null")) {
            if (text.startsWith(word, at)) {
                at += word.length();
                return new JsonValue.Word(word);
            }
        }
        return number();
    }

    private JsonValue object(int depth) {
        Map<String, JsonValue> members = new LinkedHashMap<>();
        boolean more = !skips('}');
        while (more) {
            expect('"');
            String name = string();
            expect(':');
            if (members.putIfAbsent(name, value(depth + 1)) != null) {
                // RFC 7493 §2.3.
                note("an object has more than one member \"" + PrintableText.of(name) + "\"");
            }
            more = skips(',');
            if (!more) {
                expect('}');
            }
        }
        return new JsonValue.Obj(members);
    }

    private JsonValue array(int depth) {
        List<JsonValue> elements = new ArrayList<>();
        boolean more = !skips(']');
        while (more) {
            elements.add(value(depth + 1));
            more = skips(',');
            if (!more) {
                expect(']');
            }
        }
        return new JsonValue.Arr(elements);
    }

    /** Reads a string whose first quote has been read. */
    private String string() {
        StringBuilder read = new StringBuilder();
        while (at < text.length() && text.charAt(at) != '"') {
            char c = text.charAt(at);
            if (c < ' ') {
                throw unexpected();
            }
            at++;
            read.append(c == '\\' ? escaped() : c);
        }
        expect('"');
        String string = read.toString();
        // RFC 7493 §2.1.
        forbidden(string).ifPresent(c -> note("a string holds " + String.format("U+%04X", c) + ", a surrogate or no character"));
        return string;
    }

    private char escaped() {
        if (at >= text.length()) {
            throw unexpected();
        }
        char c = text.charAt(at++);
        int plain = "\"\\/bfnrt".indexOf(c);
        if (plain >= 0) {
            return "\"\\/\b\f\n\r\t".charAt(plain);
        }
        if (c != 'u' || at + HEX_DIGITS > text.length()) {
            at--;
            throw unexpected();
        }
        int code = 0;
        for (int i = 0; i < HEX_DIGITS; i++) {
            int digit = text.charAt(at) < 0x80 ? Character.digit(text.charAt(at), HEX) : -1;
            if (digit < 0) {
                throw unexpected();
            }
            code = code * HEX + digit;
            at++;
        }
        return (char) code;
    }

    /** The first code point that no string of I-JSON may hold. */
    private static Optional<Integer> forbidden(String string) {
        return string.codePoints().filter(c -> !JsonText.isAllowed(c)).boxed().findFirst();
    }

    private JsonValue number() {
        int start = at;
        at += at < text.length() && text.charAt(at) == '-' ? 1 : 0;
        int digits = at;
        digits();
        if (at - digits > 1 && text.charAt(digits) == '0') {
            at = digits;
            throw unexpected();
        }
        if (at < text.length() && text.charAt(at) == '.') {
            at++;
            digits();
        }
        if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
            at++;
            at += at < text.length() && (text.charAt(at) == '-' || text.charAt(at) == '+') ? 1 : 0;
            digits();
        }
        return new JsonValue.Num(text.substring(start, at));
    }

    /** Passes over at least one digit. */
    private void digits() {
        int start = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        if (at == start) {
            throw unexpected();
        }
    }
}
