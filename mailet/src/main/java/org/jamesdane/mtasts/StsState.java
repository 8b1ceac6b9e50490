/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.mtasts;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

import org.jamesdane.dane.failure.TlsReportType;

/**
 * The state machine of a domain's policy (RFC 8461 §3.3, §5.1). The kept policy, the TXT record and the fetch go in; the policy that
 * applies comes out, and the one to keep.
 *
 * <p>A delivery takes {@link #begin}, and if that asks for a fetch, {@link #conclude}. A refresh takes {@link #refresh} in place of the
 * first. A mail that cannot wait for a fetch goes by {@link Step#meanwhile}.
 */
public final class StsState {
    private StsState() {
    }

    /** Kept knowledge of a domain's policy. */
    public sealed interface Kept {
        /** The policy, if there is one whose lifetime is not over. */
        default Optional<CachedPolicy> inForce(Instant now) {
            return Optional.empty();
        }
    }

    /** No policy is kept. */
    public record Nothing() implements Kept {
    }

    /** A policy is kept; its lifetime may be over. */
    public record Policy(CachedPolicy policy) implements Kept {
        @Override
        public Optional<CachedPolicy> inForce(Instant now) {
            return policy.isInForce(now) && !policy.isForgotten() ? Optional.of(policy) : Optional.empty();
        }
    }

    /** The store cannot be read, which is not the same as an empty one. */
    public record Unreadable(String text) implements Kept {
    }

    /** Next step. */
    public sealed interface Step {
        /** The result as long as no fetch has ended. */
        StsDiscovery meanwhile();
    }

    /** No fetch is due: the result stands. */
    public record Decided(StsDiscovery meanwhile) implements Step {
    }

    /**
     * The policy is to be fetched.
     *
     * @param id the id that was read before, which is kept with the policy
     * @param announced whether a valid TXT record announces a policy
     * @param used the last time a delivery asked for the policy; a refresh is none
     */
    public record Fetch(String id, boolean announced, StsDiscovery meanwhile, Instant used) implements Step {
    }

    /**
     * A failure to be reported to the domain, one for each fetch (RFC 8461 §6).
     *
     * @param lines the lines of the policy that applies all the same; none without one
     */
    public record FailureReport(TlsReportType type, String text, List<String> lines) {
        public FailureReport {
            lines = List.copyOf(lines);
        }
    }

    /**
     * Result of a fetch.
     *
     * @param discovery the policy that applies
     * @param keep the policy to write, where something changed; only as {@link CachedPolicy#mayReplace} says
     * @param report the failure to be reported
     * @param history the fetches of the domain
     */
    public record Conclusion(StsDiscovery discovery, Optional<CachedPolicy> keep, Optional<FailureReport> report, FetchHistory history) {
    }

    /** First step of a delivery. */
    public static Step begin(Kept kept, StsRecord record, FetchHistory history, Instant now) {
        if (kept instanceof Unreadable unreadable) {
            return new Decided(new StsDiscovery.Unreadable(unreadable.text()));
        }
        Optional<CachedPolicy> policy = kept.inForce(now);
        if (!(record instanceof StsRecord.Published published)) {
            // RFC 8461 §3.1 and §3.3: without a record nothing is fetched, but a kept policy stays in force.
            return new Decided(discovery(policy, none(record)));
        }
        if (policy.filter(same -> same.id().equals(published.id())).isPresent()) {
            return new Decided(discovery(policy, StsDiscovery.NoneBecause.NO_RECORD));
        }
        return history.allows(published.id(), now)
            ? new Fetch(published.id(), true, discovery(policy, StsDiscovery.NoneBecause.FETCH_FAILED), now)
            : new Decided(discovery(policy, StsDiscovery.NoneBecause.NOT_FETCHED_NOW));
    }

    /** First step of a refresh; empty where none is due. RFC 8461 §10.2: by HTTPS, whatever the TXT record says. */
    public static Optional<Fetch> refresh(CachedPolicy kept, StsRecord record, FetchHistory history, Instant now) {
        Optional<String> announced = record instanceof StsRecord.Published published ? Optional.of(published.id()) : Optional.empty();
        String id = announced.orElse(kept.id());
        return kept.wantsRefresh(now) && history.allows(id, now)
            ? Optional.of(new Fetch(id, announced.isPresent(), new StsDiscovery.Found(kept), kept.used())) : Optional.empty();
    }

    /**
     * Last step: the end of a fetch.
     *
     * @param history the domain's fetches, with this one as started
     * @param now the time of the fetch
     * @param random the source of the time of the next refresh
     */
    public static Conclusion conclude(Fetch step, PolicyFetch fetch, FetchHistory history, Instant now, RandomGenerator random) {
        if (fetch instanceof PolicyFetch.Fetched fetched) {
            // RFC 8461 §8.3: a policy in mode "none" replaces any other.
            CachedPolicy policy = CachedPolicy.fetched(step, fetched.policy(), now, random);
            return new Conclusion(new StsDiscovery.Found(policy), Optional.of(policy), Optional.empty(),
                history.succeeded(step.id(), fetched.certificateEnds()));
        }
        if (fetch instanceof PolicyFetch.Postponed) {
            return postponed(step, history, now);
        }
        PolicyFetch.Failed failed = (PolicyFetch.Failed) fetch;
        FetchHistory after = history.failed(step.id(), now, failed.text());
        // RFC 8461 §3.3: a kept policy stays in force; without one the domain counts as one without MTA-STS.
        Optional<CachedPolicy> kept = kept(step).filter(policy -> policy.isInForce(now));
        boolean reported = step.announced() || kept.filter(policy -> policy.policy().mode() != StsPolicy.Mode.NONE).isPresent();
        List<String> lines = kept.map(policy -> policy.policy().lines()).orElse(List.of());
        Optional<CachedPolicy> marked = kept.map(policy -> policy.failedAt(now, after.pause(step.id())));
        return new Conclusion(discovery(kept, StsDiscovery.NoneBecause.FETCH_FAILED), marked,
            reported ? Optional.of(new FailureReport(failed.cause().reportType(), failed.text(), lines)) : Optional.empty(), after);
    }

    /** Nobody is told of a fetch for which this server had no room; a kept policy is fetched a little later. */
    private static Conclusion postponed(Fetch step, FetchHistory history, Instant now) {
        Optional<CachedPolicy> kept = kept(step).filter(policy -> policy.isInForce(now));
        return new Conclusion(discovery(kept, StsDiscovery.NoneBecause.NOT_FETCHED_NOW),
            kept.map(policy -> policy.failedAt(now, FetchHistory.FIRST_PAUSE)), Optional.empty(), history);
    }

    private static Optional<CachedPolicy> kept(Fetch step) {
        return step.meanwhile() instanceof StsDiscovery.Found found ? Optional.of(found.kept()) : Optional.empty();
    }

    private static StsDiscovery discovery(Optional<CachedPolicy> policy, StsDiscovery.NoneBecause otherwise) {
        return policy.<StsDiscovery>map(StsDiscovery.Found::new).orElseGet(() -> new StsDiscovery.None(otherwise));
    }

    private static StsDiscovery.NoneBecause none(StsRecord record) {
        return record instanceof StsRecord.LookupFailed ? StsDiscovery.NoneBecause.LOOKUP_FAILED
            : record instanceof StsRecord.Invalid ? StsDiscovery.NoneBecause.INVALID_RECORD : StsDiscovery.NoneBecause.NO_RECORD;
    }
}
