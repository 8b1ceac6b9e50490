/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/** Rates in octets per second at which hosts took large content, for the hosts seen last. */
public final class HostRates {
    /** Octets per second that a host not seen yet is trusted with; slower ones are rare, and mail to them is stored in time. */
    static final double UNKNOWN = 64 * 1024;
    /** Octets from which on a transaction says something about a host's rate; below that it is waiting that takes the time. */
    static final long TELLING = 64 * 1024;
    /** Hosts that are remembered; each costs some hundred octets. */
    private static final int REMEMBERED = 10_000;

    @GuardedBy("this")
    private final Map<String, Double> rates = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Double> eldest) {
            return size() > REMEMBERED;
        }
    };

    /** Notes the rate of one transfer; content too small to tell a rate is ignored. */
    public synchronized void seen(String host, long octets, Duration time) {
        if (octets >= TELLING) {
            rates.put(host, octets * 1000.0 / Math.max(1, time.toMillis()));
        }
    }

    /** The time that so much content is likely to take. */
    public synchronized Duration timeFor(String host, long octets) {
        return Duration.ofSeconds((long) Math.ceil(octets / rates.getOrDefault(host, UNKNOWN)));
    }
}
