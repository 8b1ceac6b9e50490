/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.https;

import java.util.Optional;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jamesdane.mtasts.PolicyFetch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts of fetches since the start. It shows a firewall that lets no connection out to policy hosts. */
public final class FetchRecord {
    /** Fetches that fail without a successful one before something is said: single hosts may be down. */
    static final int TELLING = 3;
    private static final Logger LOGGER = LoggerFactory.getLogger(FetchRecord.class);

    private final Object lock = new Object();
    @GuardedBy("lock")
    private long fetched;
    @GuardedBy("lock")
    private long unavailable;
    @GuardedBy("lock")
    private long answered;

    /**
     * Counts at one time.
     *
     * @param fetched fetches that brought a policy
     * @param answered fetches in which a host showed a wrong certificate or something that is no policy
     * @param unavailable fetches without an answer that could be used
     */
    public record Counts(long fetched, long answered, long unavailable) {
        /** The problem that an operator can do something about, as a sentence; empty without one. */
        public Optional<String> problem() {
            return fetched + answered == 0 && unavailable >= TELLING
                ? Optional.of("No MTA-STS policy could be fetched since the start, in " + unavailable
                    + " tries: is port 443 open outwards?")
                : Optional.empty();
        }
    }

    FetchRecord() {
    }

    void count(PolicyFetch result) {
        boolean first;
        synchronized (lock) {
            if (result instanceof PolicyFetch.Postponed) {
                return;
            } else if (result instanceof PolicyFetch.Fetched) {
                fetched++;
            } else if (((PolicyFetch.Failed) result).cause() == PolicyFetch.Cause.UNAVAILABLE) {
                unavailable++;
            } else {
                answered++;
            }
            first = fetched + answered == 0 && unavailable == TELLING;
        }
        if (first) {
            LOGGER.warn("{}", counts().problem().orElse(""));
        }
    }

    /** The counts now. */
    public Counts counts() {
        synchronized (lock) {
            return new Counts(fetched, answered, unavailable);
        }
    }
}
