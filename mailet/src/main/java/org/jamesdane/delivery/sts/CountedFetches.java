/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.sts;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

import org.jamesdane.dns.DomainName;
import org.jamesdane.mtasts.PolicyFetch;
import org.jamesdane.mtasts.PolicyFetcher;

/** Counts of fetches since the start, by their results. A fetch that did not begin is none. */
public final class CountedFetches implements PolicyFetcher {
    private final PolicyFetcher fetcher;
    private final Map<Result, LongAdder> counts = new EnumMap<>(Result.class);

    /** Result of a fetch. */
    public enum Result {
        /** The policy host served a policy. */
        OK("ok"),
        /** The policy host could not be reached, or sent no complete answer. */
        FAILED("failed"),
        /** The policy host's certificate does not prove its name. */
        WEBPKI("webpki"),
        /** The policy host served something that is no policy. */
        INVALID("invalid");

        private final String word;

        Result(String word) {
            this.word = word;
        }

        static Optional<Result> of(PolicyFetch fetch) {
            if (fetch instanceof PolicyFetch.Failed failed) {
                return Optional.of(switch (failed.cause()) {
                    case UNAVAILABLE -> FAILED;
                    case CERTIFICATE -> WEBPKI;
                    case INVALID -> INVALID;
                });
            }
            return fetch instanceof PolicyFetch.Postponed ? Optional.empty() : Optional.of(OK);
        }

        /** The word in the names of metrics. */
        @Override
        public String toString() {
            return word;
        }
    }

    /** Counts what that fetcher fetches. */
    public CountedFetches(PolicyFetcher fetcher) {
        this.fetcher = fetcher;
        for (Result result : Result.values()) {
            counts.put(result, new LongAdder());
        }
    }

    @Override
    public PolicyFetch fetch(DomainName domain, Purpose purpose) {
        PolicyFetch fetch = fetcher.fetch(domain, purpose);
        Result.of(fetch).ifPresent(result -> counter(result).increment());
        return fetch;
    }

    /** Number of fetches with that result. */
    public long count(Result result) {
        return counter(result).sum();
    }

    private LongAdder counter(Result result) {
        return Objects.requireNonNull(counts.get(result));
    }
}
