/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.webadmin;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;

import org.jamesdane.dns.DomainName;

/**
 * How often hosts may be probed: whoever reaches the interface must not make this server knock at others' doors without end. Safe for any
 * number of threads.
 */
final class ProbeLimit {
    /** Probes in a {@link #PERIOD}: enough to look at each destination of a morning's trouble. */
    static final int MAX_PROBES = 30;
    /** How long a probe counts. */
    static final Duration PERIOD = Duration.ofMinutes(10);
    /** A host that was just probed shows nothing new. */
    static final Duration SAME_DOMAIN = Duration.ofSeconds(10);

    private record Done(DomainName domain, Instant time) {
    }

    private final InstantSource clock;
    private final Deque<Done> done = new ArrayDeque<>();

    ProbeLimit(InstantSource clock) {
        this.clock = clock;
    }

    /** Counts a probe. */
    synchronized void take(DomainName domain) {
        Instant now = clock.instant();
        // A clock that was set back must not lock the door for as long as it was ahead.
        done.removeIf(each -> each.time().plus(PERIOD).isBefore(now) || each.time().isAfter(now));
        for (Done each : done) {
            Instant again = each.time().plus(SAME_DOMAIN);
            if (each.domain().equals(domain) && again.isAfter(now)) {
                throw Refusal.tooOften("The hosts of " + domain + " were probed less than " + SAME_DOMAIN.toSeconds() + " s ago.",
                    Duration.between(now, again));
            }
        }
        if (done.size() >= MAX_PROBES) {
            throw Refusal.tooOften("There were " + MAX_PROBES + " probes in the last " + PERIOD.toMinutes() + " minutes; no more are "
                + "allowed.", Duration.between(now, done.getFirst().time().plus(PERIOD)));
        }
        done.addLast(new Done(domain, now));
    }
}
