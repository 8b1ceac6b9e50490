/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import spark.Service;

/** The routes in an HTTP server as webadmin has it, on a loopback address, without the rest of James. */
final class TestServer implements AutoCloseable {
    private final HttpClient client = HttpClient.newHttpClient();
    private final Service service = Service.ignite();
    private final URI base;

    private TestServer(Optional<BrowserRules> browsers, RouteGroup... groups) {
        service.ipAddress("127.0.0.1").port(0);
        new DaneRoutes(new LinkedHashSet<>(List.of(groups)), browsers).define(service);
        service.awaitInitialization();
        this.base = URI.create("http://127.0.0.1:" + service.port());
    }

    static TestServer of(RouteGroup... groups) {
        return new TestServer(Optional.empty(), groups);
    }

    static TestServer with(Endpoint... endpoints) {
        List<Endpoint> list = List.of(endpoints);
        return of(() -> list);
    }

    /** A server that holds browsers to rules. */
    static TestServer guarded(BrowserRules rules, Endpoint... endpoints) {
        List<Endpoint> list = List.of(endpoints);
        return new TestServer(Optional.of(rules), () -> list);
    }

    HttpResponse<String> call(String method, String path) throws IOException, InterruptedException {
        return call(method, path, BodyPublishers.noBody());
    }

    HttpResponse<String> call(String method, String path, String json) throws IOException, InterruptedException {
        return call(method, path, BodyPublishers.ofString(json));
    }

    HttpResponse<String> call(String method, String path, BodyPublisher body) throws IOException, InterruptedException {
        return call(method, path, body, Map.of("Content-Type", "application/json"));
    }

    /** A call with these headers and no others. */
    HttpResponse<String> call(String method, String path, String body, Map<String, String> headers) throws IOException,
            InterruptedException {
        return call(method, path, BodyPublishers.ofString(body), headers);
    }

    private HttpResponse<String> call(String method, String path, BodyPublisher body, Map<String, String> headers) throws IOException,
            InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path)).version(HttpClient.Version.HTTP_1_1).method(method, body);
        headers.forEach(request::setHeader);
        return client.send(request.build(), BodyHandlers.ofString());
    }

    @Override
    public void close() {
        service.stop();
        service.awaitStop();
    }
}
