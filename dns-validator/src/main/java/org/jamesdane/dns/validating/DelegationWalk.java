/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.Proof;
import org.jamesdane.dns.validating.ZoneStatus.InsecureZone;
import org.jamesdane.dns.validating.ZoneStatus.NoCut;
import org.jamesdane.dns.validating.ZoneStatus.SecureZone;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;

/**
 * Finds the zone that a name is in, from the closest trust anchor downwards (RFC 4035 §5). At each name in between, the DS of a child zone
 * is asked for and the reply judged by its proof. Proved facts are kept in the {@link ZoneCache}, and no two questions prove the same at
 * the same time.
 */
final class DelegationWalk {
    private final Resolver resolvers;
    private final DelegationJudge judge;
    private final ZoneCache cache;
    private final Supplier<TrustAnchors> anchors;
    private final BiConsumer<DomainName, Reply> anchorKeys;
    private final ConcurrentMap<Begun, CompletableFuture<ZoneStatus>> underWay = new ConcurrentHashMap<>();

    /** A step under way. A question after a flush does not share work that was begun before it. */
    private record Begun(Name name, long epoch) {
    }

    /** @param anchorKeys is shown each reply with the keys of a trust point, before it is judged */
    DelegationWalk(Resolver resolvers, DelegationJudge judge, ZoneCache cache, Supplier<TrustAnchors> anchors,
            BiConsumer<DomainName, Reply> anchorKeys) {
        this.resolvers = resolvers;
        this.judge = judge;
        this.cache = cache;
        this.anchors = anchors;
        this.anchorKeys = anchorKeys;
    }

    /**
     * Walks down to a name.
     *
     * @return the deepest {@link SecureZone} at or above the name, or the {@link InsecureZone} at which security ends above it; a
     *     {@link LookupFailure} if neither is proved
     */
    CompletableFuture<ZoneStatus> to(Name target, Attempt attempt, Budget budget) {
        return new Trip(target, attempt, budget, cache.epoch()).run();
    }

    /**
     * Topmost name that the cache holds as a zone, signed or not: strictly below a zone's apex and at or above a name.
     */
    Optional<Name> knownCut(Name apex, Name name) {
        for (int depth = apex.labels(); depth < name.labels(); depth++) {
            Name between = WireNames.suffix(name, depth);
            if (cache.get(between).filter(step -> step instanceof SecureZone || step instanceof InsecureZone).isPresent()) {
                return Optional.of(between);
            }
        }
        return Optional.empty();
    }

    /** Walk to one name. */
    private final class Trip {
        private final Name target;
        private final Attempt attempt;
        private final Budget budget;
        private final long epoch;

        Trip(Name target, Attempt attempt, Budget budget, long epoch) {
            this.target = target;
            this.attempt = attempt;
            this.budget = budget;
            this.epoch = epoch;
        }

        CompletableFuture<ZoneStatus> run() {
            // A name belongs to its closest anchor: what fails there is a failure, whatever is true of the anchors further up.
            TrustAnchors trusted = anchors.get();
            DomainName start = trusted.closestZone(WireNames.fromWire(target));
            Name zone = WireNames.toWire(start);
            if (trusted.isLost(start)) {
                // RFC 5011 §5 says insecure; a zone that was signed must never come to look unsigned.
                return CompletableFuture.failedFuture(LookupFailure.of(Lookup.Reason.NOT_READY,
                    "all trust anchors for " + zone + " are revoked"));
            }
            return step(zone, () -> fromAnchor(zone, trusted.of(start))).thenCompose(step -> {
                if (step instanceof SecureZone secure) {
                    return down(secure, zone.labels());
                }
                // Found before the anchor was there.
                return CompletableFuture.failedFuture(LookupFailure.bogus(zone, "there is a trust anchor for " + zone
                    + ", which was not known as a signed zone"));
            });
        }

        /** Goes on below a zone, at the name with this many labels more than the root. */
        private CompletableFuture<ZoneStatus> down(SecureZone from, int labels) {
            SecureZone zone = from;
            budget.noteProved(zone.chain());
            for (int depth = labels; depth < target.labels(); depth++) {
                Name name = WireNames.suffix(target, depth);
                Optional<ZoneStatus> known = known(name);
                if (known.isEmpty()) {
                    SecureZone parent = zone;
                    int next = depth + 1;
                    return step(name, () -> below(parent, name)).thenCompose(step -> follow(step, parent, next));
                }
                if (known.get() instanceof SecureZone cut) {
                    zone = cut;
                    budget.noteProved(zone.chain());
                } else if (!(known.get() instanceof NoCut)) {
                    return follow(known.get(), zone, depth + 1);
                }
            }
            return CompletableFuture.completedFuture(zone);
        }

        private CompletableFuture<ZoneStatus> follow(ZoneStatus step, SecureZone above, int next) {
            if (step instanceof InsecureZone) {
                return CompletableFuture.completedFuture(step);
            } else if (step instanceof SecureZone cut) {
                return down(cut, next);
            } else if (step instanceof NoCut) {
                return down(above, next);
            }
            return CompletableFuture.completedFuture(above);
        }

        private Optional<ZoneStatus> known(Name name) {
            return cache.get(name).filter(step -> attempt.trusts(name, step));
        }

        /** A proof about a name from the cache, from another question that is at it, or made now. */
        private CompletableFuture<ZoneStatus> step(Name name, Supplier<CompletableFuture<ZoneStatus>> make) {
            Optional<ZoneStatus> known = known(name);
            if (known.isPresent()) {
                return CompletableFuture.completedFuture(known.get());
            }
            if (budget.remaining().isZero()) {
                // The step would have time of its own, and nobody waits for the question any more.
                return CompletableFuture.failedFuture(LookupFailure.of(Lookup.Reason.TIMEOUT, "the time is over at " + name));
            }
            if (!attempt.isFirst()) {
                // Asked in another way than the questions under way, so not shared with them.
                return make.get().whenComplete((step, failure) -> keep(name, step));
            }
            return shared(name, make);
        }

        private CompletableFuture<ZoneStatus> shared(Name name, Supplier<CompletableFuture<ZoneStatus>> make) {
            Begun begun = new Begun(name, epoch);
            CompletableFuture<ZoneStatus> mine = new CompletableFuture<>();
            CompletableFuture<ZoneStatus> others = underWay.putIfAbsent(begun, mine);
            if (others != null) {
                return others;
            }
            // What comes of it is in "mine".
            CompletableFuture<ZoneStatus> unused = started(make).whenComplete((step, failure) -> {
                try {
                    keep(name, step);
                } finally {
                    underWay.remove(begun, mine);
                    if (failure != null) {
                        mine.completeExceptionally(LookupFailure.unwrap(failure));
                    } else {
                        mine.complete(step);
                    }
                }
            });
            return mine;
        }

        private void keep(Name name, @Nullable ZoneStatus step) {
            if (step != null) {
                cache.put(name, step, epoch);
            }
        }

        private CompletableFuture<ZoneStatus> fromAnchor(Name zone, List<TrustAnchor> trusted) {
            Budget full = budget.withFullTime();
            return resolvers.ask(new Question(zone, Type.DNSKEY), attempt.mode(), full)
                .whenComplete((reply, failure) -> {
                    if (reply != null) {
                        anchorKeys.accept(WireNames.fromWire(zone), reply);
                    }
                })
                .thenApply(reply -> judge.keys(zone, DelegationJudge.asDs(trusted), List.of(), DelegationJudge.MAX_TTL.toSeconds(), reply,
                    full));
        }

        private CompletableFuture<ZoneStatus> below(SecureZone parent, Name name) {
            Budget full = budget.withFullTime();
            return resolvers.ask(new Question(name, Type.DS), attempt.mode(), full).thenCompose(reply -> {
                DelegationJudge.Verdict verdict = judge.judge(name, reply, parent, full);
                if (verdict instanceof DelegationJudge.Verdict.Signed signed) {
                    return withKeys(parent, signed.ds(), full);
                }
                return CompletableFuture.completedFuture(((DelegationJudge.Verdict.Settled) verdict).step());
            });
        }

        private CompletableFuture<ZoneStatus> withKeys(SecureZone parent, VerifiedRrset ds, Budget full) {
            List<Proof.Link> above = DelegationJudge.chain(parent, ds);
            budget.noteProved(above);
            return resolvers.ask(new Question(ds.owner(), Type.DNSKEY), attempt.mode(), full)
                .thenApply(reply -> judge.keys(ds.owner(), DelegationJudge.records(ds), above, ds.ttl(), reply, full));
        }
    }

    private static CompletableFuture<ZoneStatus> started(Supplier<CompletableFuture<ZoneStatus>> make) {
        try {
            return make.get();
        } catch (Throwable e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
