/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.apache.james.queue.api.MailQueue;
import org.apache.james.queue.api.MailQueue.MailQueueItem;
import org.jamesdane.delivery.mail.QueuedMail;
import org.jamesdane.delivery.schedule.Dispatcher;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SignalType;
import reactor.core.scheduler.Schedulers;

/**
 * Subscription to a queue of James, kept alive: where the queue ends it, fails, or may have silently lost it, the queue is consumed anew.
 *
 * <p>A subscription that was replaced is ended only when it gives out a mail itself. By then its successor must have had mail, and no mail
 * of the replaced subscription may be in hand. While its connection is away it cannot be ended: the broker's client would bring it back to
 * life without anybody who takes its mail. The successor may have another connection, so its mail says nothing about that. Until then what
 * the former subscription gives out is delivered like any other mail.
 *
 * <p>No thread inside the queue is ever interrupted. Stopping only ends asking for mail. A queue that hands out mail in advance gets back
 * what comes late. A queue that is asked in turn would give out the same mail at once, as often as it was asked before. There the reader
 * keeps the first late mail; the queue has the mail back when this process ends.
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
     * Queues that are asked for each mail in turn. They answer each time and report what is wrong; none loses a subscription in silence.
     */
    private static final Pattern ASKED_IN_TURN = Pattern.compile("org\\.apache\\.james\\.queue\\.(activemq|jms|memory|file)\\..*");
    /** Subscriptions that were replaced and wait for a sign of life from their queue, at most. The oldest is ended without one. */
    private static final int MOST_REPLACED = 3;

    /** Receiver of what the queue gives out. */
    @FunctionalInterface
    interface Arrivals {
        /**
         * Takes a mail.
         *
         * @return what is to be dispatched; null if nothing is
         */
        @Nullable QueuedMail<JamesMail> arrived(MailQueueItem item, TakenMail.Origin origin);
    }

    private final MailQueue queue;
    private final Function<IntConsumer, Dispatcher.Intake<JamesMail>> intakes;
    private final Arrivals arrivals;
    private final IntSupplier inHand;
    private final LongSupplier nanos;
    private final boolean mayFallSilent;
    @GuardedBy("this")
    private @Nullable Subscriber present;
    @GuardedBy("this")
    private final Deque<Subscriber> replaced = new ArrayDeque<>();
    /** Time at which the queue is consumed anew, unless there is an event before. */
    @GuardedBy("this")
    private long renewAt;
    @GuardedBy("this")
    private boolean subscribed;
    @GuardedBy("this")
    private boolean eventSeen;
    /** Mark of a present subscription that has given out mail. */
    @GuardedBy("this")
    private boolean alive;
    private volatile boolean closed;

    /**
     * Prepares; nothing is taken before {@link #start}.
     *
     * @param intakes opens a way in to the dispatcher for each subscription
     * @param inHand the number of mails that were taken and are not done with
     * @param nanos a clock that nobody sets
     */
    QueueConsumption(MailQueue queue, Function<IntConsumer, Dispatcher.Intake<JamesMail>> intakes, Arrivals arrivals, IntSupplier inHand,
            LongSupplier nanos) {
        this(queue, intakes, arrivals, inHand, nanos, !ASKED_IN_TURN.matcher(queue.getClass().getName()).matches());
    }

    QueueConsumption(MailQueue queue, Function<IntConsumer, Dispatcher.Intake<JamesMail>> intakes, Arrivals arrivals, IntSupplier inHand,
            LongSupplier nanos, boolean mayFallSilent) {
        this.queue = queue;
        this.intakes = intakes;
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

    /** Tests whether nothing more is asked for. */
    boolean isStopped() {
        return closed;
    }

    /** Tests whether the queue is consumed, as far as this can be known here. */
    synchronized boolean isConsumed() {
        return subscribed;
    }

    /** A mail could not be taken out of the queue or put back: the channel that it came through may be gone. */
    private void returnFailed(Subscriber source) {
        synchronized (this) {
            if (!mayFallSilent || !subscribed || source != present || closed) {
                return;
            }
            LOGGER.warn("The queue {} did not take a mail's end; it is consumed anew", name());
            subscribed = false;
            renewAt = nanos.getAsLong() + AGAIN_AFTER.toNanos();
        }
        // The queue gives out again what waits in line here.
        source.intake.requeue();
    }

    /** Consumes the queue anew where that is due. For every second or so. */
    void tick() {
        Subscriber former;
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
            former = present;
        }
        renew(former);
    }

    private void renew(@Nullable Subscriber former) {
        Subscriber next = new Subscriber();
        Subscriber oldest = null;
        synchronized (this) {
            if (closed || present != former) {
                return;
            }
            if (former != null && !former.isOver()) {
                replaced.addLast(former);
                oldest = replaced.size() > MOST_REPLACED ? replaced.removeFirst() : null;
            }
            present = next;
            alive = false;
            subscribed = true;
            renewAt = nanos.getAsLong() + (eventSeen || former == null ? SILENCE : LONG_SILENCE).toNanos();
            eventSeen = false;
        }
        if (oldest != null) {
            oldest.retire();
        }
        next.begin();
    }

    /** A subscription gives out mail, so its connection is there: if it was replaced by one that works, it can be ended. */
    private void lives(Subscriber source) {
        synchronized (this) {
            alive |= source == present;
            if (!alive || !replaced.remove(source)) {
                return;
            }
        }
        source.retire();
    }

    /** A subscription that was to be ended has lost its connection: it is ended another time. */
    private synchronized void keep(Subscriber source) {
        if (source != present && !replaced.contains(source)) {
            replaced.addLast(source);
        }
    }

    private synchronized void event(Subscriber source) {
        if (source == present && subscribed) {
            eventSeen = true;
            renewAt = nanos.getAsLong() + SILENCE.toNanos();
        }
    }

    private synchronized boolean isLost(Subscriber source) {
        replaced.remove(source);
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

    /** Subscription that hands mails to the dispatcher, which asks for more when there is room for them. */
    private final class Subscriber extends BaseSubscriber<MailQueueItem> implements TakenMail.Origin {
        private final Dispatcher.Intake<JamesMail> intake = intakes.apply(this::requestMails);
        /** JMS queues wait for mail on the thread that subscribes or asks for more. */
        private final ExecutorService reader = new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, "dane-queue-" + name());
            thread.setDaemon(true);
            thread.setUncaughtExceptionHandler((ended, e) -> died(e));
            return thread;
        });
        private final AtomicInteger taken = new AtomicInteger();
        private final AtomicBoolean retired = new AtomicBoolean();
        private volatile boolean over;

        void begin() {
            try {
                reader.execute(this::subscribe);
            } catch (Throwable e) {
                // When the system has no thread left, the JDK says so by an OutOfMemoryError.
                hookOnError(e);
            }
        }

        /** Counts the subscription as lost, since the library tells of an {@link Error} nobody but the thread's handler. */
        private void died(Throwable e) {
            hookOnError(e);
            retire();
        }

        boolean isOver() {
            return over;
        }

        /** Takes no more, and ends once nothing of it is in hand: what is would be given out a second time. */
        void retire() {
            reader.execute(() -> {
                intake.stop();
                retired.set(true);
                leaveIfDone();
            });
        }

        private void leaveIfDone() {
            if (taken.get() == 0 && retired.compareAndSet(true, false)) {
                reader.execute(this::leave);
            }
        }

        @Override
        public void returnFailed() {
            if (retired.compareAndSet(true, false)) {
                keep(this);
            }
            QueueConsumption.this.returnFailed(this);
        }

        @Override
        public void ended() {
            taken.decrementAndGet();
            leaveIfDone();
        }

        private void subscribe() {
            // As a plain executor: a scheduler of the library would interrupt its thread when the subscription ends.
            Flux.from(queue.deQueue()).subscribeOn(Schedulers.fromExecutor((Runnable task) -> reader.execute(task))).subscribe(this);
        }

        private void leave() {
            try {
                cancel();
            } catch (Throwable e) {
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

        /** Takes a mail, and throws nothing: the library would leave an {@link Error} to the queue's own thread. */
        @Override
        protected void hookOnNext(MailQueueItem item) {
            if (closed && !mayFallSilent) {
                LOGGER.debug("The mail {} of {} came after the end; it stays there until the next start", item.getMail().getName(), name());
                keepUntilTheEnd();
            }
            try {
                event(this);
                taken.incrementAndGet();
                QueuedMail<JamesMail> mail = arrived(item);
                if (mail == null) {
                    taken.decrementAndGet();
                    intake.passOver();
                } else {
                    intake.offer(mail);
                }
                lives(this);
            } catch (Throwable e) {
                LOGGER.error("A mail of the queue {} could not be taken in good order", name(), e);
            }
        }

        private @Nullable QueuedMail<JamesMail> arrived(MailQueueItem item) {
            try {
                return arrivals.arrived(item, this);
            } catch (Throwable e) {
                LOGGER.error("A mail of the queue {} could not be looked at; it goes back", name(), e);
                requeueAtOnce(item);
                return null;
            }
        }

        private void requeueAtOnce(MailQueueItem item) {
            try {
                item.done(MailQueueItem.CompletionStatus.RETRY);
            } catch (Throwable e) {
                LOGGER.error("A mail of the queue {} could not be given back; the queue is consumed anew", name(), e);
                returnFailed();
            }
        }

        /** Holds the reader, which is a daemon, so that the queue gives out nothing more. */
        private void keepUntilTheEnd() {
            while (closed) {
                LockSupport.park(this);
                if (Thread.interrupted()) {
                    LOGGER.debug("The reader of {} stays where it is", name());
                }
            }
        }

        @Override
        protected void hookFinally(SignalType type) {
            over = true;
            intake.stop();
        }

        @Override
        protected void hookOnError(Throwable throwable) {
            if (isLost(this)) {
                LOGGER.error("The queue {} could not be read; it is tried again in {} s", name(), AGAIN_AFTER.toSeconds(), throwable);
            } else {
                LOGGER.debug("A subscription to {} that is no longer used has failed", name(), throwable);
            }
        }

        @Override
        protected void hookOnComplete() {
            if (isLost(this)) {
                LOGGER.warn("The queue {} has ended its subscription; it is consumed anew in {} s", name(), AGAIN_AFTER.toSeconds());
            }
        }
    }
}
