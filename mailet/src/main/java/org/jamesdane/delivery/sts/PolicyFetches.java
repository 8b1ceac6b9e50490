/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.sts;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jamesdane.dns.DomainName;
import org.jamesdane.mtasts.CachedPolicy;
import org.jamesdane.mtasts.FetchHistory;
import org.jamesdane.mtasts.PolicyCache;
import org.jamesdane.mtasts.PolicyFetch;
import org.jamesdane.mtasts.PolicyFetcher;
import org.jamesdane.mtasts.StsDiscovery;
import org.jamesdane.mtasts.StsState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches of policies, one at a time for a domain. First fetches and refreshes have threads of their own, so that neither waits for the
 * other.
 */
public final class PolicyFetches {
    /** Threads for first fetches, and as many for refreshes. More than have a connection at once: others wait for a slow address. */
    public static final int AT_ONCE = 128;
    /** Fetches that may wait for a thread; a mail goes without one that finds no room. */
    private static final int WAITING = 1000;
    /** Domains whose fetches are remembered. */
    private static final int REMEMBERED = 100_000;
    /** Policies remembered that a full cache did not take. */
    private static final int UNKEPT = 1000;
    private static final Logger LOGGER = LoggerFactory.getLogger(PolicyFetches.class);

    private final PolicyFetcher fetcher;
    private final PolicyCache cache;
    private final Threads threads;
    private final InstantSource clock;
    private final RandomGenerator random;
    @GuardedBy("this")
    private final Map<DomainName, CompletableFuture<StsDiscovery>> running = new LinkedHashMap<>();
    @GuardedBy("this")
    private final Map<DomainName, FetchHistory> histories = new LinkedHashMap<>();
    /** Policies that a full cache did not take, in the order of their fetches. */
    @GuardedBy("this")
    private final Map<DomainName, Unkept> unkept = new LinkedHashMap<>();
    /** Domains whose overdue refresh was told of. */
    @GuardedBy("this")
    private final Set<DomainName> overdue = new LinkedHashSet<>();

    /**
     * Threads of the fetches.
     *
     * @param first run first fetches
     * @param refresh run refreshes
     */
    public record Threads(Executor first, Executor refresh) {
    }

    private record Unkept(CachedPolicy policy, Instant ended) {
        boolean counts(Instant now) {
            return !now.isBefore(ended) && now.isBefore(ended.plus(FetchHistory.BETWEEN)) && policy.isInForce(now);
        }
    }

    /** Takes what it works with. */
    public PolicyFetches(PolicyFetcher fetcher, PolicyCache cache, Threads threads, InstantSource clock, RandomGenerator random) {
        this.fetcher = fetcher;
        this.cache = cache;
        this.threads = threads;
        this.clock = clock;
        this.random = random;
    }

    /** Daemon threads, so many at once; a task that finds too many waiting is refused. */
    public static ThreadPoolExecutor threads(int atOnce, String name) {
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor threads = new ThreadPoolExecutor(atOnce, atOnce, 1, TimeUnit.MINUTES, new ArrayBlockingQueue<>(WAITING),
            task -> {
                Thread thread = new Thread(task, name + number.incrementAndGet());
                thread.setDaemon(true);
                return thread;
            });
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    /** Fetches of a domain's policy that keep the next ones back. */
    public synchronized FetchHistory history(DomainName domain) {
        return histories.getOrDefault(domain, FetchHistory.NONE);
    }

    /**
     * Forgets which fetches of a domain's policy failed, so that the next may begin at once.
     *
     * @return false where none may begin at once, since one is under way, or began less than a minute ago; then nothing is forgotten
     */
    public synchronized boolean forgive(DomainName domain) {
        if (running.containsKey(domain) || history(domain).isRecent(clock.instant())) {
            return false;
        }
        unkept.remove(domain);
        histories.computeIfPresent(domain, (name, history) -> history.forgiven());
        return true;
    }

    /** The kept policy of a domain. For a minute after a fetch it is also one that a full cache did not take. */
    StsState.Kept kept(DomainName domain) {
        StsState.Kept kept = cache.kept(domain);
        return kept instanceof StsState.Nothing ? unkept(domain).<StsState.Kept>map(StsState.Policy::new).orElse(kept) : kept;
    }

    private synchronized Optional<CachedPolicy> unkept(DomainName domain) {
        Instant now = clock.instant();
        return Optional.ofNullable(unkept.get(domain)).filter(last -> last.counts(now)).map(Unkept::policy);
    }

    /** Remembers a policy for the mail that waited for its fetch, where the cache did not take it. */
    private void rememberUnkept(DomainName domain, CachedPolicy policy) {
        boolean taken = !(cache.kept(domain) instanceof StsState.Nothing);
        Instant now = clock.instant();
        synchronized (this) {
            unkept.values().removeIf(last -> !last.counts(now));
            unkept.remove(domain);
            if (!taken) {
                unkept.put(domain, new Unkept(policy, now));
            }
            if (unkept.size() > UNKEPT) {
                unkept.remove(unkept.keySet().iterator().next());
            }
        }
    }

    /** The fetch of a domain's policy that is under way. */
    synchronized Optional<CompletableFuture<StsDiscovery>> running(DomainName domain) {
        return Optional.ofNullable(running.get(domain));
    }

    /** Begins a fetch, or joins the one under way. Where none may begin now, the result is what applies without. */
    CompletableFuture<StsDiscovery> begin(DomainName domain, StsState.Fetch step, PolicyFetcher.Purpose purpose) {
        CompletableFuture<StsDiscovery> result = new CompletableFuture<>();
        synchronized (this) {
            CompletableFuture<StsDiscovery> before = running.get(domain);
            if (before != null) {
                return before;
            }
            Instant now = clock.instant();
            FetchHistory history = history(domain);
            if (!history.allows(step.id(), now)) {
                return CompletableFuture.completedFuture(step.meanwhile());
            }
            remember(domain, history.started(now));
            running.put(domain, result);
        }
        try {
            (purpose == PolicyFetcher.Purpose.FIRST ? threads.first() : threads.refresh())
                .execute(() -> end(domain, result, fetch(domain, step, purpose)));
        } catch (RejectedExecutionException e) {
            LOGGER.warn("The MTA-STS policy of {} is not fetched now: too many fetches are under way", domain);
            end(domain, result, step.meanwhile());
        }
        return result;
    }

    @GuardedBy("this")
    private void remember(DomainName domain, FetchHistory history) {
        histories.remove(domain);
        histories.put(domain, history);
        if (histories.size() > REMEMBERED) {
            histories.remove(histories.keySet().iterator().next());
        }
    }

    private void end(DomainName domain, CompletableFuture<StsDiscovery> result, StsDiscovery discovery) {
        synchronized (this) {
            running.remove(domain);
        }
        result.complete(discovery);
    }

    private StsDiscovery fetch(DomainName domain, StsState.Fetch step, PolicyFetcher.Purpose purpose) {
        try {
            if (purpose == PolicyFetcher.Purpose.REFRESH && !cache.claim(domain)) {
                LOGGER.debug("Another node fetches the MTA-STS policy of {} anew", domain);
                return step.meanwhile();
            }
            // A policy's lifetime counts from the begin of its fetch, when it was surely in force.
            Instant begun = clock.instant().truncatedTo(ChronoUnit.MILLIS);
            PolicyFetch fetched = guarded(domain, purpose);
            StsState.Conclusion conclusion;
            synchronized (this) {
                conclusion = StsState.conclude(step, fetched, history(domain), begun, random);
                remember(domain, conclusion.history());
            }
            if (fetched instanceof PolicyFetch.Postponed postponed) {
                LOGGER.warn("The MTA-STS policy of {} is not fetched now: {}", domain, postponed.text());
            }
            conclusion.report().ifPresent(report -> LOGGER.warn("The MTA-STS policy of {} could not be fetched: {}", domain,
                report.text()));
            conclusion.keep().ifPresent(policy -> {
                cache.keep(domain, policy, begun);
                rememberUnkept(domain, policy);
                tellOverdue(domain, policy, begun);
            });
            return conclusion.discovery();
        } catch (Throwable e) {
            LOGGER.error("The fetch of the MTA-STS policy of {} failed unexpectedly; what applied before applies still", domain, e);
            return step.meanwhile();
        }
    }

    /** Tells an operator once when a policy in mode {@code enforce} could not be fetched anew for too long. */
    private void tellOverdue(DomainName domain, CachedPolicy policy, Instant now) {
        boolean begins;
        synchronized (this) {
            if (!policy.isOverdue(now)) {
                overdue.remove(domain);
                return;
            }
            begins = overdue.size() < REMEMBERED && overdue.add(domain);
        }
        if (begins) {
            LOGGER.error("The MTA-STS policy of {} could not be fetched anew since {}; it is in force until {} and protects nobody after "
                + "that", domain, policy.staleSince(), policy.expires());
        }
    }

    private PolicyFetch guarded(DomainName domain, PolicyFetcher.Purpose purpose) {
        try {
            return fetcher.fetch(domain, purpose);
        } catch (Throwable e) {
            LOGGER.error("The fetch of the MTA-STS policy of {} failed unexpectedly", domain, e);
            return new PolicyFetch.Failed(PolicyFetch.Cause.UNAVAILABLE, "an unexpected error, see the log of this server");
        }
    }
}
