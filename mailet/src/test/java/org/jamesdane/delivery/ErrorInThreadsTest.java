/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.jamesdane.delivery.Trap.Place;
import org.jamesdane.delivery.destination.Reachability;
import org.jamesdane.delivery.mail.OutboundMail;
import org.jamesdane.delivery.retry.StorageRetryQueue;
import org.jamesdane.delivery.retry.TimedStorageRetryQueue;
import org.jamesdane.delivery.schedule.Dispatcher;
import org.jamesdane.delivery.schedule.TestQueuedMail;
import org.jamesdane.delivery.schedule.TestSuccesses;
import org.junit.jupiter.api.Test;

/** An {@link Error} wherever mail is handed to threads: each mail ends once, and whatever comes later goes its way. */
class ErrorInThreadsTest {
    private static final Set<Place> OF_THE_LINE = Set.of(Place.THREAD, Place.CLOCK, Place.RANDOM, Place.ASK_QUEUE, Place.DESTINATION,
        Place.CAN_WAIT, Place.SENT_FOR, Place.OVERDUE, Place.ENDED);
    private static final Set<Place> OF_WHAT_WAITS = Set.of(Place.TIMER, Place.THREAD, Place.PAUSE, Place.AGAIN);
    private static final Place GIVEN_BACK = Place.GIVEN_BACK;
    static final Set<Place> PLACES = Set.of(Place.THREAD, Place.ASK_QUEUE, Place.DESTINATION, Place.CAN_WAIT, Place.SENT_FOR,
        Place.OVERDUE, Place.ENDED, Place.TIMER, Place.PAUSE, Place.AGAIN, Place.GIVEN_BACK);
    private static final int STEPS = 400;

    private final Trap trap = new Trap();

    @Test
    void shouldEndEachMailOnceWhateverThrowsAnError() {
        trap.disarm();
        new Line(false).runMails("undisturbed");
        Map<Place, Integer> calls = trap.calls();
        assertThat(calls).containsKeys(OF_THE_LINE.toArray(Place[]::new));
        OF_THE_LINE.forEach(place -> {
            for (int i = 1; i <= Math.min(STEPS, calls.getOrDefault(place, 0)); i++) {
                trap.set(place, i);
                String step = place + " " + i;
                Trap.bears(step, () -> new Line(false).runMails(step));
                assertThat(trap.sprung()).as(place + " " + i).isTrue();
            }
        });
    }

    @Test
    void shouldGiveBackTheOthersWhereOneCannotBe() {
        trap.set(GIVEN_BACK, 1);
        Line line = new Line(true);
        Trap.bears("", () -> {
            line.offer(3);
            line.dispatcher.close();
        });

        assertThat(trap.sprung()).isTrue();
        assertThat(line.givenBack).isEqualTo(3);
    }

    @Test
    void shouldGiveBackWhatIsRefusedByTheThreads() {
        Line line = new Line(true);
        line.offer(2);
        line.dispatcher.close();

        assertThat(line.givenBack).isEqualTo(2);
    }

    @Test
    void shouldEndWhatWaitsAsideWhateverThrowsAnError() throws Exception {
        trap.disarm();
        runAside("undisturbed");
        Map<Place, Integer> calls = trap.calls();
        assertThat(calls).containsKeys(OF_WHAT_WAITS.toArray(Place[]::new));
        for (Place place : OF_WHAT_WAITS) {
            for (int i = 1; i <= calls.getOrDefault(place, 0); i++) {
                trap.set(place, i);
                runAside(place + " " + i);
                assertThat(trap.sprung()).as(place + " " + i).isTrue();
            }
        }
    }

    /** Sets work aside that succeeds at its second try. */
    private void runAside(String step) throws InterruptedException {
        AtomicInteger tries = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1) {
            @Override
            public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
                trap.pass(Place.TIMER);
                return super.schedule(task, 0, unit);
            }
        };
        try (TimedStorageRetryQueue aside = new TimedStorageRetryQueue(timer, task -> {
            trap.pass(Place.THREAD);
            task.run();
        }, 1)) {
            StorageRetryQueue.Work work = new StorageRetryQueue.Work() {
                @Override
                public Duration pause(int failures) {
                    trap.pass(Place.PAUSE);
                    return Duration.ZERO;
                }

                @Override
                public boolean tryAgain() {
                    trap.pass(Place.AGAIN);
                    return tries.incrementAndGet() > 1 && done.incrementAndGet() > 0;
                }

                @Override
                public void giveUp() {
                    throw new AssertionError("it was given up");
                }
            };
            assertThat(aside.take(work)).as(step).isTrue();
            await(step).until(() -> {
                aside.tick();
                return done.get() == 1;
            });
            await("room after " + step).until(() -> aside.take(work));
        } finally {
            timer.shutdown();
        }
        assertThat(timer.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }

    /** A queue, a dispatcher and its threads, all of them driven by one thread. */
    private final class Line {
        private final Deque<Runnable> tasks = new ArrayDeque<>();
        private final Deque<String> mails = new ArrayDeque<>();
        private final List<String> ended = new ArrayList<>();
        private final Dispatcher dispatcher;
        private final Dispatcher.Intake<OutboundMail> intake;
        private long now;
        private int wanted;
        private int givenBack;
        private boolean giving;

        Line(boolean stopped) {
            Random numbers = new Random(1);
            dispatcher = new Dispatcher(task -> {
                if (stopped) {
                    throw new RejectedExecutionException("the threads have ended, as the test wants it");
                }
                trap.pass(Place.THREAD);
                tasks.add(task);
            }, new Dispatcher.Limits(4, 2), () -> {
                trap.pass(Place.CLOCK);
                return now;
            }, () -> {
                trap.pass(Place.RANDOM);
                return numbers.nextLong();
            }, TestSuccesses.ALL);
            intake = dispatcher.intake(TestQueuedMail.worker(), Runnable::run, number -> {
                trap.pass(Place.ASK_QUEUE);
                wanted += number;
            });
            intake.start();
        }

        void offer(int number) {
            for (int i = 0; i < number; i++) {
                intake.offer(new Mail("mail-" + i, "live.example"));
            }
        }

        /** Runs a load of mails, and then another, which shows that all places are free again. */
        void runMails(String step) {
            for (String load : List.of("first", "second")) {
                for (int i = 0; i < 9; i++) {
                    mails.add(load + i + "@" + List.of("live.example", "fails.example", "last.example").get(i % 3));
                }
                List<String> all = List.copyOf(mails);
                for (int seconds = 0; seconds < 60; seconds++) {
                    give();
                    // One a second, so that others wait.
                    Runnable task = tasks.poll();
                    if (task != null) {
                        task.run();
                    }
                    now += Duration.ofSeconds(1).toNanos();
                    dispatcher.tick();
                }
                assertThat(ended).as(step + ", " + load).containsExactlyInAnyOrderElementsOf(all);
                assertThat(dispatcher.waiting()).as(step).isZero();
                ended.clear();
            }
        }

        private void give() {
            if (giving) {
                return;
            }
            giving = true;
            while (wanted > 0 && !mails.isEmpty()) {
                wanted--;
                String name = mails.remove();
                intake.offer(new Mail(name, name.substring(name.indexOf('@') + 1)));
            }
            giving = false;
        }

        private final class Mail extends TestQueuedMail<OutboundMail> {
            private final String name;
            private final String destination;

            Mail(String name, String destination) {
                this.name = name;
                this.destination = destination;
            }

            @Override
            public String destination() {
                trap.pass(Place.DESTINATION);
                return destination;
            }

            @Override
            protected boolean canWait(Duration time) {
                trap.pass(Place.CAN_WAIT);
                return !"last.example".equals(destination);
            }

            @Override
            public boolean isSentFor() {
                trap.pass(Place.SENT_FOR);
                return false;
            }

            @Override
            public boolean isOverdue() {
                trap.pass(Place.OVERDUE);
                return false;
            }

            @Override
            protected Reachability attempt() {
                ended.add(name);
                trap.pass(Place.ENDED);
                return "fails.example".equals(destination) ? Reachability.FAILED : Reachability.REACHED;
            }

            @Override
            protected void hold(Duration time) {
                ended.add(name);
                trap.pass(Place.ENDED);
            }

            @Override
            public void requeueAtOnce() {
                givenBack++;
                mails.add(name);
                trap.pass(Place.GIVEN_BACK);
            }
        }
    }
}
