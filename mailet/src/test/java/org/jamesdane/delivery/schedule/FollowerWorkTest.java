/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;

import org.jamesdane.delivery.destination.AttemptEnd;
import org.jamesdane.delivery.destination.ManualTicker;
import org.jamesdane.delivery.destination.SitePass;
import org.jamesdane.delivery.mail.OutboundMail;
import org.jamesdane.delivery.mail.QueuedMail;
import org.junit.jupiter.api.Test;

/** Work on a mail that begins while the mail before it is under way. */
class FollowerWorkTest {
    private static final String DESTINATION = "somewhere.example";

    private final ManualTicker ticker = new ManualTicker();
    private final List<String> dispatched = new ArrayList<>();

    @Test
    void shouldReadyAFollowerForAnotherTurnWhenItsCommandsWereNotSent() {
        Begun begun = new Begun(false);
        dispatch(begun, AttemptEnd.NOTHING);

        assertThat(begun.setBack).isEqualTo(1);
        assertThat(dispatched).containsExactly("first", "second");
    }

    @Test
    void shouldReadyLeaderAndFollowerForAnotherTurnAfterAYield() {
        Begun begun = new Begun(true);
        dispatch(begun, new AttemptEnd.Yielded());

        assertThat(begun.setBack).isEqualTo(1);
        assertThat(dispatched).containsExactly("first", "first", "second");
    }

    @Test
    void shouldWorkOnWhatWasBegunOfAnAwaitedFollower() {
        Begun begun = new Begun(true);
        dispatch(begun, AttemptEnd.NOTHING);

        assertThat(begun.setBack).isZero();
        assertThat(dispatched).containsExactly("first", "begun");
    }

    /** Sends two mails, where work on the second begins while the first, which ends so at its first turn, is under way. */
    private void dispatch(Begun begun, AttemptEnd end) {
        Deque<Runnable> threads = new ArrayDeque<>();
        Dispatcher dispatcher = new Dispatcher(threads::add, new Dispatcher.Limits(8, 1), ticker, new Random(1), TestSuccesses.ALL);
        Dispatcher.Intake<OutboundMail> intake = dispatcher.intake(new MailWorker<OutboundMail>() {
            @Override
            public AttemptEnd process(QueuedMail<OutboundMail> mail, SitePass pass) {
                throw new AssertionError("the line is known here");
            }

            @Override
            public AttemptEnd process(QueuedMail<OutboundMail> mail, SitePass pass, Line<OutboundMail> line) {
                dispatched.add(mail.name());
                if (dispatched.size() > 1) {
                    return AttemptEnd.NOTHING;
                }
                assertThat(line.next(next -> Optional.of(begun.of(next)))).isPresent();
                assertThat(line.next(next -> Optional.of(begun.of(next)))).isEmpty();
                return end;
            }

            @Override
            public void hold(QueuedMail<OutboundMail> mail, Duration time) {
                throw new AssertionError("nothing is held here");
            }

            @Override
            public boolean canWait(QueuedMail<OutboundMail> mail, Duration time) {
                return true;
            }

            @Override
            public boolean isSentFor(QueuedMail<OutboundMail> mail) {
                return false;
            }
        }, Runnable::run, number -> { });
        intake.start();
        intake.offer(new UntouchedMail("first", DESTINATION));
        intake.offer(new UntouchedMail("second", DESTINATION));
        for (Runnable work = threads.poll(); work != null; work = threads.poll()) {
            work.run();
        }
        assertThat(dispatcher.waiting()).isZero();
        assertThat(dispatcher.status().underWay()).isZero();
    }

    /** A mail on which work has begun. */
    private static final class Begun extends UntouchedMail {
        private final boolean awaited;
        private Optional<QueuedMail<OutboundMail>> before = Optional.empty();
        private int setBack;

        Begun(boolean awaited) {
            super("begun", DESTINATION);
            this.awaited = awaited;
        }

        private Begun of(QueuedMail<OutboundMail> mail) {
            before = Optional.of(mail);
            return this;
        }

        @Override
        public boolean isAwaited() {
            return awaited;
        }

        @Override
        public Optional<QueuedMail<OutboundMail>> setBack() {
            setBack++;
            return before;
        }
    }
}
