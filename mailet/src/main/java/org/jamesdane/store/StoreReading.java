/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/** Record of what was read from the store last, and of the store's failure. Safe for any number of threads; nothing here waits. */
final class StoreReading {
    @GuardedBy("this")
    private final Map<SettingKind, String> revisions = new EnumMap<>(SettingKind.class);
    @GuardedBy("this")
    private final Map<SettingKind, List<Setting>> copied = new EnumMap<>(SettingKind.class);
    @GuardedBy("this")
    private Optional<String> failure = Optional.empty();
    @GuardedBy("this")
    private Confirmed confirmed;

    /**
     * Time at which the store has answered.
     *
     * @param time by the clock
     * @param nanos by a time that nobody sets
     */
    record Confirmed(Instant time, long nanos) {
    }

    StoreReading(Confirmed begin) {
        this.confirmed = begin;
    }

    /** Tests whether this revision of a kind is the one read last. */
    synchronized boolean isRead(SettingKind kind, String revision) {
        return revision.equals(revisions.get(kind));
    }

    /** Notes the revision of a kind that was read. */
    synchronized void read(SettingKind kind, String revision) {
        revisions.put(kind, revision);
    }

    /** Tests whether the copy of a kind has these entries. */
    synchronized boolean isCopied(SettingKind kind, List<Setting> entries) {
        return entries.equals(copied.get(kind));
    }

    /** Notes the entries that were copied. */
    synchronized void copied(SettingKind kind, List<Setting> entries) {
        copied.put(kind, entries);
    }

    /**
     * Notes that the store has answered.
     *
     * @return whether it had failed before
     */
    synchronized boolean answered(Confirmed now) {
        boolean before = failure.isPresent();
        failure = Optional.empty();
        confirmed = now;
        return before;
    }

    /**
     * Notes that the store has failed.
     *
     * @return whether it answered before
     */
    synchronized boolean failed(String sentence) {
        boolean first = failure.isEmpty();
        failure = Optional.of(sentence);
        return first;
    }

    /** The failure as a sentence; empty if the store answered last. */
    synchronized Optional<String> failure() {
        return failure;
    }

    /** The time of the last answer. */
    synchronized Confirmed confirmed() {
        return confirmed;
    }
}
