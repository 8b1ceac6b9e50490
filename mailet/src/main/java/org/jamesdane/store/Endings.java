/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/**
 * The rule for removing what is over: days later, and never on the word of a clock that has just jumped. Not thread-safe.
 */
final class Endings {
    /** Time by the clock between the end of an entry and its removal; three days, so that a wrong clock is noticed before. */
    static final Duration REMOVED_AFTER = Duration.ofDays(3);
    /** Running time of this process, without a jump of the clock, during which an entry was over all the while; one day. */
    static final Duration SEEN_FOR = Duration.ofDays(1);
    /** Change of the clock beyond what running time explains; a minute, which no correction of a running clock needs. */
    static final Duration JUMP = Duration.ofMinutes(1);

    private record Reading(Instant time, long nanos) {
    }

    @GuardedBy("this")
    private final Map<Setting, Long> overSince = new HashMap<>();
    @GuardedBy("this")
    private Optional<Reading> last = Optional.empty();

    /**
     * Looks at what is over.
     *
     * @param nanos a time that nobody sets
     * @return entries to be removed
     */
    synchronized List<Setting> due(Collection<Setting> stored, Instant now, long nanos) {
        boolean jumped = last.filter(reading -> Duration.between(reading.time(), now).minusNanos(nanos - reading.nanos()).abs()
            .compareTo(JUMP) > 0).isPresent();
        last = Optional.of(new Reading(now, nanos));
        if (jumped) {
            overSince.clear();
        }
        List<Setting> over = stored.stream().filter(entry -> entry.endedAt(now)).toList();
        overSince.keySet().retainAll(Set.copyOf(over));
        List<Setting> due = new ArrayList<>();
        for (Setting entry : over) {
            long since = overSince.getOrDefault(entry, nanos);
            overSince.put(entry, since);
            if (entry.endedAt(now.minus(REMOVED_AFTER)) && nanos - since >= SEEN_FOR.toNanos()) {
                due.add(entry);
            }
        }
        return due;
    }
}
