/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.time.Clock;
import java.time.Duration;
import java.util.function.Supplier;

/** The parts of a validation, wired once for each set of resolvers. They share what was computed. */
final class ValidationParts {
    private final Clock clock;
    private final SignatureCheck signatures;
    private final DelegationJudge delegations;
    private final AnswerJudge answers;

    ValidationParts(Clock clock, Duration skew, SignatureComputation computation) {
        this(clock, skew, computation, RrsetArchive.NONE);
    }

    /** The parts, with an archive of what is verified. */
    ValidationParts(Clock clock, Duration skew, SignatureComputation computation, RrsetArchive archive) {
        this.clock = clock;
        this.signatures = new SignatureCheck(computation);
        RrsetVerifier verifier = new RrsetVerifier(signatures, clock, skew, archive);
        DenialVerifier denials = new DenialVerifier(verifier);
        this.delegations = new DelegationJudge(verifier, denials, clock);
        this.answers = new AnswerJudge(verifier, denials, clock);
    }

    /** A way down from the anchors over these resolvers. */
    DelegationWalk walk(Resolver resolvers, ZoneCache cache, Supplier<TrustAnchors> anchors) {
        return new DelegationWalk(resolvers, delegations, cache, anchors);
    }

    /** Answers over these resolvers. */
    ChainValidator validation(Resolver resolvers, DelegationWalk walk, InsecureOverrides exceptions, Supplier<TrustAnchors> anchors,
            int upstreams) {
        return new ChainValidator(resolvers, walk, answers, exceptions, anchors, clock, upstreams);
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
