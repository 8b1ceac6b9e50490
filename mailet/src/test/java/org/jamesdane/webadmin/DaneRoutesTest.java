/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DaneRoutesTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static JsonNode error(HttpResponse<String> response, int status) throws Exception {
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
        JsonNode tree = JSON.readTree(response.body());
        assertThat(tree.path("statusCode").intValue()).isEqualTo(status);
        assertThat(tree.path("type").textValue()).isNotBlank();
        return tree.path("message");
    }

    private static Reply fields(Call call) {
        JsonFields body = call.body();
        String reason = body.requiredText("reason", 20);
        boolean permanent = body.flag("permanent");
        String until = body.instant("expiry").map(Object::toString).orElse("never");
        body.refuseOthers();
        return new Reply.Json(Map.of("reason", reason, "permanent", permanent, "expiry", until));
    }

    @Test
    void shouldServeEachEndpointBelowTheBasePath() throws Exception {
        try (TestServer server = TestServer.with(
                Endpoint.get("/things", call -> new Reply.Json(List.of("a", 1, true))),
                Endpoint.get("/things/:name", call -> new Reply.Text("text/csv", "name\n" + call.path("name") + "\n")),
                Endpoint.delete("/things/:name", call -> new Reply.NoContent()),
                Endpoint.action("/things/:name", "go", call -> new Reply.TaskCreated("42")))) {
            assertThat(server.call("GET", "/dane/things").body()).isEqualTo("[\"a\",1,true]");
            HttpResponse<String> text = server.call("GET", "/dane/things/x");
            assertThat(text.body()).isEqualTo("name\nx\n");
            assertThat(text.headers().firstValue("Content-Type")).contains("text/csv");
            HttpResponse<String> deleted = server.call("DELETE", "/dane/things/x");
            assertThat(deleted.statusCode()).isEqualTo(204);
            assertThat(deleted.body()).isEmpty();
            HttpResponse<String> task = server.call("POST", "/dane/things/x?action=go");
            assertThat(task.statusCode()).isEqualTo(201);
            assertThat(task.headers().firstValue("Location")).contains("/tasks/42");
            assertThat(task.body()).isEqualTo("{\"taskId\":\"42\"}");
            assertThat(server.call("GET", "/things").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void shouldChooseAmongActionsOfOnePath() throws Exception {
        try (TestServer server = TestServer.with(
                Endpoint.action("/things/:name", "stop", call -> new Reply.Json("stopped")),
                Endpoint.action("/things/:name", "go", call -> new Reply.Json("gone"), "speed"))) {
            assertThat(server.call("POST", "/dane/things/x?action=go&speed=1").body()).isEqualTo("\"gone\"");
            assertThat(server.call("POST", "/dane/things/x?action=stop").body()).isEqualTo("\"stopped\"");
            assertThat(error(server.call("POST", "/dane/things/x?action=stop&speed=1"), 400).textValue())
                .isEqualTo("The query parameter \"speed\" is not known here; allowed are action.");
            assertThat(error(server.call("POST", "/dane/things/x"), 400).textValue())
                .isEqualTo("The query parameter action is missing; allowed are go, stop.");
            assertThat(error(server.call("POST", "/dane/things/x?action=run"), 400).textValue())
                .isEqualTo("The action \"run\" is not known; allowed are go, stop.");
        }
    }

    @ParameterizedTest
    @CsvSource({"PUT,DELETE", "DELETE,PUT", "GET,PUT", "OPTIONS,PUT", "OPTIONS,GET", "HEAD,GET", "POST,DELETE", "PUT,PUT", "GET,GET"})
    void shouldTakeTheMethodAsSentAlone(String sent, String named) throws Exception {
        List<String> done = new CopyOnWriteArrayList<>();
        Endpoint.Handler handler = call -> {
            done.add(call.path("name"));
            return new Reply.NoContent();
        };
        try (TestServer server = TestServer.with(Endpoint.get("/things/:name", handler), Endpoint.put("/things/:name", handler),
                Endpoint.delete("/things/:name", handler), Endpoint.action("/things/:name", "go", handler))) {
            for (String header : List.of("X-HTTP-Method-Override", "x-http-method", "X-Method-Override")) {
                int status = server.call(sent, "/dane/things/x?action=go", "", Map.of(header, named)).statusCode();

                // The server answers a HEAD of a path with a GET by itself, without a handler.
                assertThat(status).as(header).isIn(sent.equals("HEAD") ? List.of(200, 400) : List.of(400, 404));
            }
            assertThat(done).isEmpty();
        }
    }

    @Test
    void shouldTakeNoParameterFromABody() throws Exception {
        try (TestServer server = TestServer.with(
                Endpoint.action("/things/:name", "stop", call -> new Reply.Json("stopped")),
                Endpoint.action("/things/:name", "go", call -> new Reply.Json("gone")))) {
            for (String type : List.of("application/x-www-form-urlencoded", "multipart/form-data; boundary=x")) {
                Map<String, String> form = Map.of("Content-Type", type);

                assertThat(error(server.call("POST", "/dane/things/x", "action=stop", form), 400).textValue())
                    .startsWith("A form in the body is not allowed");
                assertThat(server.call("POST", "/dane/things/x?action=go", "action=stop", form).statusCode()).isEqualTo(400);
                assertThat(server.call("POST", "/dane/things/x?action=go", "", form).body()).isEqualTo("\"gone\"");
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "/dane/d/example.org?limit=%39x | The query parameter limit=9x is not allowed; it is a number from 1 to 9.",
        "/dane/d/example.org?other=1 | The query parameter \"other\" is not known here; allowed are limit.",
        "/dane/d/example.org?limit=1&limit=2 | The query parameter limit is given more than once.",
        "/dane/d/example.org?limit=0 | The query parameter limit=0 is not allowed; it is a number from 1 to 9.",
        "/dane/d/example.org?limit=1e3 | The query parameter limit=1e3 is not allowed; it is a number from 1 to 9.",
        "/dane/d/. | \".\" is not allowed as a domain; it consists of labels of letters, digits, hyphens and underscores.",
        "/dane/d/a..b | \"a..b\" is no domain name: it has an empty label.",
    })
    void shouldRefuseParametersWithASentence(String path, String sentence) throws Exception {
        try (TestServer server = TestServer.with(Endpoint.get("/d/:domain",
                call -> new Reply.Json(call.domain("domain") + " " + call.integer("limit", 1, 9, 5)), "limit"))) {
            assertThat(server.call("GET", "/dane/d/example.org").body()).isEqualTo("\"example.org 5\"");

            assertThat(error(server.call("GET", path), 400).textValue()).isEqualTo(sentence);
        }
    }

    @Test
    void shouldRefuseALongParameterAndRepeatNothingOfIt() throws Exception {
        try (TestServer server = TestServer.with(Endpoint.get("/d/:domain", call -> new Reply.Json(call.domain("domain").toString())))) {
            assertThat(error(server.call("GET", "/dane/d/" + "a".repeat(2000)), 400).textValue())
                .isEqualTo("The path parameter domain has 2000 characters; at most 1024 are allowed.");
            assertThat(error(server.call("GET", "/dane/d/%0d%0a%1b"), 400).textValue()).doesNotContain("\r", "\n", "\u001b");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{} | The field reason is missing.",
        "{\"reason\":1} | The field reason is no text.",
        "{\"reason\":\" \"} | The field reason has 0 characters; 1 to 20 are allowed.",
        "{\"reason\":\"123456789012345678901\"} | The field reason has 21 characters; 1 to 20 are allowed.",
        "{\"reason\":\"a\\nb\"} | The field reason has control characters or line breaks; neither is allowed.",
        "{\"reason\":\"a\\u202eb\"} | The field reason has control characters or line breaks; neither is allowed.",
        "{\"reason\":\"a\\ud800\"} | The field reason has control characters or line breaks; neither is allowed.",
        "{\"reason\":\"a\",\"permanent\":\"yes\"} | The field permanent is neither true nor false.",
        "{\"reason\":\"a\",\"expiry\":\"tomorrow\"} | The field expiry=tomorrow is no point in time; it is written 2026-11-25T12:00:00Z.",
        "{\"reason\":\"a\",\"expires\":\"x\"} | The field \"expires\" is not known here; allowed are expiry, permanent, reason.",
        "[] | The body is JSON, but no object.",
        "{\"reason\":\"a\"} {} | The body is no JSON object",
        "{\"reason\":\"a\",\"reason\":\"b\"} | The body is no JSON object",
        "{ | The body is no JSON object",
        "`` | The request has no body; it needs a JSON object.",
    })
    void shouldRefuseABodyWithASentence(String body, String sentence) throws Exception {
        try (TestServer server = TestServer.with(Endpoint.put("/p", DaneRoutesTest::fields))) {
            assertThat(server.call("PUT", "/dane/p", "{\"reason\":\"a\",\"permanent\":true,\"expiry\":null}").statusCode()).isEqualTo(200);

            assertThat(error(server.call("PUT", "/dane/p", body), 400).textValue()).startsWith(sentence);
        }
    }

    @Test
    void shouldRefuseALargeBodyAndOneOfUnknownLength() throws Exception {
        try (TestServer server = TestServer.with(Endpoint.put("/p", DaneRoutesTest::fields))) {
            String large = "{\"reason\":\"a\"}" + " ".repeat(JsonFields.MAX_BODY);

            assertThat(error(server.call("PUT", "/dane/p", large), 413).textValue())
                .isEqualTo("The body has " + large.length() + " octets; at most 16384 are allowed.");
            byte[] small = "{\"reason\":\"a\"}".getBytes(StandardCharsets.US_ASCII);
            assertThat(error(server.call("PUT", "/dane/p", BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(small))), 411)
                .textValue()).isEqualTo("The request has no Content-Length; it is needed, and at most 16384.");
        }
    }

    @Test
    void shouldShowRefusalsAsTheyAreAndHideDefects() throws Exception {
        try (TestServer server = TestServer.with(
                Endpoint.get("/often", call -> {
                    throw Refusal.tooOften("Too often.", Duration.ofSeconds(7));
                }),
                Endpoint.get("/gone", call -> {
                    throw Refusal.notFound("There is \"nothing\".");
                }),
                Endpoint.get("/defect", call -> {
                    throw new IllegalStateException("a secret");
                }))) {
            HttpResponse<String> often = server.call("GET", "/dane/often");
            assertThat(error(often, 429).textValue()).isEqualTo("Too often.");
            assertThat(often.headers().firstValue("Retry-After")).contains("7");
            assertThat(error(server.call("GET", "/dane/gone"), 404).textValue()).isEqualTo("There is \"nothing\".");
            assertThat(error(server.call("GET", "/dane/defect"), 500).textValue())
                .isEqualTo("An unexpected error, see the log of this server.");
        }
    }
}
