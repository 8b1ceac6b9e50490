/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.policy.PolicyLookup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The policies, negative trust anchors and MTA-STS exceptions in force. Reading takes the settings from memory and never waits. A change
 * goes to the store first, and comes into force here as soon as the store has confirmed it. Changes of other nodes are seen within {@link
 * #REFRESH} and the time the store takes to answer.
 *
 * <p>Holds nothing mutable itself. Each part that does has a lock of its own, under which nothing waits for the store.
 */
public final class OperatorSettings {
    /** Interval between questions to the store whether anything has changed. */
    public static final Duration REFRESH = Duration.ofSeconds(3);
    /** RFC 7646 §4: the lifetime of a negative trust anchor should not exceed a week. */
    public static final Duration MAX_NEGATIVE_TRUST_ANCHOR = Duration.ofDays(7);
    /** Longest lifetime of a policy or an MTA-STS exception, ten years; anything longer must be declared permanent. */
    public static final Duration MAX_EXCEPTION = Duration.ofDays(3660);
    /** Time without an answer after which a store is called silent. */
    private static final Duration SILENT_AFTER = Duration.ofSeconds(30);
    private static final Logger LOGGER = LoggerFactory.getLogger(OperatorSettings.class);

    private final SettingStore store;
    private final LastKnownSettings lastKnown;
    private final Rules rules;
    private final StoreThread thread;
    private final InstantSource clock;
    private final SettingsInForce inForce;
    private final Endings endings = new Endings();
    private final StoreReading reading;
    private final PolicyKnowledge knowledge;
    private volatile Optional<OperatorEvents> events = Optional.empty();

    /**
     * Rules that hold where the store says nothing.
     *
     * @param byDefault the policy of next hops without one of their own
     * @param requireState whether mail is held as long as nobody has set a policy or confirmed that there is none
     * @param nanoTime a time that nobody sets
     */
    public record Rules(Policy byDefault, boolean requireState, LongSupplier nanoTime) {
        /** Takes a default policy; a missing state does not hold mail, and the time is the system's. */
        public Rules(Policy byDefault) {
            this(byDefault, false, System::nanoTime);
        }
    }

    /** Changes the store; says whether it did. */
    @FunctionalInterface
    private interface Changing {
        boolean run() throws StoreException;
    }

    /** Hears of each change, whichever node made it. */
    @FunctionalInterface
    public interface Listener {
        /**
         * Called on the store's thread; has to return soon.
         *
         * @param keys those that were set, removed, or came out of force or into it by the time
         * @param now all entries of the kind that are in force
         */
        void changed(SettingKind kind, Set<String> keys, Collection<Setting> now);
    }

    /** Prepares; {@link #start} reads. */
    public OperatorSettings(SettingStore store, LastKnownSettings lastKnown, Rules rules, StoreThread thread, InstantSource clock) {
        this.store = store;
        this.lastKnown = lastKnown;
        this.rules = rules;
        this.thread = thread;
        this.clock = clock;
        this.inForce = new SettingsInForce(rules.byDefault(), clock);
        this.reading = new StoreReading(now());
        this.knowledge = new PolicyKnowledge(lastKnown, rules, clock.instant());
    }

    private StoreReading.Confirmed now() {
        return new StoreReading.Confirmed(clock.instant(), rules.nanoTime().getAsLong());
    }

    /** Has changes that are made on this node told to a stream; to be called before {@link #start}. */
    public void tellTo(OperatorEvents stream) {
        events = Optional.of(stream);
    }

    private void tell(SettingChange change, Optional<OperatorEvent.By> by) {
        events.ifPresent(stream -> stream.tell(change, by));
    }

    /** Takes what was known last, then asks the store, for a limited time, and from now on regularly. */
    public void start() {
        for (SettingKind kind : SettingKind.values()) {
            lastKnown.load(kind).ifPresent(copy -> {
                inForce.apply(kind, copy);
                if (kind == SettingKind.POLICY) {
                    knowledge.copied();
                }
            });
        }
        try {
            thread.call("Reading the store", () -> {
                refresh();
                return reading.confirmed();
            });
        } catch (StoreException e) {
            failed(e);
        }
        thread.every(REFRESH, "Reading the store", this::refresh);
    }

    /** Policies that destinations are held to at any time. */
    public PolicyLookup policies() {
        return inForce.policies();
    }

    /** Knowledge of the policies, and what follows for mail. */
    public PolicyKnowledge knowledge() {
        return knowledge;
    }

    /** Adds a listener, which is told of every later change, whichever node made it. */
    public void onChange(Listener listener) {
        inForce.onChange(listener);
    }

    /** Entries in force, by key. */
    public Collection<Setting> entries(SettingKind kind) {
        return inForce.entries(kind);
    }

    /** The one in force of that key. */
    public Optional<Setting> find(SettingKind kind, String key) {
        return stored(kind, key).filter(entry -> !entry.endedAt(clock.instant()));
    }

    /** The one of that key whose time is over and that nothing has taken the place of. */
    public Optional<Setting> findEnded(SettingKind kind, String key) {
        return stored(kind, key).filter(entry -> entry.endedAt(clock.instant()));
    }

    private Optional<Setting> stored(SettingKind kind, String key) {
        return Optional.ofNullable(inForce.stored(kind).get(key));
    }

    /** The directory of the copy. */
    public Path copy() {
        return lastKnown.directory();
    }

    /**
     * Sets an entry; when this returns, it is stored and in force here.
     *
     * @param expected what it may take the place of
     * @throws IllegalArgumentException with a sentence, if its policy or its expiry is none that is allowed
     * @throws StoreException if the store did not confirm it; never if it did
     */
    public void put(Setting entry, Expectation expected) throws StoreException {
        entry.requireKnown();
        Instant now = clock.instant();
        entry.expiry().ifPresent(end -> {
            boolean anchor = entry.kind() == SettingKind.NEGATIVE_TRUST_ANCHOR;
            Duration longest = anchor ? MAX_NEGATIVE_TRUST_ANCHOR : MAX_EXCEPTION;
            if (!end.isAfter(now) || end.isAfter(now.plus(longest))) {
                throw new IllegalArgumentException("The " + entry.kind() + " for " + entry.key() + " would end at " + end
                    + "; a time in the next " + longest.toDays() + " days is allowed"
                    + (anchor ? " (RFC 7646 §4)" : ""));
            }
        });
        thread.call("Setting the " + entry.kind() + " for " + entry.key(), () -> {
            refuseWhereLost(entry.kind());
            SettingChange change = new SettingChange(now, SettingChange.Action.SET, entry);
            changing(entry.kind(), () -> {
                store.put(change, expected);
                return true;
            });
            LOGGER.info("The {} for {} was set{} until {} by {}: {}", entry.kind(), entry.key(),
                entry.value().isEmpty() ? "" : " to " + entry.value(),
                entry.expiry().map(Instant::toString).orElse("it is removed"), entry.owner(), entry.reason());
            inForce.replace(entry.kind(), entry.key(), Optional.of(entry));
            tell(change, Optional.of(new OperatorEvent.By(entry.owner(), entry.reason())));
            loadSoon(entry.kind());
            return true;
        });
    }

    /** A change on top of nothing would make what is lost look as if it had never been. */
    private void refuseWhereLost(SettingKind kind) throws StoreException {
        if (kind == SettingKind.POLICY && knowledge.wouldHideLoss() && !store.holds(kind)) {
            throw new StoreException(knowledge.lost() + "; nothing was changed");
        }
    }

    /**
     * Removes an entry; when this returns, it is gone from the store and without effect here. Says whether there was one.
     *
     * @param expected what is to be removed
     * @param by who removes it and why, where that was said
     * @throws StoreException if the store did not confirm it; never if it did
     */
    public boolean remove(SettingKind kind, String key, Expectation expected, Optional<OperatorEvent.By> by) throws StoreException {
        return thread.call("Removing the " + kind + " for " + key, () -> {
            refuseWhereLost(kind);
            load(kind);
            expected.check(kind, key, find(kind, key));
            Optional<Setting> present = stored(kind, key);
            boolean removed = present.isPresent()
                && changing(kind, () -> store.remove(new SettingChange(clock.instant(), SettingChange.Action.REMOVED, present.get())));
            if (removed) {
                LOGGER.info("The {} for {} was removed", kind, key);
                inForce.replace(kind, key, Optional.empty());
                tell(new SettingChange(clock.instant(), SettingChange.Action.REMOVED, present.get()), by);
                loadSoon(kind);
            } else if (!expected.equals(Expectation.NONE)) {
                expected.check(kind, key, Optional.empty());
            }
            return removed;
        });
    }

    /** Sets an entry, whatever it takes the place of. */
    public void put(Setting entry) throws StoreException {
        put(entry, Expectation.NONE);
    }

    /** Removes an entry, whatever it is. */
    public boolean remove(SettingKind kind, String key) throws StoreException {
        return remove(kind, key, Expectation.NONE, Optional.empty());
    }

    /**
     * Confirms that it is right that the store has no policies. Says whether there was anything to confirm.
     *
     * @throws StoreException if the store did not keep that
     */
    public boolean acceptEmpty() throws StoreException {
        return thread.call("Confirming that there are no policies", () -> {
            boolean accepts = !store.holds(SettingKind.POLICY);
            if (accepts) {
                store.begin(SettingKind.POLICY);
                events.ifPresent(stream -> stream.tell(OperatorEvent.Kind.POLICY, ".", "none-confirmed",
                    Optional.of(rules.byDefault().toString()), Optional.empty()));
                LOGGER.warn("An operator has confirmed that there are no policies: {} applies to all destinations", rules.byDefault());
            }
            loadSoon(SettingKind.POLICY);
            return accepts;
        });
    }

    /** Changes the store. Where somebody else has changed the same, what is known here is brought up to date. */
    private boolean changing(SettingKind kind, Changing work) throws StoreException {
        try {
            return work.run();
        } catch (StoreException e) {
            if (e.kind() != StoreException.Kind.REFUSED) {
                loadSoon(kind);
            }
            throw e;
        }
    }

    /**
     * Reads a kind again. A stored change stays stored, also if the store cannot be read just then; the next {@link #refresh} reads it
     * again.
     */
    private void loadSoon(SettingKind kind) {
        try {
            load(kind);
        } catch (StoreException e) {
            failed(e);
        }
    }

    /** Removes a negative trust anchor whose zone validates again. The store may take its time. */
    public void recovered(String zone, Instant expiry) {
        find(SettingKind.NEGATIVE_TRUST_ANCHOR, zone)
            .filter(entry -> entry.expiry().filter(end -> end.toEpochMilli() == expiry.toEpochMilli()).isPresent())
            .ifPresent(entry -> {
                inForce.end(entry);
                thread.later("Removing a negative trust anchor", () -> removeEnded(entry, SettingChange.Action.RECOVERED));
            });
    }

    /** The newest lines of the history, oldest first. */
    public List<SettingChange> history(SettingKind kind, Optional<String> key) throws StoreException {
        return thread.call("Reading the history", () -> store.history(kind, key));
    }

    /** Problem of the store, in one sentence; empty if there is none. */
    public Optional<String> problem() {
        StoreReading.Confirmed last = reading.confirmed();
        boolean known = knowledge.known();
        Optional<String> failure = reading.failure();
        if (failure.isPresent()) {
            return failure.map(sentence -> sentence + ". "
                + (known ? "What was read at " + last.time() + " applies" : PolicyKnowledge.HELD));
        }
        if (rules.nanoTime().getAsLong() - last.nanos() > SILENT_AFTER.toNanos()) {
            return Optional.of("The store has not answered since " + last.time() + ". "
                + (known ? "What was read then applies" : PolicyKnowledge.HELD));
        }
        return knowledge.problem();
    }

    /** Removes what has been over for long, and reads what has changed. */
    void refresh() {
        inForce.passTime();
        List<Setting> all = new ArrayList<>();
        for (SettingKind kind : SettingKind.values()) {
            all.addAll(inForce.stored(kind).values());
        }
        endings.due(all, clock.instant(), rules.nanoTime().getAsLong()).forEach(entry -> removeEnded(entry, SettingChange.Action.EXPIRED));
        try {
            for (SettingKind kind : SettingKind.values()) {
                if (!reading.isRead(kind, store.revision(kind))) {
                    load(kind);
                }
            }
            if (reading.answered(now())) {
                LOGGER.info("The store answers again");
            }
        } catch (StoreException e) {
            failed(e);
        }
    }

    private void removeEnded(Setting entry, SettingChange.Action why) {
        try {
            SettingChange change = new SettingChange(clock.instant(), why, entry);
            boolean first = store.remove(change);
            if (first) {
                tell(change, Optional.empty());
            }
            LOGGER.debug("The {} for {} was removed from the store {}", entry.kind(), entry.key(), first ? "here" : "elsewhere");
        } catch (StoreException e) {
            // It comes again with the next change that is read, and is out of force here as it is.
            failed(e);
        }
    }

    private void failed(StoreException e) {
        if (reading.failed(e.sentence())) {
            LOGGER.error("{}. {}", e.sentence(), knowledge.known() ? "What was read last applies" : PolicyKnowledge.HELD);
        }
    }

    /** Reads all of a kind, on the store's thread. */
    private void load(SettingKind kind) throws StoreException {
        // Asked before: a change in between is read twice rather than never.
        String revision = store.revision(kind);
        boolean held = store.holds(kind);
        List<Setting> read = store.load(kind);
        if (kind == SettingKind.POLICY && !(held && store.holds(kind))) {
            knowledge.missing();
        } else {
            inForce.apply(kind, read);
            inForce.forget(kind, read);
            if (kind == SettingKind.POLICY) {
                knowledge.present();
            }
            if (!reading.isCopied(kind, read) && lastKnown.save(kind, read)) {
                reading.copied(kind, read);
            }
        }
        reading.read(kind, revision);
    }
}
