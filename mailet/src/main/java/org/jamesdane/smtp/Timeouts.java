/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * Longest time of each step, from the moment we begin to write or wait until the reply is complete. A peer that sends its reply one octet
 * at a time has no more time than a silent one.
 *
 * <p>The defaults are the minima of RFC 5321 §4.5.3.2; where it says nothing, what gives a busy host time to answer.
 *
 * @param limits the time for each phase; for {@link Phase#CONTENT} that for each block of it
 */
public record Timeouts(Map<Phase, Duration> limits) {
    /** Phases that {@link #withEachStep} leaves as they are. */
    private static final Set<Phase> KEPT = EnumSet.of(Phase.CONNECT, Phase.FINAL_DOT, Phase.RSET, Phase.NOOP, Phase.QUIT);

    private static final Timeouts DEFAULTS = new Timeouts(defaultLimits());

    public Timeouts {
        EnumMap<Phase, Duration> copy = new EnumMap<>(limits);
        for (Phase phase : Phase.values()) {
            Duration limit = copy.get(phase);
            if (limit == null || limit.isZero() || limit.isNegative()) {
                throw new IllegalArgumentException("The time for " + phase + " must be longer than nothing, not "
                    + (limit == null ? "missing" : show(limit)));
            }
        }
        limits = Collections.unmodifiableMap(copy);
    }

    private static Map<Phase, Duration> defaultLimits() {
        Map<Phase, Duration> limits = new EnumMap<>(Phase.class);
        // No RFC: a host whose answer to the fourth SYN does not come is not there.
        limits.put(Phase.CONNECT, Duration.ofSeconds(30));
        // RFC 5321 §4.5.3.2.1
        limits.put(Phase.BANNER, Duration.ofMinutes(5));
        // Not listed; servers delay it for the same reasons as the greeting.
        limits.put(Phase.HELLO, Duration.ofMinutes(5));
        // Not listed; nothing is looked up there.
        limits.put(Phase.STARTTLS, Duration.ofMinutes(2));
        limits.put(Phase.TLS_HANDSHAKE, Duration.ofMinutes(2));
        // Not listed; the server may ask a directory.
        limits.put(Phase.AUTH, Duration.ofMinutes(3));
        // RFC 5321 §4.5.3.2.2
        limits.put(Phase.MAIL, Duration.ofMinutes(5));
        // RFC 5321 §4.5.3.2.3
        limits.put(Phase.RCPT, Duration.ofMinutes(5));
        // RFC 5321 §4.5.3.2.4
        limits.put(Phase.DATA, Duration.ofMinutes(2));
        // RFC 5321 §4.5.3.2.5
        limits.put(Phase.CONTENT, Duration.ofMinutes(3));
        // RFC 5321 §4.5.3.2.6
        limits.put(Phase.FINAL_DOT, Duration.ofMinutes(10));
        // Not listed; a connection that needs longer for nothing is not worth keeping.
        limits.put(Phase.RSET, Duration.ofSeconds(20));
        limits.put(Phase.NOOP, Duration.ofSeconds(20));
        // Nothing depends on it any more, and hosts that never answer it must not hold up those that do.
        limits.put(Phase.QUIT, Duration.ofSeconds(2));
        return limits;
    }

    /** The defaults. */
    public static Timeouts defaults() {
        return DEFAULTS;
    }

    /** The time for that step. */
    public Duration of(Phase phase) {
        return limits.getOrDefault(phase, Duration.ZERO);
    }

    /** These, with another time for one step. */
    public Timeouts with(Phase phase, Duration limit) {
        Map<Phase, Duration> changed = new EnumMap<>(limits);
        changed.put(phase, limit);
        return new Timeouts(changed);
    }

    /** These, with that time for the TCP connection. */
    public Timeouts withConnect(Duration limit) {
        return with(Phase.CONNECT, limit);
    }

    /**
     * These timeouts, with that time for every step of a delivery but connecting, and but the reply to the content. Giving up on that reply
     * early delivers mail twice (RFC 5321 §4.5.3.2.6).
     */
    public Timeouts withEachStep(Duration limit) {
        Map<Phase, Duration> changed = new EnumMap<>(limits);
        changed.replaceAll((phase, current) -> KEPT.contains(phase) ? current : limit);
        return new Timeouts(changed);
    }

    static String show(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
    }
}
