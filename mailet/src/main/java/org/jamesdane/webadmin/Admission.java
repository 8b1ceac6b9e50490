/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import java.util.Locale;

import org.jamesdane.text.PrintableText;

/** Refuses a request whose method is not the endpoint's own. */
final class Admission {
    private static final String RULE = "the method as sent must be the endpoint's own";

    private Admission() {
    }

    /**
     * Lets a call pass whose method as sent is the endpoint's own. Nothing else in a request names the operation: neither a header, nor a
     * form in the body.
     *
     * @throws Refusal with status 400 otherwise
     */
    static void byMethod(SentRequest request, Endpoint.Method own) {
        if (!own.name().equals(request.method())) {
            throw Refusal.badRequest("The method " + PrintableText.of(request.method()) + " is not allowed: " + RULE + ", which is " + own
                + ".");
        }
        for (String header : request.headers().keySet()) {
            String name = header.toLowerCase(Locale.ROOT);
            // The headers of that prefix announce a method that is yet to be sent (Fetch standard, CORS protocol).
            if (name.contains("method") && !name.startsWith("access-control-")) {
                throw Refusal.badRequest("The header " + PrintableText.of(header) + " is not allowed: " + RULE + ".");
            }
        }
        String type = request.mediaType();
        if (request.hasBody() && (type.equals("application/x-www-form-urlencoded") || type.startsWith("multipart/"))) {
            throw Refusal.badRequest("A form in the body is not allowed: what a call does stands in its method, path and query; a body is "
                + "JSON, with the header \"Content-Type: application/json\".");
        }
    }
}
