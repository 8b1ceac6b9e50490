/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import org.assertj.core.data.Offset;
import org.jamesdane.delivery.schedule.DestinationState.Admission;
import org.junit.jupiter.api.Test;

/** How many mails a destination gets at once, and when it is left alone. */
class DestinationStateTest {
    private static final int MOST = 20;
    private static final Duration QUICK = Duration.ofMillis(40);

    private Instant now = Instant.parse("2026-11-01T12:00:00Z");
    private final DestinationState destination = new DestinationState(MOST, now, new Random(1));

    @Test
    void shouldBeginWithOneDeliveryAndEarnMoreUpToTheLimitWhileManyMailsWait() {
        assertThat(admitted()).isEqualTo(1);

        for (int taken = 1; taken <= 3 * MOST; taken++) {
            take(QUICK, DestinationState.MAILS_FOR_ANOTHER * MOST);
        }

        assertThat(inFlight).isEqualTo(MOST);
    }

    @Test
    void shouldEarnOneConnectionForEachSoManyMailsThatWait() {
        admitted();
        for (int taken = 1; taken <= 3 * MOST; taken++) {
            take(QUICK, 3 * DestinationState.MAILS_FOR_ANOTHER);
        }

        assertThat(inFlight).isEqualTo(4);
    }

    @Test
    void shouldNotLetMailsWaitForEachOtherWhereEachTakesLong() {
        admitted();
        for (int taken = 1; taken <= 3 * MOST; taken++) {
            take(DestinationState.LINE, MOST);
        }

        assertThat(inFlight).isEqualTo(MOST);
    }

    @Test
    void shouldNotTakeTheTimeOfOpeningAConnectionForThatOfEachMail() {
        admitted();
        take(DestinationState.LINE, DestinationState.MAILS_FOR_ANOTHER - 1);
        take(QUICK, DestinationState.MAILS_FOR_ANOTHER - 1);
        take(DestinationState.LINE, DestinationState.MAILS_FOR_ANOTHER - 1);

        assertThat(inFlight).isEqualTo(1);
        take(DestinationState.LINE, DestinationState.MAILS_FOR_ANOTHER - 1);
        assertThat(inFlight).isEqualTo(2);
    }

    @Test
    void shouldEarnNothingForMailsThatNobodyWaitsBehind() {
        admitted();
        for (int taken = 1; taken <= 3 * MOST; taken++) {
            take(DestinationState.LINE.multipliedBy(10), 0);
        }

        assertThat(inFlight).isEqualTo(1);
    }

    @Test
    void shouldLetAFewGoAtOnceWhenTheFirstDeliveryTakesItsTime() {
        admitted();
        now = now.plus(DestinationState.LINE);
        destination.lookAgain(now);
        assertThat(admitted()).isEqualTo(1);

        now = now.plusMillis(1);
        destination.lookAgain(now);
        assertThat(admitted()).isEqualTo(DestinationState.FIRST_DELIVERIES);
    }

    @Test
    void shouldNotLetMoreGoToADestinationThatFails() {
        fail(1);
        assertThat(admitted()).isEqualTo(1);
        now = now.plus(DestinationState.LINE).plusMillis(1);
        destination.lookAgain(now);

        assertThat(admitted()).isEqualTo(1);
    }

    @Test
    void shouldBeDownAfterFailuresInARowAndNotBefore() {
        fail(DestinationState.FAILURES_UNTIL_DOWN - 1);
        assertThat(destination.admit(now)).isEqualTo(Admission.NOW);
        destination.ended(Reachability.REACHED, now);

        fail(DestinationState.FAILURES_UNTIL_DOWN - 1);
        assertThat(destination.admit(now)).isEqualTo(Admission.NOW);
        destination.ended(Reachability.FAILED, now);

        assertThat(destination.admit(now)).isEqualTo(Admission.AFTER_PAUSE);
    }

    @Test
    void shouldNotCountFaultsOfOurOwn() {
        for (int i = 0; i < 10; i++) {
            assertThat(destination.admit(now)).isEqualTo(Admission.NOW);
            destination.ended(Reachability.UNKNOWN, now);
        }
    }

    @Test
    void shouldProbeWithOneMailAfterPausesThatGrowToALimit() {
        fail(DestinationState.FAILURES_UNTIL_DOWN);
        List<Duration> pauses = new ArrayList<>();
        for (int probe = 0; probe < 8; probe++) {
            pauses.add(waitOutThePause());
            assertThat(destination.admit(now)).isEqualTo(Admission.NOW);
            assertThat(destination.admit(now)).isEqualTo(Admission.AFTER_ANOTHER);
            destination.ended(Reachability.FAILED, now);
        }

        for (int i = 0; i < pauses.size(); i++) {
            Duration middle = DestinationState.FIRST_PAUSE.multipliedBy(1L << i);
            Duration expected = middle.compareTo(DestinationState.LONGEST_PAUSE) < 0 ? middle : DestinationState.LONGEST_PAUSE;
            assertThat(pauses.get(i)).isBetween(expected.multipliedBy(3).dividedBy(4),
                expected.multipliedBy(5).dividedBy(4).plusSeconds(1));
        }
    }

    @Test
    void shouldForgetItsPauseOnceWhenItsMailIsSentFor() {
        fail(DestinationState.FAILURES_UNTIL_DOWN);
        assertThat(destination.admit(now)).isEqualTo(Admission.AFTER_PAUSE);

        destination.resume(now);
        fail(DestinationState.FAILURES_UNTIL_DOWN);
        destination.resume(now);
        assertThat(destination.admit(now)).isEqualTo(Admission.AFTER_PAUSE);

        now = now.plus(DestinationState.FIRST_PAUSE).plusMillis(1);
        destination.resume(now);
        assertThat(destination.admit(now)).isEqualTo(Admission.NOW);
    }

    @Test
    void shouldBeBackToNormalWhenAProbeSucceeds() {
        fail(DestinationState.FAILURES_UNTIL_DOWN);
        waitOutThePause();
        assertThat(destination.admit(now)).isEqualTo(Admission.NOW);
        destination.ended(Reachability.REACHED, now);

        assertThat(admitted()).isEqualTo(1);
        inFlight = 0;
        destination.ended(Reachability.REACHED, now);
        fail(DestinationState.FAILURES_UNTIL_DOWN);
        assertThat(waitOutThePause()).isLessThan(DestinationState.FIRST_PAUSE.multipliedBy(3).dividedBy(2));
    }

    @Test
    void shouldLengthenThePauseOnceForAllThatWereUnderWayWhenItBegan() {
        admitted();
        now = now.plus(DestinationState.LINE).plusMillis(1);
        destination.lookAgain(now);
        assertThat(admitted()).isEqualTo(DestinationState.FIRST_DELIVERIES);
        for (int i = 0; i < DestinationState.FIRST_DELIVERIES; i++) {
            destination.ended(Reachability.FAILED, now);
        }

        assertThat(waitOutThePause()).isLessThan(DestinationState.FIRST_PAUSE.multipliedBy(3).dividedBy(2));
    }

    @Test
    void shouldKeepMailsAtThePaceOfTheDestination() {
        admitted();
        takeThree(QUICK);

        assertThat(meanOfTheLastKept(1000)).isBetween(6.0, 8.0);
    }

    @Test
    void shouldNotKeepMailsForLongBecauseOfSomeSlowDeliveries() {
        admitted();
        takeThree(Duration.ofMinutes(1));
        destination.ended(Reachability.FAILED, now);

        assertThat(meanOfTheLastKept(250)).isBetween(33.0, 37.0);
        assertThat(meanOfTheLastKept(250)).isBetween(38.0, 42.0);
    }

    @Test
    void shouldKeepNoMailBeyondTheLongestPauseHoweverManyThereAre() {
        admitted();

        assertThat(meanOfTheLastKept(60_000)).isCloseTo((double) DestinationState.LONGEST_PAUSE.toSeconds(), Offset.offset(60.0));
        assertThat(destination.keepFor(now)).isLessThanOrEqualTo(DestinationState.LONGEST_PAUSE.multipliedBy(5).dividedBy(4));
    }

    @Test
    void shouldAskAgainSoonAfterAShortStallAndLaterAfterALongOne() {
        admitted();
        now = now.plus(DestinationState.PATIENCE);
        assertThat(meanOfTheLastKept(100)).isBetween(5.5, 8.5);

        now = now.plusSeconds(18);
        assertThat(meanOfTheLastKept(100)).isBetween(19.0, 24.0);
        now = now.plus(Duration.ofMinutes(10));
        assertThat(meanOfTheLastKept(100)).isBetween(28.0, 36.0);
    }

    @Test
    void shouldStallWhenNothingEnds() {
        admitted();
        assertThat(destination.isMoving(0, now, DestinationState.PATIENCE)).isTrue();
        now = now.plus(DestinationState.PATIENCE).plusMillis(1);
        assertThat(destination.isMoving(0, now, DestinationState.PATIENCE)).isFalse();
    }

    @Test
    void shouldLetNobodyWaitWhoseTurnWouldComeLate() {
        admitted();
        takeThree(Duration.ofSeconds(1));

        assertThat(destination.isMoving(10 * MOST - 2, now, DestinationState.PATIENCE)).isTrue();
        assertThat(destination.isMoving(10 * MOST, now, DestinationState.PATIENCE)).isFalse();
    }

    @Test
    void shouldExpectNoMoreDeliveriesAtOnceThanWhenOneFailed() {
        admitted();
        takeThree(Duration.ofSeconds(1));
        destination.ended(Reachability.FAILED, now);

        assertThat(destination.isMoving(8, now, DestinationState.PATIENCE)).isTrue();
        assertThat(destination.isMoving(10, now, DestinationState.PATIENCE)).isFalse();
    }

    @Test
    void shouldExpectNoMoreOfOneThatIsSlowWithAllThatItMayHave() {
        admitted();
        for (int taken = 1; taken <= 3 * MOST; taken++) {
            take(Duration.ofSeconds(MOST), 600);
        }
        assertThat(inFlight).isEqualTo(MOST);

        assertThat(destination.isMoving(8, now, DestinationState.PATIENCE)).isTrue();
        assertThat(destination.isMoving(10, now, DestinationState.PATIENCE)).isFalse();
    }

    @Test
    void shouldNotSeemToMoveForSomeTimeOnceItsFirstInLineHasWaitedLong() {
        admitted();
        take(QUICK, 0);
        take(QUICK, 0);
        destination.waited(DestinationState.LONGEST_TURN, now);
        assertThat(destination.isMoving(0, now, DestinationState.PATIENCE)).isTrue();

        assertThat(secondsLate()).isEqualTo(DestinationState.FIRST_PAUSE.toSeconds());
        assertThat(secondsLate()).isEqualTo(2 * DestinationState.FIRST_PAUSE.toSeconds());
        assertThat(IntStream.range(0, 10).mapToLong(i -> secondsLate()).max()).hasValue(DestinationState.LONGEST_PAUSE.toSeconds());
        now = now.plus(DestinationState.LONGEST_PAUSE);
        assertThat(secondsLate()).isEqualTo(DestinationState.FIRST_PAUSE.toSeconds());

        destination.waited(DestinationState.LONGEST_TURN.multipliedBy(2), now);
        now = now.minus(Duration.ofDays(1));
        end(Reachability.UNKNOWN);
        now = now.plus(DestinationState.FIRST_PAUSE.multipliedBy(2));
        end(Reachability.UNKNOWN);
        assertThat(destination.isMoving(0, now, DestinationState.PATIENCE)).isTrue();
    }

    @Test
    void shouldNotBeForgottenWhileItWouldBeLateForLongerTheNextTime() {
        admitted();
        destination.waited(DestinationState.LONGEST_TURN.multipliedBy(2), now);

        assertThat(isForgettableWhenIdle()).isFalse();
        now = now.plus(DestinationState.FIRST_PAUSE.multipliedBy(2));
        assertThat(isForgettableWhenIdle()).isTrue();
    }

    private boolean isForgettableWhenIdle() {
        for (; inFlight > 0; inFlight--) {
            destination.ended(Reachability.UNKNOWN, now);
        }
        return destination.isForgettable(now);
    }

    /** How long it does not seem to move once its line was late; something ends each second. */
    private long secondsLate() {
        destination.waited(DestinationState.LONGEST_TURN.multipliedBy(2), now);
        long seconds = 0;
        while (!destination.isMoving(0, now, DestinationState.PATIENCE)) {
            now = now.plusSeconds(1);
            end(Reachability.UNKNOWN);
            seconds++;
        }
        return seconds;
    }

    @Test
    void shouldAskLessOftenWhereEachTakesLong() {
        admitted();
        take(Duration.ofMinutes(3), 0);
        take(Duration.ofMinutes(3), 0);

        assertThat(destination.keepFor(now)).isGreaterThan(DestinationState.FIRST_PAUSE.multipliedBy(7).dividedBy(10));
    }

    @Test
    void shouldSpreadWhatIsKeptBecauseItStallsHoweverQuickItWas() {
        admitted();
        take(Duration.ofMillis(1), 0);
        take(Duration.ofMillis(1), 0);
        now = now.plusSeconds(3);

        assertThat(keep(4000).stream().filter(time -> time.compareTo(Duration.ofSeconds(16)) > 0).count()).isGreaterThan(1000);
    }

    @Test
    void shouldNotBelieveATimeThatNoDeliveryTakes() {
        admitted();
        destination.taken(Duration.ofDays(365_000), 0);
        destination.taken(Duration.ofDays(365_000), 0);
        IntStream.range(0, 100).forEach(i -> take(QUICK, 0));
        assertThat(destination.isMoving(MOST, now, DestinationState.PATIENCE)).isTrue();

        destination.taken(Duration.ofHours(-1), 0);
        takeThree(Duration.ofMinutes(1));
        assertThat(destination.isMoving(MOST, now, DestinationState.PATIENCE)).isFalse();
    }

    @Test
    void shouldLetLastAttemptsGoThoughItIsPausedAndNeverMoreThanTheLimit() {
        fail(DestinationState.FAILURES_UNTIL_DOWN);
        assertThat(destination.admit(now)).isEqualTo(Admission.AFTER_PAUSE);

        for (int i = 0; i < MOST; i++) {
            assertThat(destination.admitLastAttempt(now)).isTrue();
        }
        assertThat(destination.admitLastAttempt(now)).isFalse();
        destination.ended(Reachability.FAILED, now);
        assertThat(destination.admitLastAttempt(now)).isTrue();
    }

    @Test
    void shouldPauseNoLongerThanAPauseAfterTheClockWasSetBack() {
        now = now.plus(Duration.ofDays(3));
        fail(DestinationState.FAILURES_UNTIL_DOWN);
        now = now.minus(Duration.ofDays(3));

        assertThat(waitOutThePause()).isBetween(DestinationState.FIRST_PAUSE.dividedBy(2),
            DestinationState.FIRST_PAUSE.multipliedBy(3).dividedBy(2));
    }

    @Test
    void shouldForgetItsPauseForMailThatIsSentForAfterTheClockWasSetBack() {
        now = now.plus(Duration.ofDays(3));
        fail(DestinationState.FAILURES_UNTIL_DOWN);
        destination.resume(now);
        fail(DestinationState.FAILURES_UNTIL_DOWN);
        now = now.minus(Duration.ofDays(3));

        destination.resume(now);
        assertThat(destination.admit(now)).isEqualTo(Admission.NOW);
    }

    @Test
    void shouldNoticeThatItStallsAfterTheClockWasSetBack() {
        now = now.plus(Duration.ofDays(3));
        admitted();
        destination.ended(Reachability.REACHED, now);
        now = now.minus(Duration.ofDays(3));
        assertThat(destination.isMoving(0, now, DestinationState.PATIENCE)).isTrue();

        now = now.plus(DestinationState.PATIENCE).plusMillis(1);
        assertThat(destination.isMoving(0, now, DestinationState.PATIENCE)).isFalse();
    }

    @Test
    void shouldKeepNoMailLongerThanTheLongestOfAll() {
        fail(DestinationState.FAILURES_UNTIL_DOWN);
        for (int probe = 0; probe < 20; probe++) {
            assertThat(destination.keepFor(now)).isLessThanOrEqualTo(DestinationState.LONGEST_KEPT);
            waitOutThePause();
            assertThat(destination.admit(now)).isEqualTo(Admission.NOW);
            destination.ended(Reachability.FAILED, now);
        }
    }

    private int inFlight;

    private void take(Duration time, int waiting) {
        destination.taken(time, waiting);
        end(Reachability.REACHED);
    }

    private void end(Reachability reach) {
        destination.ended(reach, now);
        inFlight--;
        admitted();
    }

    private List<Duration> keep(int mails) {
        return IntStream.range(0, mails).mapToObj(number -> destination.keepFor(now)).toList();
    }

    private void takeThree(Duration time) {
        for (int taken = 0; taken < 3; taken++) {
            take(time, 0);
        }
    }

    /** Keeps so many mails, and says for how many seconds the last few of them are kept. */
    private double meanOfTheLastKept(int mails) {
        return keep(mails).stream().mapToLong(Duration::toMillis).skip(mails - mails / 10).average().orElseThrow() / 1000;
    }

    private int admitted() {
        while (destination.admit(now) == Admission.NOW) {
            inFlight++;
        }
        return inFlight;
    }

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            assertThat(destination.admit(now)).isEqualTo(Admission.NOW);
            destination.ended(Reachability.FAILED, now);
        }
    }

    /** Goes on to the end of the pause, and says how long it was, to the second. */
    private Duration waitOutThePause() {
        Instant start = now;
        DestinationState probe = destination;
        while (probe.keepFor(now).compareTo(Duration.ZERO) > 0 && isPaused()) {
            now = now.plusSeconds(1);
        }
        return Duration.between(start, now);
    }

    private boolean isPaused() {
        Admission admission = destination.admit(now);
        if (admission == Admission.NOW) {
            destination.ended(Reachability.UNKNOWN, now);
        }
        return admission == Admission.AFTER_PAUSE;
    }
}
