/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

import org.jamesdane.delivery.destination.DestinationState;
import org.jamesdane.delivery.destination.FailureBackoff;
import org.junit.jupiter.api.Test;

/** Turns of mails for different destinations: one destination's trouble is not another's. */
class DispatcherTest extends DispatcherBed {
    @Test
    void shouldSendLiveMailBehindTenThousandForAStallingDestination() {
        fill(10_000, "stalls", Behaviour.STALL, true);
        for (int i = 0; i < 1000; i++) {
            queue.mails.add(new Mail("live" + i % 20, Behaviour.TAKE, true));
        }
        queue.intake.start();

        await().until(() -> {
            letASecondPass();
            return queue.isEmpty() && live() == 1000;
        });
        assertThat(attempted("stalls")).isEqualTo(DestinationState.INITIAL_CONCURRENCY);
        await().until(() -> held.size() == 10_000 - DestinationState.INITIAL_CONCURRENCY - dispatcher.waiting());
        assertThat(queue.mostInHand.get()).isLessThanOrEqualTo(LIMITS.inHand());
        assertThat(dispatcher.waiting()).isLessThanOrEqualTo(ROOMY);
    }

    @Test
    void shouldProbeADestinationThatFailsWithOneMail() {
        fill(10_000, "refuses", Behaviour.FAIL, true);
        queue.intake.start();

        await().until(() -> held.size() + attempted("refuses") == 10_000);
        assertThat(attempted("refuses")).isLessThanOrEqualTo(DestinationState.INITIAL_CONCURRENCY + FailureBackoff.FAILURES_UNTIL_DEAD);
        assertThat(held).allMatch(time -> time.compareTo(Duration.ofSeconds(20)) > 0);

        ticker.advance(FailureBackoff.MINIMAL_BACKOFF.multipliedBy(2));
        int before = attempted("refuses");
        fill(1000, "refuses", Behaviour.FAIL, true);
        queue.request(0);
        await().until(() -> held.size() + attempted("refuses") == 11_000);
        assertThat(attempted("refuses")).isEqualTo(before + 1);
    }

    @Test
    void shouldNotTakeABurstOfDeliveriesForAStall() {
        int destinations = 9;
        for (int i = 0; i < 180; i++) {
            queue.mails.add(new Mail("live" + i % destinations, Behaviour.STALL, true));
        }
        queue.intake.start();
        await().until(() -> live() == destinations && dispatcher.waiting() > 0);
        for (int second = 0; second < 3; second++) {
            letASecondPass();
        }

        assertThat(held).isEmpty();
    }

    @Test
    void shouldTellAStallAsSoonAfterManyDeliveriesHaveEnded() {
        fill(5000, "live", Behaviour.TAKE, true);
        queue.intake.start();
        await().until(() -> live() == 5000);

        fill(80, "stalls", Behaviour.STALL, true);
        queue.request(0);
        await().until(() -> dispatcher.waiting() == 79);
        for (int second = 0; second < 4; second++) {
            letASecondPass();
        }

        await().until(() -> held.size() == 80 - DestinationState.INITIAL_CONCURRENCY);
        assertThat(dispatcher.waiting()).isZero();
    }

    @Test
    void shouldLetMailsWaitForAStallWhileThereIsRoom() {
        fill(30, "stalls", Behaviour.STALL, true);
        queue.intake.start();
        await().until(() -> dispatcher.waiting() == 29);
        for (int second = 0; second < 60; second++) {
            letASecondPass();
        }
        queue.mails.add(new Mail("stalls", Behaviour.STALL, true));
        queue.request(0);

        await().until(() -> dispatcher.waiting() == 31 - DestinationState.INITIAL_CONCURRENCY);
        assertThat(held).isEmpty();
    }

    @Test
    void shouldSendLiveMailBesideADestinationSlowWithEveryOtherMail() {
        fill(100, "mix", Behaviour.TAKE, true);
        for (int i = 0; i < 600; i++) {
            queue.mails.add(new Mail("mix", i % 2 == 0 ? Behaviour.SLOW : Behaviour.TAKE, true));
        }
        fill(1000, "live", Behaviour.TAKE, true);
        queue.intake.start();

        AtomicInteger seconds = new AtomicInteger();
        await().pollInterval(Duration.ofMillis(20)).until(() -> {
            seconds.incrementAndGet();
            slow.release();
            letASecondPass();
            return live() == 1000;
        });
        assertThat(seconds.get()).isLessThan(60);
    }

    @Test
    void shouldLeavePlacesForOthersBesideManyLastAttempts() {
        fill(1000, "stalls", Behaviour.STALL, false);
        queue.intake.start();
        await().until(() -> {
            letASecondPass();
            return queue.isEmpty() && dispatcher.waiting() <= ROOMY;
        });

        for (int i = 0; i < 1000; i++) {
            queue.mails.add(new Mail("live" + i % 20, Behaviour.TAKE, true));
        }
        queue.request(0);
        await().until(() -> live() == 1000);
        assertThat(attempted("stalls")).isEqualTo(LIMITS.perDestination());
        await().until(() -> held.size() == 1000 - LIMITS.perDestination() - dispatcher.waiting());
        assertThat(held).allMatch(time -> time.compareTo(FailureBackoff.MINIMAL_BACKOFF.multipliedBy(2)) < 0);
    }

    @Test
    void shouldHoldNothingForADestinationThatTakesItsMail() {
        fill(5000, "big", Behaviour.TAKE, true);
        queue.intake.start();

        await().until(() -> attempted("big") == 5000);
        assertThat(held).isEmpty();
        assertThat(Objects.requireNonNull(most.get("big")).get()).isBetween(1, LIMITS.perDestination());
        assertThat(queue.mostInHand.get()).isLessThanOrEqualTo(LIMITS.inHand());
    }
}
