/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import org.xbill.DNS.Name;

/** Cache of what was proved about names on the way down, by name. Bounded by the heap it takes, and never older than its proof allows. */
final class ZoneCache {
    private final Cache<Name, ZoneStatus> steps;
    private final Clock clock;
    private final AtomicLong flushes = new AtomicLong();

    /**
     * Starts empty.
     *
     * @param maxOctets about how much of the heap it may take, as {@link HeapWeigher} counts
     */
    ZoneCache(long maxOctets, Clock clock) {
        this.clock = clock;
        this.steps = Caffeine.newBuilder()
            .maximumWeight(maxOctets)
            .weigher((Name name, ZoneStatus step) -> HeapWeigher.of(step))
            .executor(Runnable::run)
            .build();
    }

    /** The proof about exactly this name, if it still holds. */
    Optional<ZoneStatus> get(Name name) {
        ZoneStatus step = steps.getIfPresent(name);
        if (step == null) {
            return Optional.empty();
        }
        if (!step.expiry().isAfter(clock.instant())) {
            steps.asMap().remove(name, step);
            return Optional.empty();
        }
        return Optional.of(step);
    }

    /** Number of flushes so far; the caller reads it before a walk and gives it to {@link #put} with the proofs. */
    long epoch() {
        return flushes.get();
    }

    /** Keeps a proof, unless something was flushed since the walk started: it may rest on what was flushed. */
    void put(Name name, ZoneStatus step, long epoch) {
        if (step.expiry().isAfter(clock.instant()) && epoch == flushes.get()) {
            steps.put(name, step);
            if (epoch != flushes.get()) {
                steps.asMap().remove(name, step);
            }
        }
    }

    /** Forgets a name and everything below it. */
    void flush(Name name) {
        flushes.incrementAndGet();
        steps.asMap().keySet().removeIf(cached -> cached.subdomain(name));
    }

    /** Proofs at and below a name, in canonical order. */
    Map<Name, ZoneStatus> inspect(Name name) {
        Map<Name, ZoneStatus> found = new TreeMap<>();
        steps.asMap().forEach((cached, step) -> {
            if (cached.subdomain(name) && step.expiry().isAfter(clock.instant())) {
                found.put(cached, step);
            }
        });
        return found;
    }

    long size() {
        return steps.estimatedSize();
    }
}
