/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.io.Closeable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Function;

import org.apache.james.core.MailAddress;
import org.apache.james.queue.api.MailQueue;
import org.apache.james.queue.api.MailQueue.MailQueueItem;
import org.apache.mailet.Mail;
import org.jamesdane.dane.failure.EnhancedStatusCode;
import org.jamesdane.delivery.DeliveryWorker;
import org.jamesdane.delivery.QueueWorker;
import org.jamesdane.delivery.mail.FailureNotice;
import org.jamesdane.delivery.mail.HoldingTime;
import org.jamesdane.delivery.mail.MailAccessException;
import org.jamesdane.delivery.retry.DeliveryThreads;
import org.jamesdane.delivery.retry.StopSignal;
import org.jamesdane.delivery.retry.StorageRetryQueue;
import org.jamesdane.delivery.schedule.Dispatcher;
import org.jamesdane.delivery.schedule.MailWorker;
import org.jamesdane.smtp.Envelope;
import org.jamesdane.smtp.Recipient;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes mail from one of James's queues, never more at once than can be worked on, and gives each to a worker.
 */
final class OutboundQueue implements Closeable {
    private static final Logger LOGGER = LoggerFactory.getLogger(OutboundQueue.class);
    /** RFC 3463 §3.2: bad destination mailbox address syntax. */
    private static final EnhancedStatusCode BAD_ADDRESS = new EnhancedStatusCode(5, 1, 3);
    /** Nobody else waits for the mail of a queue that is this process's own. */
    private static final String IN_MEMORY = "org.apache.james.queue.memory.";

    private final MailQueue queue;
    private final BiFunction<Mail, Envelope, JamesMail> mails;
    private final JamesOutcomes outcomes;
    private final DeliveryWorker<JamesMail> worker;
    private final Deferred deferred;
    private final TakenMail.Source source;
    private final TakenItem.Surroundings surroundings;
    private final StopSignal stopping;
    private final SettledItems settled;
    private final boolean bounded;
    private final InHand inHand = new InHand();
    private final Keepers keepers;
    private final QueueConsumption consumption;

    /**
     * Prepares a consumer; nothing is taken before {@link #begin}.
     *
     * @param destinations the word for a mail's destination
     */
    OutboundQueue(MailQueue queue, BiFunction<Mail, Envelope, JamesMail> mails, JamesOutcomes outcomes, DeliveryWorker<JamesMail> worker,
            Deferred deferred, Function<Mail, String> destinations, Run run) {
        this.queue = queue;
        this.bounded = !queue.getClass().getName().startsWith(IN_MEMORY);
        this.settled = run.settled();
        String name = queue.getName().asString();
        Executor keeping = DeliveryThreads.atMost(Keepers.THREADS, "dane-keep-" + name + "-");
        this.keepers = new Keepers(name, keeping);
        this.source = new TakenMail.Source(new QueueReturn(queue), inHand, bounded, run.holding());
        this.mails = mails;
        this.outcomes = outcomes;
        this.worker = worker;
        this.deferred = deferred;
        this.surroundings = new TakenItem.Surroundings(destinations, new MailOpening(), deferred.releases(), settled,
            new LaterReturns(run.stopping(), run.aside()));
        MailWorker<JamesMail> mailWorker = new QueueWorker<>(worker);
        this.stopping = run.stopping();
        this.consumption = new QueueConsumption(queue, request -> run.dispatcher().intake(mailWorker, keeping, request),
            this::arrived, inHand::count, System::nanoTime);
    }

    DeferralBackend deferrals() {
        return deferred.store();
    }

    /** Gives back deferred mail from now on, and takes mail. */
    void begin() {
        deferred.store().start();
        consumption.start();
    }

    /**
     * Parts of this server's run that each queue is given.
     *
     * @param dispatcher the order in which mails are worked on
     * @param stopping the signal that it begins to stop
     * @param settled what the queue may give out again although it is done
     * @param aside where mail waits that goes back to its queue
     * @param holding how long a mail is held unacknowledged
     */
    record Run(Dispatcher dispatcher, StopSignal stopping, SettledItems settled, StorageRetryQueue aside, HoldingTime holding) {
    }

    /**
     * Deferred mail of the queue.
     *
     * @param store keeps it, in the form that is configured
     * @param releases accounts for mail that was put back from the database, now or when that was the form
     */
    record Deferred(DeferralBackend store, Releases releases) {
    }

    /** Looks after the subscription, and after mail that its queue leaves here no longer. For every second or so. */
    void tick() {
        try {
            consumption.tick();
        } finally {
            if (bounded) {
                keepers.look(worker::lookAfterLongAttempts);
            }
        }
    }

    /** Problems of the queue, as sentences; empty if the queue is consumed and its mail can be deferred. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        String name = queue.getName().asString();
        if (!isConsumed()) {
            problems.add("The queue " + name + " is not consumed: its mail stands still here. It is tried again every few seconds; check "
                + "the broker, and the log for why.");
        }
        if (!canDefer()) {
            problems.add("Mail of the queue " + name + " cannot be deferred: it is held, and goes back to the queue in time. Check where "
                + "deferred mail is stored, and the log for why.");
        }
        return problems;
    }

    /** Tests whether the queue is consumed, as far as this can be known here. */
    boolean isConsumed() {
        return consumption.isConsumed();
    }

    /** Tests whether the last mail that was to be deferred could be. */
    boolean canDefer() {
        return worker.canDefer();
    }

    /** Asks for no more mail. Deliveries under way go on; a mail that comes late is given back. */
    void stopTaking() {
        consumption.stop();
    }

    /** Leaves the deferred mail. The queue itself stays open: James puts mail into it until its own end. */
    @Override
    public void close() {
        stopTaking();
        deferred.store().close();
    }

    private @Nullable TakenItem arrived(MailQueueItem item, TakenMail.Origin origin) {
        TakenMail taken = new TakenMail(item, source, origin);
        return inHand.begin(taken.life(), item) ? new TakenItem(taken, surroundings) : null;
    }

    private final class MailOpening implements TakenItem.Opening {
        @Override
        public boolean isClosed() {
            return stopping.isGiven() || consumption.isStopped();
        }

        @Override
        public Optional<JamesMail> open(TakenMail item) throws MailAccessException {
            return OutboundQueue.this.open(item, item.mail());
        }
    }

    /** The mail for the recipients that are still open; empty if none is. */
    private Optional<JamesMail> open(TakenMail item, Mail mail) throws MailAccessException {
        if (!deferred.releases().take(mail)) {
            return Optional.empty();
        }
        JamesEnvelope envelope = JamesEnvelope.of(mail);
        Set<String> done = item.life().map(settled::of).orElse(Set.of());
        tellOfRefused(item, envelope, done);
        Optional<Envelope> open = envelope.envelope().flatMap(whole -> without(done, item, whole));
        if (open.isEmpty()) {
            deferred.releases().settled(mail);
        }
        return open.map(rest -> mails.apply(mail, rest));
    }

    /** Tells the sender of recipients whom no mail can be sent to, once. */
    private void tellOfRefused(TakenMail item, JamesEnvelope envelope, Set<String> done) throws MailAccessException {
        List<MailAddress> open = envelope.refused().stream().filter(address -> !done.contains(address.asString())).toList();
        if (!open.isEmpty()) {
            outcomes.bounce(item.mail(), open, new FailureNotice(BAD_ADDRESS, OptionalInt.empty(), envelope.reason() + "."));
            item.life().ifPresent(life -> settled.record(life, open.stream().map(MailAddress::asString).toList()));
        }
    }

    /** The envelope for recipients who are still open: the queue may have given the item out before. */
    private static Optional<Envelope> without(Set<String> done, TakenMail item, Envelope whole) {
        List<Recipient> open = whole.recipients().stream().filter(recipient -> !done.contains(recipient.toString())).toList();
        if (open.size() < whole.recipients().size()) {
            LOGGER.info("The mail {} was given out again; {} of its {} recipients are still open", item.mail().getName(), open.size(),
                whole.recipients().size());
        }
        return open.isEmpty() ? Optional.empty() : Optional.of(whole.to(open));
    }
}
