/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Waiting of work that fails again and again; the timer notes its pauses and does not make them, or makes none end. */
class TimedStorageRetryQueueTest {
    private final List<Long> pauses = Collections.synchronizedList(new ArrayList<>());
    private volatile boolean timePasses = true;
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1) {
        @Override
        public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
            pauses.add(unit.toSeconds(delay));
            return super.schedule(task, timePasses ? 0 : 1, TimeUnit.DAYS);
        }
    };
    private final TimedStorageRetryQueue aside = new TimedStorageRetryQueue(timer, 2);

    @AfterEach
    void stop() {
        timer.shutdownNow();
    }

    @Test
    void shouldTryAgainAfterEverLongerPausesUntilItSucceeds() {
        Work work = new Work(9);
        assertThat(aside.take(work)).isTrue();

        await().until(() -> work.tries.get() == 9);
        assertThat(pauses).containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L, 60L);
        aside.close();
        assertThat(work.tries.get()).isEqualTo(9);
        assertThat(work.givenUp.get()).isZero();
    }

    @Test
    void shouldTakeAnExceptionForAFailure() {
        Work work = new Work(2) {
            @Override
            public boolean tryAgain() {
                if (super.tryAgain()) {
                    return true;
                }
                throw new IllegalStateException("a defect, as the test wants it");
            }
        };
        aside.take(work);

        await().until(() -> work.tries.get() == 2);
    }

    @Test
    void shouldTakeNoMoreThanItMay() {
        timePasses = false;

        assertThat(aside.take(new Work(1))).isTrue();
        assertThat(aside.take(new Work(1))).isTrue();
        assertThat(aside.take(new Work(1))).isFalse();
    }

    @Test
    void shouldHaveRoomAgainForOneThatIsDone() {
        for (int i = 0; i < 10; i++) {
            Work work = new Work(1);
            assertThat(aside.take(work)).isTrue();
            await().until(() -> work.tries.get() == 1);
        }
    }

    @Test
    void shouldTryALastTimeWhenClosedAndGiveUpWhatFails() {
        timePasses = false;
        Work lucky = new Work(1);
        Work unlucky = new Work(2);
        aside.take(lucky);
        aside.take(unlucky);

        aside.close();

        assertThat(lucky.tries.get()).isEqualTo(1);
        assertThat(lucky.givenUp.get()).isZero();
        assertThat(unlucky.givenUp.get()).isEqualTo(1);
        assertThat(aside.take(new Work(1))).isFalse();
        aside.close();
        assertThat(unlucky.givenUp.get()).isEqualTo(1);
    }

    @Test
    void shouldKeepForTheEndWhatTheTimerNoLongerTakes() {
        timer.shutdownNow();
        Work work = new Work(2);

        assertThat(aside.take(work)).isTrue();
        aside.close();
        assertThat(work.givenUp.get()).isEqualTo(1);
    }

    /** Hosts that do not answer hold every thread of deliveries for longer than a queue leaves a mail here. */
    @Test
    void shouldTryOnThreadsOfItsOwnAllAtOnce() {
        CountDownLatch met = new CountDownLatch(2);
        Set<String> names = ConcurrentHashMap.newKeySet();
        for (int i = 0; i < 2; i++) {
            aside.take(new Work(1) {
                @Override
                public boolean tryAgain() {
                    names.add(Thread.currentThread().getName());
                    met.countDown();
                    try {
                        return met.await(1, TimeUnit.MINUTES);
                    } catch (InterruptedException e) {
                        return false;
                    }
                }
            });
        }

        await().atMost(Duration.ofMinutes(1)).until(() -> met.getCount() == 0);
        assertThat(names).hasSize(2).allMatch(name -> name.startsWith("dane-aside-"));
    }

    /** Succeeds with the try of that number. */
    private static class Work implements StorageRetryQueue.Work {
        private final int successful;
        private final AtomicInteger tries = new AtomicInteger();
        private final AtomicInteger givenUp = new AtomicInteger();

        Work(int successful) {
            this.successful = successful;
        }

        @Override
        public boolean tryAgain() {
            return tries.incrementAndGet() >= successful;
        }

        @Override
        public void giveUp() {
            givenUp.incrementAndGet();
        }
    }
}
