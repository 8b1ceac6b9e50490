/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

import org.jamesdane.dns.Lookup;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Rcode;

/**
 * The resolvers in order of preference: who does not reply is asked again later, whose reply is no answer is not asked again for
 * this question; a reply cut short is asked for over TCP.
 */
final class UpstreamPool implements Resolvers {
    /** Rounds over the resolvers; the last one is over TCP, for paths that lose UDP. */
    private static final int ROUNDS = 3;
    /** How long each round waits for one resolver; resolving a cold name takes up to a few seconds. */
    private static final List<Duration> PATIENCE = List.of(Duration.ofSeconds(2), Duration.ofSeconds(4), Duration.ofSeconds(8));
    /** No single query takes more than this share of the time that is left. */
    private static final int SHARE = 2;
    /** Less is not worth sending a query. */
    private static final Duration MIN_TIME = Duration.ofMillis(5);

    private final List<Upstream> upstreams;
    private final DnsTransport transport;
    private final RandomGenerator random;

    UpstreamPool(List<InetSocketAddress> addresses, DnsTransport transport, RandomGenerator random) {
        this.upstreams = addresses.stream().map(Upstream::new).toList();
        this.transport = transport;
        this.random = random;
    }

    @Override
    public CompletableFuture<Reply> ask(Question question, AskMode mode, Budget budget) {
        return new Inquiry(question, mode, budget, order(mode.skip())).next(null);
    }

    private List<Upstream> order(int skip) {
        List<Upstream> order = new ArrayList<>(upstreams);
        order.sort(Comparator.comparing(Upstream::isBackingOff));
        if (!order.isEmpty()) {
            Collections.rotate(order, -(skip % order.size()));
        }
        return order;
    }

    /** What to do next about a question. */
    private interface Step {
        CompletableFuture<Reply> take();
    }

    /** One question on its way through the resolvers; each step starts where the one before has ended. */
    private final class Inquiry {
        private final Question question;
        private final AskMode mode;
        private final Budget budget;
        private final List<Upstream> order;
        private final Set<Upstream> answered = new HashSet<>();
        private int attempts;
        private boolean stream;

        Inquiry(Question question, AskMode mode, Budget budget, List<Upstream> order) {
            this.question = question;
            this.mode = mode;
            this.budget = budget;
            this.order = order;
            this.stream = mode.stream();
        }

        CompletableFuture<Reply> next(@Nullable LookupFailure last) {
            while (attempts < ROUNDS * order.size() && answered.contains(order.get(attempts % order.size()))) {
                attempts++;
            }
            if (attempts >= ROUNDS * order.size()) {
                return CompletableFuture.failedFuture(last != null ? last : LookupFailure.of(Lookup.Reason.NOT_READY,
                    "no resolver can be used"));
            }
            Upstream upstream = order.get(attempts % order.size());
            int round = attempts / order.size();
            attempts++;
            return send(upstream, stream || round == ROUNDS - 1, PATIENCE.get(round));
        }

        private CompletableFuture<Reply> send(Upstream upstream, boolean overTcp, Duration patience) {
            Duration share = budget.remaining().dividedBy(SHARE);
            if (share.compareTo(MIN_TIME) < 0) {
                return CompletableFuture.failedFuture(LookupFailure.of(Lookup.Reason.TIMEOUT, "the time for " + question + " is over"));
            }
            try {
                budget.spendQuery();
            } catch (LookupFailure failure) {
                return CompletableFuture.failedFuture(failure);
            }
            Duration timeout = share.compareTo(patience) < 0 ? share : patience;
            Query query = Query.of(question, mode.wish(), random.nextInt(1 << 16));
            return transport.send(upstream.address(), query, overTcp, timeout)
                .thenApply(Reply::parse)
                .<Step>thenApply(reply -> () -> judge(upstream, reply, overTcp, patience))
                .exceptionally(failure -> () -> retry(upstream, Failures.unwrap(failure)))
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
            answered.add(upstream);
            Lookup.Reason reason = reply.rcode() == Rcode.SERVFAIL ? Lookup.Reason.SERVFAIL : Lookup.Reason.REFUSED;
            return next(LookupFailure.of(reason, "the resolver " + upstream + " answered " + Rcode.string(reply.rcode()) + " for "
                + question).withExtendedError(reply.extendedError()));
        }

        private CompletableFuture<Reply> retry(Upstream upstream, LookupFailure failure) {
            if (failure.reason() == Lookup.Reason.NOT_READY || failure.reason() == Lookup.Reason.INTERNAL) {
                return CompletableFuture.failedFuture(failure);
            }
            upstream.failed();
            // What came was no DNS message or not for us: over TCP nobody but the resolver itself can send it.
            stream = stream || failure.reason() == Lookup.Reason.MALFORMED;
            return next(LookupFailure.of(failure.reason(), "asking the resolver " + upstream + " for " + question + ": "
                + failure.text()));
        }
    }
}
