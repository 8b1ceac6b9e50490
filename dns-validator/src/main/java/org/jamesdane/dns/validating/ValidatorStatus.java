/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/**
 * State of the validator, for health checks and people.
 *
 * @param ready whether questions are answered: at least one resolver passed its self-test
 * @param problems one sentence each, with what to do; empty if all is well
 * @param upstreams the resolvers in the configured order
 * @param trustAnchors the trust anchors in force, and the state of each
 * @param negativeTrustAnchors the negative trust anchors in force
 * @param work counts since the start
 * @param comparison verdicts beside the resolver's word since the start
 */
public record ValidatorStatus(boolean ready, List<String> problems, List<UpstreamStatus> upstreams, AnchorsStatus trustAnchors,
        List<NegativeTrustAnchor> negativeTrustAnchors, Work work, Comparison comparison) {

    public ValidatorStatus {
        problems = List.copyOf(problems);
        upstreams = List.copyOf(upstreams);
        negativeTrustAnchors = List.copyOf(negativeTrustAnchors);
    }

    /** Tests whether all is well; questions may be answered even if not. */
    public boolean healthy() {
        return ready && problems.isEmpty();
    }

    /**
     * A resolver.
     *
     * @param tested whether its self-test has ended
     * @param usable whether it is asked
     * @param backingOff whether others are asked first, since it did not reply lately
     * @param advice what it failed, and what to do about it; empty if it passed
     */
    public record UpstreamStatus(InetSocketAddress address, boolean tested, boolean usable, boolean backingOff,
            Optional<String> advice) {
    }

    /**
     * Verdicts beside the word of a resolver that validates; nothing is decided by it.
     *
     * @param compared verdicts that were compared
     * @param secureDoubted answers that were secure here, and bogus or insecure by the resolver's word
     * @param insecureDoubted answers that were insecure here, and secure or bogus by the resolver's word
     * @param bogusDoubted answers that were bogus here, and secure or insecure by the resolver's word
     */
    public record Comparison(long compared, long secureDoubted, long insecureDoubted, long bogusDoubted) {
        /** No comparison at all. */
        public static final Comparison NONE = new Comparison(0, 0, 0, 0);
    }

    /**
     * Work done so far.
     *
     * @param questions questions, those answered from the cache included
     * @param queries queries sent to resolvers
     * @param signatures signatures computed
     * @param cachedAnswers answers and failures kept at the moment
     * @param cachedZones proofs about zones kept at the moment
     */
    public record Work(long questions, long queries, long signatures, long cachedAnswers, long cachedZones) {
    }
}
