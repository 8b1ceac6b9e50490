/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.destination;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;

import org.jamesdane.delivery.destination.DestinationState.Admission;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Deliveries at once that a destination gets. */
class DestinationStateTest {
    private static final int LIMIT = 20;
    private static final Duration QUICK = Duration.ofMillis(40);
    private static final int SEVERAL = DestinationState.MAILS_FOR_ANOTHER;

    private final ManualTicker ticker = new ManualTicker();
    private final DestinationState destination = new DestinationState(LIMIT, ticker, new Random(1));
    private int inFlight;

    @Test
    void shouldBeginWithOneDelivery() {
        assertThat(admitted()).isEqualTo(1);
    }

    /** After three times as many mails as the limit: their time in milliseconds, and how many wait behind each of them. */
    @ParameterizedTest
    @CsvSource({
        "40, 240, 20",
        "40, 36, 4",
        "40, 11, 1",
        "40, 12, 2",
        "1000, 20, 20",
        "1000, 3, 3",
        "10000, 0, 1"})
    void shouldEarnADeliveryForSeveralMailsOrSecondsOfLine(int millis, int waiting, int expected) {
        admitted();
        for (int taken = 1; taken <= 3 * LIMIT; taken++) {
            take(Duration.ofMillis(millis), waiting);
        }

        assertThat(inFlight).isEqualTo(expected);
    }

    @Test
    void shouldNotTakeTheTimeOfOpeningAConnectionForEachMails() {
        admitted();
        take(DestinationState.LINE, SEVERAL - 1);
        take(QUICK, SEVERAL - 1);
        take(DestinationState.LINE, SEVERAL - 1);

        assertThat(inFlight).isEqualTo(1);
        take(DestinationState.LINE, SEVERAL - 1);
        assertThat(inFlight).isEqualTo(2);
    }

    @Test
    void shouldLetAFewGoAtOnceWhenTheFirstTakesItsTime() {
        admitted();
        ticker.advance(DestinationState.LINE);
        destination.lookAgain();
        assertThat(admitted()).isEqualTo(1);

        ticker.advanceMillis(1);
        destination.lookAgain();
        assertThat(admitted()).isEqualTo(DestinationState.INITIAL_CONCURRENCY);
    }

    @Test
    void shouldCountFromTheFirstDeliveryAfterATimeWithoutAny() {
        ticker.advance(Duration.ofDays(1));
        admitted();
        destination.lookAgain();

        assertThat(admitted()).isEqualTo(1);
        assertThat(destination.isTurnNear(0, WaitEstimate.PATIENCE)).isTrue();
    }

    @Test
    void shouldNotLetMoreGoToADestinationThatFails() {
        fail(1);
        assertThat(admitted()).isEqualTo(1);
        ticker.advance(DestinationState.LINE.plusMillis(1));
        destination.lookAgain();

        assertThat(admitted()).isEqualTo(1);
    }

    @Test
    void shouldLoseHalfOfItsDeliveriesWithAFailure() {
        admitted();
        for (int taken = 1; taken <= 3 * LIMIT; taken++) {
            take(QUICK, SEVERAL * LIMIT);
        }
        destination.ended(Reachability.FAILED);
        for (int i = 1; i < LIMIT; i++) {
            destination.ended(Reachability.UNKNOWN);
        }
        inFlight = 0;

        assertThat(admitted()).isEqualTo(LIMIT / 2);
    }

    @Test
    void shouldBeDeadAfterFailuresInARowAndNotBefore() {
        fail(FailureBackoff.FAILURES_UNTIL_DEAD - 1);
        end(Admission.NOW, Reachability.REACHED);

        fail(FailureBackoff.FAILURES_UNTIL_DEAD - 1);
        end(Admission.NOW, Reachability.FAILED);

        assertThat(destination.admit()).isEqualTo(Admission.AFTER_PAUSE);
    }

    @Test
    void shouldNotCountFaultsOfOurOwn() {
        for (int i = 0; i < 10; i++) {
            end(Admission.NOW, Reachability.UNKNOWN);
        }
    }

    @Test
    void shouldProbeWithOneMailAfterEachPause() {
        fail(FailureBackoff.FAILURES_UNTIL_DEAD);
        for (int probe = 0; probe < 8; probe++) {
            assertThat(destination.admit()).isEqualTo(Admission.AFTER_PAUSE);
            ticker.advance(FailureBackoff.LONGEST_HOLD);
            assertThat(destination.admit()).isEqualTo(Admission.NOW);
            assertThat(destination.admit()).isEqualTo(Admission.AFTER_ANOTHER);
            destination.ended(Reachability.FAILED);
        }
    }

    @Test
    void shouldTryAtOnceOnceItsMailIsSentFor() {
        fail(FailureBackoff.FAILURES_UNTIL_DEAD);
        assertThat(destination.admit()).isEqualTo(Admission.AFTER_PAUSE);

        destination.resume();
        assertThat(destination.admit()).isEqualTo(Admission.NOW);
    }

    @Test
    void shouldBeginAnewWhenAProbeSucceeds() {
        admitted();
        for (int taken = 1; taken <= 3 * LIMIT; taken++) {
            take(QUICK, SEVERAL * LIMIT);
        }
        for (; inFlight > 0; inFlight--) {
            destination.ended(inFlight > FailureBackoff.FAILURES_UNTIL_DEAD ? Reachability.UNKNOWN : Reachability.FAILED);
        }
        ticker.advance(FailureBackoff.MAXIMAL_BACKOFF);
        end(Admission.NOW, Reachability.REACHED);

        assertThat(admitted()).isEqualTo(1);
    }

    @Test
    void shouldEarnNothingByLastAttemptsWhileItIsDead() {
        fail(FailureBackoff.FAILURES_UNTIL_DEAD);
        assertThat(destination.admitLastAttempt()).isTrue();
        destination.taken(QUICK, SEVERAL * LIMIT);
        destination.ended(Reachability.REACHED);

        assertThat(admitted()).isEqualTo(1);
    }

    @Test
    void shouldExpectNoMoreDeliveriesAtOnceThanWhenOneFailed() {
        admitted();
        takeThreeSlowly();
        assertThat(destination.isTurnNear(10 * LIMIT - 1, WaitEstimate.PATIENCE)).isTrue();
        assertThat(destination.isTurnNear(10 * LIMIT, WaitEstimate.PATIENCE)).isFalse();

        destination.ended(Reachability.FAILED);
        assertThat(destination.isTurnNear(9, WaitEstimate.PATIENCE)).isTrue();
        assertThat(destination.isTurnNear(10, WaitEstimate.PATIENCE)).isFalse();
    }

    @Test
    void shouldExpectNoMoreOfASlowOneThanItMayHave() {
        admitted();
        for (int taken = 1; taken <= 3 * LIMIT; taken++) {
            take(Duration.ofSeconds(LIMIT), 600);
        }
        assertThat(inFlight).isEqualTo(LIMIT);

        assertThat(destination.isTurnNear(8, WaitEstimate.PATIENCE)).isTrue();
        assertThat(destination.isTurnNear(10, WaitEstimate.PATIENCE)).isFalse();
    }

    @Test
    void shouldHoldMailByThePaceAndByThePauseOnceDead() {
        admitted();
        takeThreeSlowly();
        assertThat(destination.holdTime()).isBetween(Duration.ofMillis(3750), Duration.ofMillis(6300));

        destination.ended(Reachability.UNKNOWN);
        fail(FailureBackoff.FAILURES_UNTIL_DEAD);
        assertThat(destination.holdTime()).isGreaterThan(Duration.ofSeconds(22));
    }

    @Test
    void shouldLetLastAttemptsGoWhilePausedAndNotAboveTheLimit() {
        fail(FailureBackoff.FAILURES_UNTIL_DEAD);
        assertThat(destination.admit()).isEqualTo(Admission.AFTER_PAUSE);

        for (int i = 0; i < LIMIT; i++) {
            assertThat(destination.admitLastAttempt()).isTrue();
        }
        assertThat(destination.admitLastAttempt()).isFalse();
        destination.ended(Reachability.FAILED);
        assertThat(destination.admitLastAttempt()).isTrue();
    }

    /** Last events before it is idle, and whether it may be forgotten then. */
    @ParameterizedTest
    @CsvSource({"REACHED, 0, true", "UNKNOWN, 0, true", "FAILED, 0, false", "REACHED, 16, false"})
    void shouldBeForgettableOnlyWhereNothingWouldBeLost(Reachability reach, int waited, boolean forgettable) {
        admitted();
        assertThat(destination.isForgettable()).isFalse();
        assertThat(destination.isIdle()).isFalse();
        destination.firstHasWaited(Duration.ofSeconds(waited));
        destination.ended(reach);

        assertThat(destination.isIdle()).isTrue();
        assertThat(destination.isForgettable()).isEqualTo(forgettable);
    }

    private void take(Duration time, int waiting) {
        destination.taken(time, waiting);
        destination.ended(Reachability.REACHED);
        inFlight--;
        admitted();
    }

    private void takeThreeSlowly() {
        for (int taken = 0; taken < 3; taken++) {
            take(Duration.ofSeconds(1), 0);
        }
    }

    private int admitted() {
        while (destination.admit() == Admission.NOW) {
            inFlight++;
        }
        return inFlight;
    }

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            end(Admission.NOW, Reachability.FAILED);
        }
    }

    private void end(Admission admission, Reachability reach) {
        assertThat(destination.admit()).isEqualTo(admission);
        destination.ended(reach);
    }
}
