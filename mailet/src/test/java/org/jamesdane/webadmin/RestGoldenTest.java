/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.outcome.AuditRules;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.testing.golden.GoldenRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers of webadmin to an operator who sets and removes exceptions. */
class RestGoldenTest {
    private static final String SETTING =
        "{\"policy\":\"may\",\"reason\":\"certificate ran out\",\"owner\":\"ops@provider.example\",\"lifetime\":\"2 days\"}";
    private static final String ANCHOR = "{\"reason\":\"roll-over went wrong\",\"owner\":\"ops\",\"lifetime\":\"1 day\"}";
    /** Method, path and body. */
    private static final List<String> CALLS = List.of("GET /store", "POST /store?action=accept-empty", "GET /store",
        "POST /store?action=accept-empty", "GET /policies", "GET /policies/a.example", "PUT /policies/a.example " + SETTING,
        "PUT /policies/.b.example " + SETTING.replace("may", "encrypt"), "GET /policies", "GET /policies?limit=1",
        "GET /policies/a.example", "GET /policies/mail.b.example", "PUT /policies/a.example {}",
        "PUT /policies/a.example " + SETTING.replace("may", "never"), "PUT /policies/a.example " + SETTING.replace("2 days", "9 weeks"),
        "PUT /policies/a..example " + SETTING, "PUT /policies/a.example nonsense", "DELETE /policies/a.example", "GET /policies/a.example",
        "GET /negative-trust-anchors", "PUT /negative-trust-anchors/broken.example " + ANCHOR, "GET /negative-trust-anchors",
        "GET /negative-trust-anchors/broken.example", "PUT /negative-trust-anchors/broken.example " + ANCHOR.replace("1 day", "9 days"),
        "DELETE /negative-trust-anchors/broken.example", "GET /negative-trust-anchors/broken.example",
        "GET /negative-trust-anchors/other.example", "GET /statistics", "GET /statistics?format=csv", "GET /statistics?since=yesterday",
        "GET /statistics?sort=up", "GET /nothing", "POST /policies/a.example?action=go");

    @Test
    void shouldAnswerAsRecorded(@TempDir Path directory) throws Exception {
        GoldenRecord record = new GoldenRecord("rest.txt");
        try (SettingsFixture fixture = new SettingsFixture(directory);
             TestServer server = TestServer.of(new StoreRoutes(fixture.settings()), new PolicyRoutes(fixture.settings(), fixture),
                 new NegativeTrustAnchorRoutes(fixture.settings(), fixture),
                 new StatisticsRoutes(fixture.stores().statistics(), fixture))) {
            fixture.stores().statistics().count(NextHop.ofRecipientDomain("a.example", 25), new AuditRules.Audited(
                AuditRules.Finding.WOULD_HAVE_DEFERRED, List.of(HostFailure.startTlsMissing("mx.a.example"))));
            for (String call : CALLS) {
                String[] words = call.split(" ", 3);
                HttpResponse<String> answer = server.call(words[0], "/dane" + words[1], words.length > 2 ? words[2] : "");
                record.title(call);
                record.add(answer.statusCode() + " " + answer.headers().firstValue("Content-Type").orElse(""));
                record.addJson(answer.body());
            }
            fixture.forward(Duration.ofDays(3));
            record.title("GET /policies, when all have ended");
            record.addJson(server.call("GET", "/dane/policies").body());
            record.addJson(server.call("GET", "/dane/policies/mail.b.example").body());
        }

        record.check();
    }
}
