/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.Proof;
import org.jamesdane.dns.validating.ZoneStatus.InsecureZone;
import org.jamesdane.dns.validating.ZoneStatus.SecureZone;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;

/**
 * Answers a question: asks it first, finds the zone of the signer named in the reply, and lets the reply be judged.
 *
 * <p>Before an answer is called bogus, everything it rests on is asked for again in other ways. Each reply is judged in the same way. One
 * forged packet, one stale secondary or one old key must not stop mail.
 */
final class ChainValidator implements Validator {
    private final Resolver resolvers;
    private final DelegationWalk walk;
    private final AnswerJudge judge;
    private final InsecureOverrides exceptions;
    private final Supplier<TrustAnchors> anchors;
    private final Clock clock;
    private final List<QueryMode> recovery;

    ChainValidator(Resolver resolvers, DelegationWalk walk, AnswerJudge judge, InsecureOverrides exceptions, Supplier<TrustAnchors> anchors,
            Clock clock, int upstreams) {
        this.resolvers = resolvers;
        this.walk = walk;
        this.judge = judge;
        this.exceptions = exceptions;
        this.anchors = anchors;
        this.clock = clock;
        this.recovery = recovery(upstreams);
    }

    /**
     * Further ways to ask: over TCP, which nobody off the path can forge; from another resolver; from a resolver that looks for valid data
     * itself.
     */
    private static List<QueryMode> recovery(int upstreams) {
        List<QueryMode> modes = new ArrayList<>();
        modes.add(new QueryMode(true, 0, Query.Wish.UNCHECKED));
        if (upstreams > 1) {
            modes.add(new QueryMode(true, 1, Query.Wish.UNCHECKED));
        }
        modes.add(new QueryMode(true, upstreams > 1 ? 1 : 0, Query.Wish.CHECKED));
        return modes;
    }

    @Override
    public CompletableFuture<Answer> answer(Question question, Budget budget) {
        return answer(question, Attempt.first(clock.instant()), budget)
            .exceptionallyCompose(failure -> recover(question, LookupFailure.unwrap(failure), 0, budget));
    }

    /** @param failure the first one, which is the one reported */
    private CompletableFuture<Answer> recover(Question question, LookupFailure failure, int next, Budget budget) {
        if (failure.reason() != Lookup.Reason.BOGUS || next == recovery.size()) {
            return CompletableFuture.failedFuture(failure);
        }
        // From its own start: what an earlier attempt fetched is what that attempt came out bogus with.
        return answer(question, new Attempt(recovery.get(next), failure.zone(), clock.instant()), budget.forAttempt())
            .exceptionallyCompose(again -> recover(question, failure.withExtendedError(LookupFailure.unwrap(again).extendedError()),
                next + 1, budget));
    }

    private CompletableFuture<Answer> answer(Question question, Attempt attempt, Budget budget) {
        return resolvers.ask(question, attempt.mode(), budget).thenCompose(reply -> {
            RelevantRrsets evidence = RelevantRrsets.of(question, reply);
            Optional<InsecureOverrides.InForce> exception = exceptions.covering(WireNames.fromWire(question.name()), anchors.get());
            if (exception.isPresent()) {
                return CompletableFuture.completedFuture(
                    judge.taken(question, evidence, reply, exception.get().proof(), exception.get().expiry()));
            }
            return new Judging(question, evidence, reply, attempt, budget).run();
        });
    }

    /** A reply on its way to an answer. */
    private final class Judging {
        private final Question question;
        private final RelevantRrsets evidence;
        private final Reply reply;
        private final Attempt attempt;
        private final Budget budget;

        Judging(Question question, RelevantRrsets evidence, Reply reply, Attempt attempt, Budget budget) {
            this.question = question;
            this.evidence = evidence;
            this.reply = reply;
            this.attempt = attempt;
            this.budget = budget;
        }

        CompletableFuture<Answer> run() {
            // A signer above the closest anchor of the name cannot be its zone, and its keys are not sought.
            Name anchor = WireNames.toWire(anchors.get().closestZone(WireNames.fromWire(question.name())));
            Optional<Name> signer = evidence.signer(question).filter(name -> name.subdomain(anchor));
            return walk.to(signer.orElse(question.name()), attempt, budget).thenCompose(step -> {
                if (step instanceof InsecureZone insecure) {
                    return CompletableFuture.completedFuture(unsigned(insecure));
                }
                SecureZone zone = (SecureZone) step;
                if (signer.isEmpty()) {
                    throw LookupFailure.bogus(zone.apex(), "the answer for " + question + " is not signed");
                }
                Answer answer;
                try {
                    answer = signed(signer.get(), zone);
                } catch (LookupFailure failure) {
                    return belowSigner(failure);
                }
                return unlessBelowACut(answer, zone);
            });
        }

        /**
         * Refuses what a zone signed for a name in a zone further down (RFC 4035 §5.3.1: the signer is the zone that contains the RRset).
         * The cut is known from an earlier question, so a first attempt costs no query. Recovery asks its DS again, since the zone may have
         * been merged into the one above, or be gone.
         */
        private CompletableFuture<Answer> unlessBelowACut(Answer answer, SecureZone zone) {
            // A DS is the parent's (RFC 4035 §2.4).
            Name inside = question.type() == Type.DS ? WireNames.parent(question.name()) : question.name();
            Optional<Name> cut = walk.knownCut(zone.apex(), inside);
            if (cut.isEmpty()) {
                return CompletableFuture.completedFuture(answer);
            }
            LookupFailure refused = LookupFailure.bogus(zone.apex(), "the answer for " + question + " is signed by " + zone.apex()
                + ", although " + cut.get() + " is a zone of its own");
            return attempt.isFirst() ? CompletableFuture.failedFuture(refused)
                : walk.to(inside, attempt, budget).thenApply(step -> {
                    boolean merged = step instanceof SecureZone present && present.apex().equals(zone.apex());
                    // RFC 5155 §9.2: an Opt-Out record does not tell an unsigned zone from none, and its denial is insecure either way.
                    boolean gone = step instanceof InsecureZone && answer.proof() instanceof Proof.Insecure;
                    if (merged || gone) {
                        return answer;
                    }
                    throw refused;
                });
        }

        private Answer signed(Name signer, SecureZone zone) {
            if (!zone.apex().equals(signer)) {
                throw LookupFailure.bogus(zone.apex(), "the answer for " + question + " is signed by " + signer
                    + ", which is no zone of its own");
            }
            return judge.signed(question, evidence, reply, zone, budget);
        }

        /**
         * The signatures do not hold. That is bogus, unless the name is proved to be below an unsigned delegation further down than the
         * signer. Then the records are not of the signer's zone, and cannot be signed by it.
         */
        private CompletableFuture<Answer> belowSigner(LookupFailure failure) {
            if (failure.reason() != Lookup.Reason.BOGUS) {
                return CompletableFuture.failedFuture(failure);
            }
            return walk.to(question.name(), attempt, budget).handle((step, ignored) -> {
                if (step instanceof InsecureZone insecure) {
                    return unsigned(insecure);
                }
                throw failure;
            });
        }

        private Answer unsigned(InsecureZone zone) {
            return judge.taken(question, evidence, reply, zone.proof(), zone.expiry());
        }
    }
}
