/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;

/** On every Java platform the same number of tasks at once. */
class DeliveryThreadsTest {
    @Test
    void shouldRunNoMoreTasksAtOnceThanAllowed() throws Exception {
        ExecutorService executor = DeliveryThreads.atMost(3, "test-");
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        for (int i = 0; i < 100; i++) {
            executor.execute(() -> {
                most.accumulateAndGet(running.incrementAndGet(), Math::max);
                try {
                    go.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                running.decrementAndGet();
                done.incrementAndGet();
            });
        }
        await().until(() -> running.get() == 3);
        go.countDown();
        executor.shutdown();

        assertThat(executor.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
        assertThat(done.get()).isEqualTo(100);
        assertThat(most.get()).isEqualTo(3);
    }

    @Test
    void shouldUseVirtualThreadsExactlyWhereTheyWaitCheaply() throws Exception {
        ExecutorService executor = DeliveryThreads.atMost(1, "test-");
        AtomicReference<Thread> used = new AtomicReference<>();
        executor.execute(() -> used.set(Thread.currentThread()));
        executor.shutdown();
        assertThat(executor.awaitTermination(20, TimeUnit.SECONDS)).isTrue();

        Thread thread = Objects.requireNonNull(used.get());
        assertThat(thread.getClass().getSimpleName().contains("Virtual")).isEqualTo(Runtime.version().feature() >= 24);
        assertThat(thread.getName()).startsWith("test-");
        assertThat(thread.isDaemon()).isTrue();
    }
}
