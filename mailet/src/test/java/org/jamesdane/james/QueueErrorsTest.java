/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;

import org.apache.james.queue.api.MailQueue;
import org.apache.james.queue.api.MailQueueName;
import org.apache.james.server.core.MailImpl;
import org.apache.mailet.Mail;
import org.awaitility.core.ConditionFactory;
import org.jamesdane.delivery.destination.Reachability;
import org.jamesdane.delivery.mail.QueuedMail;
import org.jamesdane.delivery.schedule.Dispatcher;
import org.jamesdane.delivery.schedule.TestQueuedMail;
import org.jamesdane.delivery.schedule.TestSuccesses;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;

/** An {@link Error} wherever a queue is consumed that never gives a sign of its own: its mail still comes, and each once. */
class QueueErrorsTest {
    /** Errors that nobody caught are what the test is about. */
    private static final ConditionFactory PATIENCE = await().dontCatchUncaughtExceptions();
    private final AtomicReference<String> place = new AtomicReference<>("");
    private final AtomicBoolean sprung = new AtomicBoolean();
    private final FaultyQueue queue = new FaultyQueue();
    private final List<String> attempted = new CopyOnWriteArrayList<>();
    private final AtomicLong nanos = new AtomicLong();
    private final Dispatcher dispatcher =
        new Dispatcher(Runnable::run, new Dispatcher.Limits(4, 4), System::nanoTime, new Random(1), TestSuccesses.ALL);
    private final QueueConsumption consumption = new QueueConsumption(queue, this::intake, this::arrived, () -> 0, nanos::get, false);

    @AfterEach
    void stop() {
        consumption.stop();
        dispatcher.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"name", "dequeue", "subscribe", "request", "arrived", "attempt"})
    void shouldGoOnTakingMailWhateverThrowsAnError(String where) {
        for (int i = 0; i < 20; i++) {
            queue.add("mail-" + i);
        }
        place.set(where);

        consumption.start();

        PATIENCE.alias(where).until(() -> {
            nanos.addAndGet(Duration.ofSeconds(5).toNanos());
            consumption.tick();
            dispatcher.tick();
            queue.give();
            return attempted.size() >= 20;
        });
        assertThat(sprung).isTrue();
        assertThat(attempted).doesNotHaveDuplicates().hasSize(20);
        assertThat(consumption.isConsumed()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"name", "dequeue", "subscribe"})
    void shouldKnowThatAQueueIsNotConsumed(String where) {
        place.set(where);

        consumption.start();

        PATIENCE.alias(where).until(() -> !consumption.isConsumed());
    }

    private Dispatcher.Intake<JamesMail> intake(IntConsumer request) {
        return dispatcher.intake(TestQueuedMail.worker(), Runnable::run, request);
    }

    private void pass(String where) {
        if (where.equals(place.get()) && sprung.compareAndSet(false, true)) {
            throw new StackOverflowError("a trap at " + where);
        }
    }

    private QueuedMail<JamesMail> arrived(MailQueue.MailQueueItem item, TakenMail.Origin origin) {
        pass("arrived");
        return new TestQueuedMail<>() {
            @Override
            protected Reachability attempt() {
                attempted.add(item.getMail().getName());
                origin.ended();
                pass("attempt");
                return Reachability.REACHED;
            }

            @Override
            protected void hold(Duration time) {
                attempted.add(item.getMail().getName());
                origin.ended();
            }

            @Override
            public void requeueAtOnce() {
                queue.add(item.getMail().getName());
                origin.ended();
            }
        };
    }

    /** A queue that gives as much as it is asked for, to whom has subscribed last. */
    private final class FaultyQueue implements MailQueue {
        private final Deque<String> names = new ArrayDeque<>();
        private @Nullable FluxSink<MailQueueItem> last;
        private long wanted;

        synchronized void add(String name) {
            names.add(name);
        }

        /** Gives on one thread, as a broker does. */
        void give() {
            for (Optional<String> name = next(); name.isPresent(); name = next()) {
                MailImpl mail = MailImpl.builder().name(name.get()).build();
                Objects.requireNonNull(last, "nobody has subscribed").next(new MailQueueItem() {
                    @Override
                    public Mail getMail() {
                        return mail;
                    }

                    @Override
                    public void done(CompletionStatus status) {
                        if (status == CompletionStatus.RETRY) {
                            add(mail.getName());
                        }
                    }
                });
            }
        }

        private synchronized Optional<String> next() {
            if (last == null || wanted == 0 || names.isEmpty()) {
                return Optional.empty();
            }
            wanted--;
            return Optional.of(names.remove());
        }

        @Override
        public Publisher<MailQueueItem> deQueue() {
            pass("dequeue");
            return Flux.create(created -> {
                pass("subscribe");
                synchronized (this) {
                    last = created;
                    wanted = 0;
                }
                created.onRequest(this::request);
            });
        }

        private void request(long number) {
            pass("request");
            synchronized (this) {
                wanted += number;
            }
        }

        @Override
        public MailQueueName getName() {
            pass("name");
            return MailQueueName.of("outgoing");
        }

        @Override
        public void enQueue(Mail mail, Duration delay) {
            add(mail.getName());
        }

        @Override
        public void enQueue(Mail mail) {
            add(mail.getName());
        }

        @Override
        public Publisher<Void> enqueueReactive(Mail mail) {
            return Mono.empty();
        }

        @Override
        public void close() {
        }
    }
}
