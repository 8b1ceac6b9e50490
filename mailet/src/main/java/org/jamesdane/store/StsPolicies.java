/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jamesdane.dns.DomainName;
import org.jamesdane.mtasts.CachedPolicy;
import org.jamesdane.mtasts.PolicyCache;
import org.jamesdane.mtasts.StsState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * MTA-STS policies that are kept, in memory and in a store, with a copy of those in mode {@code enforce} on the local disk.
 *
 * <p>A store that cannot be read is not an empty one. Then the copy counts. Without either, {@link #kept} answers {@link
 * StsState.Unreadable} for all domains until {@link #lookAgain} finds one of the two.
 */
public final class StsPolicies implements PolicyCache {
    /** Most domains, if nothing else is said. */
    public static final int MAX_POLICIES = 1_000_000;
    /** Interval in which the store is looked at again: for policies of other nodes, and after a failure. */
    static final Duration LOOK = Duration.ofSeconds(10);
    /** Characters of all texts together: a million usual policies of some 200, and no more of those of 64 KiB than memory has room for. */
    private static final long MAX_CHARACTERS = 256L << 20;
    /** Lines written beyond the policies kept after which the store is written anew, without what later lines replaced. */
    private static final int STALE_LINES = 10_000;
    /** Interval in which a delivery is noted once; a policy is no longer refreshed after {@link CachedPolicy#UNUSED} of 180 days. */
    private static final Duration NOTED = Duration.ofDays(1);
    private static final Logger LOGGER = LoggerFactory.getLogger(StsPolicies.class);

    private final StsPolicyStore store;
    private final FileStsPolicies copy;
    private final int most;
    private final InstantSource clock;
    /** For readers that must not wait for a writer. */
    private final Map<DomainName, CachedPolicy> policies = new ConcurrentHashMap<>();
    private volatile Optional<String> unreadable = Optional.of("the MTA-STS policies are not read yet");
    private final StsProblems problems = new StsProblems();
    @GuardedBy("this")
    private long characters;
    /** True if the copy counts, since the store could not be read. */
    @GuardedBy("this")
    private boolean copied;
    /** Domains whose policies the store did not take, or lacks. */
    @GuardedBy("this")
    private final Set<DomainName> unwritten = new HashSet<>();
    /** True if the store or the copy has to be written anew, since that failed before. */
    @GuardedBy("this")
    private boolean untidy;
    @GuardedBy("this")
    private int written;

    /**
     * Names the places; {@link #start} reads them.
     *
     * @param most domains at most
     */
    StsPolicies(StsPolicyStore store, FileStsPolicies copy, int most, InstantSource clock) {
        this.store = store;
        this.copy = copy;
        this.most = most;
        this.clock = clock;
    }

    /** Reads what is kept. */
    synchronized void start() {
        try {
            boolean held = store.holds();
            take(store.load());
            merge(copied || !held || !store.isShared());
        } catch (StoreException e) {
            fromCopy(e);
            return;
        }
        unreadable = Optional.empty();
        problems.set("read", Optional.empty());
        if (writeAgain()) {
            copied = false;
            compact();
        }
    }

    /**
     * Takes from the copy what the store lacks, before the copy is written anew.
     *
     * @param whole false if only those policies count that the store did not take; others gave up the rest
     */
    @GuardedBy("this")
    private void merge(boolean whole) {
        Map<DomainName, StsPolicyJson.Entry> copies = new LinkedHashMap<>();
        try {
            copy.load().forEach(entry -> copies.put(entry.domain(), entry));
        } catch (StoreException e) {
            LOGGER.error("The copy of the MTA-STS policies can't be read, and is made anew: {}", e.sentence());
            putCopyAside();
        }
        Instant now = clock.instant();
        copies.values().removeIf(entry -> !entry.policy().isInForce(now) || !(whole || entry.unwritten()));
        int known = unwritten.size();
        for (StsPolicyJson.Entry entry : copies.values()) {
            if (!take(List.of(entry)).isEmpty() || entry.unwritten()) {
                unwritten.add(entry.domain());
            }
        }
        if (copied) {
            unwritten.addAll(policies.keySet());
        }
        if (unwritten.size() > known) {
            LOGGER.error("The MTA-STS policies ({}) were not all there; those in mode enforce are restored from the copy {}", store, copy);
        }
    }

    @GuardedBy("this")
    private void putCopyAside() {
        try {
            copy.setAside();
        } catch (StoreException e) {
            LOGGER.error("{}", e.sentence());
        }
    }

    /** Writes to the store what it lacks; says whether that is done. Until then the copy has it, with a mark. */
    @GuardedBy("this")
    private boolean writeAgain() {
        if (unwritten.isEmpty()) {
            return true;
        }
        try {
            store.restore(all().stream().filter(StsPolicyJson.Entry::unwritten).toList());
            unwritten.clear();
            untidy = true;
            return true;
        } catch (StoreException e) {
            problems.unwritten(e);
            return false;
        }
    }

    @GuardedBy("this")
    private void fromCopy(StoreException failure) {
        try {
            if (!copy.holds()) {
                throw new StoreException("there is no copy of them at " + copy);
            }
            List<StsPolicyJson.Entry> copies = copy.load();
            take(copies);
            for (StsPolicyJson.Entry each : copies) {
                if (each.unwritten()) {
                    unwritten.add(each.domain());
                }
            }
            unreadable = Optional.empty();
            copied = true;
            problems.set("read", Optional.of("the MTA-STS policies can't be read, and those in mode enforce are taken from the copy " + copy
                + ": " + failure.sentence()));
        } catch (StoreException e) {
            String text = "the MTA-STS policies can't be read: " + failure.sentence() + " (" + e.sentence() + ")";
            unreadable = policies.isEmpty() ? Optional.of(text) : Optional.empty();
            problems.set("read", Optional.of(text));
            return;
        }
        try {
            if (store.setAside()) {
                store.restore(all());
                copied = false;
                unwritten.clear();
                compact();
            }
        } catch (StoreException e) {
            problems.unwritten(e);
        }
    }

    /** Reads once more where something could not be read before, and reads what other nodes have written. */
    public synchronized void lookAgain() {
        if (copied || unreadable.isPresent() || !(unwritten.isEmpty() || store.isShared())) {
            start();
            return;
        }
        try {
            copy(take(store.changes()));
        } catch (StoreException e) {
            LOGGER.warn("The MTA-STS policies of other nodes can't be read now: {}", e.sentence());
            return;
        }
        if (writeAgain() && untidy) {
            compact();
        }
    }

    @GuardedBy("this")
    private List<StsPolicyJson.Entry> all() {
        Instant now = clock.instant();
        policies.values().removeIf(policy -> !policy.isInForce(now));
        characters = policies.values().stream().mapToLong(StsPolicies::size).sum();
        List<StsPolicyJson.Entry> all = new ArrayList<>();
        for (Map.Entry<DomainName, CachedPolicy> each : policies.entrySet()) {
            all.add(new StsPolicyJson.Entry(each.getKey(), each.getValue(), unwritten.contains(each.getKey())));
        }
        all.sort(Comparator.comparing(entry -> entry.domain().toString()));
        return all;
    }

    /** Takes what was fetched after the policies that are known; returns it, without policies of which only the times changed. */
    @GuardedBy("this")
    private List<StsPolicyJson.Entry> take(List<StsPolicyJson.Entry> entries) {
        List<StsPolicyJson.Entry> later = new ArrayList<>();
        for (StsPolicyJson.Entry entry : entries) {
            CachedPolicy before = policies.get(entry.domain());
            if (before == null || entry.policy().mayReplace(before)) {
                put(entry.domain(), entry.policy());
                if (before == null || !before.fetched().equals(entry.policy().fetched())) {
                    later.add(entry);
                }
            }
        }
        return later;
    }

    @GuardedBy("this")
    private void put(DomainName domain, CachedPolicy policy) {
        CachedPolicy before = policies.put(domain, policy);
        characters += size(policy) - (before == null ? 0 : size(before));
    }

    private static long size(CachedPolicy policy) {
        return policy.policy().body().length();
    }

    @Override
    public StsState.Kept kept(DomainName domain) {
        Optional<String> failure = unreadable;
        if (failure.isPresent()) {
            return new StsState.Unreadable(failure.get());
        }
        CachedPolicy policy = policies.get(domain);
        return policy == null ? new StsState.Nothing() : new StsState.Policy(policy);
    }

    @Override
    public synchronized void keep(DomainName domain, CachedPolicy policy, Instant now) {
        if (unreadable.isPresent()) {
            return;
        }
        CachedPolicy before = policies.get(domain);
        if (before != null && !policy.mayReplace(before)) {
            return;
        }
        boolean room = before != null || makeRoom(policy, now);
        problems.set("full", room ? Optional.empty() : Optional.of("no more MTA-STS policies can be kept than the " + policies.size()
            + " there are; that of " + domain + " is used for a minute and forgotten"));
        if (room) {
            put(domain, policy);
            write(domain, policy);
        }
    }

    /** Makes room for the policy of one more domain; says whether there is any. */
    @GuardedBy("this")
    private boolean makeRoom(CachedPolicy policy, Instant now) {
        if (hasRoom(policy)) {
            return true;
        }
        policies.entrySet().stream().filter(each -> each.getValue().makesWayFor(policy, now))
            .sorted(Comparator.comparing(each -> each.getValue().worth(now))).limit(Math.max(1, most / 100)).toList()
            .forEach(each -> {
                policies.remove(each.getKey());
                characters -= size(each.getValue());
            });
        return hasRoom(policy);
    }

    @GuardedBy("this")
    private boolean hasRoom(CachedPolicy policy) {
        return policies.size() < most && characters + size(policy) <= MAX_CHARACTERS;
    }

    @GuardedBy("this")
    private void write(DomainName domain, CachedPolicy policy) {
        try {
            store.write(new StsPolicyJson.Entry(domain, policy));
            unwritten.remove(domain);
        } catch (StoreException e) {
            unwritten.add(domain);
            problems.unwritten(e);
        }
        copy(List.of(new StsPolicyJson.Entry(domain, policy, unwritten.contains(domain))));
        if (written > policies.size() + STALE_LINES) {
            compact();
        }
    }

    /** Adds policies to the copy. One that no longer enforces replaces the domain's policy there, too. */
    @GuardedBy("this")
    private void copy(List<StsPolicyJson.Entry> entries) {
        try {
            copy.write(entries);
            written += entries.size();
        } catch (StoreException e) {
            untidy = true;
            problems.unwritten(e);
        }
    }

    /** Drops what later writes replaced, and policies whose lifetime is over, from the store and its copy. */
    @GuardedBy("this")
    private void compact() {
        List<StsPolicyJson.Entry> all = all();
        untidy = false;
        try {
            copy.compact(all.stream().filter(entry -> entry.unwritten() || entry.policy().policy().enforces()).toList());
        } catch (StoreException e) {
            untidy = true;
            problems.unwritten(e);
        }
        try {
            store.compact(all);
            written = 0;
        } catch (StoreException e) {
            untidy = true;
            problems.unwritten(e);
        }
        if (!untidy && unwritten.isEmpty()) {
            problems.set("written", Optional.empty());
        }
    }

    @Override
    public void used(DomainName domain, Instant now) {
        policies.computeIfPresent(domain, (name, policy) -> now.isAfter(policy.used().plus(NOTED)) ? policy.usedAt(now) : policy);
    }

    @Override
    public boolean claim(DomainName domain) {
        try {
            return store.claim(domain);
        } catch (StoreException e) {
            LOGGER.debug("The refresh of the MTA-STS policy of {} is claimed from nobody: {}", domain, e.sentence());
            return true;
        }
    }

    @Override
    public Map<DomainName, CachedPolicy> due(Instant now, int wanted) {
        Map<DomainName, CachedPolicy> due = new LinkedHashMap<>();
        policies.entrySet().stream().filter(each -> each.getValue().wantsRefresh(now))
            .sorted(Comparator.comparing(each -> each.getValue().refreshAfter())).limit(wanted)
            .forEach(each -> due.put(each.getKey(), each.getValue()));
        return due;
    }

    /** The policies in force, by their domains in alphabetical order. */
    public Map<DomainName, CachedPolicy> inForce() {
        Instant now = clock.instant();
        Map<DomainName, CachedPolicy> inForce = new TreeMap<>(Comparator.comparing(DomainName::toString));
        policies.forEach((domain, policy) -> {
            if (policy.isInForce(now) && !policy.isForgotten()) {
                inForce.put(domain, policy);
            }
        });
        return inForce;
    }

    /** Number of certain policies among those in force. */
    public long count(Predicate<CachedPolicy> which) {
        Instant now = clock.instant();
        return policies.values().stream().filter(policy -> policy.isInForce(now) && !policy.isForgotten() && which.test(policy)).count();
    }

    /** The reason for which {@link #kept} knows nothing of any domain, as a clause; empty where it does. */
    public Optional<String> unreadable() {
        return unreadable;
    }

    /** Sentences about what an operator has to mend, the overdue refreshes of policies in mode {@code enforce} among them. */
    public List<String> problems() {
        return problems.all(policies, clock.instant());
    }
}
