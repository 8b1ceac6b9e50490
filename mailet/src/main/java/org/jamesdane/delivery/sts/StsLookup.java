/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.sts;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jamesdane.dane.routing.AliasExpansion;
import org.jamesdane.dane.routing.Resolution;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.RecordType;
import org.jamesdane.dns.SecureDns;
import org.jamesdane.dns.TxtRecord;
import org.jamesdane.mtasts.PolicyCache;
import org.jamesdane.mtasts.PolicyFetcher;
import org.jamesdane.mtasts.StsDiscovery;
import org.jamesdane.mtasts.StsRecord;
import org.jamesdane.mtasts.StsState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Search for the MTA-STS policy that applies to mail for a domain: the kept policy, the TXT record, and a fetch where one is due. Nothing
 * here waits for an answer.
 *
 * <p>A TXT record that is slow counts once it comes. A domain whose record timed out is asked again only after {@link #TIMED_OUT}, so that
 * it costs mail that time once.
 */
public final class StsLookup implements StsPolicySource {
    /** Time for which a domain's TXT record is not asked for after it timed out. */
    static final Duration TIMED_OUT = Duration.ofMinutes(5);
    /** Domains whose time-outs are remembered. */
    private static final int REMEMBERED = 10_000;
    private static final Logger LOGGER = LoggerFactory.getLogger(StsLookup.class);

    private final SecureDns dns;
    private final PolicyCache cache;
    private final PolicyFetches fetches;
    private final InstantSource clock;
    private final Consumer<DomainName> forget;
    @GuardedBy("this")
    private final Map<DomainName, TimedOut> timedOut = new LinkedHashMap<>();

    /** Answer about a domain's TXT record; nothing is asked for while a time-out is remembered. */
    private record Answer(StsRecord record, Optional<Resolution<TxtRecord>> asked) {
    }

    private record TimedOut(Lookup.Failed<TxtRecord> failure, Instant at) {
    }

    /**
     * Takes what it works with.
     *
     * @param forget takes what is known of a name out of the resolver's cache
     */
    public StsLookup(SecureDns dns, PolicyCache cache, PolicyFetches fetches, InstantSource clock, Consumer<DomainName> forget) {
        this.forget = forget;
        this.dns = dns;
        this.cache = cache;
        this.fetches = fetches;
        this.clock = clock;
    }

    @Override
    public StsSearch begin(DomainName domain) {
        if (cache.kept(domain) instanceof StsState.Unreadable unreadable) {
            return StsSearch.ended(new StsDiscovery.Unreadable(unreadable.text()));
        }
        CompletableFuture<Answer> answer = answer(domain).toCompletableFuture();
        CompletableFuture<StsState.Step> step = answer.thenApply(given -> step(domain, given.record()));
        return new StsSearch(step.thenApply(StsState.Step::meanwhile), step.thenCompose(next -> whole(domain, next)),
            answer.thenApply(Answer::asked));
    }

    @Override
    public Optional<Instant> certificateEnds(DomainName domain) {
        return fetches.history(domain).certificateEnds();
    }

    @Override
    public void askAnew(DomainName domain) {
        synchronized (this) {
            timedOut.remove(domain);
        }
        StsRecord.nameFor(domain).ifPresent(forget);
    }

    private StsState.Step step(DomainName domain, StsRecord record) {
        Instant now = clock.instant();
        cache.used(domain, now);
        return StsState.begin(fetches.kept(domain), record, fetches.history(domain), now);
    }

    private CompletableFuture<StsDiscovery> whole(DomainName domain, StsState.Step step) {
        if (step instanceof StsState.Fetch fetch) {
            return fetches.begin(domain, fetch, PolicyFetcher.Purpose.FIRST);
        }
        // Another mail may have begun the fetch that this one may not begin again.
        boolean undecided = step.meanwhile() instanceof StsDiscovery.None none
            && none.why() == StsDiscovery.NoneBecause.NOT_FETCHED_NOW;
        return Optional.of(domain).filter(each -> undecided).flatMap(fetches::running)
            .orElseGet(() -> CompletableFuture.completedFuture(step.meanwhile()));
    }

    /** The TXT record of a domain, its aliases followed (RFC 8461 §3.1). */
    public CompletionStage<StsRecord> record(DomainName domain) {
        return answer(domain).thenApply(Answer::record);
    }

    private CompletionStage<Answer> answer(DomainName domain) {
        Optional<DomainName> name = StsRecord.nameFor(domain);
        Optional<Lookup.Failed<TxtRecord>> before = timedOut(domain);
        if (name.isEmpty()) {
            return CompletableFuture.completedFuture(new Answer(new StsRecord.Absent(), Optional.empty()));
        }
        if (before.isPresent()) {
            return CompletableFuture.completedFuture(new Answer(new StsRecord.LookupFailed(before.get()), Optional.empty()));
        }
        return follow(Resolution.<TxtRecord>start(name.get())).thenApply(answer -> {
            answer.failure().filter(failed -> failed.reason() == Lookup.Reason.TIMEOUT).ifPresent(failed -> remember(domain, failed));
            return new Answer(StsRecord.of(answer), Optional.of(answer));
        });
    }

    private CompletionStage<Resolution<TxtRecord>> follow(AliasExpansion<TxtRecord> state) {
        return state instanceof AliasExpansion.Ask<TxtRecord> ask
            ? ask(ask.next()).thenCompose(answer -> follow(ask.with(answer)))
            : CompletableFuture.completedFuture(((AliasExpansion.Done<TxtRecord>) state).resolution());
    }

    private CompletionStage<Lookup<TxtRecord>> ask(DomainName name) {
        try {
            return dns.lookup(name, RecordType.TXT).exceptionally(e -> unexpected(name, e));
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(unexpected(name, e));
        }
    }

    private static Lookup<TxtRecord> unexpected(DomainName name, Throwable e) {
        LOGGER.error("The lookup of {} {} failed unexpectedly", name, RecordType.TXT, e);
        return new Lookup.Failed<>(name, Lookup.Reason.INTERNAL, Optional.empty(), "an unexpected error, see the log of this server",
            OptionalInt.empty());
    }

    private synchronized Optional<Lookup.Failed<TxtRecord>> timedOut(DomainName domain) {
        TimedOut last = timedOut.get(domain);
        if (last == null) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        if (now.isBefore(last.at()) || !now.isBefore(last.at().plus(TIMED_OUT))) {
            timedOut.remove(domain);
            return Optional.empty();
        }
        return Optional.of(last.failure());
    }

    private synchronized void remember(DomainName domain, Lookup.Failed<TxtRecord> failure) {
        timedOut.remove(domain);
        timedOut.put(domain, new TimedOut(failure, clock.instant()));
        if (timedOut.size() > REMEMBERED) {
            timedOut.remove(timedOut.keySet().iterator().next());
        }
    }
}
