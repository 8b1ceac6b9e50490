/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.jamesdane.delivery.schedule.DispatchStatus;
import org.junit.jupiter.api.Test;

class DeliveryRoutesTest {
    @Test
    void shouldShowWhoHasThePlacesOfThisNode() throws Exception {
        DispatchStatus status = new DispatchStatus(200, 13, 12, 50, 7, 1,
            List.of(new DispatchStatus.Destination("dead.example under dane-only", 12, 7, true)));
        try (TestServer server = TestServer.of(new DeliveryRoutes(() -> status))) {
            String answer = server.call("GET", "/dane/deliveries").body();

            assertThat(new ObjectMapper().readTree(answer)).isEqualTo(new ObjectMapper().readTree("""
                {"scope": "this node", "places": 200, "underWay": 13, "doubtful": 12, "doubtfulAllowed": 50, "waiting": 7,
                 "destinationsWaitingForShare": 1, "destinations": [
                   {"destination": "dead.example under dane-only", "underWay": 12, "waiting": 7, "doubtful": true}]}
                """));
        }
    }
}
