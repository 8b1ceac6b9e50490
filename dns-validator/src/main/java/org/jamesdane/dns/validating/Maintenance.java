/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Periodic maintenance: self-tests, the trust anchor file, the end of negative trust anchors. */
final class Maintenance implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Maintenance.class);

    /** Interval between looks for work that is due. */
    static final Duration TICK = Duration.ofSeconds(5);
    /** A resolver that passed is tested again after this time. */
    static final Duration TEST_INTERVAL = Duration.ofHours(1);
    /** Interval between tests of a resolver that failed. */
    static final Duration RETEST_INTERVAL = Duration.ofSeconds(30);
    /** Interval between tests whether a zone under a negative trust anchor validates again (RFC 7646 §4). */
    static final Duration EXCEPTION_INTERVAL = Duration.ofMinutes(10);

    private final List<Upstream> upstreams;
    private final Function<Upstream, CompletableFuture<Void>> selfTest;
    private final Supplier<CompletableFuture<Void>> anchors;
    private final Function<Boolean, CompletableFuture<Void>> exceptions;
    private final Map<Upstream, Long> lastTests = new ConcurrentHashMap<>();
    private final Map<Upstream, CompletableFuture<Void>> tests = new ConcurrentHashMap<>();
    private final ScheduledThreadPoolExecutor timer;
    private long lastExceptions = System.nanoTime();

    /**
     * Does nothing before it is started.
     *
     * @param anchors looks at the trust anchor file
     * @param exceptions ends negative trust anchors; is told whether to try their zones too
     */
    Maintenance(List<Upstream> upstreams, Function<Upstream, CompletableFuture<Void>> selfTest, Supplier<CompletableFuture<Void>> anchors,
            Function<Boolean, CompletableFuture<Void>> exceptions) {
        this.upstreams = upstreams;
        this.selfTest = selfTest;
        this.anchors = anchors;
        this.exceptions = exceptions;
        this.timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "dane-dns-upkeep");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Tests all resolvers now, and looks after everything from now on. */
    CompletableFuture<Void> start() {
        CompletableFuture<Void> tested = testAll();
        ScheduledFuture<?> unused = timer.scheduleWithFixedDelay(this::tick, TICK.toMillis(), TICK.toMillis(),
            TimeUnit.MILLISECONDS);
        return tested;
    }

    /** Tests all resolvers, all at once, but for those whose test is under way; done when the last has its result. */
    CompletableFuture<Void> testAll() {
        return test(upstreams);
    }

    private CompletableFuture<Void> test(List<Upstream> some) {
        return CompletableFuture.allOf(some.stream().map(this::test).toArray(CompletableFuture<?>[]::new));
    }

    /** Tests a resolver once at a time: two tests that fail at once would count as two failures in a row. */
    private CompletableFuture<Void> test(Upstream upstream) {
        CompletableFuture<Void> mine = new CompletableFuture<>();
        CompletableFuture<Void> others = tests.putIfAbsent(upstream, mine);
        if (others != null) {
            return others;
        }
        lastTests.put(upstream, System.nanoTime());
        boolean wasUsable = upstream.isUsable();
        // What comes of it is in "mine".
        CompletableFuture<Void> unused = CompletableFuture.completedFuture(upstream).thenCompose(selfTest)
            .thenRun(() -> report(upstream, wasUsable))
            .whenComplete((done, failure) -> {
                if (failure != null) {
                    LOGGER.error("The self-test of the resolver {} ended unexpectedly; it is repeated", upstream, failure);
                }
                tests.remove(upstream, mine);
                mine.complete(null);
            });
        return mine;
    }

    private void report(Upstream upstream, boolean wasUsable) {
        // A test that was cut off by the end says nothing about the resolver.
        if (!timer.isShutdown()) {
            upstream.status().advice().ifPresent(advice -> LOGGER.error("DNS self-test: {}", advice));
            if (!wasUsable && upstream.isUsable()) {
                LOGGER.info("DNS self-test: the resolver {} passes on all that DNSSEC needs", upstream);
            }
        }
    }

    private void tick() {
        try {
            boolean tryZones = isPast(lastExceptions, EXCEPTION_INTERVAL);
            lastExceptions = tryZones ? System.nanoTime() : lastExceptions;
            // None waits for another.
            CompletableFuture<Void> unused = CompletableFuture.allOf(test(upstreams.stream().filter(this::isDue).toList()),
                started("The look at the trust anchors", anchors),
                started("The look at the negative trust anchors", () -> exceptions.apply(tryZones)));
        } catch (Throwable e) {
            // One round that fails must not be the last one.
            LOGGER.error("The upkeep of the DNS validator failed", e);
        }
    }

    private static CompletableFuture<Void> started(String what, Supplier<CompletableFuture<Void>> task) {
        CompletableFuture<Void> started;
        try {
            started = task.get();
        } catch (Throwable e) {
            started = CompletableFuture.failedFuture(e);
        }
        return started.exceptionally(failure -> {
            LOGGER.error("{} failed; it is repeated", what, failure);
            return null;
        });
    }

    private boolean isDue(Upstream upstream) {
        long last = lastTests.getOrDefault(upstream, System.nanoTime());
        if (upstream.isSuspect() && isPast(last, TICK)) {
            return true;
        }
        return isPast(last, upstream.hasPassed() ? TEST_INTERVAL : RETEST_INTERVAL);
    }

    private static boolean isPast(long since, Duration interval) {
        return System.nanoTime() - since >= interval.toNanos();
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
