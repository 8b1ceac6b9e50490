/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.mtasts;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * A policy as it is kept between deliveries.
 *
 * @param id the id in the TXT record that was read before the fetch (RFC 8461 §8.1)
 * @param fetched the time of the fetch by HTTPS; the policy's lifetime counts from there and from nothing else (RFC 8461 §10.2)
 * @param refreshAfter the time from which the policy is fetched anew
 * @param failingSince the first of the fetches that failed since; empty where none did
 * @param used the last time a delivery asked for the policy
 */
public record CachedPolicy(String id, StsPolicy policy, Instant fetched, Instant refreshAfter, Optional<Instant> failingSince,
        Instant used) {
    /** Longest time between two fetches (RFC 8461 §3.3 suggests a day). */
    public static final Duration LONGEST_REFRESH = Duration.ofDays(1);
    /** Time without a delivery after which a policy is no longer refreshed; it ends by its own lifetime. */
    public static final Duration UNUSED = Duration.ofDays(180);
    /** Time for which refreshes may fail before an operator has to know; half the policy's lifetime where that is shorter. */
    public static final Duration OVERDUE = Duration.ofDays(3);

    private static final int HALF = 2;

    /** Rank by which policies are given up where there is no room for all; the first go first. */
    public enum Worth {
        /** The lifetime is over. */
        EXPIRED,
        /** Mode {@code none}. */
        NONE,
        /** Mode {@code testing}. */
        TESTING,
        /** Mode {@code enforce}: never given up. */
        ENFORCE
    }

    /**
     * The policy of a fetch.
     *
     * @param now the time of the fetch
     * @param random the source of the time of the next one, which nobody is to foresee
     */
    static CachedPolicy fetched(StsState.Fetch step, StsPolicy policy, Instant now, RandomGenerator random) {
        return new CachedPolicy(step.id(), policy, now, now.plus(refreshInterval(policy, random)), Optional.empty(), step.used());
    }

    /**
     * Mark in the place of a policy that an operator has had forgotten. It is in mode {@code none}, under an id that no record can have, so
     * that the next delivery fetches the policy. It ends soon, and replaces what any node has kept.
     */
    public static CachedPolicy forgotten(Instant now) {
        StsPolicy none = new StsPolicy(StsPolicy.Mode.NONE, StsPolicy.SHORTEST_AGE, List.of(),
            "version: STSv1\nmode: none\nmax_age: " + StsPolicy.SHORTEST_AGE.toSeconds() + "\n");
        return new CachedPolicy("", none, now, now.plus(StsPolicy.SHORTEST_AGE).plusMillis(1), Optional.empty(), now);
    }

    /** Tests whether this is such a mark and no domain's policy. */
    public boolean isForgotten() {
        return id.isEmpty();
    }

    /** From half the interval to the whole of it: a day, or half the lifetime where that is shorter. */
    private static Duration refreshInterval(StsPolicy policy, RandomGenerator random) {
        Duration longest = smaller(LONGEST_REFRESH, policy.maxAge().dividedBy(HALF));
        long half = longest.toMillis() / HALF;
        return Duration.ofMillis(half + random.nextLong(half + 1));
    }

    private static Duration smaller(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    /** The end of the policy's lifetime. */
    public Instant expires() {
        return fetched.plus(policy.maxAge());
    }

    /** Tests whether the time since the fetch has not exceeded the lifetime (RFC 8461 §5.1). */
    public boolean isInForce(Instant now) {
        return !now.isAfter(expires());
    }

    /** Tests whether the policy is to be fetched anew, whatever the TXT record says (RFC 8461 §10.2). */
    public boolean wantsRefresh(Instant now) {
        return isInForce(now) && !now.isBefore(refreshAfter) && now.isBefore(used.plus(UNUSED));
    }

    /**
     * Tests whether refreshes of a policy in mode {@code enforce} have failed for so long that an operator has to know. Those that are due
     * and were not even tried count as well.
     */
    public boolean isOverdue(Instant now) {
        Duration patience = smaller(OVERDUE, policy.maxAge().dividedBy(HALF));
        Instant since = failingSince.orElse(refreshAfter);
        boolean wanted = failingSince.isPresent() || now.isBefore(used.plus(UNUSED));
        return policy.enforces() && isInForce(now) && wanted && !now.isBefore(since.plus(patience));
    }

    /** The first fetch that failed since the last good one; the time at which one was due, where none was tried. */
    public Instant staleSince() {
        return failingSince.orElse(refreshAfter);
    }

    /** The same policy, asked for by a delivery at that time. */
    public CachedPolicy usedAt(Instant now) {
        return now.isAfter(used) ? new CachedPolicy(id, policy, fetched, refreshAfter, failingSince, now) : this;
    }

    /** The same policy after a fetch that failed, with the next one not before a pause is over. */
    CachedPolicy failedAt(Instant now, Duration pause) {
        Instant next = now.plus(pause);
        return new CachedPolicy(id, policy, fetched, next.isAfter(refreshAfter) ? next : refreshAfter,
            failingSince.or(() -> Optional.of(now)), used);
    }

    /** Tests whether this may be written in the place of another: only after a later fetch, or with the same one. */
    public boolean mayReplace(CachedPolicy stored) {
        return fetched.isAfter(stored.fetched) || (fetched.equals(stored.fetched) && id.equals(stored.id));
    }

    /** Rank of the policy where there is no room for all. */
    public Worth worth(Instant now) {
        return !isInForce(now) ? Worth.EXPIRED : switch (policy.mode()) {
            case NONE -> Worth.NONE;
            case TESTING -> Worth.TESTING;
            case ENFORCE -> Worth.ENFORCE;
        };
    }

    /** Tests whether the policy is given up so that there is room for one of another domain. */
    public boolean makesWayFor(CachedPolicy other, Instant now) {
        return worth(now) == Worth.EXPIRED || (worth(now) != Worth.ENFORCE && other.worth(now) == Worth.ENFORCE);
    }
}
