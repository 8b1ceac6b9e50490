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
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.outcome.AuditRules;
import org.jamesdane.dane.policy.NextHop;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatisticsRoutesTest {
    private final Path directory;
    private final SettingsFixture fixture;
    private final TestServer server;

    StatisticsRoutesTest(@TempDir Path directory) {
        this.directory = directory;
        this.fixture = new SettingsFixture(directory);
        this.server = TestServer.of(new StatisticsRoutes(fixture.stores().statistics(), fixture));
    }

    @AfterEach
    void stop() {
        server.close();
        fixture.close();
    }

    private void count(String domain, AuditRules.Finding finding) {
        fixture.stores().statistics().count(NextHop.ofRecipientDomain(domain, 25),
            new AuditRules.Audited(finding, List.of(HostFailure.startTlsMissing("mx." + domain))));
    }

    @Test
    void shouldAddUpHoursWithTheMostMailsFirst() throws Exception {
        count("a.example", AuditRules.Finding.WOULD_HAVE_SKIPPED);
        count("b.example", AuditRules.Finding.WOULD_HAVE_DEFERRED);
        fixture.forward(Duration.ofHours(30));
        count("b.example", AuditRules.Finding.WOULD_HAVE_DEFERRED);

        JsonNode shown = new ObjectMapper().readTree(server.call("GET", "/dane/statistics").body());

        assertThat(shown.at("/counts").findValuesAsText("domain")).containsExactly("b.example", "a.example");
        assertThat(shown.at("/counts/0/mails").asInt()).isEqualTo(2);
        assertThat(shown.at("/counts/0/finding").asText()).isEqualTo("would-have-deferred");
        assertThat(shown.at("/counts/0/reason").asText()).isEqualTo("starttls-missing");
        assertThat(shown.at("/counts/0/firstHour").asText()).isEqualTo("2026-11-23T12:00:00Z");
        assertThat(shown.at("/counts/0/lastHour").asText()).isEqualTo("2026-11-24T18:00:00Z");
        JsonNode later = new ObjectMapper().readTree(server.call("GET", "/dane/statistics?since=2026-11-24").body());
        assertThat(later.at("/counts").findValuesAsText("mails")).containsExactly("1");
    }

    @Test
    void shouldGiveCsvThatASpreadsheetDoesNotRun() throws Exception {
        count("=cmd.example", AuditRules.Finding.WOULD_HAVE_DEFERRED);

        HttpResponse<String> answer = server.call("GET", "/dane/statistics?format=csv");

        assertThat(answer.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/csv");
        assertThat(answer.body()).isEqualTo("""
            domain,finding,reason,mails,first hour,last hour\r
            "'=cmd.example",would-have-deferred,starttls-missing,1,2026-11-23T12:00:00Z,2026-11-23T12:00:00Z\r
            """);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
        "a.example | a.example", "=1+1 | \"'=1+1\"", "+1 | \"'+1\"", "-1 | \"'-1\"", "@x | \"'@x\"", "a,b | \"a,b\"", "a\"b | \"a\"\"b\"",
        "(others) | (others)"})
    void shouldQuoteCells(String text, String cell) {
        assertThat(StatisticsRoutes.cell(text)).isEqualTo(cell);
    }

    @ParameterizedTest
    @CsvSource({"since=yesterday, since=yesterday is no point in time", "format=xml, format=xml is not allowed",
        "until=2026-11-24, is not known here"})
    void shouldRefuseWithASentence(String query, String sentence) throws Exception {
        HttpResponse<String> answer = server.call("GET", "/dane/statistics?" + query);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains(sentence);
    }

    @Test
    void shouldAnswer503WhenTheCountsCannotBeRead() throws Exception {
        Files.writeString(directory.resolve("statistics.json"), "damaged");

        assertThat(server.call("GET", "/dane/statistics").statusCode()).isEqualTo(503);
    }
}
