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

import javax.inject.Inject;
import javax.inject.Singleton;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jamesdane.dns.DomainName;
import org.jamesdane.james.DaneEngine;

/** Limit on probes of hosts: a caller must not make this server connect to others' hosts without end. Safe for any number of threads. */
@Singleton
final class ProbeLimit {
    /** Probes in a {@link #PERIOD}: enough to look at each destination of a morning's trouble. */
    static final int MAX_PROBES = 30;
    /** Time for which a probe counts. */
    static final Duration PERIOD = Duration.ofMinutes(10);
    /** Probes under way; a few show whether a site is in trouble, and none of them takes long. */
    static final int AT_ONCE = 4;
    /** All that one probe may take. */
    static final Duration LONGEST = Duration.ofSeconds(60);
    /** A host that was just probed shows nothing new. */
    static final Duration SAME_DOMAIN = Duration.ofSeconds(10);

    private record Done(DomainName domain, Instant time) {
    }

    private final InstantSource clock;
    @GuardedBy("this")
    private final Deque<Done> done = new ArrayDeque<>();
    @GuardedBy("this")
    private final Deque<Done> underWay = new ArrayDeque<>();

    @Inject
    ProbeLimit(DaneEngine engine) {
        this(engine.clock());
    }

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
        // A probe that another node does is over after its time at the latest.
        underWay.removeIf(each -> !each.time().plus(LONGEST).isAfter(now) || each.time().isAfter(now));
        if (underWay.size() >= AT_ONCE) {
            throw Refusal.tooOften(AT_ONCE + " probes are under way; no more are allowed at once.",
                Duration.between(now, underWay.getFirst().time().plus(LONGEST)));
        }
        if (done.size() >= MAX_PROBES) {
            throw Refusal.tooOften("There were " + MAX_PROBES + " probes in the last " + PERIOD.toMinutes() + " minutes; no more are "
                + "allowed.", Duration.between(now, done.getFirst().time().plus(PERIOD)));
        }
        done.addLast(new Done(domain, now));
        underWay.addLast(new Done(domain, now));
    }

    /** Says that a probe is over. */
    synchronized void ended(DomainName domain) {
        underWay.stream().filter(each -> each.domain().equals(domain)).findFirst().ifPresent(underWay::remove);
    }
}
