/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.schedule;

import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

import org.jamesdane.delivery.destination.DestinationState;
import org.jamesdane.delivery.destination.Ticker;

/**
 * Destinations with mail in hand, and the failing ones of before.
 *
 * <p>Not thread-safe; the dispatcher's lock guards it.
 */
final class Lanes {
    /** Failing destinations that are remembered; each costs some hundred octets. */
    private static final int REMEMBERED = 10_000;

    private final int perDestination;
    private final Ticker ticker;
    private final RandomGenerator random;
    private final Map<String, Lane> lanes = new LinkedHashMap<>();

    /**
     * Begins with no destination.
     *
     * @param perDestination most deliveries at once to one destination
     */
    Lanes(int perDestination, Ticker ticker, RandomGenerator random) {
        this.perDestination = perDestination;
        this.ticker = ticker;
        this.random = random;
    }

    /** Returns the lane of a destination, made now if it is new. */
    Lane of(String destination) {
        return lanes.computeIfAbsent(destination, name -> new Lane(name, new DestinationState(perDestination, ticker, random)));
    }

    /** Returns the lane of a destination that is known here. */
    Optional<Lane> known(String destination) {
        return Optional.ofNullable(lanes.get(destination));
    }

    Collection<Lane> all() {
        return lanes.values();
    }

    /** Forgets a lane, if nothing would be lost. */
    void leave(Lane lane) {
        if (lane.isForgettable()) {
            lanes.remove(lane.name, lane);
        }
    }

    /** Forgets the eldest destinations of those beyond the number that is remembered. */
    void forget() {
        Iterator<Lane> eldest = lanes.values().iterator();
        while (lanes.size() > REMEMBERED && eldest.hasNext()) {
            if (eldest.next().isIdle()) {
                eldest.remove();
            }
        }
    }
}
