/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.jamesdane.delivery.FakeDns;
import org.jamesdane.delivery.sts.StsWorld;
import org.jamesdane.dns.RecordType;
import org.jamesdane.james.StsServer;
import org.jamesdane.mtasts.PolicyFetch;
import org.jamesdane.mtasts.StsDemand;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StsRoutesTest {
    private static final String PATH = "/dane/mta-sts/" + StsWorld.DOMAIN;

    private final FakeDns dns = FakeDns.unsigned().txt(StsWorld.TXT, "v=STSv1; id=1");
    private final Path directory;
    private PolicyFetch served = StsWorld.policy("enforce", "mx.example.com", "*.example.com");
    private StsServer node;
    private TestServer server;

    StsRoutesTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @BeforeEach
    void start() throws Exception {
        start(StsDemand.Use.AUDIT);
    }

    private void start(StsDemand.Use use) throws Exception {
        node = new StsServer(directory, dns, use, (domain, purpose) -> served);
        server = TestServer.of(new StsRoutes(node.sts(), true, "mail1", Clock.systemUTC()));
    }

    @AfterEach
    void stop() {
        server.close();
        node.close();
    }

    private JsonNode get(String path) throws Exception {
        return new ObjectMapper().readTree(server.call("GET", path).body());
    }

    private JsonNode delete() throws Exception {
        return new ObjectMapper().readTree(server.call("DELETE", PATH).body());
    }

    @Test
    void shouldListThePoliciesThatAreKept() throws Exception {
        node.search();

        JsonNode list = get("/dane/mta-sts");

        assertThat(list.get("node").textValue()).isEqualTo("mail1");
        assertThat(list.get("policiesOf").textValue()).isEqualTo("all nodes");
        assertThat(list.get("use").textValue()).isEqualTo("audit");
        assertThat(list.get("total").intValue()).isEqualTo(1);
        JsonNode policy = list.get("policies").get(0);
        assertThat(policy.get("domain").textValue()).isEqualTo("example.com");
        assertThat(policy.get("mode").textValue()).isEqualTo("enforce");
        assertThat(policy.get("mx").toString()).isEqualTo("[\"mx.example.com\",\"*.example.com\"]");
        assertThat(policy.get("maxAgeSeconds").intValue()).isEqualTo(604_800);
        assertThat(policy.get("overdue").booleanValue()).isFalse();
    }

    @Test
    void shouldListThoseAskedFor() throws Exception {
        node.search();

        assertThat(get("/dane/mta-sts?mode=testing").get("total").intValue()).isZero();
        assertThat(get("/dane/mta-sts?mode=enforce&problem=false").get("total").intValue()).isEqualTo(1);
        assertThat(get("/dane/mta-sts?problem=true").get("total").intValue()).isZero();
        for (String wrong : Map.of("mode=strict", "one of enforce, testing, none", "problem=1", "true or false", "limit=0", "a number from")
            .entrySet().stream().map(each -> each.getKey() + " " + each.getValue()).toList()) {
            String[] parts = wrong.split(" ", 2);
            assertThat(server.call("GET", "/dane/mta-sts?" + parts[0]).statusCode()).isEqualTo(400);
            assertThat(server.call("GET", "/dane/mta-sts?" + parts[0]).body()).contains(parts[1]);
        }
    }

    @Test
    void shouldShowWhatADomainAnnouncesAndWhatFailed() throws Exception {
        served = StsWorld.failing();
        node.search();

        JsonNode shown = get(PATH);

        assertThat(shown.get("record").toString()).isEqualTo("{\"result\":\"published\",\"id\":\"1\"}");
        assertThat(shown.has("policy")).isFalse();
        assertThat(shown.get("lastFailure").get("text").textValue()).isEqualTo("the policy host cannot be reached");
        assertThat(shown.get("lastFailure").get("failures").intValue()).isEqualTo(1);

        dns.txt(StsWorld.TXT, "v=STSv1; id=!");
        assertThat(get(PATH).get("record").get("result").textValue()).isEqualTo("invalid");
        dns.missing(StsWorld.TXT, RecordType.TXT);
        assertThat(get(PATH).get("record").toString()).isEqualTo("{\"result\":\"absent\"}");
    }

    @Test
    void shouldFetchAPolicyAnewWhenItIsForgotten() throws Exception {
        node.search();
        restart();
        served = StsWorld.policy("testing", "mx.example.com");

        assertThat(delete().get("policy").get("mode").textValue()).isEqualTo("testing");
    }

    @Test
    void shouldHaveNoPolicyWhenTheFetchAfterForgettingFails() throws Exception {
        node.search();
        restart();
        served = StsWorld.failing();

        assertThat(delete().has("policy")).isFalse();
        assertThat(get("/dane/mta-sts").get("total").intValue()).isZero();
    }

    @Test
    void shouldForgetNothingWhenNoFetchMayBegin() throws Exception {
        node.search();

        // Two fetches never begin within a minute.
        assertThat(server.call("DELETE", PATH).statusCode()).isEqualTo(409);
        assertThat(server.call("DELETE", PATH).body()).contains("less than a minute ago", "Nothing was forgotten");
        assertThat(get(PATH).get("policy").get("mode").textValue()).isEqualTo("enforce");
    }

    @Test
    void shouldForgetNothingWhenNothingCanBeRead() throws Exception {
        stop();
        for (Path copy : List.of(directory, directory.resolve("last-known"))) {
            Files.writeString(Files.createDirectories(copy).resolve("mta-sts-policies.jsonl"), "{\"version\":9}\n");
        }
        start();

        assertThat(server.call("DELETE", PATH).statusCode()).isEqualTo(409);
        assertThat(server.call("DELETE", PATH).body()).contains("can't be read");
    }

    private void restart() throws Exception {
        stop();
        start();
    }

    @Test
    void shouldRefuseToFetchWhenItIsSwitchedOff() throws Exception {
        stop();
        start(StsDemand.Use.OFF);

        assertThat(server.call("DELETE", PATH).statusCode()).isEqualTo(409);
        assertThat(server.call("DELETE", PATH).body()).contains("policy.mta-sts");
        assertThat(get(PATH).get("use").textValue()).isEqualTo("off");
    }
}
