/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Operation below {@value DaneRoutes#BASE_PATH}: its method, path, query parameters and handler.
 *
 * @param method the HTTP method
 * @param path below {@value DaneRoutes#BASE_PATH} and beginning with a slash; a segment {@code :name} is a parameter
 * @param action the value of the query parameter {@code action} that selects it among others of the same path, for POST only
 * @param parameters the names of the other query parameters it takes; a call with any other is refused
 * @param handler what it does
 */
public record Endpoint(Method method, String path, Optional<String> action, Set<String> parameters, Handler handler) {

    /** The HTTP methods in use. */
    public enum Method {
        GET, PUT, DELETE, POST
    }

    /** Does an operation. */
    @FunctionalInterface
    public interface Handler {
        /**
         * Answers a call.
         *
         * @throws Refusal with the sentence to show; any other exception is a defect and shown as such
         */
        Reply handle(Call call);
    }

    public Endpoint {
        parameters = Set.copyOf(parameters);
        if (!path.startsWith("/") || path.endsWith("/")) {
            throw new IllegalArgumentException("A path begins with a slash and does not end with one, unlike \"" + path + "\"");
        }
        if (action.isPresent() && method != Method.POST) {
            throw new IllegalArgumentException("Only a POST has an action, not " + method + " " + path);
        }
    }

    /** A GET. */
    public static Endpoint get(String path, Handler handler, String... parameters) {
        return new Endpoint(Method.GET, path, Optional.empty(), Set.of(parameters), handler);
    }

    /** A PUT. */
    public static Endpoint put(String path, Handler handler, String... parameters) {
        return new Endpoint(Method.PUT, path, Optional.empty(), Set.of(parameters), handler);
    }

    /** A DELETE. */
    public static Endpoint delete(String path, Handler handler, String... parameters) {
        return new Endpoint(Method.DELETE, path, Optional.empty(), Set.of(parameters), handler);
    }

    /** A POST with {@code ?action=…}. */
    public static Endpoint action(String path, String action, Handler handler, String... parameters) {
        return new Endpoint(Method.POST, path, Optional.of(action), Set.of(parameters), handler);
    }

    /** The names of the path's parameters, in order. */
    List<String> pathParameters() {
        return List.of(path.split("/")).stream().filter(segment -> segment.startsWith(":")).map(segment -> segment.substring(1)).toList();
    }
}
