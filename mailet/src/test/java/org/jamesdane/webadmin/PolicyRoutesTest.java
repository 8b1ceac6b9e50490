/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyRoutesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TWO_DAYS = """
        {"policy": "may", "reason": "certificate ran out, ticket 17", "owner": "ops@provider.example", "lifetime": "2 days"}""";

    private final Path directory;
    private final SettingsFixture fixture;
    private final TestServer server;

    PolicyRoutesTest(@TempDir Path directory) {
        this.directory = directory;
        this.fixture = new SettingsFixture(directory);
        this.server = TestServer.of(new PolicyRoutes(fixture.settings(), fixture));
    }

    @AfterEach
    void stop() {
        server.close();
        fixture.close();
    }

    private JsonNode get(String path) throws Exception {
        HttpResponse<String> answer = server.call("GET", path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private void put(String domain, String body) throws Exception {
        HttpResponse<String> answer = server.call("PUT", "/dane/policies/" + domain, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(204);
    }

    @Test
    void shouldSetShowAndRemoveAnException() throws Exception {
        put("Example.COM", TWO_DAYS);

        JsonNode shown = get("/dane/policies/example.com");
        assertThat(shown.at("/applies/policy").asText()).isEqualTo("may");
        assertThat(shown.at("/applies/source").asText()).isEqualTo("domain example.com until 2026-11-25T12:00:00Z");
        assertThat(shown.at("/set/expiry").asText()).isEqualTo("2026-11-25T12:00:00Z");
        assertThat(shown.at("/set/owner").asText()).isEqualTo("ops@provider.example");
        assertThat(get("/dane/policies").at("/policies/0/domain").asText()).isEqualTo("example.com");
        assertThat(server.call("DELETE", "/dane/policies/example.com").statusCode()).isEqualTo(204);
        assertThat(server.call("DELETE", "/dane/policies/example.com").statusCode()).isEqualTo(204);
        JsonNode after = get("/dane/policies/example.com");
        assertThat(after.has("set")).isFalse();
        assertThat(after.at("/applies/source").asText()).isEqualTo("default");
        assertThat(after.at("/history").findValuesAsText("action")).containsExactly("removed", "set");
    }

    private HttpResponse<String> call(String method, String condition, String tag) throws Exception {
        return server.call(method, "/dane/policies/example.com", method.equals("PUT") ? TWO_DAYS : "",
            Map.of("Content-Type", "application/json", condition, tag));
    }

    @Test
    void shouldChangeOnlyWhatTheCallerHasSeenWhereItSaysSo() throws Exception {
        HttpResponse<String> made = call("PUT", "If-None-Match", "*");
        assertThat(made.statusCode()).isEqualTo(204);
        String first = made.headers().firstValue("ETag").orElseThrow();
        assertThat(first).matches("\"[0-9a-f]{32}\"");
        assertThat(server.call("GET", "/dane/policies/example.com").headers().firstValue("ETag")).contains(first);

        fixture.forward(Duration.ofSeconds(1));
        assertThat(call("PUT", "If-None-Match", "*").statusCode()).isEqualTo(412);
        HttpResponse<String> second = call("PUT", "If-Match", "\"other\", " + first);
        assertThat(second.statusCode()).isEqualTo(204);
        assertThat(second.headers().firstValue("ETag")).isPresent().isNotEqualTo(Optional.of(first));

        HttpResponse<String> late = call("PUT", "If-Match", first);
        assertThat(late.statusCode()).isEqualTo(412);
        assertThat(JSON.readTree(late.body()).at("/message").asText()).startsWith("The policy for example.com was set at ")
            .endsWith("nothing was changed.");
        assertThat(call("DELETE", "If-Match", first).statusCode()).isEqualTo(412);
        assertThat(get("/dane/policies/example.com").at("/history").size()).isEqualTo(2);
        put("example.com", TWO_DAYS);
        assertThat(call("DELETE", "If-Match", "*").statusCode()).isEqualTo(204);
        assertThat(call("DELETE", "If-Match", "*").statusCode()).isEqualTo(412);
        assertThat(server.call("GET", "/dane/policies/example.com").headers().firstValue("ETag")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "W/\"abc\"", "\"a", "\"a\",", "*, \"a\"", "\"a b\""})
    void shouldRefuseAConditionThatNamesNoTag(String tag) throws Exception {
        HttpResponse<String> answer = call("PUT", "If-Match", tag);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(JSON.readTree(answer.body()).at("/message").asText()).contains("The header If-Match is not allowed as it is");
    }

    @Test
    void shouldShowThatAnExceptionHasEnded() throws Exception {
        put("example.com", TWO_DAYS);

        fixture.forward(Duration.ofDays(2));

        assertThat(get("/dane/policies/example.com").at("/applies/source").asText()).isEqualTo("default");
        assertThat(get("/dane/policies").at("/total").asInt()).isZero();
    }

    @Test
    void shouldListInPartsWithTheDefault() throws Exception {
        for (String domain : new String[] {"a.example", "b.example", ".c.example"}) {
            put(domain, "{\"policy\": \"dane-only\", \"reason\": \"contract\", \"owner\": \"ops\", \"permanent\": true}");
        }

        JsonNode first = get("/dane/policies?limit=2");
        assertThat(first.at("/default").asText()).isEqualTo("dane");
        assertThat(first.at("/total").asInt()).isEqualTo(3);
        assertThat(first.at("/policies").findValuesAsText("domain")).containsExactly(".c.example", "a.example");
        assertThat(first.at("/policies/0/permanent").asBoolean()).isTrue();
        assertThat(get("/dane/policies?limit=2&after=a.example").at("/policies").findValuesAsText("domain")).containsExactly("b.example");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "example.com | {'policy':'may','reason':'r','owner':'o'} | A policy needs an end",
        "example.com | {'policy':'may','reason':'r','owner':'o','permanent':false} | A policy needs an end",
        "example.com | {'policy':'may','reason':'r','owner':'o','permanent':true,'lifetime':'1 day'} | exclude each other",
        "example.com | {'policy':'may','reason':'r','owner':'o','expiry':'2026-11-24T12:00:00Z','lifetime':'1 day'} | one of them",
        "example.com | {'policy':'may','reason':'r','owner':'o','lifetime':'soon'} | lifetime=soon is not allowed",
        "example.com | {'policy':'may','reason':'r','owner':'o','lifetime':'-1 day'} | lifetime=-1 day is not allowed",
        "example.com | {'policy':'may','reason':'r','owner':'o','expiry':'tomorrow'} | is no point in time",
        "example.com | {'policy':'may','reason':'r','owner':'o','expiry':'2026-11-23T12:00:00Z'} | would end at 2026-11-23T12:00:00Z",
        "example.com | {'policy':'strict','reason':'r','owner':'o','lifetime':'1 day'} | \"strict\" is no policy; allowed are none, may",
        "example.com | {'policy':'may','owner':'o','lifetime':'1 day'} | The field reason is missing",
        "example.com | {'policy':'may','reason':'r','lifetime':'1 day'} | The field owner is missing",
        "example.com | {'policy':'may','reason':'r','owner':'o','lifetime':'1 day','force':true} | The field \"force\" is not known",
        "exa%20mple.com | {'policy':'may','reason':'r','owner':'o','lifetime':'1 day'} | is not allowed as a domain",
        "..example.com | {'policy':'may','reason':'r','owner':'o','lifetime':'1 day'} | empty label",
    })
    void shouldRefuseWithASentence(String domain, String body, String sentence) throws Exception {
        HttpResponse<String> answer = server.call("PUT", "/dane/policies/" + domain, body.replace('\'', '"'));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(JSON.readTree(answer.body()).at("/message").asText()).contains(sentence).endsWith(".");
        assertThat(get("/dane/policies").at("/total").asInt()).isZero();
    }

    @Test
    void shouldNotFindWhatWasNeverSetAndSayWhatApplies() throws Exception {
        put(".example.com", "{\"policy\": \"dane-only\", \"reason\": \"contract\", \"owner\": \"ops\", \"permanent\": true}");

        HttpResponse<String> answer = server.call("GET", "/dane/policies/mail.example.com");

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("What applies is dane-only (wildcard .example.com).");
    }

    @Test
    void shouldAnswer503AndChangeNothingWhenTheStoreRefuses() throws Exception {
        put("a.example", TWO_DAYS);
        Files.writeString(directory.resolve("policies.json"), "damaged");

        HttpResponse<String> answer = server.call("PUT", "/dane/policies/b.example", TWO_DAYS);

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(JSON.readTree(answer.body()).at("/message").asText()).contains("policies.json can't be used");
        assertThat(get("/dane/policies").at("/policies").findValuesAsText("domain")).containsExactly("a.example");
    }

    @Test
    void shouldShowWhatAppliesThoughTheHistoryCannotBeRead() throws Exception {
        put("a.example", TWO_DAYS);
        Files.delete(directory.resolve("policies-history.jsonl"));
        Files.createDirectory(directory.resolve("policies-history.jsonl"));

        JsonNode shown = get("/dane/policies/a.example");

        assertThat(shown.at("/applies/policy").asText()).isEqualTo("may");
        assertThat(shown.at("/historyUnknown").asText()).contains("policies-history.jsonl can't be read");
    }
}
