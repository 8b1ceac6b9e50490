/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.delivery.destination.AttemptEnd;
import org.jamesdane.delivery.destination.Reachability;
import org.jamesdane.delivery.destination.SitePass;
import org.jamesdane.delivery.mail.FailureNotice;
import org.jamesdane.delivery.mail.MailAccessException;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.delivery.mail.OutcomeListener;
import org.jamesdane.delivery.mail.QueuedMail;
import org.jamesdane.delivery.retry.RetrySchedule;
import org.jamesdane.smtp.Recipient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Work on mails as their queue gives them out. */
class QueueWorkerTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Instant now = Instant.now();
    private final Deliveries world = new Deliveries(85);
    private final List<String> events = new ArrayList<>();
    private final FakeDns dns = world.dane(world.start(world.tls(Deliveries.HOST)));
    private final QueueWorker<TestMail> worker = new QueueWorker<>(new DeliveryWorker<>(world.attempt(dns),
        (stored, recipients, history, delay) -> events.add("stored for " + delay), new Listener(),
        new DeliveryWorker.Rules(new RetrySchedule(List.of(Duration.ofMinutes(5)), Duration.ofDays(5)), 0), InstantSource.fixed(now),
        new Random(1), time -> false));

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void shouldHoldAMailThatHasBegun() {
        worker.hold(new Item(), MINUTE);

        assertThat(events).containsExactly("begun", "stored for PT1M", "done");
    }

    @Test
    void shouldTryAMailThatHasBegun() {
        assertThat(worker.process(new Item(), SitePass.FREE)).isEqualTo(new AttemptEnd.Ended(Reachability.REACHED, Reachability.REACHED));

        assertThat(events).containsExactly("begun", "delivered", "done");
    }

    @Test
    void shouldLeaveAMailAloneThatHasItsEnd() {
        Item item = new Item() {
            @Override
            public boolean begin() {
                return false;
            }
        };
        worker.hold(item, MINUTE);

        assertThat(worker.process(item, SitePass.FREE)).isEqualTo(AttemptEnd.NOTHING);
        assertThat(events).isEmpty();
    }

    @Test
    void shouldPutBackAMailThatCannotBegin() {
        Item item = new Item() {
            @Override
            public boolean begin() throws MailAccessException {
                throw new MailAccessException("a store that is away", new IllegalStateException());
            }
        };
        assertThat(worker.process(item, SitePass.FREE)).isEqualTo(AttemptEnd.NOTHING);
        worker.hold(item, MINUTE);

        assertThat(events).containsExactly("put back", "put back");
    }

    @Test
    void shouldPutBackAMailWhoseWorkFails() {
        Item item = new Item() {
            @Override
            public TestMail mail() {
                throw new StackOverflowError("a trap");
            }
        };
        worker.hold(item, MINUTE);

        assertThat(events).containsExactly("begun", "put back");
    }

    @Test
    void shouldGoOnAfterAMailThatCannotBePutBack() {
        Item item = new Item() {
            @Override
            public boolean begin() {
                throw new StackOverflowError("a trap");
            }

            @Override
            public void requeue() {
                throw new StackOverflowError("another trap");
            }
        };

        assertThat(worker.process(item, SitePass.FREE)).isEqualTo(AttemptEnd.NOTHING);
    }

    @Test
    void shouldTakeAMailAsSentForByItsMarkOrByItsTime() {
        assertThat(worker.isSentFor(new Item())).isFalse();
        assertThat(worker.isSentFor(new Item() {
            @Override
            public boolean isSentFor() {
                return true;
            }
        })).isTrue();
        assertThat(worker.isSentFor(new Item() {
            @Override
            public MailHistory history() {
                return MailHistory.NEW.dueAt(now.plusSeconds(60));
            }
        })).isTrue();
    }

    @Test
    void shouldLetAMailWaitForNoLongerThanItLives() {
        assertThat(worker.canWait(new Item(), MINUTE)).isTrue();
        assertThat(worker.canWait(new Item(), Duration.ofDays(5))).isFalse();
    }

    private class Item implements QueuedMail<TestMail> {
        @Override
        public String name() {
            return "mail-1";
        }

        @Override
        public MailHistory history() {
            return MailHistory.NEW;
        }

        @Override
        public boolean begin() throws MailAccessException {
            events.add("begun");
            return true;
        }

        @Override
        public TestMail mail() {
            return TestMail.to("bob@example.com");
        }

        @Override
        public void finish() {
            events.add("done");
        }

        @Override
        public void requeue() {
            events.add("put back");
        }
    }

    private final class Listener implements OutcomeListener<TestMail> {
        @Override
        public void delivered(TestMail mail, List<Recipient> recipients, SecurityLabel label) {
            events.add("delivered");
        }

        @Override
        public void failed(TestMail mail, List<Recipient> recipients, FailureNotice notice) {
            events.add("told");
        }
    }
}
