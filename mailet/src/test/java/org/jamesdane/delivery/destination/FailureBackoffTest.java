/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.destination;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pauses of a destination that fails, with a random number that leaves each wait as long as it is. */
class FailureBackoffTest {
    private static final RandomGenerator MIDDLE = () -> Long.MIN_VALUE;

    private final ManualTicker ticker = new ManualTicker();
    private final FailureBackoff backoff = new FailureBackoff(ticker, new Jitter(MIDDLE));

    /** Events: a failure, a success, a mail that is sent for, or a time that passes, in seconds. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "                                   | alive",
        "fails fails                        | failing",
        "fails fails succeeds               | alive",
        "fails fails succeeds fails fails   | failing",
        "fails fails fails                  | paused",
        "fails fails fails 29               | paused",
        "fails fails fails 30               | dead",
        "fails fails fails 30 fails 59      | paused",
        "fails fails fails 30 fails 60      | dead",
        "fails fails fails 30 succeeds      | alive",
        "fails fails fails fails fails 30   | dead",
        "fails fails fails 30 fails 60 succeeds fails fails fails 30 | dead",
        "fails sent-for fails fails         | paused",
        "fails fails fails sent-for         | alive",
        "fails fails fails sent-for fails   | failing",
        "fails fails fails sent-for fails fails fails sent-for | paused",
        "fails fails fails sent-for fails fails fails 29 sent-for | paused",
        "fails fails fails sent-for fails fails fails 30 sent-for | alive",
        "fails fails fails 30 fails sent-for fails fails fails 30 | dead"})
    void shouldPauseAfterFailuresInARowAndNotBefore(@Nullable String events, String state) {
        happens(events == null ? "" : events);

        assertThat(state()).isEqualTo(state);
    }

    @ParameterizedTest
    @CsvSource({"0, 30", "1, 60", "2, 120", "3, 240", "4, 480", "5, 900", "6, 900", "20, 900"})
    void shouldPauseTwiceAsLongAfterEachFailedProbe(int probes, int seconds) {
        fail(probes);

        ticker.advance(Duration.ofSeconds(seconds).minusMillis(1));
        assertThat(backoff.isPaused()).isTrue();
        ticker.advanceMillis(1);
        assertThat(backoff.isPaused()).isFalse();
    }

    /** The rest of the pause, and the middle of a time as long, or of the minimal backoff if that is longer. */
    @ParameterizedTest
    @CsvSource({"0, 0, 45", "0, 20, 25", "0, 30, 15", "0, 3000, 15", "1, 0, 90", "2, 0, 180", "2, 100, 35", "20, 0, 1350"})
    void shouldHoldMailUntilThePauseIsOver(int probes, int passed, int seconds) {
        fail(probes);
        ticker.advance(Duration.ofSeconds(passed));

        assertThat(backoff.holdTime()).isEqualTo(Duration.ofSeconds(seconds));
    }

    @Test
    void shouldHoldNoMailLongerThanTheLongestHold() {
        FailureBackoff longest = new FailureBackoff(ticker, new Jitter(() -> -1L));
        for (int failure = 0; failure < 30; failure++) {
            longest.failed();
            assertThat(longest.holdTime()).isLessThanOrEqualTo(FailureBackoff.LONGEST_HOLD);
            ticker.advance(FailureBackoff.LONGEST_HOLD);
        }
        longest.failed();

        assertThat(longest.holdTime()).isGreaterThan(FailureBackoff.LONGEST_HOLD.minusSeconds(1));
    }

    @ParameterizedTest
    @CsvSource({"0, 22500", "-9223372036854775808, 30000", "-1, 37500"})
    void shouldSpreadPausesThatBeginTogether(long random, long millis) {
        FailureBackoff spread = new FailureBackoff(ticker, new Jitter(() -> random));
        for (int failure = 0; failure < FailureBackoff.FAILURES_UNTIL_DEAD; failure++) {
            spread.failed();
        }

        assertThat(spread.untilNextPlace()).isCloseTo(Duration.ofMillis(millis), Duration.ofMillis(1));
        ticker.advanceMillis(millis - 1);
        assertThat(spread.isPaused()).isTrue();
        ticker.advanceMillis(1);
        assertThat(spread.isPaused()).isFalse();
    }

    private void fail(int probes) {
        for (int failure = 0; failure < FailureBackoff.FAILURES_UNTIL_DEAD; failure++) {
            backoff.failed();
        }
        for (int probe = 0; probe < probes; probe++) {
            ticker.advance(FailureBackoff.MAXIMAL_BACKOFF);
            backoff.failed();
        }
    }

    private void happens(String events) {
        for (String event : events.split(" ", -1)) {
            switch (event) {
                case "" -> { }
                case "fails" -> backoff.failed();
                case "succeeds" -> backoff.succeeded();
                case "sent-for" -> backoff.resume();
                default -> ticker.advance(Duration.ofSeconds(Long.parseLong(event)));
            }
        }
    }

    private String state() {
        if (backoff.isPaused()) {
            return "paused";
        }
        return backoff.isDead() ? "dead" : backoff.isFailing() ? "failing" : "alive";
    }
}
