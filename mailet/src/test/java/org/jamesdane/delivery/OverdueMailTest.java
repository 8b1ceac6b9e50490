/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.jamesdane.delivery.destination.Reachability;
import org.jamesdane.delivery.mail.OutboundMail;
import org.jamesdane.delivery.schedule.Dispatcher;
import org.jamesdane.delivery.schedule.TestQueuedMail;
import org.jamesdane.delivery.schedule.TestSuccesses;
import org.junit.jupiter.api.Test;

/** Mail in line for a host that keeps every delivery busy, in a queue that leaves mail in line for so long only. */
class OverdueMailTest {
    private static final Dispatcher.Limits LIMITS = new Dispatcher.Limits(2, 2);

    private final List<Runnable> busy = new ArrayList<>();
    private final List<Runnable> keeping = new ArrayList<>();
    private final List<Integer> left = new ArrayList<>();
    private final List<Integer> givenBack = new ArrayList<>();
    private final Dispatcher dispatcher = new Dispatcher(busy::add, LIMITS, () -> 0, new Random(1), TestSuccesses.ALL);
    private int requested;
    private final Dispatcher.Intake<OutboundMail> intake =
        dispatcher.intake(TestQueuedMail.worker(), this::keep, number -> requested += number);
    private boolean overdue;
    private boolean shortage;

    @Test
    void shouldAskForAllThatTheQueueGivesOutInAdvance() {
        intake.start();

        assertThat(requested).isEqualTo(LIMITS.inHand());
    }

    /** A subscription that takes longer than a second to be there heard nothing, and was never asked again. */
    @Test
    void shouldAskForNothingBeforeTheSubscriptionIsThere() {
        dispatcher.tick();
        assertThat(requested).isZero();

        intake.start();
        assertThat(requested).isEqualTo(LIMITS.inHand());
    }

    @Test
    void shouldKeepOverdueMailElsewhereThoughNoThreadIsFree() {
        int begun = fill();
        dispatcher.tick();
        assertThat(keeping).isEmpty();

        overdue = true;
        dispatcher.tick();
        dispatcher.tick();
        keeping.forEach(Runnable::run);

        assertThat(left).hasSize(LIMITS.inHand() - begun).doesNotHaveDuplicates();
        assertThat(busy).as("what is under way goes on").hasSize(begun);
        assertThat(requested).isEqualTo(LIMITS.inHand() + left.size());
        assertThat(givenBack).isEmpty();
    }

    @Test
    void shouldGiveBackOverdueMailThatNoThreadCanKeep() {
        int begun = fill();
        overdue = true;
        shortage = true;
        dispatcher.tick();
        keeping.forEach(Runnable::run);

        assertThat(givenBack).hasSize(1);
        assertThat(left).hasSize(LIMITS.inHand() - begun - 1).doesNotContainAnyElementsOf(givenBack);
    }

    /** Offers as many mails as are taken from a queue, and counts those that are under way then. */
    private int fill() {
        intake.start();
        for (int i = 0; i < LIMITS.inHand(); i++) {
            intake.offer(new Numbered(i));
        }
        return busy.size();
    }

    private void keep(Runnable hold) {
        if (shortage) {
            shortage = false;
            throw new OutOfMemoryError("unable to create native thread: a trap");
        }
        keeping.add(hold);
    }

    private final class Numbered extends TestQueuedMail<OutboundMail> {
        private final int number;

        Numbered(int number) {
            this.number = number;
        }

        @Override
        public boolean isOverdue() {
            return overdue;
        }

        @Override
        protected Reachability attempt() {
            return Reachability.UNKNOWN;
        }

        @Override
        protected void hold(Duration time) {
            left.add(number);
        }

        @Override
        public void requeueAtOnce() {
            givenBack.add(number);
        }
    }
}
