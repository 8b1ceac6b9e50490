/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The head of a request as it was sent, but for its path.
 *
 * @param method the method in the request line
 * @param headers the value of each header by its name, in any case
 */
record SentRequest(String method, Map<String, String> headers) {
    SentRequest {
        Map<String, String> anyCase = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        anyCase.putAll(headers);
        headers = anyCase;
    }

    Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name)).map(String::strip);
    }

    /** Tests whether there is a body, RFC 9112 §6. */
    boolean hasBody() {
        return header("Transfer-Encoding").isPresent() || header("Content-Length").filter(length -> !length.equals("0")).isPresent();
    }

    /** The media type of the body without its parameters, in lower case. */
    String mediaType() {
        return header("Content-Type").orElse("").split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }
}
