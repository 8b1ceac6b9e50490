/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.time.Clock;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

import org.jamesdane.dns.DomainName;

/** The parts of a validation, wired once for each set of resolvers. They share what was computed. */
final class ValidationParts {
    private final Clock clock;
    private final SignatureCheck signatures;
    private final DelegationJudge delegations;
    private final AnswerJudge answers;
    private final AnchorSightReader sights;

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
        this.sights = new AnchorSightReader(verifier);
    }

    /** A way down from the anchors over these resolvers. */
    DelegationWalk walk(Resolver resolvers, ZoneCache cache, Supplier<TrustAnchors> anchors) {
        return walk(resolvers, cache, anchors, (zone, reply) -> {
        });
    }

    /** The same, where the replies with the keys of trust points are shown to another. */
    DelegationWalk walk(Resolver resolvers, ZoneCache cache, Supplier<TrustAnchors> anchors, BiConsumer<DomainName, Reply> anchorKeys) {
        return new DelegationWalk(resolvers, delegations, cache, anchors, anchorKeys);
    }

    /** Reader of the keys of trust points. */
    AnchorSightReader sights() {
        return sights;
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
