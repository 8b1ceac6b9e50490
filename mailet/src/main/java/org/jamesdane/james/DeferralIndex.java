/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jamesdane.delivery.deferral.DeferredSelection;

/** Index in memory of the mails in a repository: their keys, due times, and the domains they are for. */
final class DeferralIndex {
    private static final Comparator<Entry> BY_TIME = Comparator.comparing(Entry::due).thenComparing(Entry::key);
    /** Entries handled under one lock. */
    private static final int SLICE = 1000;

    @GuardedBy("this")
    private final TreeSet<Entry> byTime = new TreeSet<>(BY_TIME);
    @GuardedBy("this")
    private final Map<String, Entry> byKey = new HashMap<>();

    /**
     * Entry for one mail.
     *
     * @param key its key in the repository
     * @param domains the domains of its recipients, in lower case
     */
    record Entry(String key, Instant due, Set<String> domains) {
        Entry {
            domains = Set.copyOf(domains);
        }

        Entry dueAt(Instant time) {
            return new Entry(key, time, domains);
        }
    }

    synchronized void put(Entry entry) {
        Entry before = byKey.put(entry.key(), entry);
        if (before != null) {
            byTime.remove(before);
        }
        byTime.add(entry);
    }

    /** Takes an entry out, so that the caller works on its mail alone; empty if another caller has it. */
    synchronized Optional<Entry> take(String key) {
        Optional<Entry> entry = Optional.ofNullable(byKey.remove(key));
        entry.ifPresent(byTime::remove);
        return entry;
    }

    /** Takes out those that are due, the longest due first. */
    synchronized List<Entry> takeDue(Instant now, int limit) {
        List<Entry> due = new ArrayList<>();
        while (due.size() < limit && !byTime.isEmpty() && !byTime.first().due().isAfter(now)) {
            Entry entry = byTime.first();
            byTime.remove(entry);
            byKey.remove(entry.key());
            due.add(entry);
        }
        return due;
    }

    /** Entries whose mail could be meant, in the order of their times. Each domain is asked once, and none under the lock. */
    List<Entry> candidates(DeferredSelection selection) {
        Map<String, Boolean> asked = new HashMap<>();
        List<Entry> meant = new ArrayList<>();
        Optional<Entry> last = Optional.empty();
        for (List<Entry> slice = slice(last); !slice.isEmpty(); slice = slice(last)) {
            for (Entry entry : slice) {
                if (entry.domains().stream().anyMatch(domain -> asked.computeIfAbsent(domain, selection::mayInclude))) {
                    meant.add(entry);
                }
            }
            last = Optional.of(slice.get(slice.size() - 1));
        }
        return meant;
    }

    private synchronized List<Entry> slice(Optional<Entry> after) {
        return (after.isPresent() ? byTime.tailSet(after.get(), false) : byTime).stream().limit(SLICE).toList();
    }

    /** Makes an entry due at another time, if it is still there. */
    synchronized boolean reschedule(String key, Instant due) {
        Entry entry = byKey.get(key);
        if (entry == null) {
            return false;
        }
        put(entry.dueAt(due));
        return true;
    }

    /**
     * Makes those due at that time that are due later.
     *
     * @return how many
     */
    int noLaterThan(Instant latest) {
        int all = 0;
        for (int moved = SLICE; moved == SLICE; all += moved) {
            moved = cut(latest);
        }
        return all;
    }

    private synchronized int cut(Instant latest) {
        int moved = 0;
        while (moved < SLICE && !byTime.isEmpty() && byTime.last().due().isAfter(latest)) {
            put(byTime.last().dueAt(latest));
            moved++;
        }
        return moved;
    }

    synchronized int size() {
        return byKey.size();
    }
}
