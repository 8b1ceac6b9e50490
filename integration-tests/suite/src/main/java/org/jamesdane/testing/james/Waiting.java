/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.testing.james;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Waiting for something that another process does and cannot announce: asks again until it is there or the time is up.
 */
public final class Waiting {
    private static final long INTERVAL_MILLIS = 50;

    private Waiting() {
    }

    /** Asks until there is an answer; empty if there is none in time. */
    public static <T> Optional<T> until(Supplier<Optional<T>> question, Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (true) {
            Optional<T> answer = question.get();
            if (answer.isPresent() || System.nanoTime() - deadline >= 0) {
                return answer;
            }
            try {
                TimeUnit.MILLISECONDS.sleep(INTERVAL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.empty();
            }
        }
    }
}
