/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.retry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import org.jamesdane.delivery.destination.FailureBackoff;
import org.junit.jupiter.api.Test;

/** Times of the next attempt of a deferred mail. */
class RetryScheduleTest {
    private static final Duration LIFETIME = Duration.ofDays(5);
    private static final RetrySchedule SCHEDULE = new RetrySchedule(List.of(Duration.ofMinutes(5), Duration.ofHours(2)), LIFETIME);

    private final Random random = new Random(1);

    @Test
    void shouldNotLetMailsComeBackTogetherThatWereDeferredTogether() {
        List<Duration> delays = IntStream.range(0, 10_000).mapToObj(i -> SCHEDULE.delayBefore(1, Duration.ZERO, random)).toList();

        assertThat(delays).allMatch(delay -> delay.compareTo(Duration.ofMinutes(5)) >= 0 && delay.compareTo(Duration.ofSeconds(330)) <= 0);
        // Of the 30 seconds over which they are spread, each tenth has its share.
        for (int part = 0; part < 10; part++) {
            Duration from = Duration.ofMinutes(5).plusSeconds(3L * part);
            assertThat(delays.stream().filter(delay -> delay.compareTo(from) >= 0 && delay.compareTo(from.plusSeconds(3)) < 0).count())
                .isBetween(800L, 1200L);
        }
    }

    @Test
    void shouldRetryEveryHalfHourOnceTheDelaysAreUsedUp() {
        RetrySchedule quick = new RetrySchedule(List.of(Duration.ofSeconds(10)), LIFETIME);

        // RFC 5321 §4.5.4.1: "the retry interval SHOULD be at least 30 minutes".
        assertThat(quick.delayBefore(2, Duration.ZERO, random)).isBetween(Duration.ofMinutes(30), Duration.ofMinutes(33));
        assertThat(SCHEDULE.delayBefore(3, Duration.ZERO, random)).isBetween(Duration.ofHours(2), Duration.ofMinutes(132));
    }

    @Test
    void shouldWaitNoLongerThanAMailMayLive() {
        assertThat(SCHEDULE.delayBefore(2, LIFETIME.minusMinutes(1), random)).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void shouldKnowTheLongestThatAnythingDefersAMailFor() {
        for (int retry = 1; retry < 100; retry++) {
            assertThat(SCHEDULE.delayBefore(retry, Duration.ZERO, random)).isLessThanOrEqualTo(SCHEDULE.longestDelay());
        }
        RetrySchedule quick = new RetrySchedule(List.of(Duration.ofSeconds(10)), LIFETIME);
        assertThat(quick.longestDelay()).isBetween(FailureBackoff.LONGEST_HOLD, Duration.ofHours(1));
    }
}
