/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BrowserRulesTest {
    private static final BrowserRules RULES = new BrowserRules(Set.of("james.internal"));

    private static SentRequest request(String method, String headers) {
        return new SentRequest(method, Arrays.stream(headers.split(" ; ")).filter(each -> !each.isBlank())
            .map(each -> each.strip().split(":", 2)).collect(Collectors.toMap(both -> both[0], both -> both[1])));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "GET    | Host:127.0.0.1:8000",
        "GET    | Host:[::1]:8000",
        "GET    | Host:[::1]",
        "GET    | Host:192.0.2.7",
        "GET    | Host:localhost:8000",
        "GET    | Host:James.Internal:8000",
        "GET    | Host:127.0.0.1:8000 ; Sec-Fetch-Site:none",
        "GET    | Host:127.0.0.1:8000 ; Sec-Fetch-Site:same-origin ; Origin:http://127.0.0.1:8000",
        "GET    | Host:james.internal ; Origin:https://james.internal",
        "GET    | Host:james.internal ; Origin:http://james.internal:80",
        "PUT    | Host:127.0.0.1:8000 ; Content-Type:application/json",
        "PUT    | host:127.0.0.1:8000 ; content-type:Application/JSON; charset=utf-8",
        "DELETE | Host:127.0.0.1:8000 ; X-Requested-With:curl",
        "POST   | Host:127.0.0.1:8000 ; X-Requested-With:",
    })
    void shouldLetCallsPassThatNoOtherPageCanMake(String method, String headers) {
        assertThatCode(() -> RULES.check(request(method, headers), Endpoint.Method.valueOf(method))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "GET    | Host:127.0.0.1:8000 ; Sec-Fetch-Site:cross-site | Sec-Fetch-Site",
        "GET    | Host:127.0.0.1:8000 ; Sec-Fetch-Site:same-site | Sec-Fetch-Site",
        "GET    | Host:127.0.0.1:8000 ; Origin:null | Origin",
        "GET    | Host:127.0.0.1:8000 ; Origin:http://127.0.0.1:9000 | Origin",
        "GET    | Host:127.0.0.1:8000 ; Origin:http://evil.example | Origin",
        "GET    | Host:127.0.0.1 ; Origin:https://127.0.0.1:8000 | Origin",
        "GET    | Host:127.0.0.1:8000 ; Origin:not an origin | Origin",
        "PUT    | Host:127.0.0.1:8000 ; Content-Type:application/json ; Origin:http://evil.example | Origin",
        "GET    | Host:evil.example:8000 | Host",
        "GET    | Host:james.internal.evil.example | Host",
        "GET    | Host:127.0.0.1.evil.example | Host",
        "GET    | Host:evil.example ; Origin:http://evil.example ; Sec-Fetch-Site:same-origin | Host",
        "GET    | Host: | Host",
        "GET    | X-Nothing:x | Host",
        "POST   | Host:127.0.0.1:8000 | Content-Type",
        "DELETE | Host:127.0.0.1:8000 ; Content-Type:text/plain | Content-Type",
        "PUT    | Host:127.0.0.1:8000 ; Content-Type:text/plain; a=application/json | Content-Type",
    })
    void shouldRefuseCallsThatAnotherPageMayHaveMade(String method, String headers, String named) {
        Refusal refusal = catchThrowableOfType(Refusal.class,
            () -> RULES.check(request(method, headers), Endpoint.Method.valueOf(method)));

        assertThat(refusal.status()).isEqualTo(403);
        assertThat(refusal.sentence()).startsWith("The call is refused, because").contains(named);
    }

    @Test
    void shouldAskBeforeAnyHandlerRuns() throws Exception {
        List<String> done = new CopyOnWriteArrayList<>();
        Endpoint.Handler handler = call -> {
            done.add(call.path("name"));
            return new Reply.NoContent();
        };
        try (TestServer server = TestServer.guarded(RULES, Endpoint.delete("/things/:name", handler))) {
            assertThat(server.call("DELETE", "/dane/things/a", "", Map.of()).statusCode()).isEqualTo(403);
            assertThat(server.call("DELETE", "/dane/things/b", "", Map.of("X-Requested-With", "x")).statusCode()).isEqualTo(204);
            assertThat(server.call("DELETE", "/dane/things/c").statusCode()).isEqualTo(204);
            assertThat(done).containsExactly("b", "c");
        }
    }
}
