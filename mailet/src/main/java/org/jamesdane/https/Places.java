/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.https;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToIntFunction;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/**
 * Limit on what is done at one time for each of several keys. Who finds no place waits for one, in the order of arrival.
 *
 * @param <K> the keys; nothing is kept of one without a place that is taken
 */
final class Places<K> {
    private final ToIntFunction<K> limits;
    private final Object lock = new Object();
    @GuardedBy("lock")
    private final Map<K, State> states = new HashMap<>();

    /** Places of one key. */
    private static final class State {
        private int taken;
        private final Deque<CompletableFuture<Place>> waiting = new ArrayDeque<>();
    }

    /** A place that is taken. */
    @FunctionalInterface
    interface Place extends AutoCloseable {
        /** Gives the place back; a second time changes nothing. */
        @Override
        void close();
    }

    /**
     * A limit.
     *
     * @param limits the number of places for each key
     */
    Places(ToIntFunction<K> limits) {
        this.limits = limits;
    }

    /**
     * Takes a place, and waits for one until the deadline.
     *
     * @throws FetchFailure if the time is over first
     */
    Place take(K key, Deadline deadline) throws FetchFailure {
        CompletableFuture<Place> place = next(key);
        boolean taken = false;
        try {
            Place got = deadline.await(place);
            taken = true;
            return got;
        } finally {
            if (!taken && !place.cancel(false)) {
                // It was given just when the time was over.
                place.join().close();
            }
        }
    }

    private CompletableFuture<Place> next(K key) {
        CompletableFuture<Place> place = new CompletableFuture<>();
        synchronized (lock) {
            State state = states.computeIfAbsent(key, unused -> new State());
            if (state.taken >= limits.applyAsInt(key)) {
                state.waiting.add(place);
                return place;
            }
            state.taken++;
        }
        place.complete(placeOf(key));
        return place;
    }

    private Place placeOf(K key) {
        AtomicBoolean open = new AtomicBoolean(true);
        return () -> {
            if (open.getAndSet(false)) {
                giveBack(key);
            }
        };
    }

    private void giveBack(K key) {
        while (true) {
            CompletableFuture<Place> next;
            synchronized (lock) {
                State state = states.get(key);
                if (state == null) {
                    throw new IllegalStateException("a place was given back that nobody took: " + key);
                }
                next = state.waiting.poll();
                if (next == null) {
                    state.taken--;
                    if (state.taken == 0) {
                        states.remove(key);
                    }
                    return;
                }
            }
            // Who waited may have left.
            if (next.complete(placeOf(key))) {
                return;
            }
        }
    }

    /** The number of those that wait for a place of that key, or left while they waited. */
    int waiting(K key) {
        synchronized (lock) {
            State state = states.get(key);
            return state == null ? 0 : state.waiting.size();
        }
    }

    /** The number of keys of which a place is taken. */
    int keys() {
        synchronized (lock) {
            return states.size();
        }
    }
}
