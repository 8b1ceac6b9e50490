/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.IntConsumer;

import org.apache.james.queue.api.MailQueue;
import org.apache.james.queue.api.MailQueueName;
import org.apache.james.server.core.MailImpl;
import org.apache.mailet.Mail;
import org.jamesdane.delivery.destination.Reachability;
import org.jamesdane.delivery.mail.QueuedMail;
import org.jamesdane.delivery.schedule.Dispatcher;
import org.jamesdane.delivery.schedule.TestQueuedMail;
import org.jamesdane.delivery.schedule.TestSuccesses;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;

/** A queue that ends, fails or falls silent, on a clock that the test moves. */
class QueueConsumptionTest {
    private final SilentQueue queue = new SilentQueue();
    private final AtomicInteger inHand = new AtomicInteger();
    private final List<String> attempted = new CopyOnWriteArrayList<>();
    private final List<String> givenBack = new CopyOnWriteArrayList<>();
    private final List<Runnable> failures = new CopyOnWriteArrayList<>();
    private final List<Runnable> ends = new CopyOnWriteArrayList<>();
    private final Dispatcher dispatcher =
        new Dispatcher(Runnable::run, new Dispatcher.Limits(4, 4), System::nanoTime, new Random(1), TestSuccesses.ALL);
    private final AtomicLong nanos = new AtomicLong();
    private final QueueConsumption consumption = consumption(true);

    @Test
    void shouldTakeMail() {
        start();

        queue.give("mail-1");

        assertThat(attempted).containsExactly("mail-1");
        assertThat(consumption.isConsumed()).isTrue();
    }

    @Test
    void shouldConsumeAnewAfterAMinuteOfSilence() {
        start();
        queue.give("mail-1");

        pass(Duration.ofSeconds(59));
        assertThat(queue.subscriptions()).isEqualTo(1);
        pass(Duration.ofSeconds(1));
        awaitSubscription(2);

        queue.give("mail-2");
        assertThat(attempted).containsExactly("mail-1", "mail-2");
    }

    /** A broker's client revives what is cancelled while the broker is away, and nobody takes its mail. */
    @Test
    void shouldKeepAReplacedSubscriptionUntilItsSuccessorHasMail() {
        start();
        FluxSink<MailQueue.MailQueueItem> first = queue.sink();
        pass(Duration.ofMinutes(1));
        awaitSubscription(2);
        FluxSink<MailQueue.MailQueueItem> second = queue.sink();
        queue.give("mail-1", first);

        assertThat(attempted).as("what comes by the first all the same").containsExactly("mail-1");
        assertThat(queue.cancelled.get()).isZero();

        queue.give("mail-2", second);
        queue.give("mail-3", second);

        await().until(() -> attempted.equals(List.of("mail-1", "mail-2", "mail-3")));
        ends.get(0).run();
        assertThat(queue.cancelled.get()).as("its connection may be away").isZero();

        queue.give("mail-4", first);
        assertThat(queue.cancelled.get()).as("the first has mail in hand").isZero();
        failures.get(failures.size() - 1).run();
        ends.get(ends.size() - 1).run();
        assertThat(queue.cancelled.get()).as("it has lost its connection again").isZero();

        queue.give("mail-5", first);
        ends.get(ends.size() - 1).run();
        await().until(() -> queue.cancelled.get() == 1);
    }

    @Test
    void shouldKeepFewReplacedSubscriptions() {
        start();
        pass(Duration.ofMinutes(1));
        awaitSubscription(2);
        for (int i = 3; i <= 5; i++) {
            pass(Duration.ofMinutes(10));
            awaitSubscription(i);
        }

        await().until(() -> queue.cancelled.get() == 1);
        pass(Duration.ofMinutes(10));
        await().until(() -> queue.cancelled.get() == 2);
    }

    @Test
    void shouldPutBackWhatIsInLineBehindAFailedReturn() {
        QueueConsumption busy = new QueueConsumption(queue, intakes(new Dispatcher(task -> { }, new Dispatcher.Limits(1, 1),
            System::nanoTime, new Random(1), TestSuccesses.ALL)), this::arrived, inHand::get, nanos::get, true);
        busy.start();
        awaitSubscription(1);
        await().until(() -> queue.requested.get() > 0);
        queue.give("mail-1");
        queue.give("mail-2");

        failures.get(0).run();

        assertThat(givenBack).containsExactly("mail-2");
    }

    @Test
    void shouldWaitTenMinutesWhileItStaysSilent() {
        start();
        pass(Duration.ofMinutes(1));
        awaitSubscription(2);

        pass(Duration.ofMinutes(9));
        assertThat(queue.subscriptions()).isEqualTo(2);
        pass(Duration.ofMinutes(1));
        awaitSubscription(3);
    }

    @Test
    void shouldKeepASubscriptionWhoseMailIsInHand() {
        start();
        inHand.set(1);

        pass(Duration.ofMinutes(30));

        assertThat(queue.subscriptions()).isEqualTo(1);
    }

    @Test
    void shouldKeepTheSubscriptionToAQueueThatIsAskedInTurn() {
        QueueConsumption asked = consumption(false);
        asked.start();
        awaitSubscription(1);

        nanos.addAndGet(Duration.ofHours(1).toNanos());
        asked.tick();

        assertThat(queue.subscriptions()).isEqualTo(1);
    }

    @Test
    void shouldConsumeAnewAfterAFailedReturn() {
        start();
        queue.give("mail-1");
        inHand.set(7);

        failures.get(0).run();
        assertThat(consumption.isConsumed()).isFalse();
        pass(Duration.ofSeconds(5));
        awaitSubscription(2);

        failures.get(0).run();
        assertThat(consumption.isConsumed()).as("the failure of an earlier subscription's mail").isTrue();
    }

    @Test
    void shouldConsumeAnewWhenTheSubscriptionFails() {
        start();

        queue.sink().error(new IllegalStateException("the broker is away"));
        assertThat(consumption.isConsumed()).isFalse();
        pass(Duration.ofSeconds(5));

        awaitSubscription(2);
        queue.give("mail-1");
        assertThat(attempted).containsExactly("mail-1");
    }

    @Test
    void shouldGiveBackWhatComesAfterTheStop() {
        start();
        consumption.stop();
        dispatcher.close();

        queue.give("mail-1");

        assertThat(givenBack).containsExactly("mail-1");
        assertThat(queue.cancelled.get()).isZero();
        pass(Duration.ofHours(1));
        assertThat(queue.subscriptions()).isEqualTo(1);
    }

    /** Late mail that was given back would be given out anew each time, and be there twice if the process ended in between. */
    @Test
    void shouldKeepLateMailOfAQueueThatIsAskedInTurn() {
        QueueConsumption inTurn = consumption(false);
        inTurn.start();
        awaitSubscription(1);
        await().until(() -> queue.requested.get() > 0);
        inTurn.stop();
        Thread reader = new Thread(() -> {
            queue.give("mail-1");
            queue.give("mail-2");
        }, "reader of the queue");
        reader.setDaemon(true);
        reader.start();

        await().until(() -> reader.getState() == Thread.State.WAITING);
        reader.interrupt();
        await().until(() -> reader.getState() == Thread.State.WAITING && !reader.isInterrupted());
        assertThat(givenBack).isEmpty();
        assertThat(attempted).isEmpty();
        assertThat(ends).isEmpty();
    }

    @Test
    void shouldAskForNothingAfterTheStop() {
        start();
        int asked = queue.requested.get();
        consumption.stop();

        queue.give("mail-1");

        assertThat(attempted).containsExactly("mail-1");
        assertThat(queue.requested.get()).isEqualTo(asked);
        assertThat(consumption.isStopped()).isTrue();
    }

    @Test
    void shouldInterruptNobodyInsideTheQueue() {
        AtomicBoolean interrupted = new AtomicBoolean();
        queue.inside = () -> {
            try {
                // Longer than it takes to end a subscription whose thread is not in the way.
                TimeUnit.SECONDS.sleep(2);
            } catch (InterruptedException e) {
                interrupted.set(true);
            }
        };
        consumption.start();
        awaitSubscription(1);
        queue.inside = () -> { };
        FluxSink<MailQueue.MailQueueItem> first = queue.sink();

        pass(Duration.ofMinutes(1));
        awaitSubscription(2);
        await().until(() -> queue.requested.get() > 0);
        queue.give("mail-1");
        queue.give("mail-2", first);
        ends.get(1).run();
        await().until(() -> queue.cancelled.get() == 1);

        assertThat(interrupted).isFalse();
    }

    private QueueConsumption consumption(boolean mayFallSilent) {
        return new QueueConsumption(queue, intakes(dispatcher), this::arrived, inHand::get, nanos::get, mayFallSilent);
    }

    private static Function<IntConsumer, Dispatcher.Intake<JamesMail>> intakes(Dispatcher dispatcher) {
        return request -> dispatcher.intake(TestQueuedMail.worker(), Runnable::run, request);
    }

    private QueuedMail<JamesMail> arrived(MailQueue.MailQueueItem item, TakenMail.Origin origin) {
        failures.add(origin::returnFailed);
        ends.add(origin::ended);
        return new NamedMail(item.getMail().getName());
    }

    private void start() {
        consumption.start();
        awaitSubscription(1);
        await().until(() -> queue.requested.get() > 0);
    }

    private void awaitSubscription(int number) {
        await().until(() -> queue.subscriptions() == number);
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
        consumption.tick();
    }

    private final class NamedMail extends TestQueuedMail<JamesMail> {
        private final String name;

        NamedMail(String name) {
            this.name = name;
        }

        @Override
        protected Reachability attempt() {
            attempted.add(name);
            return Reachability.REACHED;
        }

        @Override
        protected void hold(Duration time) {
            attempted.add("held " + name);
        }

        @Override
        public void requeueAtOnce() {
            givenBack.add(name);
        }
    }

    /** A queue whose subscriptions last until the test ends them. */
    private static final class SilentQueue implements MailQueue {
        private final AtomicInteger subscribed = new AtomicInteger();
        private final AtomicInteger cancelled = new AtomicInteger();
        private final AtomicInteger requested = new AtomicInteger();
        private volatile Runnable inside = () -> { };
        private volatile @Nullable FluxSink<MailQueueItem> sink;

        FluxSink<MailQueueItem> sink() {
            return Objects.requireNonNull(sink, "nobody has subscribed");
        }

        int subscriptions() {
            return subscribed.get();
        }

        void give(String name) {
            give(name, sink());
        }

        void give(String name, FluxSink<MailQueueItem> to) {
            MailImpl mail = MailImpl.builder().name(name).build();
            to.next(new MailQueueItem() {
                @Override
                public Mail getMail() {
                    return mail;
                }

                @Override
                public void done(CompletionStatus status) {
                }
            });
        }

        @Override
        public Publisher<MailQueueItem> deQueue() {
            return Flux.create(created -> {
                created.onCancel(cancelled::incrementAndGet);
                created.onRequest(number -> requested.addAndGet((int) number));
                sink = created;
                subscribed.incrementAndGet();
                inside.run();
            });
        }

        @Override
        public MailQueueName getName() {
            return MailQueueName.of("outgoing");
        }

        @Override
        public void enQueue(Mail mail, Duration delay) {
        }

        @Override
        public void enQueue(Mail mail) {
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
