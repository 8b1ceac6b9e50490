/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.destination;

import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Deliveries at once to each address, whatever names lead there. Only addresses in use are known.
 *
 * <p>Not thread-safe; the caller synchronises.
 *
 * @param <W> who waits for a place at an address
 */
public final class AddressPlaces<W> {
    private final int limit;
    private final Ticker ticker;
    private final Jitter jitter;
    private final Map<InetAddress, Use> uses = new HashMap<>();
    /** Addresses at which a place was given back since somebody was last asked to take it. */
    private final Set<InetAddress> freed = new LinkedHashSet<>();

    /** Use of one address. */
    private final class Use {
        private final Set<W> waiting = new LinkedHashSet<>();
        private final WaitEstimate estimate = new WaitEstimate(ticker, jitter);
        private int taken;
    }

    /** Place of one delivery at an address. */
    public final class Place {
        private final InetAddress address;

        private Place(InetAddress address) {
            this.address = address;
        }

        /** Tests whether the place is at this address. */
        public boolean isAt(InetAddress there) {
            return address.equals(there);
        }

        /** Tests whether somebody else waits for the place, and is first in line. */
        public boolean isAwaitedBefore(W other) {
            Use use = uses.get(address);
            return use != null && !use.waiting.isEmpty() && !use.waiting.iterator().next().equals(other);
        }

        /**
         * Gives the place back; to be called once.
         *
         * @param took the time of a delivery that succeeded
         */
        public void leave(Optional<Duration> took) {
            Use use = uses.get(address);
            if (use != null) {
                use.taken--;
                use.estimate.progressed();
                took.ifPresent(use.estimate::took);
                freed.add(address);
            }
        }
    }

    /**
     * Begins with no address in use.
     *
     * @param limit most deliveries at once to one address
     */
    public AddressPlaces(int limit, Ticker ticker, RandomGenerator random) {
        this.limit = limit;
        this.ticker = ticker;
        this.jitter = new Jitter(random);
    }

    /** Tests whether there are as many deliveries to the address as there may be. */
    public boolean isFull(InetAddress address) {
        Use use = uses.get(address);
        return use != null && use.taken >= limit;
    }

    /** Takes a place, if need be one more than the limit; the caller asks before. */
    public Place take(InetAddress address) {
        Use use = uses.computeIfAbsent(address, key -> new Use());
        if (use.taken == 0) {
            use.estimate.progressed();
        }
        use.taken++;
        return new Place(address);
    }

    /**
     * Tests whether somebody who waits now, or begins to, is likely to have a turn soon.
     *
     * @param turns turns of the same one before
     * @param patience how long the address may end nothing, {@link WaitEstimate#PATIENCE} or more
     */
    public boolean isTurnNear(InetAddress address, int turns, Duration patience) {
        Use use = uses.get(address);
        return use == null || use.estimate.isTurnNear(use.waiting.size() * (turns + 1), limit, patience);
    }

    /** Notes the time for which a mail has waited: see {@link WaitEstimate#firstHasWaited}. */
    public void firstHasWaited(InetAddress address, Duration time) {
        Use use = uses.get(address);
        if (use != null) {
            use.estimate.firstHasWaited(time);
        }
    }

    /** Time to hold a mail elsewhere whose turn is not near; empty where the address is not in use. */
    public Optional<Duration> holdTime(InetAddress address) {
        return Optional.ofNullable(uses.get(address)).map(use -> use.estimate.holdTime(limit));
    }

    /** Puts somebody behind the others that wait for a place; of no effect where the address is not in use. */
    public void await(InetAddress address, W waiting) {
        Use use = uses.get(address);
        if (use != null) {
            use.waiting.add(waiting);
        }
    }

    /** Number of addresses in use. */
    int known() {
        return uses.size();
    }

    /** Takes somebody out of line who may now take a place that was given back; empty if there is none, or nobody waits. */
    public Optional<W> next() {
        for (Iterator<InetAddress> addresses = freed.iterator(); addresses.hasNext();) {
            InetAddress address = addresses.next();
            Optional<W> next = isFull(address) ? Optional.empty() : first(address);
            if (next.isPresent()) {
                return next;
            }
            addresses.remove();
        }
        return Optional.empty();
    }

    private Optional<W> first(InetAddress address) {
        Use use = uses.get(address);
        if (use == null) {
            return Optional.empty();
        }
        Iterator<W> waiting = use.waiting.iterator();
        Optional<W> first = waiting.hasNext() ? Optional.of(waiting.next()) : Optional.empty();
        first.ifPresent(use.waiting::remove);
        if (first.isEmpty() && use.taken == 0) {
            uses.remove(address);
        }
        return first;
    }
}
