/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.jamesdane.store.OperatorEvent;
import org.jamesdane.store.OperatorEvents;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The stream of operator events over HTTP. */
class EventRoutesTest {
    private static final String AUTHOR = "?owner=bob@provider.example&reason=mended";

    private final SettingsFixture fixture;
    private final OperatorEvents events;
    private final TestServer server;

    EventRoutesTest(@TempDir Path directory) {
        this.fixture = new SettingsFixture(directory);
        this.events = new OperatorEvents(directory, "node1", fixture);
        this.server = TestServer.of(new EventRoutes(events), new PolicyRoutes(fixture.settings(), fixture));
    }

    @BeforeEach
    void link() {
        fixture.settings().tellTo(events);
    }

    @AfterEach
    void stop() {
        server.close();
        fixture.close();
    }

    private JsonNode answer(String query) throws Exception {
        HttpResponse<String> answer = server.call("GET", "/dane/events" + query);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return new ObjectMapper().readTree(answer.body());
    }

    private JsonNode events(String query) throws Exception {
        return answer(query).at("/events");
    }

    @Test
    void shouldSayThatTheyAreOfThisNode() throws Exception {
        assertThat(answer("")).hasToString("{\"scope\":\"this node\",\"node\":\"node1\",\"events\":[]}");
    }

    @Test
    void shouldShowWhoSetAndWhoRemovedAPolicy() throws Exception {
        server.call("PUT", "/dane/policies/example.com",
            "{\"policy\": \"may\", \"reason\": \"ticket 17\", \"owner\": \"alice\", \"permanent\": true}");
        assertThat(server.call("DELETE", "/dane/policies/example.com" + AUTHOR).statusCode()).isEqualTo(204);

        JsonNode shown = events("");
        assertThat(shown.findValuesAsText("action")).containsExactly("removed", "set");
        assertThat(shown.findValuesAsText("owner")).containsExactly("bob@provider.example", "alice");
        assertThat(shown.findValuesAsText("reason")).containsExactly("mended", "ticket 17");
        assertThat(shown.findValuesAsText("node")).containsOnly("node1");
        assertThat(shown.get(1).get("value").asText()).isEqualTo("may, permanent");
    }

    @Test
    void shouldSelectByTimeKindAndNumber() throws Exception {
        events.tell(OperatorEvent.Kind.CONFIGURATION, "old", "changed", Optional.empty(), Optional.empty());
        fixture.forward(Duration.ofDays(2));
        events.tell(OperatorEvent.Kind.CONFIGURATION, "new", "changed", Optional.empty(), Optional.empty());
        events.tell(OperatorEvent.Kind.TRUST_ANCHOR, "root", "added", Optional.empty(), Optional.empty());

        assertThat(events("?since=2026-11-25").findValuesAsText("name")).containsExactly("root", "new");
        assertThat(events("?kind=configuration").findValuesAsText("name")).containsExactly("new", "old");
        assertThat(events("?limit=1").findValuesAsText("name")).containsExactly("root");
    }

    @ParameterizedTest
    @ValueSource(strings = {"?kind=mail", "?kind=key", "?since=yesterday", "?limit=0", "?limit=1001", "?who=me"})
    void shouldRefuseWhatItDoesNotKnow(String query) throws Exception {
        assertThat(server.call("GET", "/dane/events" + query).statusCode()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"?owner=bob", "?reason=mended", "?owner=&reason=mended"})
    void shouldRefuseHalfAnAuthor(String query) throws Exception {
        HttpResponse<String> answer = server.call("DELETE", "/dane/policies/example.com" + query);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    }
}
