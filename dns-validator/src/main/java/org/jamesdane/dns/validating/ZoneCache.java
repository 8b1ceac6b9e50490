/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import org.jamesdane.dns.validating.ZoneStep.SecureZone;
import org.xbill.DNS.Name;

/** What was proved about names on the way down, by name. Bounded by weight, and never older than its proof allows. */
final class ZoneCache {
    private final Cache<Name, ZoneStep> steps;
    private final Clock clock;

    /**
     * Starts empty.
     *
     * @param maxWeight a signed zone weighs 1 and 1 for each of its keys, anything else 1
     */
    ZoneCache(long maxWeight, Clock clock) {
        this.clock = clock;
        this.steps = Caffeine.newBuilder()
            .maximumWeight(maxWeight)
            .weigher((Name name, ZoneStep step) -> step instanceof SecureZone zone ? 1 + zone.keys().size() : 1)
            .executor(Runnable::run)
            .build();
    }

    /** The proof about exactly this name, if it still holds. */
    Optional<ZoneStep> get(Name name) {
        ZoneStep step = steps.getIfPresent(name);
        if (step == null) {
            return Optional.empty();
        }
        if (!step.expiry().isAfter(clock.instant())) {
            steps.asMap().remove(name, step);
            return Optional.empty();
        }
        return Optional.of(step);
    }

    void put(Name name, ZoneStep step) {
        if (step.expiry().isAfter(clock.instant())) {
            steps.put(name, step);
        }
    }

    /** Forgets a name and everything below it. */
    void flush(Name name) {
        steps.asMap().keySet().removeIf(cached -> cached.subdomain(name));
    }

    /** What holds at and below a name, in canonical order. */
    Map<Name, ZoneStep> inspect(Name name) {
        Map<Name, ZoneStep> found = new TreeMap<>();
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
