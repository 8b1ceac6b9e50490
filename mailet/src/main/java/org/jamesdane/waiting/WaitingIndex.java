/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.waiting;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/** Mails in memory, in the order of their times: at most 300 octets for each. No lock is held for more than a thousand of them. */
final class WaitingIndex {
    /** Entries looked at under one lock. */
    static final int SLICE = 1000;
    private static final Comparator<Entry> BY_TIME = Comparator.comparingLong(Entry::due).thenComparingLong(entry -> entry.slip().id());

    @GuardedBy("this")
    private final TreeSet<Entry> byTime = new TreeSet<>(BY_TIME);
    @GuardedBy("this")
    private final Map<Long, Entry> byId = new HashMap<>();
    @GuardedBy("this")
    private final Map<List<String>, Known> domains = new HashMap<>();

    /** Many mails have the same domains; their names are kept once. */
    private static final class Known {
        private final List<String> domains;
        private int uses;

        Known(List<String> domains) {
            this.domains = domains;
        }
    }

    /**
     * Entry for one mail.
     *
     * @param slip what the disk says of it
     * @param due when it is to leave, in milliseconds since 1970; the disk may still say another time
     */
    record Entry(Slip slip, long due) {
    }

    synchronized void put(Slip slip, long due) {
        take(slip.id());
        Known known = domains.computeIfAbsent(slip.addressees().domains(), Known::new);
        known.uses++;
        Entry entry = new Entry(new Slip(slip.id(), slip.generation(), slip.state(), slip.due(),
            new Slip.Addressees(known.domains, slip.addressees().recipients())), due);
        byId.put(slip.id(), entry);
        byTime.add(entry);
    }

    /** Takes an entry out, for whoever is to work on its mail alone; empty if somebody else has it. */
    synchronized Optional<Entry> take(long id) {
        Entry entry = byId.remove(id);
        if (entry == null) {
            return Optional.empty();
        }
        byTime.remove(entry);
        Known known = domains.get(entry.slip().addressees().domains());
        if (known != null && --known.uses == 0) {
            domains.remove(known.domains);
        }
        return Optional.of(entry);
    }

    /** Takes out those that are due, the longest due first. */
    synchronized List<Entry> takeDue(long now, int most) {
        List<Entry> due = new ArrayList<>();
        while (due.size() < Math.min(most, SLICE) && !byTime.isEmpty() && byTime.first().due() <= now) {
            take(byTime.first().slip().id()).ifPresent(due::add);
        }
        return due;
    }

    synchronized boolean contains(long id) {
        return byId.containsKey(id);
    }

    synchronized Optional<Entry> get(long id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** Makes an entry due at another time, if it is still there. */
    synchronized boolean reschedule(long id, long due) {
        Entry entry = byId.get(id);
        if (entry == null) {
            return false;
        }
        put(entry.slip(), due);
        return true;
    }

    /**
     * Some entries in the order of their times.
     *
     * @param after the last one seen; empty for the beginning
     */
    synchronized List<Entry> slice(Optional<Entry> after) {
        NavigableSet<Entry> rest = after.isPresent() ? byTime.tailSet(after.get(), false) : byTime;
        List<Entry> slice = new ArrayList<>(Math.min(SLICE, byTime.size()));
        for (Entry entry : rest) {
            if (slice.size() == SLICE) {
                break;
            }
            slice.add(entry);
        }
        return slice;
    }

    /**
     * Makes some of those due at that time that are due later.
     *
     * @return how many; fewer than {@link #SLICE} if these were all
     */
    synchronized int cut(long latest) {
        int moved = 0;
        while (moved < SLICE && !byTime.isEmpty() && byTime.last().due() > latest) {
            put(byTime.last().slip(), latest);
            moved++;
        }
        return moved;
    }

    synchronized int size() {
        return byId.size();
    }
}
