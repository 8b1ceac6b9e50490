/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.schedule;

import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

import org.jamesdane.delivery.destination.RecentSuccesses;
import org.jamesdane.delivery.destination.Ticker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sources of time and chance that always answer, so that an error does not stop the dispatcher in the middle of counting. */
final class Unfailing {
    private static final Logger LOGGER = LoggerFactory.getLogger(Unfailing.class);

    private Unfailing() {
    }

    /** A ticker that stands still for a moment where the other one fails. */
    static Ticker ticker(Ticker ticker) {
        AtomicLong last = new AtomicLong();
        return () -> {
            try {
                last.set(ticker.nanos());
            } catch (Throwable e) {
                LOGGER.error("The ticker could not be read", e);
            }
            return last.get();
        };
    }

    /** A source of chance that is replaced by a lesser one where it fails. */
    static RandomGenerator random(RandomGenerator random) {
        SplittableRandom lesser = new SplittableRandom();
        return () -> {
            try {
                return random.nextLong();
            } catch (Throwable e) {
                LOGGER.error("There was no random number", e);
                return lesser.nextLong();
            }
        };
    }

    /** A memory of successes that takes every destination for a good one where the other fails. */
    static RecentSuccesses successes(RecentSuccesses successes) {
        return new RecentSuccesses() {
            @Override
            public boolean isRecent(String destination) {
                try {
                    return successes.isRecent(destination);
                } catch (Throwable e) {
                    LOGGER.error("The last success of a destination is not known", e);
                    return true;
                }
            }

            @Override
            public void succeeded(String destination) {
                try {
                    successes.succeeded(destination);
                } catch (Throwable e) {
                    LOGGER.error("The success of a destination could not be noted", e);
                }
            }

            @Override
            public void forget(String destination) {
                try {
                    successes.forget(destination);
                } catch (Throwable e) {
                    LOGGER.error("The last success of a destination could not be forgotten", e);
                }
            }
        };
    }
}
