/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;

/**
 * Tests whether a resolver passes on what validation needs. Nothing but a proof of the root's keys makes a resolver pass. The other names
 * belong to others and may be out of order themselves. With these names a resolver fails only if its reply lacks what every resolver with
 * DNSSEC passes on. Whether the records in that reply validate does not matter.
 */
final class SelfTest {
    /** The first type for private use (RFC 6895 §3.1). */
    private static final int PRIVATE_TYPE = 65280;
    private static final QueryMode OVER_TCP = new QueryMode(true, 0, Query.Wish.UNCHECKED);
    private static final Set<Integer> DENIAL = Set.of(Type.NSEC, Type.NSEC3);
    private static final Set<Integer> DS_OR_DENIAL = Set.of(Type.DS, Type.NSEC, Type.NSEC3);
    /** RFC 8914 §4.7 to §4.13, "DNSSEC Bogus" to "NSEC Missing": the resolver validated and found fault. */
    private static final int FIRST_BOGUS_ERROR = 6;
    private static final int LAST_BOGUS_ERROR = 12;

    /** Octets of a cache for one test; a walk to one name and back needs far less. */
    private static final long SMALL_CACHE = 4_000_000;

    private final UpstreamPool pool;
    private final ValidationParts engine;
    private final SelfTestNames names;
    private final Duration timeout;

    SelfTest(UpstreamPool pool, ValidationParts engine, SelfTestNames names, Duration timeout) {
        this.pool = pool;
        this.engine = engine;
        this.names = names;
        this.timeout = timeout;
    }

    /** Tests a resolver and tells it the result. Never fails. */
    CompletableFuture<Void> run(Upstream upstream, Supplier<TrustAnchors> anchors) {
        return new Run(upstream, anchors).run()
            .exceptionally(failure -> Optional.of("The resolver " + upstream + " could not be tested: "
            + LookupFailure.unwrap(failure).text()))
            .thenAccept(upstream::tested);
    }

    /** Proves the root's keys by a set of anchors, asking one resolver. */
    CompletableFuture<ZoneStatus> proveRoot(Upstream upstream, TrustAnchors anchors) {
        return new Run(upstream, () -> anchors).proveRoot();
    }

    /** Test of one resolver, with nothing known before. */
    private final class Run {
        private final Upstream upstream;
        private final Resolver resolvers;
        private final DelegationWalk walk;

        Run(Upstream upstream, Supplier<TrustAnchors> anchors) {
            this.upstream = upstream;
            this.resolvers = pool.only(upstream);
            this.walk = engine.walk(resolvers, new ZoneCache(SMALL_CACHE, engine.clock()), anchors);
        }

        /** Runs the test; the first failure with advice, or empty if it passed. */
        CompletableFuture<Optional<String>> run() {
            List<Supplier<CompletableFuture<Optional<String>>>> checks = new ArrayList<>(List.of(this::root, this::tcp));
            names.signedZone().ifPresent(zone -> checks.add(() -> confirmed(mode -> signedZone(zone, mode))));
            names.absentName().ifPresent(name -> checks.add(() -> confirmed(mode -> absent(name, mode))));
            names.hashedDelegation().ifPresent(name -> checks.add(() -> confirmed(mode -> hashed(name, mode))));
            names.bogusName().ifPresent(name -> checks.add(() -> confirmed(mode -> checkingDisabled(name, mode))));
            if (names.unknownType()) {
                checks.add(() -> confirmed(this::unknownType));
            }
            CompletableFuture<Optional<String>> result = CompletableFuture.completedFuture(Optional.empty());
            for (Supplier<CompletableFuture<Optional<String>>> check : checks) {
                // A check that fails says nothing about the resolver; those of the root make a finding of it themselves.
                result = result.thenCompose(found -> found.isPresent() ? CompletableFuture.completedFuture(found)
                    : check.get().exceptionally(inconclusive -> Optional.empty()));
            }
            return result;
        }

        /** The keys of the root; tried again over TCP, since one forged packet must not keep a resolver from being used. */
        CompletableFuture<ZoneStatus> proveRoot() {
            Budget budget = Budget.of(timeout);
            Instant start = engine.clock().instant();
            return walk.to(Name.root, Attempt.first(start), budget)
                .exceptionallyCompose(failure -> LookupFailure.unwrap(failure).reason() == Lookup.Reason.BOGUS
                    ? walk.to(Name.root, new Attempt(OVER_TCP, Optional.of(Name.root), start), budget)
                    : CompletableFuture.failedFuture(failure));
        }

        private CompletableFuture<Optional<String>> root() {
            return proveRoot()
                .thenApply(step -> Optional.<String>empty())
                .exceptionally(thrown -> {
                    LookupFailure failure = LookupFailure.unwrap(thrown);
                    if (failure.reason() == Lookup.Reason.NOT_READY) {
                        return Optional.of("The resolver " + upstream + " cannot be tested: " + failure.text());
                    }
                    return Optional.of(failure.reason() == Lookup.Reason.BOGUS
                        ? "The resolver " + upstream + " does not give the keys of the root that the trust anchors name ("
                            + failure.text() + "); use one that passes on DNSSEC records, and compare the trust anchors and the clock "
                            + "of this host"
                        : "The resolver " + upstream + " does not answer (" + failure.text()
                            + "); check its address, and that it allows recursive queries from here");
                });
        }

        private CompletableFuture<Optional<String>> tcp() {
            return resolvers.ask(new Question(Name.root, Type.DNSKEY), OVER_TCP, Budget.of(timeout))
                .thenApply(reply -> Optional.<String>empty())
                .exceptionally(thrown -> Optional.of("The resolver " + upstream + " does not answer over TCP ("
                    + LookupFailure.unwrap(thrown).text() + "); allow TCP to its port, large answers need it"));
        }

        private CompletableFuture<Optional<String>> signedZone(DomainName zone, QueryMode mode) {
            String finding = "does not pass on the DS and DNSKEY records of " + zone;
            return unlessLacking(new Question(WireNames.toWire(zone), Type.DS), DS_OR_DENIAL, mode, finding)
                .thenCompose(found -> found.isPresent() ? CompletableFuture.completedFuture(found)
                    : unlessLacking(new Question(WireNames.toWire(zone), Type.DNSKEY), Set.of(Type.DNSKEY), mode, finding));
        }

        private CompletableFuture<Optional<String>> absent(DomainName name, QueryMode mode) {
            return unlessLacking(new Question(WireNames.toWire(name), Type.A), DENIAL, mode,
                "drops DNSSEC denial records (asked for " + name + ")");
        }

        private CompletableFuture<Optional<String>> hashed(DomainName name, QueryMode mode) {
            // Whether the delegation is signed or not, it is the proof that is wanted.
            return unlessLacking(new Question(WireNames.toWire(name), Type.DS), DS_OR_DENIAL, mode,
                "drops DNSSEC denial records of the NSEC3 kind (asked for the DS of " + name + ")");
        }

        private CompletableFuture<Optional<String>> checkingDisabled(DomainName name, QueryMode mode) {
            return resolvers.ask(new Question(WireNames.toWire(name), Type.A), mode, Budget.of(timeout))
                .thenApply(reply -> Optional.<String>empty())
                .exceptionally(thrown -> saysBogus(LookupFailure.unwrap(thrown))
                    ? Optional.of(advice("does not honour CD (asked for " + name + ", which is bogus on purpose)"))
                    : Optional.empty());
        }

        private CompletableFuture<Optional<String>> unknownType(QueryMode mode) {
            String finding = "does not pass on types it does not know";
            Question question = new Question(Name.root, PRIVATE_TYPE);
            // The root is no third party, and was just seen to be there: who refuses this refuses the type.
            return unlessLacking(question, DENIAL, mode, finding)
                .exceptionally(thrown -> LookupFailure.unwrap(thrown).reason() == Lookup.Reason.REFUSED
                    ? Optional.of(advice(finding + ": " + LookupFailure.unwrap(thrown).text()))
                    : Optional.empty());
        }

        /** A finding if the reply lacks all of the types, or all signatures. */
        private CompletableFuture<Optional<String>> unlessLacking(Question question, Set<Integer> types, QueryMode mode, String finding) {
            return resolvers.ask(question, mode, Budget.of(timeout))
                .thenApply(reply -> shows(reply, types) ? Optional.<String>empty() : Optional.of(advice(finding)));
        }

        /** Made again over TCP before it counts, where nobody off the path can forge what it is about. */
        private CompletableFuture<Optional<String>> confirmed(Function<QueryMode, CompletableFuture<Optional<String>>> check) {
            return check.apply(QueryMode.NORMAL)
                .thenCompose(found -> found.isEmpty() ? CompletableFuture.completedFuture(found) : check.apply(OVER_TCP));
        }

        private boolean shows(Reply reply, Set<Integer> types) {
            List<SignedRrset> sets = Stream.concat(reply.answers().stream(), reply.authorities().stream()).toList();
            return sets.stream().anyMatch(SignedRrset::isSigned) && sets.stream().anyMatch(set -> types.contains(set.type()));
        }

        /** Only an error that comes from validating shows that it did so although asked not to; the name's servers may be down. */
        private boolean saysBogus(LookupFailure failure) {
            int error = failure.extendedError().orElse(0);
            return failure.reason() == Lookup.Reason.SERVFAIL && error >= FIRST_BOGUS_ERROR && error <= LAST_BOGUS_ERROR;
        }

        private String advice(String finding) {
            return "The resolver " + upstream + " " + finding + "; use one that passes on DNSSEC as RFC 4035 asks, for example Unbound";
        }
    }
}
