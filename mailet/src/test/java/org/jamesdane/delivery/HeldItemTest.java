/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.jamesdane.delivery.deferral.DeferralStore;
import org.jamesdane.delivery.mail.HoldingTime;
import org.jamesdane.delivery.mail.MailAccessException;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.delivery.mail.QueuedMail;
import org.jamesdane.smtp.Recipient;
import org.junit.jupiter.api.Test;

/** A mail whose queue leaves it here for 25 minutes. */
class HeldItemTest {
    private static final long HUNDRED_MEBIBYTES = 100L * 1024 * 1024;
    private static final Duration WHOLE = Duration.ofMinutes(25);

    private final TestMail mail = TestMail.to("bob@example.com");
    private final List<String> events = new ArrayList<>();
    private final HostRates rates = new HostRates();
    private Duration left = WHOLE;
    private HoldingTime holding = HoldingTime.DEFAULT;
    private boolean storeTakes = true;
    private boolean storeFails;
    private long nanos;
    private final HeldItem<TestMail> held = new HeldItem<>(new Item("queue"), new Store(), rates, () -> nanos);

    @Test
    void shouldLeaveAMailInItsQueueThatHasTime() throws Exception {
        left = Duration.ofMinutes(6);

        held.lookAfter();
        held.finish();

        assertThat(events).containsExactly("queue done");
    }

    @Test
    void shouldMoveAMailThatTakesTooLong() throws Exception {
        left = Duration.ofMinutes(5);

        held.lookAfter();
        held.lookAfter();
        assertThat(events).containsExactly("stored", "queue acknowledged");
        assertThat(held.left()).isGreaterThan(Duration.ofDays(1));

        held.finish();
        assertThat(events).containsExactly("stored", "queue acknowledged", "store done", "queue released");
    }

    @Test
    void shouldMoveAMailSoonerWhoseQueueWaitsForLess() {
        holding = new HoldingTime(Duration.ofSeconds(50));
        left = Duration.ofSeconds(11);
        held.lookAfter();
        assertThat(events).isEmpty();

        left = Duration.ofSeconds(10);
        held.lookAfter();

        assertThat(events).containsExactly("stored", "queue acknowledged");
    }

    @Test
    void shouldLeaveAMovedMailToTheStoreThatIsPutBack() throws Exception {
        left = Duration.ofMinutes(5);

        held.lookAfter();
        held.requeue();

        assertThat(events).containsExactly("stored", "queue acknowledged", "store put back", "queue released");
    }

    @Test
    void shouldEndWorkThatCameToNothing() {
        assertThat(held.setBack()).isPresent();
        left = Duration.ofMinutes(5);

        // It is in line now, and the queue's item alone is looked after.
        held.lookAfter();
        assertThat(held.isSettled()).isTrue();
        assertThat(events).isEmpty();
    }

    @Test
    void shouldNotWaitInLineOnceItWasMoved() throws Exception {
        left = Duration.ofMinutes(5);
        held.lookAfter();

        assertThat(held.setBack()).isEmpty();
        held.requeueAtOnce();
        assertThat(events).containsExactly("stored", "queue acknowledged", "store put back", "queue released");
    }

    @Test
    void shouldGiveBackInTimeWhatCannotBeStored() throws Exception {
        storeFails = true;
        left = Duration.ofMinutes(2);
        held.lookAfter();
        assertThat(events).containsExactly("stored in vain");
        assertThat(held.isReturned()).isFalse();

        left = Duration.ofMinutes(1);
        held.lookAfter();
        held.lookAfter();

        assertThat(events).containsExactly("stored in vain", "stored in vain", "queue given back");
        assertThat(held.isReturned()).isTrue();
    }

    @Test
    void shouldNotMoveAMailWhoseEndIsBeingTold() {
        left = Duration.ofMinutes(1);

        held.settle();
        held.lookAfter();

        assertThat(events).isEmpty();
    }

    @Test
    void shouldBeginWhatCanEndInTime() {
        assertThat(held.mayBegin("mx.example", 10_000)).isTrue();

        assertThat(events).isEmpty();
    }

    @Test
    void shouldStoreFirstWhatCannotEndInTime() {
        assertThat(held.mayBegin("mx.example", HUNDRED_MEBIBYTES)).isTrue();

        assertThat(events).containsExactly("stored", "queue acknowledged");
    }

    @Test
    void shouldNotBeginWhatCannotEndInTimeAndCannotBeStored() {
        storeTakes = false;

        assertThat(held.mayBegin("mx.example", HUNDRED_MEBIBYTES)).isFalse();
        left = Duration.ofMinutes(9);
        assertThat(held.mayBegin("mx.example", 10)).as("less than the final dot may take").isFalse();
    }

    @Test
    void shouldKnowTheRateOfAHost() {
        held.mayBegin("fast.example", 10_000);
        nanos += Duration.ofSeconds(1).toNanos();
        held.ended("fast.example", 10L * 1024 * 1024);
        held.mayBegin("slow.example", 10_000);
        nanos += Duration.ofSeconds(100).toNanos();
        held.ended("slow.example", 400L * 1024);

        assertThat(held.mayBegin("fast.example", HUNDRED_MEBIBYTES)).isTrue();
        assertThat(events).isEmpty();
        storeTakes = false;
        assertThat(held.mayBegin("slow.example", 10L * 1024 * 1024)).isFalse();
    }

    private final class Store implements DeferralStore<TestMail> {
        @Override
        public void defer(TestMail deferred, List<Recipient> recipients, MailHistory history, Duration delay) {
            throw new IllegalStateException("nothing is deferred here");
        }

        @Override
        public Optional<QueuedMail<TestMail>> storeInHand(TestMail stored, MailHistory history) throws MailAccessException {
            if (storeFails) {
                events.add("stored in vain");
                throw new MailAccessException("The disk is full", new IllegalStateException());
            }
            if (storeTakes) {
                events.add("stored");
                return Optional.of(new Item("store"));
            }
            return Optional.empty();
        }
    }

    private final class Item implements QueuedMail<TestMail> {
        private final String whose;

        Item(String whose) {
            this.whose = whose;
        }

        @Override
        public TestMail mail() {
            return mail;
        }

        @Override
        public void finish() {
            events.add(whose + " done");
        }

        @Override
        public void requeue() {
            events.add(whose + " put back");
        }

        @Override
        public Duration left() {
            return left;
        }

        @Override
        public HoldingTime holding() {
            return holding;
        }

        @Override
        public void acknowledge() {
            events.add(whose + " acknowledged");
        }

        @Override
        public void requeueEarly() {
            events.add(whose + " given back");
        }

        @Override
        public void release() {
            events.add(whose + " released");
        }
    }
}
