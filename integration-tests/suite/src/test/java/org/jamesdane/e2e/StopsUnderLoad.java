/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.e2e;

import java.time.Duration;
import java.util.Arrays;
import java.util.stream.IntStream;

import org.jamesdane.testing.load.LoadWorld;

/** Stops of James under load, while one of its destinations takes its time to answer the end of a message. */
final class StopsUnderLoad {
    static final Duration PATIENCE = Duration.ofMinutes(Integer.getInteger("stop.minutes", 8));
    private static final int STOPS = Integer.getInteger("stop.times", 2);
    private static final int MAILS_FOR_EACH = Integer.getInteger("stop.mails", 200);
    /** James gives deliveries that are under way 7 s. */
    private static final int GRACE_SECONDS = 6;
    /** Number of mails per mail to the slow destination. */
    private static final int SLOW = 20;

    private StopsUnderLoad() {
    }

    /** Seconds after which the slow host answers, one run for each. */
    static IntStream answers() {
        return Arrays.stream(System.getProperty("stop.answer.seconds", "5,20").split(",", -1)).mapToInt(Integer::parseInt);
    }

    static int mails() {
        return (STOPS + 1) * MAILS_FOR_EACH;
    }

    static String recipient(int number) {
        return "user" + number + "@" + (number % SLOW == 0 ? "dane.example" : number % 2 == 0 ? "grey.example" : "plain.example");
    }

    /** Stops the nodes in turn; only an answer that does not come within the grace may double a mail. */
    static void expectNothingLost(LoadWorld world, LoadRun run, String queue, int seconds) {
        world.dane().answerAfter(Duration.ofSeconds(seconds));
        for (int i = 0; i < STOPS; i++) {
            run.awaitConfirmed((i + 1) * MAILS_FOR_EACH);
            run.stopAndRestart(i % run.nodes());
        }
        run.awaitArrival();
        run.expectNothingLost(queue + ", " + STOPS + " stops, a host that answers after " + seconds + " s",
            seconds <= GRACE_SECONDS ? 0 : STOPS);
    }
}
