/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.jamesdane.delivery.schedule.DispatchStatus;
import org.junit.jupiter.api.Test;

class DeliveryRoutesTest {
    @Test
    void shouldShowWhoHasThePlacesOfThisNode() throws Exception {
        DispatchStatus status = new DispatchStatus(200, 13, new DispatchStatus.Shared(12, 50, 1), 7,
            List.of(new DispatchStatus.Destination("dead.example under dane-only", 12, 7, true, Optional.of("mx.dead.example")),
                new DispatchStatus.Destination("new.example", 1, 0, false, Optional.empty())),
            new DispatchStatus.Sites(20, 3, 1, 2, List.of(new DispatchStatus.OneSite("mx.dead.example", 12, 5, 2, true))));
        try (TestServer server = TestServer.of(new DeliveryRoutes(() -> status))) {
            String answer = server.call("GET", "/dane/deliveries").body();

            assertThat(new ObjectMapper().readTree(answer)).isEqualTo(new ObjectMapper().readTree("""
                {"scope": "this node", "places": 200, "underWay": 13, "doubtful": 12, "doubtfulAllowed": 50, "waiting": 7,
                 "destinationsWaitingForShare": 1, "destinations": [
                   {"destination": "dead.example under dane-only", "underWay": 12, "waiting": 7, "doubtful": true,
                    "site": "mx.dead.example"},
                   {"destination": "new.example", "underWay": 1, "waiting": 0, "doubtful": false}],
                 "sites": {"allowed": 20, "known": 3, "paused": 1, "destinationsWaiting": 2, "busiest": [
                   {"site": "mx.dead.example", "underWay": 12, "destinations": 5, "destinationsWaiting": 2, "paused": true}]}}
                """));
        }
    }
}
