/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import org.jamesdane.testing.james.JamesSetup;
import org.jamesdane.testing.james.RealJames;
import org.jamesdane.testing.load.LoadWorld;
import org.jamesdane.testing.load.MailSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * James, on queues and repositories that last, is killed again and again while mail comes in, is deferred and goes out: every mail that
 * it has confirmed arrives, and no more arrive twice than were being worked on.
 *
 * <p>How many mails and kills is a matter of time: see the profile {@code kill}.
 */
class KilledJamesIT {
    private static final int MAILS = Integer.getInteger("kill.mails", 1000);
    private static final int KILLS = Integer.getInteger("kill.times", 2);
    private static final Duration PATIENCE = Duration.ofMinutes(Integer.getInteger("kill.minutes", 5));
    private static final int CONCURRENCY = 20;
    private static final int SPOOL_THREADS = 5;
    private static final int CONNECTIONS = 4;

    private final Path directory;
    private final long seed = Long.getLong("kill.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final List<Integer> attemptsAtKill = new ArrayList<>();

    KilledJamesIT(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void shouldLoseNoMailAndDoubleNoMoreThanWasBeingWorkedOnWhenItIsKilled() throws InterruptedException {
        try (LoadWorld world = new LoadWorld()) {
            JamesSetup setup = JamesSetup.of(world.configure(Setups.sample(), CONCURRENCY, SPOOL_THREADS, "2 s"), directory)
                .withOurExtension()
                .onActiveMq();
            List<String> confirmed;
            try (RealJames first = setup.startProcess(); MailSource source = new MailSource(List.of(first.smtp()), LoadWorld::recipient, MAILS,
                    CONNECTIONS)) {
                RealJames last = killAtRandom(first, source, world);
                try (last) {
                    await().atMost(PATIENCE).until(source::isDone);
                    confirmed = source.confirmed();
                    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(500)).until(() -> missing(confirmed, world).isEmpty());
                }
            }
            report(confirmed, world);
            assertThat(missing(confirmed, world)).as("lost (seed %d)", seed).isEmpty();
            // A kill can meet, beside the deliveries, what the spool hands to the queue and one mail on its way back to the queue.
            assertThat(doubled(world)).as("doubled (seed %d)", seed).isLessThanOrEqualTo(KILLS * (CONCURRENCY + SPOOL_THREADS + 1));
            assertThat(world.grey().deferred()).as("mail that was deferred").isGreaterThan(confirmed.size() / 4);
        }
    }

    private RealJames killAtRandom(RealJames first, MailSource source, LoadWorld world) throws InterruptedException {
        RealJames james = first;
        List<Integer> moments = random.ints(KILLS, MAILS / 20, MAILS - MAILS / 20).sorted().boxed().toList();
        for (int moment : moments) {
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> source.confirmedCount() >= moment);
            // Not only just behind a confirmation, but anywhere.
            TimeUnit.MILLISECONDS.sleep(random.nextInt(300));
            attemptsAtKill.add(world.openSessions());
            james.kill();
            james = james.restart();
        }
        return james;
    }

    private static List<String> missing(List<String> confirmed, LoadWorld world) {
        return confirmed.stream().filter(id -> !world.has(id)).toList();
    }

    private static int doubled(LoadWorld world) {
        return world.taken().values().stream().mapToInt(times -> times - 1).sum();
    }

    private void report(List<String> confirmed, LoadWorld world) {
        System.out.printf("%d mails confirmed, %d times killed with %s connections open, %d lost, %d doubled, "
            + "%d times deferred (seed %d)%n",
            confirmed.size(), KILLS, attemptsAtKill, missing(confirmed, world).size(), doubled(world), world.grey().deferred(), seed);
    }
}
