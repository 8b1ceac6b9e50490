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
import java.util.concurrent.ConcurrentHashMap;

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
    /** Changed under the lock, and gone through without it: there may be as many domains as mails. */
    private final Map<List<String>, Known> domains = new ConcurrentHashMap<>();

    /** Mails for the same domains, in no order; the names of the domains are kept once. */
    private static final class Known {
        private final List<String> domains;
        private final ArrayList<Entry> mails = new ArrayList<>(1);
        private int most;

        Known(List<String> domains) {
            this.domains = domains;
        }

        void add(Entry entry) {
            entry.at = mails.size();
            mails.add(entry);
            most = Math.max(most, mails.size());
        }

        void replace(Entry before, Entry entry) {
            entry.at = before.at;
            mails.set(before.at, entry);
        }

        /** The last one takes the place of the one that goes. */
        void remove(Entry entry) {
            Entry last = mails.remove(mails.size() - 1);
            if (last != entry) {
                replace(entry, last);
            }
            if (mails.size() < most / 4) {
                mails.trimToSize();
                most = mails.size();
            }
        }
    }

    /** Entry for one mail. */
    static final class Entry {
        private final Slip slip;
        private final long due;
        /** Place among the mails for the same domains, which the index alone knows and changes. */
        private int at;

        /**
         * Makes an entry.
         *
         * @param slip what the disk says of the mail
         * @param due when it is to leave, in milliseconds since 1970; the disk may still say another time
         */
        Entry(Slip slip, long due) {
            this.slip = slip;
            this.due = due;
        }

        Slip slip() {
            return slip;
        }

        long due() {
            return due;
        }
    }

    synchronized void put(Slip slip, long due) {
        Entry before = byId.get(slip.id());
        boolean stays = before != null && before.slip().addressees().domains().equals(slip.addressees().domains());
        if (!stays) {
            take(slip.id());
        }
        Known known = domains.computeIfAbsent(slip.addressees().domains(), Known::new);
        Entry entry = new Entry(new Slip(slip.id(), slip.generation(), slip.state(), slip.due(),
            new Slip.Addressees(known.domains, slip.addressees().recipients())), due);
        if (before != null && stays) {
            // At its place, so that whoever goes through these mails does not miss it.
            known.replace(before, entry);
            byTime.remove(before);
        } else {
            known.add(entry);
        }
        byId.put(slip.id(), entry);
        byTime.add(entry);
    }

    /** Takes an entry out, so that the caller works on its mail alone; empty if another caller has it. */
    synchronized Optional<Entry> take(long id) {
        Entry entry = byId.remove(id);
        if (entry == null) {
            return Optional.empty();
        }
        byTime.remove(entry);
        Known known = domains.get(entry.slip().addressees().domains());
        if (known != null) {
            known.remove(entry);
            if (known.mails.isEmpty()) {
                domains.remove(known.domains);
            }
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

    /** Lists of domains that mails are for, each once; what changes meanwhile may be left out. */
    Iterable<List<String>> domains() {
        return domains.keySet();
    }

    /**
     * Part of the mails for the same domains.
     *
     * @param from place of the first one; the others are before it
     */
    record Part(int from, List<Entry> entries) {
    }

    /**
     * Some of the mails for the same domains, the last ones first. A mail that is removed meanwhile makes another come twice at most.
     *
     * @param below place below which they are; that of the part before
     */
    synchronized Part part(List<String> names, int below) {
        Known known = domains.get(names);
        if (known == null) {
            return new Part(0, List.of());
        }
        int end = Math.min(below, known.mails.size());
        int from = Math.max(0, end - SLICE);
        return new Part(from, List.copyOf(known.mails.subList(from, end)));
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
