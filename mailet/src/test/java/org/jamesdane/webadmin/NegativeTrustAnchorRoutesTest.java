/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 7646. */
class NegativeTrustAnchorRoutesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ANCHORS = "/dane/negative-trust-anchors";

    private final SettingsFixture fixture;
    private final TestServer server;

    NegativeTrustAnchorRoutesTest(@TempDir Path directory) {
        this.fixture = new SettingsFixture(directory);
        this.server = TestServer.of(new NegativeTrustAnchorRoutes(fixture.settings(), fixture));
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

    private HttpResponse<String> put(String zone, String body) throws Exception {
        return server.call("PUT", ANCHORS + "/" + zone, body.replace('\'', '"'));
    }

    @Test
    void shouldSetListAndRemove() throws Exception {
        assertThat(put("broken.example", "{'reason':'roll-over went wrong','owner':'ops','lifetime':'7 days'}").statusCode())
            .isEqualTo(204);

        assertThat(get(ANCHORS).at("/negativeTrustAnchors/0/zone").asText()).isEqualTo("broken.example");
        assertThat(get(ANCHORS + "/broken.example").at("/set/expiry").asText()).isEqualTo("2026-11-30T12:00:00Z");
        assertThat(server.call("DELETE", ANCHORS + "/broken.example").statusCode()).isEqualTo(204);
        assertThat(server.call("DELETE", ANCHORS + "/broken.example").statusCode()).isEqualTo(204);
        assertThat(get(ANCHORS).at("/negativeTrustAnchors")).isEmpty();
        assertThat(get(ANCHORS + "/broken.example").at("/history").findValuesAsText("action")).containsExactly("removed", "set");
        assertThat(server.call("GET", ANCHORS + "/other.example").statusCode()).isEqualTo(404);
    }

    @Test
    void shouldEndByItself() throws Exception {
        put("broken.example", "{'reason':'roll-over went wrong','owner':'ops','lifetime':'1 hour'}");

        fixture.forward(Duration.ofHours(1));

        assertThat(get(ANCHORS).at("/negativeTrustAnchors")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "broken.example | {'reason':'r','owner':'o'} | needs an end within 7 days",
        "broken.example | {'reason':'r','owner':'o','permanent':true} | can't be permanent",
        "broken.example | {'reason':'r','owner':'o','lifetime':'8 days'} | a time in the next 7 days is allowed",
        "broken.example | {'reason':'r','owner':'o','expiry':'2026-11-30T12:00:00.001Z'} | a time in the next 7 days is allowed",
        "example | {'reason':'r','owner':'o','lifetime':'1 day'} | root or a top-level domain",
        "%2e | {'reason':'r','owner':'o','lifetime':'1 day'} | root or a top-level domain",
        ".broken.example | {'reason':'r','owner':'o','lifetime':'1 day'} | empty label",
    })
    void shouldHoldToTheLimitsOfTheRfc(String zone, String body, String sentence) throws Exception {
        HttpResponse<String> answer = put(zone, body);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(JSON.readTree(answer.body()).at("/message").asText()).contains(sentence).endsWith(".");
        assertThat(get(ANCHORS).at("/negativeTrustAnchors")).isEmpty();
    }
}
