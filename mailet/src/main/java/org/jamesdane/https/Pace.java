/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.https;

import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/** Least time between two requests to one address, whichever domains they are for. Who comes too early waits. */
final class Pace {
    private final Duration between;
    private final LongSupplier nanoTime;
    private final Alarm alarm;
    /** The time of the next request to an address; nothing is kept of one whose time has come. */
    @GuardedBy("this")
    private final Map<InetAddress, Long> next = new HashMap<>();

    /**
     * A pace.
     *
     * @param between the time between two requests
     * @param nanoTime a monotonic clock, in nanoseconds
     * @param alarm ends waits
     */
    Pace(Duration between, LongSupplier nanoTime, Alarm alarm) {
        this.between = between;
        this.nanoTime = nanoTime;
        this.alarm = alarm;
    }

    /**
     * Waits for the turn of one request.
     *
     * @throws FetchFailure if the time of the fetch is over first
     */
    void await(InetAddress address, Deadline deadline) throws FetchFailure {
        Duration wait = reserve(address);
        if (wait.isZero()) {
            return;
        }
        CompletableFuture<Boolean> turn = new CompletableFuture<>();
        Alarm.Handle ringing = alarm.after(wait, () -> turn.complete(true));
        try {
            deadline.await(turn);
        } finally {
            ringing.cancel();
        }
    }

    private synchronized Duration reserve(InetAddress address) {
        long now = nanoTime.getAsLong();
        next.values().removeIf(time -> time - now <= 0);
        long turn = next.getOrDefault(address, now);
        next.put(address, turn + between.toNanos());
        return Duration.ofNanos(turn - now);
    }

    /** The number of addresses whose next request has to wait. */
    synchronized int addresses() {
        return next.size();
    }
}
