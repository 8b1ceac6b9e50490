/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreRoutesTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void shouldShowAFirstStartUntilItIsConfirmed(@TempDir Path directory) throws Exception {
        try (SettingsFixture fixture = new SettingsFixture(directory);
             TestServer server = TestServer.of(new StoreRoutes(fixture.settings()))) {
            JsonNode before = JSON.readTree(server.call("GET", "/dane/store").body());
            assertThat(before.at("/scope").textValue()).isEqualTo("this node");
            assertThat(before.at("/state").textValue()).isEqualTo("unconfirmed");
            assertThat(before.at("/problem").textValue()).contains("accept-empty").endsWith(".");
            assertThat(before.has("held")).isFalse();

            JsonNode after = JSON.readTree(server.call("POST", "/dane/store?action=accept-empty").body());
            assertThat(after.at("/state").textValue()).isEqualTo("present");
            assertThat(after.has("problem")).isFalse();

            HttpResponse<String> again = server.call("POST", "/dane/store?action=accept-empty");
            assertThat(again.statusCode()).isEqualTo(409);
            assertThat(again.body()).contains("There is nothing to confirm");
        }
    }
}
