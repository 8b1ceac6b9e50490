/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.time.Clock;
import java.time.Duration;
import java.util.function.Supplier;

/** The parts that judge, put together once for each set of resolvers they work on. They share what was computed. */
final class Engine {
    private final Clock clock;
    private final SignatureCheck signatures;
    private final DelegationJudge delegations;
    private final AnswerJudge answers;

    Engine(Clock clock, Duration skew, SignatureComputation computation) {
        this.clock = clock;
        this.signatures = new SignatureCheck(computation);
        RrsetVerifier verifier = new RrsetVerifier(signatures, clock, skew);
        DenialProver denials = new DenialProver(verifier);
        this.delegations = new DelegationJudge(verifier, denials, clock);
        this.answers = new AnswerJudge(verifier, denials, clock);
    }

    /** A way down from the anchors over these resolvers. */
    DelegationWalk walk(Resolvers resolvers, ZoneCache cache, Supplier<TrustAnchors> anchors) {
        return new DelegationWalk(resolvers, delegations, cache, anchors);
    }

    /** Answers over these resolvers. */
    Validation validation(Resolvers resolvers, DelegationWalk walk, LocalExceptions exceptions, Supplier<TrustAnchors> anchors,
            int upstreams) {
        return new Validation(resolvers, walk, answers, exceptions, anchors, clock, upstreams);
    }

    AnswerJudge answers() {
        return answers;
    }

    Clock clock() {
        return clock;
    }

    /** Number of signatures computed. */
    long signaturesComputed() {
        return signatures.computed();
    }
}
