/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.schedule;

import java.time.Duration;
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
import java.util.concurrent.atomic.AtomicInteger;

import org.jamesdane.delivery.destination.ManualTicker;
import org.jamesdane.delivery.destination.Reachability;
import org.jamesdane.delivery.mail.OutboundMail;
import org.jamesdane.delivery.retry.DeliveryThreads;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** A dispatcher with real threads, a ticker of the test's own, and destinations that do as told. */
abstract class DispatcherBed {
    static final Dispatcher.Limits LIMITS = new Dispatcher.Limits(50, 20);
    /** Deliveries enough for all mails to wait here, whatever their destinations do. */
    static final int ROOMY = LIMITS.deliveries();

    final ExecutorService threads = DeliveryThreads.atMost(LIMITS.deliveries(), "test-delivery-");
    final ManualTicker ticker = new ManualTicker();
    final Dispatcher dispatcher = new Dispatcher(threads, LIMITS, ticker, new Random(1), new TestSuccesses("new"));
    final CountDownLatch end = new CountDownLatch(1);
    final Map<String, AtomicInteger> attempted = new ConcurrentHashMap<>();
    final Map<String, AtomicInteger> most = new ConcurrentHashMap<>();
    final Map<String, AtomicInteger> underWay = new ConcurrentHashMap<>();
    final List<Duration> held = Collections.synchronizedList(new ArrayList<>());
    final List<Mail> givenBack = Collections.synchronizedList(new ArrayList<>());
    final Set<String> sentFor = ConcurrentHashMap.newKeySet();
    final Semaphore slow = new Semaphore(0);
    final Queue queue = new Queue(dispatcher);

    @AfterEach
    void stop() {
        end.countDown();
        dispatcher.close();
        threads.shutdownNow();
    }

    void letASecondPass() {
        ticker.advanceMillis(1000);
        dispatcher.tick();
    }

    int live() {
        return attempted.entrySet().stream().filter(each -> each.getKey().startsWith("live")).mapToInt(each -> each.getValue().get()).sum();
    }

    int attempted(String destination) {
        AtomicInteger number = attempted.get(destination);
        return number == null ? 0 : number.get();
    }

    void fill(int number, String destination, Behaviour behaviour, boolean canWait) {
        for (int i = 0; i < number; i++) {
            queue.mails.add(new Mail(destination, behaviour, canWait));
        }
    }

    enum Behaviour { TAKE, FAIL, STALL, THROW, SLOW }

    /** Gives as many mails as it was asked for, in their order. */
    static final class Queue {
        final Deque<Mail> mails = new ArrayDeque<>();
        private final AtomicInteger inHand = new AtomicInteger();
        final AtomicInteger mostInHand = new AtomicInteger();
        final Dispatcher.Intake<OutboundMail> intake;
        private int wanted;
        private boolean giving;

        Queue(Dispatcher dispatcher) {
            this.intake = dispatcher.intake(TestQueuedMail.worker(), Runnable::run, this::request);
        }

        void request(int number) {
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

        synchronized boolean isEmpty() {
            return mails.isEmpty();
        }
    }

    final class Mail extends TestQueuedMail<OutboundMail> {
        private final String destination;
        private final Behaviour behaviour;
        volatile boolean canWait;
        volatile boolean readable = true;

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
        protected boolean canWait(Duration time) {
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
        protected Reachability attempt() {
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
        protected void hold(Duration time) {
            queue.inHand.decrementAndGet();
            held.add(time);
        }

        @Override
        public void requeueAtOnce() {
            givenBack.add(this);
        }
    }
}
