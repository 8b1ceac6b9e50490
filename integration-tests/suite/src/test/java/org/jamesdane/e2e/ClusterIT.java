/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import org.jamesdane.testing.broker.TestRabbitMq;
import org.jamesdane.testing.load.CountingSink;
import org.jamesdane.testing.load.LoadWorld;
import org.jamesdane.testing.postgres.TestPostgres;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Two processes of James that share the queues of a RabbitMQ and the deferred mail of a PostgreSQL. */
class ClusterIT {
    private static final int MAILS = Integer.getInteger("cluster.mails", 1000);
    private static final int ENDS = Integer.getInteger("cluster.ends", 2);
    private static final Duration PATIENCE = Duration.ofMinutes(Integer.getInteger("cluster.minutes", 5));
    private static final int OUTAGE = Integer.getInteger("cluster.outage.seconds", 44);
    private static final int NODES = 2;
    private static final int HELD_BY_SILENCE = 12;
    private static final Duration USUAL = Duration.ofMinutes(30);
    private static final Duration BROKER_WAITS = Duration.ofMinutes(1);

    private final Path directory;
    private final LoadWorld world = new LoadWorld();
    private final long seed = Long.getLong("cluster.seed", System.nanoTime());

    ClusterIT(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void shouldLoseNoMailWhenItsNodesAreKilledAndStopped() throws IOException {
        try (world; TestRabbitMq broker = broker(USUAL); TestPostgres postgres = TestPostgres.start();
             LoadRun run = LoadRun.onRabbitMq(world, shared(broker, postgres, ""), PATIENCE, LoadWorld::recipient, MAILS)) {
            List<Integer> openAtKill = run.endAtRandom(new Random(seed), ENDS, MAILS);
            run.awaitArrival();
            run.expectNothingLost("RabbitMQ and database, " + ENDS + " ends, " + openAtKill.size() + " of them kills with " + openAtKill
                + " connections open, seed " + seed, openAtKill.size());
            run.expectAllConsuming();
        }
    }

    @ParameterizedTest
    @MethodSource("org.jamesdane.e2e.StopsUnderLoad#answers")
    void shouldLoseNothingAndDoubleOnlyWhatWasNotAnsweredInTime(int seconds) throws IOException {
        try (world; TestRabbitMq broker = broker(USUAL); TestPostgres postgres = TestPostgres.start();
             LoadRun run = LoadRun.onRabbitMq(world, shared(broker, postgres, ""), StopsUnderLoad.PATIENCE, StopsUnderLoad::recipient,
                 StopsUnderLoad.mails())) {
            StopsUnderLoad.expectNothingLost(world, run, "RabbitMQ", seconds);
            run.expectAllConsuming();
        }
    }

    /** Both nodes lose their connection with mail under way, which counts like a kill of each. */
    @Test
    void shouldGoOnAfterItsBrokerWasAway() throws Exception {
        try (world; TestRabbitMq broker = broker(USUAL); TestPostgres postgres = TestPostgres.start();
             LoadRun run = LoadRun.onRabbitMq(world, shared(broker, postgres, ""), PATIENCE, LoadWorld::recipient, MAILS)) {
            run.awaitConfirmed(MAILS / 2);
            broker.stop();
            TimeUnit.SECONDS.sleep(OUTAGE);
            broker.resume();
            run.awaitArrival();
            run.expectNothingLost("RabbitMQ away for " + OUTAGE + " s", NODES);
            run.expectAllConsuming();
        }
    }

    /** RabbitMQ closes the channel of whoever holds one message for a minute; a host that says nothing would hold it for five. */
    @Test
    void shouldGoOnWhenAHostIsSilentForLongerThanTheBrokerWaits() throws Exception {
        world.beSilent();
        try (world; TestRabbitMq broker = broker(BROKER_WAITS); TestPostgres postgres = TestPostgres.start();
             LoadRun run = LoadRun.onRabbitMq(world, shared(broker, postgres, "queue.longest-held=45 s"), PATIENCE,
                 number -> "user" + number + "@silent.example", HELD_BY_SILENCE)) {
            await().atMost(PATIENCE).until(() -> run.source().isDone());
            await().atMost(PATIENCE).until(() -> run.logged("takes long: it is stored") >= NODES);
            // What is held now would have been held for longer than the broker waits.
            TimeUnit.SECONDS.sleep(BROKER_WAITS.plusSeconds(20).toSeconds());
            run.expectAllConsuming();
            try (CountingSink speaking = world.speak()) {
                await().atMost(PATIENCE).until(() -> run.source().confirmed().stream().allMatch(speaking::has));
                assertThat(speaking.taken()).allSatisfy((id, times) -> assertThat(times).as(id).isEqualTo(1));
            }
            assertThat(broker.consumersTimedOut()).as("channels that the broker closed").isEmpty();
        }
    }

    private TestRabbitMq broker(Duration consumerTimeout) throws IOException {
        return TestRabbitMq.start(Files.createDirectory(directory.resolve("broker")), consumerTimeout);
    }

    private LoadRun.Shared shared(TestRabbitMq broker, TestPostgres postgres, String settings) {
        return new LoadRun.Shared(directory, broker, postgres.newDatabase(), settings);
    }
}
