/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;

/** Mails that the dispatcher is given: last attempts, mails sent for, mails that go back, and mails without a thread. */
class DispatcherMailsTest extends DispatcherBed {
    @Test
    void shouldTryAtOnceWhatSomebodySentFor() {
        fill(20, "refuses", Behaviour.FAIL, true);
        queue.intake.start();
        await().until(() -> held.size() + attempted("refuses") == 20);
        int before = attempted("refuses");

        sentFor.add("refuses");
        queue.mails.add(new Mail("refuses", Behaviour.FAIL, true));
        queue.request(0);

        await().until(() -> attempted("refuses") == before + 1);
    }

    @Test
    void shouldMakeTheLastAttemptOfAMailThatCanWaitNoLonger() {
        fill(20, "refuses", Behaviour.FAIL, true);
        queue.mails.add(new Mail("refuses", Behaviour.FAIL, false));
        queue.intake.start();
        await().until(() -> held.size() + attempted("refuses") == 21);
        int before = attempted("refuses");

        queue.mails.add(new Mail("refuses", Behaviour.FAIL, false));
        queue.request(0);

        await().until(() -> attempted("refuses") == before + 1);
    }

    @Test
    void shouldLetNoMailWaitWhoseLifeEndsBeforeItsTurn() {
        fill(10, "stalls", Behaviour.STALL, true);
        Mail aging = new Mail("stalls", Behaviour.STALL, true);
        queue.mails.add(aging);
        queue.mails.add(new Mail("stalls", Behaviour.STALL, false));
        queue.intake.start();

        await().until(() -> attempted("stalls") == 2);
        aging.canWait = false;
        dispatcher.tick();
        await().until(() -> attempted("stalls") == 3);
        assertThat(dispatcher.waiting()).isEqualTo(9);
    }

    @Test
    void shouldTryNoMailTwiceBecauseAnotherCannotBeRead() {
        fill(3, "stalls", Behaviour.STALL, true);
        Mail aging = new Mail("stalls", Behaviour.STALL, true);
        Mail odd = new Mail("stalls", Behaviour.STALL, true);
        queue.mails.add(aging);
        queue.mails.add(odd);
        queue.intake.start();
        await().until(() -> dispatcher.waiting() == 4);

        aging.canWait = false;
        odd.readable = false;
        for (int i = 0; i < 3; i++) {
            dispatcher.tick();
        }
        await().until(() -> attempted("stalls") == 2);
        assertThat(dispatcher.waiting()).isEqualTo(3);
    }

    @Test
    void shouldGoOnWhenThereWasNoThreadForAWhile() {
        AtomicBoolean full = new AtomicBoolean(true);
        try (Dispatcher one = new Dispatcher(work -> {
            if (full.get()) {
                throw new OutOfMemoryError("unable to create native thread, as the test wants it");
            }
            threads.execute(work);
        }, LIMITS, ticker, new Random(1), TestSuccesses.ALL)) {
            Queue many = new Queue(one);
            for (int i = 0; i < 200; i++) {
                many.mails.add(new Mail("live" + i, Behaviour.TAKE, true));
            }
            many.intake.start();
            assertThat(givenBack).hasSize(LIMITS.deliveries());

            full.set(false);
            one.tick();
            await().until(() -> live() + givenBack.size() == 200);
            assertThat(live()).isPositive();
        }
    }

    @Test
    void shouldGiveBackTheMailsOfAQueueThatIsReadAnew() {
        fill(30, "stalls", Behaviour.STALL, true);
        queue.intake.start();
        await().until(() -> dispatcher.waiting() == 29);
        Queue other = new Queue(dispatcher);
        for (int i = 0; i < 10; i++) {
            other.mails.add(new Mail("stalls", Behaviour.STALL, true));
        }
        other.intake.start();
        await().until(() -> dispatcher.waiting() == 39);

        queue.intake.stop();

        assertThat(givenBack).hasSize(29);
        assertThat(dispatcher.waiting()).isEqualTo(10);
        other.intake.stop();
        assertThat(givenBack).hasSize(39);
        assertThat(dispatcher.waiting()).isZero();
    }

    @Test
    void shouldNotTakeAnExceptionForASuccessNorLoseItsPlace() {
        fill(10, "odd", Behaviour.THROW, true);
        queue.intake.start();

        await().until(() -> attempted("odd") == 10);
    }

    @Test
    void shouldGiveBackWhatWaitsWhenClosed() {
        fill(30, "stalls", Behaviour.STALL, true);
        queue.intake.start();
        await().until(() -> dispatcher.waiting() == 29);

        dispatcher.close();

        assertThat(givenBack).hasSize(29);
        queue.intake.offer(new Mail("late", Behaviour.TAKE, true));
        assertThat(givenBack).hasSize(30);
    }

    @Test
    void shouldAskForNothingMoreOnceStopped() {
        queue.intake.stop();
        fill(10, "live", Behaviour.TAKE, true);
        queue.intake.start();

        assertThat(queue.mails).hasSize(10);
        queue.intake.offer(new Mail("live", Behaviour.TAKE, true));
        assertThat(givenBack).hasSize(1);
    }
}
