/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.outcome.AuditRules;
import org.jamesdane.dane.policy.NextHop;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what enforcement would have held back, by hour, next-hop domain and reason, and writes that to the store now and then. Counts
 * since the last writing are lost when the process is killed; nothing waits for the writing.
 */
public final class AuditStatistics {
    /** Interval between writes of the counts. */
    public static final Duration FLUSH = Duration.ofSeconds(30);
    /** Domains that are counted by name in one hour. A few hundred bytes each. */
    static final int MAX_DOMAINS = 5000;
    /** Counters kept while the store is down. */
    static final int MAX_COUNTERS = 50_000;
    private static final Logger LOGGER = LoggerFactory.getLogger(AuditStatistics.class);

    private final CounterStore store;
    private final StoreThread thread;
    private final InstantSource clock;
    private final String run;
    @GuardedBy("this")
    private final Map<Counter.Key, Long> counts = new HashMap<>();
    @GuardedBy("this")
    private final Map<Instant, Set<String>> domains = new HashMap<>();
    @GuardedBy("this")
    private boolean changed;
    private boolean failing;

    /**
     * Starts with nothing counted.
     *
     * @param run names this run of this node, different from all others
     */
    public AuditStatistics(CounterStore store, StoreThread thread, InstantSource clock, String run) {
        this.store = store;
        this.thread = thread;
        this.clock = clock;
        this.run = run;
    }

    /** Writes regularly from now on. */
    public void start() {
        thread.every(FLUSH, "Writing statistics", this::flushQuietly);
    }

    /** Counts one mail, once for each different reason at its hosts. */
    public void count(NextHop nextHop, AuditRules.Audited audited) {
        Set<String> reasons = audited.failures().stream().map(AuditStatistics::reason).collect(Collectors.toSet());
        Instant hour = clock.instant().truncatedTo(ChronoUnit.HOURS);
        String name = nextHop.domain().map(Object::toString).orElse(nextHop.toString());
        reasons.forEach(reason -> add(hour, name, audited.finding().toString(), reason));
    }

    private static String reason(HostFailure failure) {
        return failure.kind().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private synchronized void add(Instant hour, String name, String finding, String reason) {
        Set<String> known = domains.computeIfAbsent(hour, missing -> new HashSet<>());
        boolean byName = known.contains(name) || (known.size() < MAX_DOMAINS && counts.size() < MAX_COUNTERS && known.add(name));
        counts.merge(new Counter.Key(hour, byName ? name : Counter.OTHERS, finding, reason), 1L, Long::sum);
        changed = true;
    }

    /**
     * The counts of all nodes from an hour on, this node's up to now.
     *
     * @throws StoreException if they can't be read
     */
    public List<Counter> since(Instant since) throws StoreException {
        return thread.call("Reading statistics", () -> {
            flush();
            return store.read(since.truncatedTo(ChronoUnit.HOURS));
        });
    }

    /** Writes what was counted, on the store's thread. */
    void flush() throws StoreException {
        List<Counter> copy = copy();
        if (!copy.isEmpty()) {
            try {
                store.write(run, copy, clock.instant());
                forgetOldHours();
            } catch (StoreException e) {
                remember();
                throw e;
            }
        }
    }

    private synchronized List<Counter> copy() {
        if (!changed) {
            return List.of();
        }
        changed = false;
        List<Counter> copy = new ArrayList<>();
        counts.forEach((key, count) -> copy.add(new Counter(key.hour(), key.domain(), key.finding(), key.reason(), count)));
        return copy;
    }

    private synchronized void remember() {
        changed = true;
    }

    /** An hour that is written gets no more counts, except from threads that read the clock just before its end. */
    private synchronized void forgetOldHours() {
        Instant oldest = clock.instant().truncatedTo(ChronoUnit.HOURS).minus(1, ChronoUnit.HOURS);
        counts.keySet().removeIf(key -> key.hour().isBefore(oldest));
        domains.keySet().removeIf(hour -> hour.isBefore(oldest));
    }

    private void flushQuietly() {
        try {
            flush();
            failing = false;
        } catch (StoreException e) {
            if (!failing) {
                LOGGER.error("The statistics could not be written and are kept in memory for now: {}", e.sentence());
            }
            failing = true;
        }
    }

    /** Writes the last counts when this server stops. */
    public void close() {
        thread.later("Writing statistics", this::flushQuietly);
    }
}
