/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import java.util.LinkedHashMap;
import java.util.Map;

/** Counts the calls of collaborators by name, and throws an {@link Error} at one of them. For any number of threads. */
final class Trap {
    private final Map<String, Integer> calls = new LinkedHashMap<>();
    private String place = "";
    private int call;
    private boolean sprung;

    /** Throws at that call of that place, once; counts anew. */
    synchronized void set(String where, int which) {
        calls.clear();
        place = where;
        call = which;
        sprung = false;
    }

    /** The calls so far, by place. */
    synchronized Map<String, Integer> calls() {
        return new LinkedHashMap<>(calls);
    }

    synchronized boolean sprung() {
        return sprung;
    }

    /** Is called by a collaborator. */
    synchronized void pass(String where) {
        int now = calls.merge(where, 1, Integer::sum);
        if (!sprung && where.equals(place) && now == call) {
            sprung = true;
            throw switch (now % 3) {
                case 0 -> new StackOverflowError("a trap");
                case 1 -> new OutOfMemoryError("unable to create native thread: a trap");
                default -> new NoClassDefFoundError("a trap");
            };
        }
    }
}
