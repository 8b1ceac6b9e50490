/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

/** Work of every second, which goes on after an {@link Error}. */
class TickingTest {
    private final Deque<Runnable> given = new ArrayDeque<>();
    private final List<String> done = new ArrayList<>();
    private final AtomicBoolean shortage = new AtomicBoolean();
    private final Keepers keepers = new Keepers("outgoing", task -> {
        if (shortage.getAndSet(false)) {
            throw new OutOfMemoryError("unable to create native thread: a trap");
        }
        given.add(task);
    });

    @Test
    void shouldGoOnAfterAnError() {
        AtomicInteger times = new AtomicInteger();
        try (Ticking ticking = new Ticking("test-ticking", () -> {
            if (times.incrementAndGet() % 2 == 1) {
                throw new StackOverflowError("a trap");
            }
        }, Duration.ofMillis(5))) {
            ticking.start();

            await().until(() -> times.get() >= 4);
        }
    }

    @Test
    void shouldLookAfterLongAttemptsOneAtATime() {
        for (int i = 0; i < 3; i++) {
            keepers.look(() -> done.add("looked"));
        }
        assertThat(given).hasSize(1);
        runAll();

        keepers.look(() -> {
            done.add("looked");
            throw new StackOverflowError("a trap");
        });
        runAll();
        keepers.look(() -> done.add("looked"));
        runAll();

        assertThat(done).containsExactly("looked", "looked", "looked");
    }

    @Test
    void shouldLookAgainAfterAShortageOfThreads() {
        shortage.set(true);
        keepers.look(() -> done.add("looked"));
        keepers.look(() -> done.add("looked"));
        runAll();

        assertThat(done).containsExactly("looked");
    }

    private void runAll() {
        for (Runnable task = given.poll(); task != null; task = given.poll()) {
            task.run();
        }
    }
}
