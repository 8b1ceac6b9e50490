/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.text;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A value of a JSON text (RFC 8259 §3). */
public sealed interface JsonValue {

    /** An object; of members with the same name the first counts. */
    record Obj(Map<String, JsonValue> members) implements JsonValue {
        public Obj {
            members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
        }
    }

    /** An array. */
    record Arr(List<JsonValue> elements) implements JsonValue {
        public Arr {
            elements = List.copyOf(elements);
        }
    }

    /** A string without its escapes. */
    record Str(String text) implements JsonValue {
    }

    /** A number as it is written. */
    record Num(String text) implements JsonValue {
    }

    /** A word: {@code true}, {@code false} or {@code null}. */
    record Word(String text) implements JsonValue {
    }

    /** Noun for people. */
    default String kind() {
        if (this instanceof Obj) {
            return "an object";
        }
        if (this instanceof Arr) {
            return "an array";
        }
        return this instanceof Str ? "a string" : this instanceof Num ? "a number" : this instanceof Word word ? word.text() : "";
    }
}
