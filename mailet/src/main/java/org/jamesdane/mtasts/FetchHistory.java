/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.mtasts;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Fetches of one domain's policy that keep the next ones back (RFC 8461 §3.3). A time that lies ahead, because the clock was set back
 * since, keeps nothing back.
 *
 * @param last the start of the last fetch, whatever became of it
 * @param failures the ids whose last fetch failed
 * @param certificateEnds the end of the time of the policy host's certificate, as the last fetch that succeeded saw it
 */
public record FetchHistory(Optional<Instant> last, Map<String, Failure> failures, Optional<Instant> certificateEnds) {
    /** No fetch yet. */
    public static final FetchHistory NONE = new FetchHistory(Optional.empty(), Map.of(), Optional.empty());
    /** Shortest time between two fetches of one domain, whatever the ids: a bound of our own against ids that change all the time. */
    public static final Duration BETWEEN = Duration.ofMinutes(1);
    /** Shortest time to the next fetch for an id after a failed one (RFC 8461 §3.3). */
    public static final Duration FIRST_PAUSE = Duration.ofMinutes(5);
    /** Longest time to the next fetch for an id; each failure doubles the pause up to it. */
    public static final Duration LONGEST_PAUSE = Duration.ofHours(1);
    /** Ids remembered: as many as can fail within the longest pause. */
    static final int MAX_IDS = 60;

    /**
     * Failures for an id.
     *
     * @param count failures in a row
     * @param at the last one
     * @param text what went wrong then, as a clause
     */
    public record Failure(int count, Instant at, String text) {
        Duration pause() {
            Duration pause = FIRST_PAUSE;
            for (int i = 1; i < count && pause.compareTo(LONGEST_PAUSE) < 0; i++) {
                pause = pause.multipliedBy(2);
            }
            return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
        }
    }

    public FetchHistory {
        failures = Map.copyOf(failures);
    }

    /** Tests whether the policy of that id may be fetched now. */
    public boolean allows(String id, Instant now) {
        Failure failure = failures.get(id);
        return !isRecent(now) && (failure == null || !isWithin(failure.pause(), failure.at(), now));
    }

    /** Tests whether a fetch began so short a time ago that no other may begin, whatever the id. */
    public boolean isRecent(Instant now) {
        return last.filter(at -> isWithin(BETWEEN, at, now)).isPresent();
    }

    private static boolean isWithin(Duration pause, Instant start, Instant now) {
        return !now.isBefore(start) && now.isBefore(start.plus(pause));
    }

    /** The history with a fetch that begins. */
    public FetchHistory started(Instant now) {
        return new FetchHistory(Optional.of(now), failures, certificateEnds);
    }

    /** The history after a fetch for that id that succeeded. */
    FetchHistory succeeded(String id, Optional<Instant> newCertificateEnds) {
        Map<String, Failure> left = new LinkedHashMap<>(failures);
        left.remove(id);
        return new FetchHistory(last, left, newCertificateEnds);
    }

    /** The history after a fetch for that id that failed. */
    FetchHistory failed(String id, Instant now, String text) {
        Map<String, Failure> left = new LinkedHashMap<>();
        // An id that has long been let through again is forgotten, and with it how often it failed.
        failures.forEach((each, failure) -> {
            if (each.equals(id) || isWithin(failure.pause().plus(LONGEST_PAUSE), failure.at(), now)) {
                left.put(each, failure);
            }
        });
        Failure before = left.remove(id);
        if (left.size() >= MAX_IDS) {
            left.entrySet().stream().min(Map.Entry.comparingByValue(Comparator.comparing(Failure::at)))
                .map(Map.Entry::getKey).ifPresent(left::remove);
        }
        left.put(id, new Failure(before == null ? 1 : before.count() + 1, now, text));
        return new FetchHistory(last, left, certificateEnds);
    }

    /** The last failure for any id; empty where no fetch failed that still keeps another back, or did until a little while ago. */
    public Optional<Failure> lastFailure() {
        return failures.values().stream().max(Comparator.comparing(Failure::at));
    }

    /** The same history without the failures: an operator wishes to try again now. */
    public FetchHistory forgiven() {
        return new FetchHistory(last, Map.of(), certificateEnds);
    }

    /** Pause that the last failure for an id began; nothing where there was none. */
    Duration pause(String id) {
        Failure failure = failures.get(id);
        return failure == null ? Duration.ZERO : failure.pause();
    }
}
