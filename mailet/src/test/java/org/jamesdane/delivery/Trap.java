/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** Counts the calls of collaborators, and throws an {@link Error} at one of them. For any number of threads. */
final class Trap {
    /** Places at which an {@link Error} is thrown. */
    enum Place {
        // The name servers, and what a host is reached by.
        DNS, RESOLVER, CONNECT, SOCKET_READ, SOCKET_WRITE, SOCKET_CLOSE, DEADLINE, DEADLINE_END, FAREWELL_THREAD, DIGEST,
        // The mail.
        ENVELOPE, HISTORY, REFUSAL, CONTENT, CONVERSION, OPEN, READ, CLOSE,
        // What is asked on the way, and what only listens.
        CLOCK, RANDOM, POLICIES, GATE, AUDIT, METRICS, METRICS_END, DELIVERED, RELAYED, FAILED, DELAYED,
        // The queue and the store.
        DONE, JOURNAL, PUT_BACK, STORE, PATIENCE, ASIDE,
        // What hands mail to the threads, and takes it up again.
        THREAD, TIMER, ASK_QUEUE, DESTINATION, CAN_WAIT, SENT_FOR, OVERDUE, ENDED, GIVEN_BACK, PAUSE, AGAIN
    }

    private final Map<Place, Integer> calls = new EnumMap<>(Place.class);
    private Optional<Place> place = Optional.empty();
    private int call;
    private boolean sprung;

    /** Throws at that call of that place, once; counts anew. */
    synchronized void set(Place where, int which) {
        disarm();
        place = Optional.of(where);
        call = which;
    }

    /** Throws nowhere; counts anew. */
    synchronized void disarm() {
        calls.clear();
        place = Optional.empty();
        sprung = false;
    }

    /** The calls so far, by place. */
    synchronized Map<Place, Integer> calls() {
        return new EnumMap<>(calls);
    }

    synchronized boolean sprung() {
        return sprung;
    }

    /** Runs a step that must not end by the trap. An {@link OutOfMemoryError} would end the whole run of tests. */
    static void bears(String step, Runnable action) {
        try {
            action.run();
        } catch (VirtualMachineError | LinkageError e) {
            throw new AssertionError("The trap was not caught: " + step, e);
        }
    }

    /** Is called by a collaborator. */
    synchronized void pass(Place where) {
        int now = calls.merge(where, 1, Integer::sum);
        if (!sprung && place.filter(where::equals).isPresent() && now == call) {
            sprung = true;
            throw switch (now % 3) {
                case 0 -> new StackOverflowError("a trap");
                case 1 -> new OutOfMemoryError("unable to create native thread: a trap");
                default -> new NoClassDefFoundError("a trap");
            };
        }
    }
}
