/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/** Numbers of mails that hosts take over one connection, by address, as their refusals have shown. For any number of threads. */
public final class SessionLimits {
    /** Hosts of which something is remembered; the one that was longest out of use is forgotten first. Each takes some 200 octets. */
    private static final int MAX_HOSTS = 10_000;

    private final InstantSource clock;
    @GuardedBy("this")
    private final Map<InetSocketAddress, SessionLimit> hosts = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<InetSocketAddress, SessionLimit> eldest) {
            return size() > MAX_HOSTS;
        }
    };

    SessionLimits(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Remembers what came of a fresh connection that was tried because a used one was refused.
     *
     * @param mails how many the used connection had carried
     * @param taken whether the fresh one took what the used one refused
     * @return the limit that is new by this, if there is one
     */
    public synchronized OptionalInt learn(InetSocketAddress host, int mails, boolean taken) {
        OptionalInt before = mails(host);
        hosts.put(host, of(host).after(mails, taken, clock.instant()));
        OptionalInt now = mails(host);
        return now.equals(before) ? OptionalInt.empty() : now;
    }

    /** True while no fresh connection is tried for mail that a used one refused. */
    public synchronized boolean rests(InetSocketAddress host) {
        return of(host).rests(clock.instant());
    }

    /** The most mails that a connection to that host carries, if that is known. */
    public synchronized OptionalInt mails(InetSocketAddress host) {
        return of(host).mails(clock.instant());
    }

    @GuardedBy("this")
    private SessionLimit of(InetSocketAddress host) {
        SessionLimit known = hosts.get(host);
        return known == null ? SessionLimit.UNKNOWN : known;
    }
}
