/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

import org.apache.james.lifecycle.api.LifecycleUtil;
import org.apache.james.queue.api.MailQueue;
import org.apache.james.queue.api.MailQueue.MailQueueItem;
import org.apache.james.queue.api.MailQueue.MailQueueItem.CompletionStatus;
import org.apache.james.util.MDCBuilder;
import org.apache.mailet.Mail;
import org.jamesdane.dane.EnhancedCode;
import org.jamesdane.delivery.DeliveryWorker;
import org.jamesdane.delivery.Dispatcher;
import org.jamesdane.delivery.FailureNotice;
import org.jamesdane.delivery.MailAccessException;
import org.jamesdane.delivery.MailHistory;
import org.jamesdane.delivery.Parcel;
import org.jamesdane.delivery.Patience;
import org.jamesdane.delivery.QueueItem;
import org.jamesdane.delivery.Reach;
import org.jamesdane.smtp.Envelope;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SignalType;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Takes mail from one of James's queues, never more at once than can be worked on, and gives each to a worker.
 */
final class OutboundQueue implements Closeable {
    private static final Logger LOGGER = LoggerFactory.getLogger(OutboundQueue.class);
    /** RFC 3463 §3.2: bad destination mailbox address syntax. */
    private static final EnhancedCode BAD_ADDRESS = new EnhancedCode(5, 1, 3);
    /** How long a mail is held that is to go back into the queue unchanged: queues give it out again at once. */
    private static final Duration BEFORE_PUTTING_BACK = Duration.ofSeconds(30);
    /** How long to wait before a queue whose consumption broke is consumed again. */
    private static final Duration CONSUME_AGAIN_AFTER = Duration.ofSeconds(5);

    private final MailQueue queue;
    private final BiFunction<Mail, Envelope, JamesMail> mails;
    private final JamesOutcomes outcomes;
    private final DeliveryWorker<JamesMail> worker;
    private final Deferrals deferrals;
    private final QueueReturns returns;
    private final Dispatcher dispatcher;
    private final Function<Mail, String> destinations;
    private final ScheduledExecutorService timer;
    private final Scheduler reader;
    private final AtomicReference<Consumer> consumer = new AtomicReference<>();
    private volatile boolean closed;

    /**
     * Prepares a consumer; nothing is taken before {@link #start}.
     *
     * @param dispatcher says when which mail is worked on
     * @param destinations the word for a mail's destination
     */
    OutboundQueue(MailQueue queue, BiFunction<Mail, Envelope, JamesMail> mails, JamesOutcomes outcomes, DeliveryWorker<JamesMail> worker,
            Deferrals deferrals, Dispatcher dispatcher, Function<Mail, String> destinations, ScheduledExecutorService timer) {
        this.queue = queue;
        this.returns = new QueueReturns(queue);
        this.mails = mails;
        this.outcomes = outcomes;
        this.worker = worker;
        this.deferrals = deferrals;
        this.dispatcher = dispatcher;
        this.destinations = destinations;
        this.timer = timer;
        this.reader = Schedulers.newSingle("dane-queue-" + queue.getName().asString(), true);
    }

    Deferrals deferrals() {
        return deferrals;
    }

    /** Gives back deferred mail from now on, and takes mail. */
    void begin() {
        deferrals.start();
        start();
    }

    private void start() {
        Consumer next = new Consumer();
        consumer.set(next);
        // JMS queues wait for mail on the thread that subscribes or asks for more.
        Flux.from(queue.deQueue()).subscribeOn(reader).subscribe(next);
        if (closed) {
            next.cancel();
        }
    }

    /** Stops taking mail. What is being worked on goes on; the executor's owner waits for it. */
    void stopTaking() {
        closed = true;
        Consumer present = consumer.get();
        if (present != null) {
            present.cancel();
        }
    }

    /** Leaves the queue. */
    @Override
    public void close() throws IOException {
        stopTaking();
        deferrals.close();
        reader.dispose();
        queue.close();
    }

    @SuppressWarnings("try") // The logging context ends with the block; nothing in it refers to it.
    private Reach process(MailQueueItem item, Handling handling) {
        if (closed) {
            // It has not begun: nothing is lost if the next run begins it.
            putBack(item);
            return Reach.UNKNOWN;
        }
        Mail mail = item.getMail();
        boolean handed = false;
        try (Closeable mdc = MDCBuilder.create().addToContext("mail", mail.getName()).build()) {
            if (!deferrals.take(mail)) {
                item.done(CompletionStatus.SUCCESS);
                return Reach.UNKNOWN;
            }
            JamesEnvelope envelope = JamesEnvelope.of(mail);
            if (!envelope.refused().isEmpty()) {
                outcomes.bounce(mail, envelope.refused(), new FailureNotice(BAD_ADDRESS, OptionalInt.empty(), envelope.reason() + "."));
            }
            if (envelope.envelope().isPresent()) {
                Item outbound = new Item(item, mails.apply(mail, envelope.envelope().get()));
                handed = true;
                return handling.handle(outbound);
            }
            deferrals.settled(mail);
            item.done(CompletionStatus.SUCCESS);
        } catch (Throwable e) {
            LOGGER.error("The mail {} could not be worked on and stays in the queue", mail.getName(), e);
            if (!handed) {
                pauseBeforePuttingBack(mail.getName());
                putBack(item);
            }
        } finally {
            if (!handed) {
                LifecycleUtil.dispose(mail);
            }
        }
        return Reach.UNKNOWN;
    }

    /** What is done with a mail that can be sent at all. */
    @FunctionalInterface
    private interface Handling {
        Reach handle(Item item);
    }

    /** A mail of the queue, to be worked on when its destination's turn comes. */
    private final class QueuedParcel implements Parcel {
        private final MailQueueItem item;
        private final String destination;
        /** Read once: it is asked for often, and does not change while the mail is in hand. */
        private final MailHistory history;

        QueuedParcel(MailQueueItem item) {
            this.item = item;
            this.history = guarded(() -> MailAttributes.history(item.getMail()), MailHistory.NEW);
            this.destination = guarded(() -> destinations.apply(item.getMail()), "-");
        }

        @Override
        public String destination() {
            return destination;
        }

        @Override
        public boolean canWait(Duration time) {
            return guarded(() -> worker.canWait(history, time), true);
        }

        @Override
        public boolean isSentFor() {
            return guarded(() -> MailAttributes.isSentFor(item.getMail()) || worker.isSentFor(history), false);
        }

        @Override
        public Reach attempt() {
            return process(item, worker::process);
        }

        @Override
        public void hold(Duration time) {
            process(item, held -> {
                worker.hold(held, time);
                return Reach.UNKNOWN;
            });
        }

        @Override
        public void giveBack() {
            OutboundQueue.this.putBack(item);
        }
    }

    /** What one mail makes fail must not stop the others, which wait for the same decision. */
    private static <T> T guarded(Supplier<T> question, T otherwise) {
        try {
            return question.get();
        } catch (Throwable e) {
            LOGGER.error("A mail of the queue could not be looked at; it is taken as if nothing were known of it", e);
            return otherwise;
        }
    }

    private void putBack(MailQueueItem item) {
        try {
            returns.putBack(item);
        } catch (Throwable e) {
            LOGGER.error("The mail {} could not be put back into its queue", item.getMail().getName(), e);
        }
    }

    private void pauseBeforePuttingBack(String name) {
        boolean waited = !closed && Patience.SLEEPING.pause(BEFORE_PUTTING_BACK);
        LOGGER.debug("The mail {} goes back into its queue, {}", name, waited ? "after a pause" : "since this server stops");
    }

    private void consumeAgainLater() {
        if (!closed) {
            try {
                ScheduledFuture<?> again = timer.schedule(this::consumeAgain, CONSUME_AGAIN_AFTER.toMillis(), TimeUnit.MILLISECONDS);
                LOGGER.debug("The queue {} is consumed again in {} ms", name(), again.getDelay(TimeUnit.MILLISECONDS));
            } catch (RejectedExecutionException e) {
                LOGGER.debug("The queue {} is not consumed again: this server stops", name());
            }
        }
    }

    private void consumeAgain() {
        try {
            start();
        } catch (Throwable e) {
            LOGGER.error("The queue {} could not be consumed", name(), e);
            consumeAgainLater();
        }
    }

    private String name() {
        return queue.getName().asString();
    }

    /** Hands mails to the dispatcher, which asks for more when there is room for them. */
    private final class Consumer extends BaseSubscriber<MailQueueItem> {
        private final Dispatcher.Intake intake = dispatcher.intake(this::requestMails);

        private void requestMails(int number) {
            request(number);
        }

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            intake.start();
        }

        @Override
        protected void hookOnNext(MailQueueItem item) {
            try {
                intake.offer(new QueuedParcel(item));
            } catch (Throwable e) {
                // One mail must not end the taking of all others.
                LOGGER.error("The mail {} could not be taken and stays in the queue {}", item.getMail().getName(), name(), e);
                putBack(item);
            }
        }

        @Override
        protected void hookFinally(SignalType type) {
            intake.stop();
        }

        @Override
        protected void hookOnError(Throwable throwable) {
            LOGGER.error("The queue {} could not be read; it is tried again in {} s", name(),
                CONSUME_AGAIN_AFTER.toSeconds(), throwable);
            consumeAgainLater();
        }

        @Override
        protected void hookOnComplete() {
            consumeAgainLater();
        }
    }

    @FunctionalInterface
    private interface Step {
        void run() throws MailQueue.MailQueueException;
    }

    /** A queue item as the worker sees it, which may be done with it later and on another thread. */
    private final class Item implements QueueItem<JamesMail> {
        private final MailQueueItem item;
        private final JamesMail mail;

        Item(MailQueueItem item, JamesMail mail) {
            this.item = item;
            this.mail = mail;
        }

        @Override
        public JamesMail mail() {
            return mail;
        }

        @Override
        public void done() throws MailAccessException {
            deferrals.settled(mail.mail());
            complete(() -> item.done(CompletionStatus.SUCCESS), "taken out of");
        }

        @Override
        public void putBack() throws MailAccessException {
            pauseBeforePuttingBack(mail.name());
            complete(() -> returns.putBack(item), "put back into");
        }

        private void complete(Step step, String what) throws MailAccessException {
            try {
                step.run();
            } catch (Throwable e) {
                throw new MailAccessException("The mail " + mail.name() + " could not be " + what + " its queue", e);
            } finally {
                mail.close();
                LifecycleUtil.dispose(mail.mail());
            }
        }
    }
}
