/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;

import org.jamesdane.testing.load.LoadWorld;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * James, on queues and files that last, is killed and stopped again and again while mail comes in, is deferred and goes out: every mail
 * that it has confirmed arrives, and no more arrive twice than were being worked on at a kill.
 *
 * <p>How many mails and ends is a matter of time: see the profiles {@code kill} and {@code long}.
 */
class KilledJamesIT {
    private static final int MAILS = Integer.getInteger("kill.mails", 1000);
    private static final int ENDS = Integer.getInteger("kill.times", 2);
    private static final Duration PATIENCE = Duration.ofMinutes(Integer.getInteger("kill.minutes", 5));

    private final long seed = Long.getLong("kill.seed", System.nanoTime());

    @Test
    void shouldLoseNoMailAndDoubleOnlyMailInHandWhenKilled(@TempDir Path directory) {
        try (LoadWorld world = new LoadWorld(); LoadRun run = LoadRun.onActiveMq(world, directory, PATIENCE, MAILS)) {
            List<Integer> openAtKill = run.endAtRandom(new Random(seed), ENDS, MAILS);
            run.awaitArrival();
            run.expectNothingLost("ActiveMQ and files, " + ENDS + " ends, " + openAtKill.size() + " of them kills with " + openAtKill
                + " connections open, seed " + seed, openAtKill.size());
            assertThat(world.grey().deferred()).as("mail that was deferred").isGreaterThan(MAILS / 4);
        }
    }
}
