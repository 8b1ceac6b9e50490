/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.jamesdane.testing.broker.TestRabbitMq;
import org.jamesdane.testing.load.LoadWorld;
import org.jamesdane.testing.postgres.TestPostgres;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes of James that share the queues of a RabbitMQ and the deferred mail of a PostgreSQL. */
class ClusterIT {
    private static final int MAILS = Integer.getInteger("cluster.mails", 2000);
    private static final Duration PATIENCE = Duration.ofMinutes(Integer.getInteger("cluster.minutes", 5));
    private static final int OUTAGE = Integer.getInteger("cluster.outage.seconds", 44);

    @Test
    void shouldLoseNoMailWhileItsNodesEndAndItsBrokerIsAway(@TempDir Path directory) throws Exception {
        try (TestRabbitMq broker = TestRabbitMq.start(Files.createDirectory(directory.resolve("broker")), Duration.ofMinutes(30));
             TestPostgres postgres = TestPostgres.start(); LoadWorld world = new LoadWorld();
             LoadRun run = LoadRun.onRabbitMq(world, new LoadRun.Shared(directory, broker, postgres, postgres.newDatabase(), ""), PATIENCE,
                 MAILS)) {
            run.awaitConfirmed(MAILS / 5);
            run.stopAndRestart(0);
            run.awaitConfirmed(2 * MAILS / 5);
            run.killAndRestart(1);
            run.awaitConfirmed(3 * MAILS / 5);
            if (OUTAGE > 0) {
                broker.stop();
                TimeUnit.SECONDS.sleep(OUTAGE);
                broker.resume();
            }
            run.awaitArrival();
            run.report("a node stopped, a node killed, the broker away for " + OUTAGE + " s");
            await().atMost(PATIENCE).until(() -> broker.consumers("outgoing") == 2);
            assertThat(run.bounces()).as("bounces").isZero();
            assertThat(run.givenUp()).as("given up").isZero();
        }
    }
}
