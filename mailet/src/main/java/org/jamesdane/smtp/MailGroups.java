/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/**
 * Hosts that are sent groups across mails, which is all but those that took one badly within the last day. For any number of threads.
 *
 * <p>A group is the end of one mail and the commands of the next (RFC 2920 §3.1).
 */
public final class MailGroups {
    /** Time for which a host is sent no group after it took one badly: it may be another server by then. */
    static final Duration REST = Duration.ofDays(1);
    /** Hosts that are remembered; the one that was longest out of use is forgotten first. Each takes some 300 octets. */
    static final int MAX_HOSTS = 10_000;

    private record Host(String name, InetSocketAddress address) {
    }

    private final boolean enabled;
    private final InstantSource clock;
    @GuardedBy("this")
    private final Map<Host, Instant> resting = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Host, Instant> eldest) {
            return size() > MAX_HOSTS;
        }
    };

    /**
     * Makes the memory.
     *
     * @param enabled whether groups are sent to any host at all
     */
    MailGroups(boolean enabled, InstantSource clock) {
        this.enabled = enabled;
        this.clock = clock;
    }

    /** Tests whether groups are sent to any host at all. */
    public boolean enabled() {
        return enabled;
    }

    /** Tests whether this host is sent groups now. */
    public synchronized boolean mayBeSent(String host, InetSocketAddress address) {
        if (!enabled) {
            return false;
        }
        Host known = new Host(host, address);
        Instant since = resting.get(known);
        if (since == null) {
            return true;
        }
        Instant now = clock.instant();
        // A clock that was set back must not make the rest longer.
        if (!now.isBefore(since) && now.isBefore(since.plus(REST))) {
            return false;
        }
        resting.remove(known);
        return true;
    }

    /**
     * Notes that a host refused a group, closed the connection within one, or gave replies that did not fit. It gets none for a day.
     *
     * @return whether that is new
     */
    public synchronized boolean refused(String host, InetSocketAddress address) {
        boolean known = !mayBeSent(host, address);
        resting.put(new Host(host, address), clock.instant());
        return !known;
    }
}
