/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

import org.apache.james.queue.api.MailQueue;
import org.apache.james.queue.api.MailQueue.MailQueueItem;
import org.jamesdane.delivery.Dispatcher;
import org.jamesdane.delivery.Parcel;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SignalType;
import reactor.core.scheduler.Schedulers;

/**
 * Subscription to one of James's queues, kept alive: where the queue ends it, fails, or may have lost it without a word, the queue is
 * consumed anew.
 *
 * <p>No thread inside the queue is ever interrupted. Stopping only ends asking for mail; what comes late is given back.
 */
final class QueueConsumption {
    private static final Logger LOGGER = LoggerFactory.getLogger(QueueConsumption.class);
    /** Pause before a queue whose consumption broke is consumed again. */
    private static final Duration AGAIN_AFTER = Duration.ofSeconds(5);
    /** Silence after which a subscription may be one that its broker has forgotten. */
    private static final Duration SILENCE = Duration.ofMinutes(1);
    /** Time between renewals of a subscription that stays silent. */
    private static final Duration LONG_SILENCE = Duration.ofMinutes(10);
    /**
     * Queues that are asked for each mail in turn, and answer each time. They report what is wrong themselves, and what they take for a
     * subscription that has ended would be lost to sight.
     */
    private static final Pattern ASKED_IN_TURN = Pattern.compile("org\\.apache\\.james\\.queue\\.(activemq|jms|memory|file)\\..*");

    /** Receiver of what the queue gives out. */
    @FunctionalInterface
    interface Arrivals {
        /**
         * Takes a mail.
         *
         * @param returnFailed to be called if the mail could not be taken out of the queue or put back
         * @return what is to be dispatched; null if nothing is
         */
        @Nullable Parcel arrived(MailQueueItem item, Runnable returnFailed);
    }

    private final MailQueue queue;
    private final Dispatcher dispatcher;
    private final Arrivals arrivals;
    private final IntSupplier inHand;
    private final LongSupplier nanos;
    private final boolean mayFallSilent;
    /** Guarded by this, as are the three below. */
    private @Nullable Subscriber present;
    /** When the queue is to be consumed anew, unless there is an event before. */
    private long renewAt;
    private boolean subscribed;
    private boolean eventSeen;
    private volatile boolean closed;

    /**
     * Prepares; nothing is taken before {@link #start}.
     *
     * @param inHand the number of mails that were taken and are not done with
     * @param nanos a clock that nobody sets
     */
    QueueConsumption(MailQueue queue, Dispatcher dispatcher, Arrivals arrivals, IntSupplier inHand, LongSupplier nanos) {
        this(queue, dispatcher, arrivals, inHand, nanos, !ASKED_IN_TURN.matcher(queue.getClass().getName()).matches());
    }

    QueueConsumption(MailQueue queue, Dispatcher dispatcher, Arrivals arrivals, IntSupplier inHand, LongSupplier nanos,
            boolean mayFallSilent) {
        this.queue = queue;
        this.dispatcher = dispatcher;
        this.arrivals = arrivals;
        this.inHand = inHand;
        this.nanos = nanos;
        this.mayFallSilent = mayFallSilent;
    }

    /** Begins. */
    void start() {
        renew(null);
    }

    /** Asks for nothing more. */
    void stop() {
        closed = true;
    }

    /** Whether nothing more is asked for. */
    boolean isStopped() {
        return closed;
    }

    /** Whether the queue is consumed, as far as it can be known here. */
    synchronized boolean isConsumed() {
        return subscribed;
    }

    /** A mail could not be taken out of the queue or put back: the channel that it came through may be gone. */
    private synchronized void returnFailed(Subscriber source) {
        if (mayFallSilent && subscribed && source == present && !closed) {
            LOGGER.warn("The queue {} did not take a mail's end; it is consumed anew", name());
            subscribed = false;
            renewAt = nanos.getAsLong() + AGAIN_AFTER.toNanos();
        }
    }

    /** Consumes the queue anew where that is due. For every second or so. */
    void tick() {
        Subscriber replaced;
        synchronized (this) {
            if (closed || nanos.getAsLong() - renewAt < 0) {
                return;
            }
            if (subscribed) {
                if (!mayFallSilent || inHand.getAsInt() > 0) {
                    return;
                }
                LOGGER.debug("The queue {} is consumed anew: it has been silent", name());
            }
            replaced = present;
        }
        renew(replaced);
    }

    private void renew(@Nullable Subscriber replaced) {
        Subscriber next = new Subscriber();
        synchronized (this) {
            if (closed || present != replaced) {
                return;
            }
            present = next;
            subscribed = true;
            renewAt = nanos.getAsLong() + (eventSeen || replaced == null ? SILENCE : LONG_SILENCE).toNanos();
            eventSeen = false;
        }
        next.begin(replaced);
    }

    private synchronized void event(Subscriber source) {
        if (source == present && subscribed) {
            eventSeen = true;
            renewAt = nanos.getAsLong() + SILENCE.toNanos();
        }
    }

    private synchronized boolean ended(Subscriber source) {
        if (closed || source != present) {
            return false;
        }
        subscribed = false;
        renewAt = nanos.getAsLong() + AGAIN_AFTER.toNanos();
        return true;
    }

    private String name() {
        return queue.getName().asString();
    }

    /** One subscription, which hands mails to the dispatcher; that asks for more when there is room for them. */
    private final class Subscriber extends BaseSubscriber<MailQueueItem> {
        private final Dispatcher.Intake intake = dispatcher.intake(this::requestMails);
        /** JMS queues wait for mail on the thread that subscribes or asks for more. */
        private final ExecutorService reader = new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, "dane-queue-" + name());
            thread.setDaemon(true);
            return thread;
        });

        void begin(@Nullable Subscriber replaced) {
            reader.execute(() -> {
                if (replaced != null) {
                    replaced.leave();
                }
                subscribe();
            });
        }

        private void subscribe() {
            try {
                // As a plain executor: a scheduler of the library would interrupt its thread when the subscription ends.
                Flux.from(queue.deQueue()).subscribeOn(Schedulers.fromExecutor((Runnable task) -> reader.execute(task))).subscribe(this);
            } catch (RuntimeException e) {
                hookOnError(e);
                intake.stop();
            }
        }

        private void leave() {
            try {
                cancel();
            } catch (RuntimeException e) {
                LOGGER.debug("The former subscription to {} could not be ended in order", name(), e);
            }
            reader.shutdown();
        }

        private void requestMails(int number) {
            if (!closed) {
                request(number);
            }
        }

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            intake.start();
        }

        @Override
        protected void hookOnNext(MailQueueItem item) {
            event(this);
            Parcel parcel = arrivals.arrived(item, () -> returnFailed(this));
            if (parcel == null) {
                intake.passOver();
            } else {
                intake.offer(parcel);
            }
        }

        @Override
        protected void hookFinally(SignalType type) {
            intake.stop();
        }

        @Override
        protected void hookOnError(Throwable throwable) {
            if (ended(this)) {
                LOGGER.error("The queue {} could not be read; it is tried again in {} s", name(), AGAIN_AFTER.toSeconds(), throwable);
            } else {
                LOGGER.debug("A subscription to {} that is no longer used has failed", name(), throwable);
            }
        }

        @Override
        protected void hookOnComplete() {
            if (ended(this)) {
                LOGGER.warn("The queue {} has ended its subscription; it is consumed anew in {} s", name(), AGAIN_AFTER.toSeconds());
            }
        }
    }
}
