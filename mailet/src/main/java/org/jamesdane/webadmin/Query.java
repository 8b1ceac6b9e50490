/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.jamesdane.text.PrintableText;

/** The parameters of a URL's query; those of a body's form are none. */
final class Query {
    private final Map<String, List<String>> values;

    private Query(Map<String, List<String>> values) {
        this.values = values;
    }

    /**
     * Reads a query as it stands in a URL.
     *
     * @throws Refusal if it is not percent-encoded as RFC 3986 §2.1 says
     */
    static Query of(Optional<String> text) {
        Map<String, List<String>> values = new LinkedHashMap<>();
        for (String part : text.orElse("").split("&", -1)) {
            if (!part.isEmpty()) {
                String[] both = part.split("=", 2);
                values.computeIfAbsent(decoded(both[0]), name -> new ArrayList<>()).add(both.length == 2 ? decoded(both[1]) : "");
            }
        }
        return new Query(values);
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, UTF_8);
        } catch (IllegalArgumentException e) {
            throw Refusal.badRequest("The query has \"" + PrintableText.of(text) + "\", which is not percent-encoded.");
        }
    }

    Set<String> names() {
        return values.keySet();
    }

    /** All values of one name, in order. */
    List<String> all(String name) {
        return values.getOrDefault(name, List.of());
    }

    /** The value of a name that is there at most once. */
    Optional<String> first(String name) {
        return all(name).stream().findFirst();
    }
}
