/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.destination;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Estimates of the time until a mail's turn, with a random number that leaves each wait as long as it is. */
class WaitEstimateTest {
    private final ManualTicker ticker = new ManualTicker();
    private final WaitEstimate estimate = new WaitEstimate(ticker, new Jitter(() -> Long.MIN_VALUE));

    /** Times of deliveries in milliseconds; the first may have opened the connection, and counts as none. */
    @ParameterizedTest
    @CsvSource({
        "'', 100000, 1, true",
        "60000, 100000, 1, true",
        "60000 1000, 9, 1, true",
        "60000 1000, 10, 1, false",
        "1000 1000 1000, 9, 1, true",
        "1000 1000 1000, 10, 1, false",
        "1000 1000 1000, 199, 20, true",
        "1000 1000 1000, 200, 20, false",
        "1000 60000 1000, 9, 1, true",
        "1000 1000 6000 6000, 4, 1, true",
        "1000 1000 6000 6000, 5, 1, false",
        "0 0 0, 100000, 1, true"})
    void shouldExpectATurnByThePaceOfTheLastDeliveries(String times, int waiting, int concurrency, boolean near) {
        take(times);

        assertThat(estimate.isTurnNear(waiting, concurrency, WaitEstimate.PATIENCE)).isEqualTo(near);
    }

    @ParameterizedTest
    @CsvSource({"2000, 2, true", "2001, 2, false", "5000, 5, true", "5001, 5, false", "3600000, 2, false"})
    void shouldExpectNoTurnWhereNothingEnds(long quiet, int patience, boolean near) {
        ticker.advance(Duration.ofDays(1));
        estimate.progressed();
        ticker.advanceMillis(quiet);

        assertThat(estimate.isTurnNear(0, 1, Duration.ofSeconds(patience))).isEqualTo(near);
    }

    /** Hold time in milliseconds of the last of so many mails. */
    @ParameterizedTest
    @CsvSource({
        "'', 0, 20, 1, 5020",
        "'', 0, 20, 100, 7000",
        "40 40 40, 0, 20, 1000, 7000",
        "40 40 40, 0, 1, 1000, 25000",
        "60000 60000 60000, 0, 1, 250, 35000",
        "8000 8000 8000, 0, 1, 1, 8020",
        "180000 180000, 0, 20, 1, 30020",
        "'', 2000, 20, 1, 5020",
        "'', 18000, 20, 100, 20000",
        "'', 600000, 20, 100, 32000",
        "1 1, 2000, 20, 1000, 5050",
        "1 1, 3000, 20, 1000, 10000",
        "'', 0, 20, 60000, 900000"})
    void shouldHoldMailUntilThatHeldBeforeItIsTaken(String times, long quiet, int concurrency, int mails, long millis) {
        take(times);
        estimate.progressed();
        ticker.advanceMillis(quiet);

        assertThat(hold(mails, concurrency)).isEqualTo(Duration.ofMillis(millis));
    }

    @Test
    void shouldCountHoldsFromTheReturnOfTheLastMail() {
        hold(5000, 20);
        ticker.advanceMillis(60_000);
        estimate.progressed();

        assertThat(hold(1, 20)).isEqualTo(Duration.ofMillis(5_000 + 5000 * 20 - 60_000 + 20));
        ticker.advanceMillis(60_000);
        estimate.progressed();
        assertThat(hold(1, 20)).isEqualTo(Duration.ofMillis(5_020));
    }

    @ParameterizedTest
    @CsvSource({"0, 3765", "-1, 6275"})
    void shouldSpreadReturnsOfHeldMail(long random, long millis) {
        WaitEstimate spread = new WaitEstimate(ticker, new Jitter(() -> random));

        assertThat(spread.holdTime(20)).isCloseTo(Duration.ofMillis(millis), Duration.ofMillis(1));
    }

    @ParameterizedTest
    @CsvSource({"10000, true", "15000, true", "15001, false"})
    void shouldExpectNoTurnOnceTheFirstInLineWaitedLong(long waited, boolean near) {
        estimate.firstHasWaited(Duration.ofMillis(waited));

        assertThat(estimate.isTurnNear(0, 20, WaitEstimate.PATIENCE)).isEqualTo(near);
    }

    @Test
    void shouldExpectNoTurnForLongerEachTimeTheLineIsLate() {
        assertThat(IntStream.range(0, 8).mapToLong(time -> secondsLate()).toArray()).containsExactly(30, 60, 120, 240, 480, 900, 900, 900);

        ticker.advance(WaitEstimate.MOST_LATENESS.minusSeconds(1));
        assertThat(estimate.isForgettable()).isFalse();
        ticker.advanceMillis(1000);
        assertThat(estimate.isForgettable()).isTrue();
        assertThat(secondsLate()).isEqualTo(30);
    }

    @Test
    void shouldNotCountALateLineTwice() {
        estimate.firstHasWaited(WaitEstimate.LONGEST_TURN.multipliedBy(2));
        ticker.advanceMillis(29_000);
        estimate.firstHasWaited(WaitEstimate.LONGEST_TURN.multipliedBy(3));
        ticker.advanceMillis(1_000);
        estimate.progressed();

        assertThat(estimate.isTurnNear(0, 20, WaitEstimate.PATIENCE)).isTrue();
    }

    /** Seconds for which no turn is near once the line was late; a delivery ends each second. */
    private long secondsLate() {
        estimate.firstHasWaited(WaitEstimate.LONGEST_TURN.multipliedBy(2));
        long seconds = 0;
        while (!estimate.isTurnNear(0, 20, WaitEstimate.PATIENCE)) {
            ticker.advanceMillis(1000);
            estimate.progressed();
            seconds++;
        }
        return seconds;
    }

    private void take(String times) {
        Arrays.stream(times.split(" ")).filter(time -> !time.isEmpty()).map(Long::valueOf).map(Duration::ofMillis).forEach(estimate::took);
    }

    private Duration hold(int mails, int concurrency) {
        Duration last = Duration.ZERO;
        for (int mail = 0; mail < mails; mail++) {
            last = estimate.holdTime(concurrency);
        }
        return last;
    }
}
