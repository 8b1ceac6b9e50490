/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.List;

import org.jamesdane.testing.james.James;
import org.jamesdane.testing.james.RealJames;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An attacker without DNSSEC against policies of MTA-STS that a real James has fetched once. */
class MtaStsIT {
    private final Path directory;

    MtaStsIT(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void shouldEnforceKeptPoliciesThatAnAttackerBlocks() {
        try (StsWorld world = new StsWorld(); RealJames james = world.setup(Setups.sample(), directory).startProcess()) {
            submit(james, StsWorld.RESTARTED, "before");
            submit(james, StsWorld.RENEWED, "before");
            submit(james, StsWorld.UNKNOWN, "before");
            // RFC 8461 §3.3: without a kept policy a failed lookup counts as none.
            await().atMost(Setups.PATIENCE).until(() -> world.taken(StsWorld.UNKNOWN).size() == 1);
            assertVerified(james, world, StsWorld.RESTARTED);
            assertVerified(james, world, StsWorld.RENEWED);

            world.renewAndCapture(StsWorld.RENEWED);
            james.webadmin().delete("/dane/cache/" + StsWorld.RENEWED);
            submit(james, StsWorld.RENEWED, "id changed");
            assertHeld(james, world, StsWorld.RENEWED);

            assertThat(james.stop()).isPositive();
            world.withdrawAndCapture(StsWorld.RESTARTED);
            try (RealJames again = james.restart()) {
                submit(again, StsWorld.RESTARTED, "after the restart");
                assertHeld(again, world, StsWorld.RESTARTED);
                submit(again, StsWorld.RENEWED, "after the restart");
                await().atMost(Setups.PATIENCE).until(() -> deferrals(again, StsWorld.RENEWED) > 1);
                submit(again, StsWorld.UNKNOWN, "after the restart");
                await().atMost(Setups.PATIENCE).until(() -> world.taken(StsWorld.UNKNOWN).size() == 2);
            }
            assertThat(world.capturedSessions()).isPositive();
            assertThat(world.captured()).isEmpty();
        }
    }

    private static void assertVerified(James james, StsWorld world, String domain) {
        await().atMost(Setups.PATIENCE).until(() -> world.taken(domain).size() == 1);
        await().atMost(Setups.PATIENCE).until(() -> audited(james, domain).stream().anyMatch(line ->
            line.contains("\"outcome\":\"transacted\"") && line.contains("\"security\":\"verified-sts\"")));
        assertThat(world.requests(domain)).isEqualTo(1);
    }

    private static void assertHeld(James james, StsWorld world, String domain) {
        await().atMost(Setups.PATIENCE).until(() -> deferrals(james, domain) > 0);
        List<String> failures = audited(james, domain).stream().filter(line -> line.contains("\"code\":\"4.7.")).toList();
        assertThat(failures).as("attempts at each host of the attacker").anyMatch(line -> line.contains("sts-not-authenticated"))
            .anyMatch(line -> line.contains("starttls-missing")).anyMatch(line -> line.contains("sts-mx-mismatch"));
        assertThat(world.taken(domain)).hasSize(1);
        assertThat(world.captured()).isEmpty();
    }

    private static int deferrals(James james, String domain) {
        return james.log().linesWith("bob@" + domain + " is deferred").size();
    }

    private static List<String> audited(James james, String domain) {
        return james.log().linesWith("\"nextHop\":\"" + domain + "\"");
    }

    private static void submit(James james, String domain, String subject) {
        james.submit("sender@james.example", List.of("bob@" + domain), "Subject: " + subject + "\n\nHello.\n");
    }
}
