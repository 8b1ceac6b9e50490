/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.testing.james;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/**
 * James's administration interface (webadmin).
 *
 * @param base where it listens, without a path
 */
public record Webadmin(URI base) {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final HttpClient CLIENT = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

    /** Asks for a path, which begins with a slash. */
    public HttpResponse<String> get(String path) {
        return exchange("GET", path, "");
    }

    /** Puts a JSON text, which may be empty. */
    public HttpResponse<String> put(String path, String json) {
        return exchange("PUT", path, json);
    }

    /** Posts a JSON text, which may be empty. */
    public HttpResponse<String> post(String path, String json) {
        return exchange("POST", path, json);
    }

    /** Deletes what is at a path. */
    public HttpResponse<String> delete(String path) {
        return exchange("DELETE", path, "");
    }

    boolean answers() {
        try {
            return get("/healthcheck").statusCode() > 0;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    private HttpResponse<String> exchange(String method, String path, String json) {
        // James drops the body of a request that is not declared as JSON.
        HttpRequest request = HttpRequest.newBuilder(base.resolve(path)).timeout(TIMEOUT)
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(json)).build();
        try {
            return CLIENT.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(method + " " + request.uri() + " failed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new InterruptedIOException(method + " " + request.uri() + " was interrupted"));
        }
    }
}
