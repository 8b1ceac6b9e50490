/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;

import org.jamesdane.dns.Lookup;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Rcode;

/**
 * Resolvers in order of preference. A resolver that does not reply is asked again later; one whose reply is no answer is not asked again
 * for this question. A reply cut short is asked for over TCP, and so, once, is an error code.
 */
final class UpstreamPool implements Resolver {
    /** Rounds over the resolvers; the last one is over TCP, for paths that lose UDP. */
    private static final int ROUNDS = 3;
    /** Time that each round waits for one resolver; resolving a cold name takes up to a few seconds. */
    private static final List<Duration> PATIENCE = List.of(Duration.ofSeconds(2), Duration.ofSeconds(4), Duration.ofSeconds(8));
    /** No single query takes more than this share of the time that is left. */
    private static final int SHARE = 2;
    /** Less is not worth sending a query. */
    private static final Duration MIN_TIME = Duration.ofMillis(5);
    /** Reasons by how much they say about the question, the most first; of equal ones the last is reported. */
    private static final List<Lookup.Reason> BY_MEANING = List.of(Lookup.Reason.SERVFAIL, Lookup.Reason.REFUSED,
        Lookup.Reason.MALFORMED, Lookup.Reason.TIMEOUT, Lookup.Reason.UNREACHABLE);

    private final List<Upstream> upstreams;
    private final DnsTransport transport;
    private final RandomGenerator random;
    private final LongAdder queries = new LongAdder();

    UpstreamPool(List<Upstream> upstreams, DnsTransport transport, RandomGenerator random) {
        this.upstreams = List.copyOf(upstreams);
        this.transport = transport;
        this.random = random;
    }

    /** All resolvers, usable or not. */
    List<Upstream> upstreams() {
        return upstreams;
    }

    /** Number of queries sent. */
    long queries() {
        return queries.sum();
    }

    /** Asks those that passed their self-test. */
    @Override
    public CompletableFuture<Reply> ask(Question question, QueryMode mode, Budget budget) {
        List<Upstream> order = new ArrayList<>(upstreams.stream().filter(Upstream::isUsable).toList());
        if (order.isEmpty()) {
            return CompletableFuture.failedFuture(LookupFailure.of(Lookup.Reason.NOT_READY, noneUsable()));
        }
        order.sort(Comparator.comparing(Upstream::isBackingOff));
        Collections.rotate(order, -(mode.skip() % order.size()));
        return new Inquiry(question, mode, budget, order).next();
    }

    private String noneUsable() {
        return upstreams.stream().map(Upstream::status).flatMap(status -> status.advice().stream()).findFirst()
            .map(advice -> "no resolver can be used: " + advice)
            .orElse("no resolver has been tested yet");
    }

    /** Asks one resolver, whatever its self-test said. */
    Resolver only(Upstream upstream) {
        return (question, mode, budget) -> new Inquiry(question, mode, budget, List.of(upstream)).next();
    }

    /** Next step of a question. */
    private interface Step {
        CompletableFuture<Reply> take();
    }

    /** Question on its way through the resolvers; each step starts where the one before has ended. */
    private final class Inquiry {
        private final Question question;
        private final QueryMode mode;
        private final Budget budget;
        private final List<Upstream> order;
        private final Set<Upstream> answered = new HashSet<>();
        private final Set<Upstream> doubted = new HashSet<>();
        private int attempts;
        private boolean stream;
        private @Nullable LookupFailure told;

        Inquiry(Question question, QueryMode mode, Budget budget, List<Upstream> order) {
            this.question = question;
            this.mode = mode;
            this.budget = budget;
            this.order = order;
            this.stream = mode.stream();
        }

        CompletableFuture<Reply> next() {
            while (attempts < ROUNDS * order.size() && answered.contains(order.get(attempts % order.size()))) {
                attempts++;
            }
            if (attempts >= ROUNDS * order.size()) {
                return CompletableFuture.failedFuture(Optional.ofNullable(told).orElseThrow());
            }
            Upstream upstream = order.get(attempts % order.size());
            int round = attempts / order.size();
            attempts++;
            return send(upstream, stream || round == ROUNDS - 1, PATIENCE.get(round));
        }

        private CompletableFuture<Reply> send(Upstream upstream, boolean overTcp, Duration patience) {
            Duration share = budget.remaining().dividedBy(SHARE);
            if (share.compareTo(MIN_TIME) < 0) {
                return CompletableFuture.failedFuture(told != null ? told
                    : LookupFailure.of(Lookup.Reason.TIMEOUT, "the time for " + question + " is over"));
            }
            try {
                budget.spendQuery(upstream.toString());
            } catch (LookupFailure failure) {
                return CompletableFuture.failedFuture(failure);
            }
            queries.increment();
            Duration timeout = share.compareTo(patience) < 0 ? share : patience;
            Query query = Query.of(question, mode.wish(), random.nextInt(1 << 16));
            return transport.send(upstream.address(), query, overTcp, timeout)
                .thenApply(Reply::parse)
                .<Step>thenApply(reply -> () -> judge(upstream, reply, overTcp, patience))
                .exceptionally(failure -> () -> retry(upstream, LookupFailure.unwrap(failure)))
                .thenCompose(Step::take);
        }

        private CompletableFuture<Reply> judge(Upstream upstream, Reply reply, boolean overTcp, Duration patience) {
            upstream.succeeded();
            if (reply.truncated() && !overTcp) {
                return send(upstream, true, patience);
            }
            if (reply.truncated()) {
                return retry(upstream, LookupFailure.of(Lookup.Reason.MALFORMED, "the resolver cut its reply short over TCP"));
            }
            if (reply.rcode() == Rcode.NOERROR || reply.rcode() == Rcode.NXDOMAIN) {
                return CompletableFuture.completedFuture(reply);
            }
            Lookup.Reason reason = reply.rcode() == Rcode.SERVFAIL ? Lookup.Reason.SERVFAIL : Lookup.Reason.REFUSED;
            note(LookupFailure.of(reason, "the resolver " + upstream + " answered " + Rcode.string(reply.rcode()) + " for "
                + question).withExtendedError(reply.extendedError()));
            if (!overTcp && doubted.add(upstream)) {
                // Nothing in an error code is signed: over TCP it is not someone else's.
                return send(upstream, true, patience);
            }
            answered.add(upstream);
            return next();
        }

        private CompletableFuture<Reply> retry(Upstream upstream, LookupFailure failure) {
            if (!BY_MEANING.contains(failure.reason())) {
                return CompletableFuture.failedFuture(failure);
            }
            upstream.failed();
            // What came was no DNS message or not for us: over TCP nobody but the resolver itself can send it.
            stream = stream || failure.reason() == Lookup.Reason.MALFORMED;
            note(LookupFailure.of(failure.reason(), "asking the resolver " + upstream + " for " + question + ": " + failure.text()));
            return next();
        }

        private void note(LookupFailure failure) {
            LookupFailure before = told;
            if (before == null || BY_MEANING.indexOf(failure.reason()) <= BY_MEANING.indexOf(before.reason())) {
                told = failure;
            }
        }
    }
}
