/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.smtp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Faults that happen in one session. Immutable. */
public final class Script {
    private static final int EVERY_TIME = 0;

    private record Entry(Point point, int occurrence, Fault fault) {
        boolean matches(Point at, int number) {
            return point == at && (occurrence == EVERY_TIME || occurrence == number);
        }
    }

    private final List<Entry> entries;

    private Script(List<Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    /** No faults. */
    public static Script good() {
        return new Script(List.of());
    }

    /** With this fault each time the session comes to that point. */
    public Script with(Point point, Fault fault) {
        return with(point, EVERY_TIME, fault);
    }

    /** With this fault the first (1), second (2) … time the session comes to that point. */
    public Script with(Point point, int occurrence, Fault fault) {
        List<Entry> more = new ArrayList<>(entries);
        more.add(new Entry(point, occurrence, fault));
        return new Script(more);
    }

    Optional<Fault> faultAt(Point point, int number) {
        return entries.stream().filter(entry -> entry.matches(point, number)).map(Entry::fault).findFirst();
    }
}
