/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One destination's trouble is not another's: with real threads, a clock of the test's own, and destinations that do as told. */
class DispatcherTest {
    private static final Dispatcher.Limits LIMITS = new Dispatcher.Limits(50, 20);
    /** So many may wait here whatever their destinations do. */
    private static final int ROOMY = LIMITS.deliveries();

    private final ExecutorService threads = DeliveryThreads.atMost(LIMITS.deliveries(), "test-delivery-");
    private volatile Instant now = Instant.parse("2026-11-01T12:00:00Z");
    private final Dispatcher dispatcher = new Dispatcher(threads, LIMITS, () -> now, new Random(1));
    private final CountDownLatch end = new CountDownLatch(1);
    private final Map<String, AtomicInteger> attempted = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> most = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> underWay = new ConcurrentHashMap<>();
    private final List<Duration> held = Collections.synchronizedList(new ArrayList<>());
    private final List<Mail> givenBack = Collections.synchronizedList(new ArrayList<>());
    private final Set<String> sentFor = ConcurrentHashMap.newKeySet();
    private final Semaphore slow = new Semaphore(0);
    private final Queue queue = new Queue(dispatcher);

    @AfterEach
    void stop() {
        end.countDown();
        dispatcher.close();
        threads.shutdownNow();
    }

    @Test
    void shouldSendLiveMailThoughTenThousandForAStallingDestinationCameFirst() {
        fill(10_000, "stalls", Behaviour.STALL, true);
        for (int i = 0; i < 1000; i++) {
            queue.mails.add(new Mail("live" + i % 20, Behaviour.TAKE, true));
        }
        queue.intake.start();

        await().until(() -> {
            letASecondPass();
            return queue.isEmpty() && live() == 1000;
        });
        assertThat(attempted("stalls")).isEqualTo(DestinationState.FIRST_DELIVERIES);
        await().until(() -> held.size() == 10_000 - DestinationState.FIRST_DELIVERIES - dispatcher.waiting());
        assertThat(queue.mostInHand.get()).isLessThanOrEqualTo(LIMITS.inHand());
        assertThat(dispatcher.waiting()).isLessThanOrEqualTo(ROOMY);
    }

    @Test
    void shouldProbeADestinationThatFailsWithOneMailAndNotWithEach() {
        fill(10_000, "refuses", Behaviour.FAIL, true);
        queue.intake.start();

        await().until(() -> held.size() + attempted("refuses") == 10_000);
        assertThat(attempted("refuses")).isLessThanOrEqualTo(DestinationState.FIRST_DELIVERIES + DestinationState.FAILURES_UNTIL_DOWN);
        assertThat(held).allMatch(time -> time.compareTo(Duration.ofSeconds(20)) > 0);

        now = now.plus(DestinationState.FIRST_PAUSE.multipliedBy(2));
        int before = attempted("refuses");
        fill(1000, "refuses", Behaviour.FAIL, true);
        queue.request(0);
        await().until(() -> held.size() + attempted("refuses") == 11_000);
        assertThat(attempted("refuses")).isEqualTo(before + 1);
    }

    @Test
    void shouldTryAtOnceWhatSomebodySentFor() {
        fill(20, "refuses", Behaviour.FAIL, true);
        queue.intake.start();
        await().until(() -> held.size() + attempted("refuses") == 20);
        int before = attempted("refuses");

        sentFor.add("refuses");
        queue.mails.add(new Mail("refuses", Behaviour.FAIL, true));
        queue.request(0);

        await().until(() -> attempted("refuses") == before + 1);
    }

    @Test
    void shouldMakeTheLastAttemptOfAMailThatCanWaitNoLonger() {
        fill(20, "refuses", Behaviour.FAIL, true);
        queue.mails.add(new Mail("refuses", Behaviour.FAIL, false));
        queue.intake.start();
        await().until(() -> held.size() + attempted("refuses") == 21);
        int before = attempted("refuses");

        queue.mails.add(new Mail("refuses", Behaviour.FAIL, false));
        queue.request(0);

        await().until(() -> attempted("refuses") == before + 1);
    }

    @Test
    void shouldNotTakeForAStallWhatManyDeliveriesThatBeganTogetherTake() {
        int destinations = 9;
        for (int i = 0; i < 180; i++) {
            queue.mails.add(new Mail("live" + i % destinations, Behaviour.STALL, true));
        }
        queue.intake.start();
        await().until(() -> live() == destinations && dispatcher.waiting() > 0);
        for (int second = 0; second < 3; second++) {
            letASecondPass();
        }

        assertThat(held).isEmpty();
    }

    @Test
    void shouldTellAStallAsSoonAfterManyDeliveriesHaveEnded() {
        fill(5000, "live", Behaviour.TAKE, true);
        queue.intake.start();
        await().until(() -> live() == 5000);

        fill(80, "stalls", Behaviour.STALL, true);
        queue.request(0);
        await().until(() -> dispatcher.waiting() == 79);
        for (int second = 0; second < 4; second++) {
            letASecondPass();
        }

        await().until(() -> held.size() == 80 - DestinationState.FIRST_DELIVERIES);
        assertThat(dispatcher.waiting()).isZero();
    }

    @Test
    void shouldLetMailsForADestinationThatPausesWaitWhileThereIsRoom() {
        fill(30, "stalls", Behaviour.STALL, true);
        queue.intake.start();
        await().until(() -> dispatcher.waiting() == 29);
        for (int second = 0; second < 60; second++) {
            letASecondPass();
        }
        queue.mails.add(new Mail("stalls", Behaviour.STALL, true));
        queue.request(0);

        await().until(() -> dispatcher.waiting() == 31 - DestinationState.FIRST_DELIVERIES);
        assertThat(held).isEmpty();
    }

    @Test
    void shouldSendLiveMailBesideADestinationThatIsSlowWithEveryOtherMail() {
        fill(100, "mix", Behaviour.TAKE, true);
        for (int i = 0; i < 600; i++) {
            queue.mails.add(new Mail("mix", i % 2 == 0 ? Behaviour.SLOW : Behaviour.TAKE, true));
        }
        fill(1000, "live", Behaviour.TAKE, true);
        queue.intake.start();

        AtomicInteger seconds = new AtomicInteger();
        await().pollInterval(Duration.ofMillis(20)).until(() -> {
            seconds.incrementAndGet();
            slow.release();
            letASecondPass();
            return live() == 1000;
        });
        assertThat(seconds.get()).isLessThan(60);
    }

    @Test
    void shouldLetNoMailWaitForAnotherWhoseLifeEndsBeforeItsTurn() {
        fill(10, "stalls", Behaviour.STALL, true);
        Mail aging = new Mail("stalls", Behaviour.STALL, true);
        queue.mails.add(aging);
        queue.mails.add(new Mail("stalls", Behaviour.STALL, false));
        queue.intake.start();

        await().until(() -> attempted("stalls") == 2);
        aging.canWait = false;
        dispatcher.tick();
        await().until(() -> attempted("stalls") == 3);
        assertThat(dispatcher.waiting()).isEqualTo(9);
    }

    @Test
    void shouldTryNoMailTwiceBecauseAnotherInItsLineCannotBeRead() {
        fill(3, "stalls", Behaviour.STALL, true);
        Mail aging = new Mail("stalls", Behaviour.STALL, true);
        Mail odd = new Mail("stalls", Behaviour.STALL, true);
        queue.mails.add(aging);
        queue.mails.add(odd);
        queue.intake.start();
        await().until(() -> dispatcher.waiting() == 4);

        aging.canWait = false;
        odd.readable = false;
        for (int i = 0; i < 3; i++) {
            dispatcher.tick();
        }
        await().until(() -> attempted("stalls") == 2);
        assertThat(dispatcher.waiting()).isEqualTo(3);
    }

    @Test
    void shouldGoOnWhenThereWasNoThreadForAWhile() {
        AtomicBoolean full = new AtomicBoolean(true);
        try (Dispatcher one = new Dispatcher(work -> {
            if (full.get()) {
                throw new OutOfMemoryError("unable to create native thread, as the test wants it");
            }
            threads.execute(work);
        }, LIMITS, () -> now, new Random(1))) {
            Queue many = new Queue(one);
            for (int i = 0; i < 200; i++) {
                many.mails.add(new Mail("live" + i, Behaviour.TAKE, true));
            }
            many.intake.start();
            assertThat(givenBack).hasSize(LIMITS.deliveries());

            full.set(false);
            one.tick();
            await().until(() -> live() + givenBack.size() == 200);
            assertThat(live()).isPositive();
        }
    }

    @Test
    void shouldLeavePlacesForOthersWhenManyMailsForAStallingDestinationCanWaitNoLonger() {
        fill(1000, "stalls", Behaviour.STALL, false);
        queue.intake.start();
        await().until(() -> {
            letASecondPass();
            return queue.isEmpty() && dispatcher.waiting() <= ROOMY;
        });

        for (int i = 0; i < 1000; i++) {
            queue.mails.add(new Mail("live" + i % 20, Behaviour.TAKE, true));
        }
        queue.request(0);
        await().until(() -> live() == 1000);
        assertThat(attempted("stalls")).isEqualTo(LIMITS.perDestination());
        await().until(() -> held.size() == 1000 - LIMITS.perDestination() - dispatcher.waiting());
        assertThat(held).allMatch(time -> time.compareTo(DestinationState.FIRST_PAUSE.multipliedBy(2)) < 0);
    }

    @Test
    void shouldGiveBackWhatWaitsWhenItsQueueIsReadAnewAndLeaveTheOthers() {
        fill(30, "stalls", Behaviour.STALL, true);
        queue.intake.start();
        await().until(() -> dispatcher.waiting() == 29);
        Queue other = new Queue(dispatcher);
        for (int i = 0; i < 10; i++) {
            other.mails.add(new Mail("stalls", Behaviour.STALL, true));
        }
        other.intake.start();
        await().until(() -> dispatcher.waiting() == 39);

        queue.intake.stop();

        assertThat(givenBack).hasSize(29);
        assertThat(dispatcher.waiting()).isEqualTo(10);
        other.intake.stop();
        assertThat(givenBack).hasSize(39);
        assertThat(dispatcher.waiting()).isZero();
    }

    @Test
    void shouldKeepNothingElsewhereForADestinationThatTakesItsMail() {
        fill(5000, "big", Behaviour.TAKE, true);
        queue.intake.start();

        await().until(() -> attempted("big") == 5000);
        assertThat(held).isEmpty();
        assertThat(Objects.requireNonNull(most.get("big")).get()).isBetween(1, LIMITS.perDestination());
        assertThat(queue.mostInHand.get()).isLessThanOrEqualTo(LIMITS.inHand());
    }

    @Test
    void shouldNotTakeAnExceptionForASuccessNorLoseItsPlace() {
        fill(10, "odd", Behaviour.THROW, true);
        queue.intake.start();

        await().until(() -> attempted("odd") == 10);
    }

    @Test
    void shouldGiveBackWhatWaitsWhenClosed() {
        fill(30, "stalls", Behaviour.STALL, true);
        queue.intake.start();
        await().until(() -> dispatcher.waiting() == 29);

        dispatcher.close();

        assertThat(givenBack).hasSize(29);
        queue.intake.offer(new Mail("late", Behaviour.TAKE, true));
        assertThat(givenBack).hasSize(30);
    }

    @Test
    void shouldAskForNothingMoreOnceStopped() {
        queue.intake.stop();
        fill(10, "live", Behaviour.TAKE, true);
        queue.intake.start();

        assertThat(queue.mails).hasSize(10);
        queue.intake.offer(new Mail("live", Behaviour.TAKE, true));
        assertThat(givenBack).hasSize(1);
    }

    private void letASecondPass() {
        now = now.plusSeconds(1);
        dispatcher.tick();
    }

    private int live() {
        return attempted.entrySet().stream().filter(each -> each.getKey().startsWith("live")).mapToInt(each -> each.getValue().get()).sum();
    }

    private int attempted(String destination) {
        AtomicInteger number = attempted.get(destination);
        return number == null ? 0 : number.get();
    }

    private void fill(int number, String destination, Behaviour behaviour, boolean canWait) {
        for (int i = 0; i < number; i++) {
            queue.mails.add(new Mail(destination, behaviour, canWait));
        }
    }

    private enum Behaviour { TAKE, FAIL, STALL, THROW, SLOW }

    /** Gives as many mails as it was asked for, in their order. */
    private static final class Queue {
        private final Deque<Mail> mails = new ArrayDeque<>();
        private final AtomicInteger inHand = new AtomicInteger();
        private final AtomicInteger mostInHand = new AtomicInteger();
        private final Dispatcher.Intake intake;
        private int wanted;
        private boolean giving;

        Queue(Dispatcher dispatcher) {
            this.intake = dispatcher.intake(this::request);
        }

        private void request(int number) {
            synchronized (this) {
                wanted += number;
                if (giving) {
                    return;
                }
                giving = true;
            }
            for (Mail next = next(); next != null; next = next()) {
                int now = inHand.incrementAndGet();
                mostInHand.accumulateAndGet(now, Math::max);
                intake.offer(next);
            }
        }

        private synchronized @Nullable Mail next() {
            Mail next = wanted > 0 ? mails.poll() : null;
            if (next == null) {
                giving = false;
            } else {
                wanted--;
            }
            return next;
        }

        private synchronized boolean isEmpty() {
            return mails.isEmpty();
        }
    }

    private final class Mail implements Parcel {
        private final String destination;
        private final Behaviour behaviour;
        private volatile boolean canWait;
        private volatile boolean readable = true;

        Mail(String destination, Behaviour behaviour, boolean canWait) {
            this.destination = destination;
            this.behaviour = behaviour;
            this.canWait = canWait;
        }

        @Override
        public String destination() {
            return destination;
        }

        @Override
        public boolean canWait(Duration time) {
            if (!readable) {
                throw new IllegalStateException("attributes that cannot be read, as the test wants it");
            }
            return canWait;
        }

        @Override
        public boolean isSentFor() {
            return sentFor.contains(destination);
        }

        @Override
        public Reachability attempt() {
            int together = underWay.computeIfAbsent(destination, key -> new AtomicInteger()).incrementAndGet();
            most.computeIfAbsent(destination, key -> new AtomicInteger()).accumulateAndGet(together, Math::max);
            try {
                if (behaviour == Behaviour.THROW) {
                    throw new IllegalStateException("a defect, as the test wants it");
                }
                if (behaviour == Behaviour.STALL) {
                    attempted.computeIfAbsent(destination, key -> new AtomicInteger()).incrementAndGet();
                    end.await();
                } else if (behaviour == Behaviour.SLOW) {
                    slow.acquire();
                }
                return behaviour == Behaviour.FAIL ? Reachability.FAILED : Reachability.REACHED;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Reachability.UNKNOWN;
            } finally {
                Objects.requireNonNull(underWay.get(destination)).decrementAndGet();
                queue.inHand.decrementAndGet();
                if (behaviour != Behaviour.STALL) {
                    attempted.computeIfAbsent(destination, key -> new AtomicInteger()).incrementAndGet();
                }
            }
        }

        @Override
        public void hold(Duration time) {
            queue.inHand.decrementAndGet();
            held.add(time);
        }

        @Override
        public void giveBack() {
            givenBack.add(this);
        }
    }
}
