/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.Proof;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;

/**
 * Answers on the word of a validating resolver on this host: AD means secure, no AD insecure (RFC 6840 §5.7, §5.8).
 *
 * <p>No AD would also be what a resolver says that does not validate at all. So nothing is believed unless the resolver was seen to
 * set AD for the root within the last minute.
 */
final class AdBitValidator implements Validator {
    /** Time for which a successful probe stands for the resolver. */
    static final Duration PROBE_VALIDITY = Duration.ofMinutes(1);

    private static final Question PROBE = new Question(Name.root, Type.NS);
    /** The root alone: the resolver's own anchors further down are not known here. */
    private static final TrustAnchors NO_ANCHORS_BELOW = TrustAnchors.builtIn();
    private static final QueryMode VERDICT = new QueryMode(false, 0, Query.Wish.VERDICT);

    private final UpstreamPool pool;
    private final AnswerJudge judge;
    private final InsecureOverrides exceptions;
    private final Duration timeout;
    private final LongSupplier nanoTime;
    private final Map<Upstream, Long> probed = new ConcurrentHashMap<>();

    /** @param nanoTime a monotonic time, as {@link System#nanoTime()} gives it */
    AdBitValidator(UpstreamPool pool, AnswerJudge judge, InsecureOverrides exceptions, Duration timeout, LongSupplier nanoTime) {
        this.pool = pool;
        this.judge = judge;
        this.exceptions = exceptions;
        this.timeout = timeout;
        this.nanoTime = nanoTime;
    }

    @Override
    public CompletableFuture<Answer> answer(Question question, Budget budget) {
        CompletableFuture<Answer> result = CompletableFuture.failedFuture(
            LookupFailure.of(Lookup.Reason.NOT_READY, "no resolver that validates can be reached"));
        List<Upstream> usable = pool.upstreams().stream().filter(Upstream::isUsable).toList();
        for (Upstream upstream : usable) {
            result = result.exceptionallyCompose(failure -> answer(upstream, question, budget));
        }
        return result;
    }

    private CompletableFuture<Answer> answer(Upstream upstream, Question question, Budget budget) {
        return probe(upstream, budget).thenCompose(validating -> pool.only(upstream).ask(question, VERDICT, budget))
            .thenCompose(reply -> judge(upstream, question, reply, budget));
    }

    /** Tests the resolver, and tells it the result. Never fails. */
    CompletableFuture<Void> selfTest(Upstream upstream) {
        probed.remove(upstream);
        return probe(upstream, Budget.of(timeout))
            .thenApply(validating -> Optional.<String>empty())
            .exceptionally(failure -> Optional.of("The resolver " + upstream + " is to be trusted and does not show that it validates ("
                + LookupFailure.unwrap(failure).text() + "); turn on its DNSSEC validation, or set the DNS mode to validate"))
            .thenAccept(upstream::tested);
    }

    private CompletableFuture<Void> probe(Upstream upstream, Budget budget) {
        Long last = probed.get(upstream);
        if (last != null && nanoTime.getAsLong() - last < PROBE_VALIDITY.toNanos()) {
            return CompletableFuture.completedFuture(null);
        }
        long asked = nanoTime.getAsLong();
        return pool.only(upstream).ask(PROBE, VERDICT, budget).thenAccept(reply -> {
            if (!reply.authenticated()) {
                throw LookupFailure.of(Lookup.Reason.NOT_READY, "the resolver " + upstream + " does not set AD for the root");
            }
            probed.put(upstream, asked);
        });
    }

    private CompletableFuture<Answer> judge(Upstream upstream, Question question, Reply reply, Budget budget) {
        RelevantRrsets evidence = RelevantRrsets.of(question, reply);
        Optional<InsecureOverrides.InForce> exception = exceptions.covering(WireNames.fromWire(question.name()), NO_ANCHORS_BELOW);
        if (exception.isPresent()) {
            return CompletableFuture.completedFuture(
                judge.taken(question, evidence, reply, exception.get().proof(), exception.get().expiry()));
        }
        boolean isAlias = evidence instanceof RelevantRrsets.Cname || evidence instanceof RelevantRrsets.Dname;
        if (!reply.authenticated() && isAlias && question.type() != Type.CNAME) {
            // RFC 7672 §2.1.3: AD is clear as soon as one step of the chain is insecure; the alias is asked for by itself.
            return pool.only(upstream).ask(new Question(question.name(), Type.CNAME), VERDICT, budget)
                .thenApply(alias -> taken(question, aliasIn(question, alias), alias, alias.authenticated()));
        }
        return CompletableFuture.completedFuture(taken(question, evidence, reply, reply.authenticated()));
    }

    /** The alias that a reply to the CNAME question gives: its AD is about this one, which may differ from that of another reply. */
    private static RelevantRrsets aliasIn(Question question, Reply reply) {
        RelevantRrsets found = RelevantRrsets.of(new Question(question.name(), Type.CNAME), reply);
        if (found instanceof RelevantRrsets.Records cname) {
            return new RelevantRrsets.Cname(cname.records(), cname.denials());
        } else if (found instanceof RelevantRrsets.Dname) {
            return found;
        }
        throw LookupFailure.of(Lookup.Reason.MALFORMED, "the resolver answers " + question
            + " with an alias, and gives none when it is asked for the alias");
    }

    private Answer taken(Question question, RelevantRrsets evidence, Reply reply, boolean secure) {
        Proof proof = secure
            ? new Proof.Secure(Proof.Source.TRUST_AD, List.of())
            : InsecurityProofs.trustedResolver(WireNames.fromWire(question.name()));
        return judge.taken(question, evidence, reply, proof, Instant.MAX);
    }
}
