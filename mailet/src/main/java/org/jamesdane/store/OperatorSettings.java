/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

import org.jamesdane.dane.Policies;
import org.jamesdane.dane.Policy;
import org.jamesdane.dane.PolicyTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The policies and negative trust anchors in force. What is read from here is in memory and at hand at once; a change goes to the store
 * first and counts here as soon as the store has confirmed it. Changes of other nodes are seen within {@link #REFRESH} and the time the
 * store takes to answer.
 */
public final class OperatorSettings {
    /** How often the store is asked whether anything has changed. */
    public static final Duration REFRESH = Duration.ofSeconds(3);
    /** RFC 7646 §4: the lifetime of a negative trust anchor should not exceed a week. */
    public static final Duration MAX_NEGATIVE_TRUST_ANCHOR = Duration.ofDays(7);
    /** An exception that outlives its author's successor is a permanent one, and has to be called so. */
    public static final Duration MAX_EXCEPTION = Duration.ofDays(3660);
    /** After this time without an answer a store is called silent. */
    private static final Duration SILENT_AFTER = Duration.ofSeconds(30);
    private static final String HELD = "There is no copy of the policies either, so mail is held until they can be read";
    private static final Logger LOGGER = LoggerFactory.getLogger(OperatorSettings.class);

    private final EntryStore store;
    private final LastKnown lastKnown;
    private final Policy byDefault;
    private final StoreThread thread;
    private final InstantSource clock;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final Map<Kind, String> revisions = new EnumMap<>(Kind.class);
    private final Map<Kind, List<Entry>> copied = new EnumMap<>(Kind.class);
    private final Set<Entry> ended = new HashSet<>();
    private final Map<Kind, Map<String, Entry>> entries = Collections.synchronizedMap(new EnumMap<>(Kind.class));
    private volatile PolicyTable policies;
    private volatile Optional<String> failure = Optional.empty();
    private volatile Instant confirmed;
    private volatile boolean known;

    /** Changes the store; says whether it did. */
    @FunctionalInterface
    private interface Changing {
        boolean run() throws StoreException;
    }

    /** Hears of what has changed, whoever has changed it. */
    @FunctionalInterface
    public interface Listener {
        /**
         * Called on the store's thread; has to return soon.
         *
         * @param keys those that were set, removed, or whose time is over
         * @param now all entries of the kind
         */
        void changed(Kind kind, Set<String> keys, Collection<Entry> now);
    }

    /**
     * Prepares; {@link #start} reads.
     *
     * @param byDefault the policy of next hops without one of their own
     */
    public OperatorSettings(EntryStore store, LastKnown lastKnown, Policy byDefault, StoreThread thread, InstantSource clock) {
        this.store = store;
        this.lastKnown = lastKnown;
        this.byDefault = byDefault;
        this.thread = thread;
        this.clock = clock;
        this.policies = PolicyTable.of(byDefault);
        this.confirmed = clock.instant();
        for (Kind kind : Kind.values()) {
            entries.put(kind, Map.of());
        }
    }

    /** Takes what was known last, then asks the store, for a limited time, and from now on regularly. */
    public void start() {
        for (Kind kind : Kind.values()) {
            lastKnown.load(kind).ifPresent(copy -> {
                apply(kind, copy.stream().filter(entry -> !entry.endedAt(clock.instant())).toList());
                known |= kind == Kind.POLICY;
            });
        }
        try {
            thread.call("Reading the store", () -> {
                refresh();
                return confirmed;
            });
        } catch (StoreException e) {
            failed(e);
        }
        thread.every(REFRESH, "Reading the store", this::refresh);
    }

    /** What destinations are held to at any time. */
    public Policies policies() {
        return (nextHop, now) -> policies.select(nextHop, now);
    }

    /**
     * Whether the policies are known at all, from the store or from the copy of what was read last. If they are not, nobody knows
     * whether a mail may go under the default policy.
     */
    public boolean known() {
        return known;
    }

    public void onChange(Listener listener) {
        listeners.add(listener);
    }

    /** Those in force, by key. */
    public Collection<Entry> entries(Kind kind) {
        Instant now = clock.instant();
        return current(kind).values().stream().filter(entry -> !entry.endedAt(now)).toList();
    }

    /** The one in force of that key. */
    public Optional<Entry> find(Kind kind, String key) {
        return Optional.ofNullable(current(kind).get(key)).filter(entry -> !entry.endedAt(clock.instant()));
    }

    private Map<String, Entry> current(Kind kind) {
        return Objects.requireNonNull(entries.get(kind));
    }

    /**
     * Sets an entry; when this returns, it is stored and in force here.
     *
     * @param expected what it may take the place of
     * @throws IllegalArgumentException with a sentence, if its policy or its expiry is none that is allowed
     * @throws StoreException if the store did not confirm it; never if it did
     */
    public void put(Entry entry, Expectation expected) throws StoreException {
        if (entry.kind() == Kind.POLICY) {
            Policy.requireKnown(entry.value());
        }
        Instant now = clock.instant();
        entry.expiry().ifPresent(end -> {
            Duration longest = entry.kind() == Kind.POLICY ? MAX_EXCEPTION : MAX_NEGATIVE_TRUST_ANCHOR;
            if (!end.isAfter(now) || end.isAfter(now.plus(longest))) {
                throw new IllegalArgumentException("The " + entry.kind() + " for " + entry.key() + " would end at " + end
                    + "; a time in the next " + longest.toDays() + " days is allowed"
                    + (entry.kind() == Kind.POLICY ? "" : " (RFC 7646 §4)"));
            }
        });
        thread.call("Setting the " + entry.kind() + " for " + entry.key(), () -> {
            changing(entry.kind(), () -> {
                store.put(new Change(now, Change.Action.SET, entry), expected);
                return true;
            });
            replace(entry.kind(), entry.key(), Optional.of(entry));
            LOGGER.info("The {} for {} was set{} until {} by {}: {}", entry.kind(), entry.key(),
                entry.value().isEmpty() ? "" : " to " + entry.value(),
                entry.expiry().map(Instant::toString).orElse("it is removed"), entry.owner(), entry.reason());
            loadSoon(entry.kind());
            return true;
        });
    }

    /** Sets an entry, whatever it takes the place of. */
    public void put(Entry entry) throws StoreException {
        put(entry, Expectation.NONE);
    }

    /** Removes an entry, whatever it is. */
    public boolean remove(Kind kind, String key) throws StoreException {
        return remove(kind, key, Expectation.NONE);
    }

    /** Changes the store. Where somebody else has changed the same, what is known here is brought up to date. */
    private boolean changing(Kind kind, Changing work) throws StoreException {
        try {
            return work.run();
        } catch (StoreException e) {
            if (e.kind() != StoreException.Kind.REFUSED) {
                loadSoon(kind);
            }
            throw e;
        }
    }

    /** What is stored is stored, also if the store cannot be read just then; it is read again with the next {@link #refresh}. */
    private void loadSoon(Kind kind) {
        try {
            load(kind);
        } catch (StoreException e) {
            failed(e);
        }
    }

    /**
     * Removes an entry; when this returns, it is gone from the store and without effect here. Says whether there was one.
     *
     * @param expected what is to be removed
     * @throws StoreException if the store did not confirm it; never if it did
     */
    public boolean remove(Kind kind, String key, Expectation expected) throws StoreException {
        return thread.call("Removing the " + kind + " for " + key, () -> {
            load(kind);
            Optional<Entry> present = Optional.ofNullable(current(kind).get(key));
            expected.check(kind, key, present);
            boolean removed = present.isPresent()
                && changing(kind, () -> store.remove(new Change(clock.instant(), Change.Action.REMOVED, present.get())));
            if (removed) {
                LOGGER.info("The {} for {} was removed", kind, key);
                replace(kind, key, Optional.empty());
                loadSoon(kind);
            } else if (!expected.equals(Expectation.NONE)) {
                expected.check(kind, key, Optional.empty());
            }
            return removed;
        });
    }

    /** Removes a negative trust anchor whose zone validates again. The store may take its time. */
    public void recovered(String zone, Instant expiry) {
        find(Kind.NEGATIVE_TRUST_ANCHOR, zone)
            .filter(entry -> entry.expiry().filter(end -> end.toEpochMilli() == expiry.toEpochMilli()).isPresent())
            .ifPresent(entry -> {
                end(entry);
                thread.later("Removing a negative trust anchor", () -> removeEnded(entry, Change.Action.RECOVERED));
            });
    }

    /** Takes an entry out of force here and now, whatever the store does. */
    private synchronized void end(Entry entry) {
        ended.add(entry);
        apply(entry.kind(), current(entry.kind()).values());
    }

    /** The newest lines of the history, oldest first. */
    public List<Change> history(Kind kind, Optional<String> key) throws StoreException {
        return thread.call("Reading the history", () -> store.history(kind, key));
    }

    /** What is wrong with the store, in one sentence; empty if nothing is. */
    public Optional<String> problem() {
        Instant last = confirmed;
        if (failure.isEmpty() && last.plus(SILENT_AFTER).isBefore(clock.instant())) {
            return Optional.of("The store has not answered since " + last + ". " + (known ? "What was read then applies" : HELD));
        }
        return failure.map(sentence -> sentence + ". " + (known ? "What was read at " + last + " applies" : HELD));
    }

    /** Ends what is over and reads what has changed. */
    void refresh() {
        Instant now = clock.instant();
        for (Kind kind : Kind.values()) {
            current(kind).values().stream().filter(entry -> entry.endedAt(now)).toList().forEach(this::expired);
        }
        try {
            for (Kind kind : Kind.values()) {
                if (!store.revision(kind).equals(revisions.get(kind))) {
                    load(kind);
                }
            }
            confirmed = now;
            if (failure.isPresent()) {
                LOGGER.info("The store answers again");
                failure = Optional.empty();
            }
        } catch (StoreException e) {
            failed(e);
        }
    }

    private void expired(Entry entry) {
        if (entry.kind() == Kind.POLICY) {
            LOGGER.info("The policy {} for {} has ended, its time is over: what is set for a parent or by default applies", entry.value(),
                entry.key());
        }
        end(entry);
        removeEnded(entry, Change.Action.EXPIRED);
    }

    private void removeEnded(Entry entry, Change.Action why) {
        try {
            boolean first = store.remove(new Change(clock.instant(), why, entry));
            LOGGER.debug("The {} for {} was removed from the store {}", entry.kind(), entry.key(), first ? "here" : "elsewhere");
        } catch (StoreException e) {
            // It comes again with the next change that is read, and is out of force here as it is.
            failed(e);
        }
    }

    private void failed(StoreException e) {
        if (failure.isEmpty()) {
            LOGGER.error("{}. {}", e.sentence(), known ? "What was read last applies" : HELD);
        }
        failure = Optional.of(e.sentence());
    }

    /** Reads all of a kind, on the store's thread. */
    private String load(Kind kind) throws StoreException {
        // Asked before: a change in between is read twice rather than never.
        String revision = store.revision(kind);
        List<Entry> read = store.load(kind);
        apply(kind, read);
        known |= kind == Kind.POLICY;
        forget(kind, read);
        if (!read.equals(copied.get(kind)) && lastKnown.save(kind, read)) {
            copied.put(kind, read);
        }
        revisions.put(kind, revision);
        return revision;
    }

    /** What has ended and is no longer in the store needs not be kept out any more. */
    private synchronized void forget(Kind kind, Collection<Entry> read) {
        ended.removeIf(entry -> entry.kind() == kind && !read.contains(entry));
    }

    /** Takes a change that the store has confirmed. */
    private synchronized void replace(Kind kind, String key, Optional<Entry> entry) {
        Map<String, Entry> next = new TreeMap<>(current(kind));
        next.remove(key);
        entry.ifPresent(set -> next.put(key, set));
        apply(kind, next.values());
    }

    /** Takes a new set. It never waits: the validator's threads come here too. */
    private synchronized void apply(Kind kind, Collection<Entry> read) {
        Map<String, Entry> next = new TreeMap<>();
        read.stream().filter(entry -> !ended.contains(entry)).forEach(entry -> next.put(entry.key(), entry));
        Map<String, Entry> before = current(kind);
        if (next.equals(before)) {
            return;
        }
        entries.put(kind, Collections.unmodifiableMap(next));
        if (kind == Kind.POLICY) {
            policies = table(next.values());
        }
        Set<String> keys = new HashSet<>(before.keySet());
        keys.addAll(next.keySet());
        keys.removeIf(key -> Objects.equals(before.get(key), next.get(key)));
        listeners.forEach(listener -> tell(listener, kind, keys, next.values()));
    }

    private static void tell(Listener listener, Kind kind, Set<String> keys, Collection<Entry> now) {
        try {
            listener.changed(kind, keys, now);
        } catch (Throwable e) {
            LOGGER.error("A change of {} could not be passed on", kind.plural(), e);
        }
    }

    private PolicyTable table(Collection<Entry> all) {
        Map<String, PolicyTable.Rule> rules = new HashMap<>();
        for (Entry entry : new ArrayList<>(all)) {
            if (!Policy.isKnown(entry.value())) {
                LOGGER.warn("The policy \"{}\" for {} is not known to this version; {} applies instead", entry.value(), entry.key(),
                    entry.policy());
            }
            rules.put(entry.key(), new PolicyTable.Rule(entry.policy(), entry.expiry()));
        }
        return PolicyTable.of(byDefault, rules);
    }
}
