/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.RecordType;
import org.xbill.DNS.Rcode;

/**
 * A validator whose resolver is a function: nothing goes over a network, and every lookup is complete when it returns. What it knows of
 * zones it keeps from one lookup to the next; answers it does not keep.
 */
final class OffTheWire {
    /** Longer than any lookup takes on a busy machine. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final long CACHE_OCTETS = 1 << 20;

    private final Clock clock;
    private final Function<Question, byte[]> resolver;
    private final ChainValidator validation;

    /**
     * Starts with empty caches.
     *
     * @param resolver gives the octets of the reply, or throws a {@link LookupFailure}
     */
    OffTheWire(Clock clock, TrustAnchors anchors, Function<Question, byte[]> resolver) {
        this.clock = clock;
        this.resolver = resolver;
        ValidationParts engine = new ValidationParts(clock, Duration.ZERO, SignatureComputation.ofJdk());
        DelegationWalk walk = engine.walk(this::ask, new ZoneCache(CACHE_OCTETS, clock), () -> anchors);
        InsecureOverrides none = new InsecureOverrides(Set.of(), new NegativeTrustAnchors(clock), clock);
        this.validation = engine.validation(this::ask, walk, none, () -> anchors, 1);
    }

    Lookup<?> lookup(String name, RecordType<?> type) {
        DomainName owner = DomainName.of(name);
        return validation.answer(new Question(WireNames.toWire(owner), type.code()), Budget.of(PATIENCE))
            .<Lookup<?>>handle((answer, failure) -> failure == null ? answer.toLookup(owner, type, clock.instant())
                : LookupFailure.unwrap(failure).toLookup(owner))
            .join();
    }

    /** The steps that real resolvers take between octets and a reply. */
    private CompletableFuture<Reply> ask(Question question, QueryMode mode, Budget budget) {
        try {
            budget.spendQuery("a function");
            Reply reply = Reply.parse(resolver.apply(question));
            if (reply.truncated()) {
                throw LookupFailure.of(Lookup.Reason.MALFORMED, "the reply is cut short");
            }
            if (reply.rcode() != Rcode.NOERROR && reply.rcode() != Rcode.NXDOMAIN) {
                throw LookupFailure.of(Lookup.Reason.SERVFAIL, "the reply is an error");
            }
            return CompletableFuture.completedFuture(reply);
        } catch (LookupFailure failure) {
            return CompletableFuture.failedFuture(failure);
        }
    }
}
