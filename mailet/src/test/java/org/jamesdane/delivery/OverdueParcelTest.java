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

import org.jamesdane.delivery.schedule.Dispatcher;
import org.jamesdane.delivery.schedule.Reachability;
import org.jamesdane.delivery.schedule.TestParcel;
import org.junit.jupiter.api.Test;

/** Mail in line for a host that keeps every delivery busy, in a queue that leaves mail in line for so long only. */
class OverdueParcelTest {
    private static final Dispatcher.Limits LIMITS = new Dispatcher.Limits(2, 2);

    private final List<Runnable> busy = new ArrayList<>();
    private final List<Integer> left = new ArrayList<>();
    private final Dispatcher dispatcher = new Dispatcher(busy::add, LIMITS, () -> 0, new Random(1));
    private int requested;
    private final Dispatcher.Intake intake = dispatcher.intake(number -> requested += number);
    private boolean overdue;

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
        intake.start();
        for (int i = 0; i < LIMITS.inHand(); i++) {
            intake.offer(new Numbered(i));
        }
        int begun = busy.size();
        dispatcher.tick();
        assertThat(left).isEmpty();

        overdue = true;
        dispatcher.tick();
        dispatcher.tick();

        assertThat(left).hasSize(LIMITS.inHand() - begun).doesNotHaveDuplicates();
        assertThat(busy).as("what is under way goes on").hasSize(begun);
        assertThat(requested).isEqualTo(LIMITS.inHand() + left.size());
    }

    private final class Numbered extends TestParcel {
        private final int number;

        Numbered(int number) {
            this.number = number;
        }

        @Override
        public boolean isOverdue() {
            return overdue;
        }

        @Override
        public void leaveLine() {
            left.add(number);
        }

        @Override
        public Reachability attempt() {
            return Reachability.UNKNOWN;
        }

        @Override
        public void hold(Duration time) {
            left.add(-number);
        }

        @Override
        public void giveBack() {
            throw new IllegalStateException("nothing stops here");
        }
    }
}
