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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jamesdane.dns.DomainName;
import org.jamesdane.mtasts.CachedPolicy;
import org.jamesdane.mtasts.PolicyCache;
import org.jamesdane.mtasts.StsPolicy;
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
    /** By what it is about; for readers that must not wait either. */
    private final Map<String, String> problems = new ConcurrentHashMap<>();
    @GuardedBy("this")
    private long characters;
    /** True if the copy counts, since the store could not be read. */
    @GuardedBy("this")
    private boolean copied;
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
            if (copied || (!held && copy.holds())) {
                LOGGER.error("The MTA-STS policies ({}) were not all there; those in mode enforce are restored from the copy {}", store,
                    copy);
                take(copy.load());
                store.restore(all());
            }
            copied = false;
            unreadable = Optional.empty();
            problem("read", Optional.empty());
            compact();
        } catch (StoreException e) {
            fromCopy(e);
        }
    }

    @GuardedBy("this")
    private void fromCopy(StoreException failure) {
        try {
            if (!copy.holds()) {
                throw new StoreException("there is no copy of them at " + copy);
            }
            take(copy.load());
            unreadable = Optional.empty();
            copied = !store.setAside();
            problem("read", Optional.of("the MTA-STS policies can't be read, and those in mode enforce are taken from the copy " + copy
                + ": " + failure.sentence()));
            if (!copied) {
                store.restore(all());
            }
        } catch (StoreException e) {
            String text = "the MTA-STS policies can't be read: " + failure.sentence() + " (" + e.sentence() + ")";
            unreadable = policies.isEmpty() ? Optional.of(text) : Optional.empty();
            problem("read", Optional.of(text));
        }
    }

    /** Reads once more where something could not be read before, and reads what other nodes have written. */
    public synchronized void lookAgain() {
        if (copied || unreadable.isPresent()) {
            start();
            return;
        }
        try {
            take(store.changes());
        } catch (StoreException e) {
            LOGGER.warn("The MTA-STS policies of other nodes can't be read now: {}", e.sentence());
        }
    }

    @GuardedBy("this")
    private List<StsPolicyJson.Entry> all() {
        Instant now = clock.instant();
        policies.values().removeIf(policy -> !policy.isInForce(now));
        characters = policies.values().stream().mapToLong(StsPolicies::size).sum();
        List<StsPolicyJson.Entry> all = new ArrayList<>();
        policies.forEach((domain, policy) -> all.add(new StsPolicyJson.Entry(domain, policy)));
        all.sort(Comparator.comparing(entry -> entry.domain().toString()));
        return all;
    }

    @GuardedBy("this")
    private void take(List<StsPolicyJson.Entry> entries) {
        for (StsPolicyJson.Entry entry : entries) {
            CachedPolicy before = policies.get(entry.domain());
            if (before == null || entry.policy().mayReplace(before)) {
                put(entry.domain(), entry.policy());
            }
        }
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
        problem("full", room ? Optional.empty() : Optional.of("no more MTA-STS policies can be kept than the " + policies.size()
            + " there are; that of " + domain + " is used for one delivery and forgotten"));
        if (room) {
            put(domain, policy);
            write(new StsPolicyJson.Entry(domain, policy));
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
    private void write(StsPolicyJson.Entry entry) {
        written++;
        try {
            // A domain's policy that no longer enforces replaces the one in the copy, too.
            copy.write(entry);
            store.write(entry);
            problem("written", Optional.empty());
        } catch (StoreException e) {
            problem("written", Optional.of("the MTA-STS policy of " + entry.domain() + " can't be kept for the next start: "
                + e.sentence()));
        }
        if (written > policies.size() + STALE_LINES) {
            compact();
        }
    }

    /** Drops what later writes replaced, and policies whose lifetime is over, from the store and its copy. */
    @GuardedBy("this")
    private void compact() {
        try {
            List<StsPolicyJson.Entry> all = all();
            store.compact(all);
            copy.compact(all.stream().filter(entry -> entry.policy().policy().enforces()).toList());
            written = 0;
            problem("written", Optional.empty());
        } catch (StoreException e) {
            problem("written", Optional.of("the MTA-STS policies can't be kept for the next start: " + e.sentence()));
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

    private void problem(String what, Optional<String> sentence) {
        String before = sentence.isPresent() ? problems.put(what, sentence.get()) : problems.remove(what);
        if (sentence.isPresent() && before == null) {
            LOGGER.error("{}", sentence.get());
        }
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

    /** Number of policies of a mode that are in force. */
    public long count(StsPolicy.Mode mode) {
        Instant now = clock.instant();
        return policies.values().stream()
            .filter(policy -> policy.policy().mode() == mode && policy.isInForce(now) && !policy.isForgotten()).count();
    }

    /** The reason for which {@link #kept} knows nothing of any domain, as a clause; empty where it does. */
    public Optional<String> unreadable() {
        return unreadable;
    }

    /** Sentences about what an operator has to mend, the overdue refreshes of policies in mode {@code enforce} among them. */
    public List<String> problems() {
        Instant now = clock.instant();
        TreeSet<String> overdue = new TreeSet<>();
        policies.forEach((domain, policy) -> {
            if (policy.isOverdue(now)) {
                overdue.add(domain + " since " + policy.failingSince().orElse(now));
            }
        });
        List<String> all = new ArrayList<>(problems.values());
        if (!overdue.isEmpty()) {
            all.add("the MTA-STS policies of " + overdue.size() + " domains can't be fetched anew, and end by their lifetime: "
                + overdue.first() + (overdue.size() > 1 ? " and others" : ""));
        }
        return all;
    }
}
