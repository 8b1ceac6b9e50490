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
    private long certificate;
    @GuardedBy("lock")
    private long invalid;

    /**
     * Counts at one time.
     *
     * @param fetched fetches that brought a policy
     * @param certificate fetches in which a host showed a wrong certificate
     * @param invalid fetches that brought something that is no policy
     * @param unavailable fetches without an answer that could be used
     */
    public record Counts(long fetched, long certificate, long invalid, long unavailable) {
        /** The problem that an operator can do something about, as a sentence; empty without one. */
        public Optional<String> problem() {
            return hasAnswer() || unavailable < TELLING ? Optional.empty()
                : Optional.of("No MTA-STS policy could be fetched since the start, in " + unavailable
                    + " tries: is port 443 open outwards?");
        }

        private boolean hasAnswer() {
            return fetched + certificate + invalid > 0;
        }
    }

    FetchRecord() {
    }

    void count(PolicyFetch result) {
        Counts now;
        synchronized (lock) {
            if (result instanceof PolicyFetch.Fetched) {
                fetched++;
            } else if (result instanceof PolicyFetch.Failed failed) {
                switch (failed.cause()) {
                    case UNAVAILABLE -> unavailable++;
                    case CERTIFICATE -> certificate++;
                    case INVALID -> invalid++;
                }
            } else {
                return;
            }
            now = counts();
        }
        // Later failures say nothing new.
        now.problem().filter(problem -> now.unavailable() == TELLING).ifPresent(problem -> LOGGER.warn("{}", problem));
    }

    /** The counts now. */
    public Counts counts() {
        synchronized (lock) {
            return new Counts(fetched, certificate, invalid, unavailable);
        }
    }
}
