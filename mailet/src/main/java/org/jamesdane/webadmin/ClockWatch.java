/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/**
 * Notices a clock that cannot be right. Signatures are judged by it: a wrong clock makes whole zones bogus, or outdated ones valid again.
 * Safe for any number of threads.
 */
final class ClockWatch {
    /** Earliest time that a clock can rightly show: this software did not exist before. */
    static final Instant EARLIEST = Instant.parse("2026-11-01T00:00:00Z");
    /** A change beyond this is no correction of a running clock; the validator bears five minutes. */
    static final Duration JUMP = Duration.ofMinutes(1);
    /** Time for which a jump is told of, so that a check that comes by every few minutes sees it. */
    static final Duration TOLD = Duration.ofHours(1);

    private record Jump(Duration by, long nanos) {
    }

    private final InstantSource clock;
    private final LongSupplier nanoTime;
    @GuardedBy("this")
    private Instant lastTime;
    @GuardedBy("this")
    private long lastNanos;
    @GuardedBy("this")
    private Optional<Jump> jump = Optional.empty();

    /**
     * Starts to watch.
     *
     * @param nanoTime a time that nobody sets, in nanoseconds from any point on
     */
    ClockWatch(InstantSource clock, LongSupplier nanoTime) {
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.lastTime = clock.instant();
        this.lastNanos = nanoTime.getAsLong();
    }

    /** Finds what is wrong with the clock, if anything. */
    synchronized Optional<Health> look() {
        Instant time = clock.instant();
        long nanos = nanoTime.getAsLong();
        Duration by = Duration.between(lastTime, time).minusNanos(nanos - lastNanos);
        if (by.abs().compareTo(JUMP) > 0) {
            jump = Optional.of(new Jump(by, nanos));
        }
        lastTime = time;
        lastNanos = nanos;
        jump = jump.filter(each -> nanos - each.nanos() < TOLD.toNanos());
        if (time.isBefore(EARLIEST)) {
            return Optional.of(new Health(Health.Level.UNHEALTHY, List.of("The clock of this host says " + time + ", which is before this "
                + "software was made: DNSSEC signatures cannot be judged; set it, and have it kept right by NTP.")));
        }
        return jump.map(each -> new Health(Health.Level.DEGRADED, List.of("The clock of this host was set "
            + (each.by().isNegative() ? "back" : "forward") + " by " + each.by().abs().toSeconds() + " s in the last hour (or the host was "
            + "suspended); DNSSEC signatures are judged by it: have it kept right by NTP.")));
    }
}
