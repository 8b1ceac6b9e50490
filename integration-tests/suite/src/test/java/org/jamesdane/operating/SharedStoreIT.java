/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.operating;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.jamesdane.demo.DemoWorld;
import org.jamesdane.demo.Destination;
import org.jamesdane.distribution.DocCommand;
import org.jamesdane.testing.james.James;
import org.jamesdane.testing.james.JamesConfiguration;
import org.jamesdane.testing.james.JamesSetup;
import org.jamesdane.testing.james.RealJames;
import org.jamesdane.testing.postgres.TestPostgres;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Two processes of James that share a PostgreSQL. */
@EnabledIf("org.jamesdane.testing.postgres.TestPostgres#isInstalled")
class SharedStoreIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    /** Time that the documentation promises. */
    private static final Duration SEEN_BY_OTHERS = Duration.ofSeconds(10);
    private static final String OWNER = "dane_owner";
    /** Looked for in logs. */
    private static final String OWNERS_PASSWORD = "a-secret-of-the-owner";
    private static final String BODY = """
        {"policy": "encrypt", "reason": "wrong certificate", "owner": "ops@provider.example", "lifetime": "2 days"}""";

    @Test
    void shouldApplySettingsInBothAndDeliverWithoutTheDatabase(@TempDir Path directory) {
        try (TestPostgres postgres = TestPostgres.start(); DemoWorld world = new DemoWorld()) {
            String url = madeByTheGuide(postgres);
            try (RealJames one = setup(world, url, directory.resolve("one")).startProcess();
                 RealJames two = setup(world, url, directory.resolve("two")).startProcess()) {
                assertThat(one.webadmin().put("/dane/policies/impostor.example", BODY).statusCode()).isEqualTo(204);
                await().atMost(SEEN_BY_OTHERS).until(() -> policies(two).contains("impostor.example"));

                postgres.stop();
                two.submit("sender@james.example", List.of(Destination.IMPOSTOR.recipient()), "Subject: hello\n\nHello.\n");
                await().atMost(PATIENCE).until(() -> world.messages(Destination.IMPOSTOR).size() == 1);
                await().atMost(PATIENCE).until(() -> !two.log().linesWith("What was read last applies").isEmpty());
                HttpResponse<String> refused = one.webadmin().put("/dane/policies/other.example", BODY);
                assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
                assertThat(policies(one)).contains("impostor.example").doesNotContain("other.example");

                postgres.resume();
                assertThat(one.webadmin().delete("/dane/policies/impostor.example").statusCode()).isEqualTo(204);
                await().atMost(SEEN_BY_OTHERS).until(() -> !policies(two).contains("impostor.example"));
                assertThat(one.log().linesWith(OWNERS_PASSWORD)).isEmpty();
                assertThat(two.log().linesWith(OWNERS_PASSWORD)).isEmpty();
                guide("DELETE FROM").forEach(statement -> postgres.query(url, statement));
            }
        }
    }

    /** The statements of a block of docs/operating.md, with another name for the role: the cluster's own one has that of the page. */
    private static List<String> guide(String beginning) {
        DocCommand block = DocCommand.all().stream().filter(command -> command.text().startsWith(beginning)).findFirst().orElseThrow();
        return block.text().replaceAll("\\bdane\\b", OWNER).replace("'…'", "'" + OWNERS_PASSWORD + "'").lines().toList();
    }

    private static String madeByTheGuide(TestPostgres postgres) {
        String other = postgres.newDatabase();
        guide("CREATE ROLE").forEach(statement -> postgres.query(other, statement));
        return other.substring(0, other.lastIndexOf('/') + 1) + OWNER;
    }

    private static String policies(James james) {
        return james.webadmin().get("/dane/policies").body();
    }

    private static JamesSetup setup(DemoWorld world, String url, Path directory) {
        JamesConfiguration sample = JamesConfiguration.copyOf(Path.of(System.getProperty("james.conf")));
        return JamesSetup.of(world.configure(sample, "file://conf/dane-trust-anchors").edited("dane.properties",
            text -> DemoWorld.set(DemoWorld.set(DemoWorld.set(text, "store.url", url), "store.user", OWNER), "store.password",
                OWNERS_PASSWORD)), directory).withOurExtension();
    }
}
