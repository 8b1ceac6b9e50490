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
import org.jamesdane.mtasts.StsException;
import org.jamesdane.store.Setting;
import org.jamesdane.store.SettingKind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StsExceptionRoutesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String EXCEPTIONS = "/dane/mta-sts-exceptions";
    private static final String TESTING = "{'mode':'Testing','reason':'wrong list, ticket 17','owner':'ops','lifetime':'2 days'}";

    private final SettingsFixture fixture;
    private final TestServer server;

    StsExceptionRoutesTest(@TempDir Path directory) {
        this.fixture = new SettingsFixture(directory);
        this.server = TestServer.of(new StsExceptionRoutes(fixture.settings(), fixture));
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

    private HttpResponse<String> put(String domain, String body) throws Exception {
        return server.call("PUT", EXCEPTIONS + "/" + domain, body.replace('\'', '"'));
    }

    @Test
    void shouldSetListAndRemove() throws Exception {
        assertThat(put("Wrong.example", TESTING).statusCode()).isEqualTo(204);

        assertThat(get(EXCEPTIONS).at("/exceptions/0/domain").asText()).isEqualTo("wrong.example");
        assertThat(get(EXCEPTIONS + "/wrong.example").at("/set/mode").asText()).isEqualTo("testing");
        assertThat(fixture.settings().find(SettingKind.MTA_STS_EXCEPTION, "wrong.example").flatMap(Setting::stsException))
            .contains(StsException.TESTING);
        assertThat(server.call("DELETE", EXCEPTIONS + "/wrong.example").statusCode()).isEqualTo(204);
        assertThat(get(EXCEPTIONS).at("/exceptions")).isEmpty();
        assertThat(get(EXCEPTIONS + "/wrong.example").at("/history").findValuesAsText("action")).containsExactly("removed", "set");
        assertThat(server.call("GET", EXCEPTIONS + "/other.example").statusCode()).isEqualTo(404);
    }

    @Test
    void shouldEndByItself() throws Exception {
        put("wrong.example", TESTING);

        fixture.forward(Duration.ofDays(2));

        assertThat(get(EXCEPTIONS).at("/exceptions")).isEmpty();
        assertThat(get(EXCEPTIONS + "/wrong.example").at("/ended/mode").asText()).isEqualTo("testing");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "wrong.example | {'mode':'none','reason':'r','owner':'o','lifetime':'1 day'} | allowed are off, testing",
        "wrong.example | {'reason':'r','owner':'o','lifetime':'1 day'} | mode",
        "wrong.example | {'mode':'off','owner':'o','lifetime':'1 day'} | reason",
        "wrong.example | {'mode':'off','reason':'r','owner':'o'} | needs an end",
        "wrong.example | {'mode':'off','reason':'r','owner':'o','permanent':true,'lifetime':'1 day'} | exclude each other",
        "%2e | {'mode':'off','reason':'r','owner':'o','lifetime':'1 day'} | policy.mta-sts"})
    void shouldRefuseWhatIsNotAllowed(String domain, String body, String sentence) throws Exception {
        HttpResponse<String> answer = put(domain, body);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(answer.body()).contains(sentence);
        assertThat(get(EXCEPTIONS).at("/exceptions")).isEmpty();
    }
}
