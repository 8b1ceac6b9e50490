/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

import org.jamesdane.dane.HostLog;
import org.jamesdane.dane.LifetimeRule;
import org.jamesdane.dane.MailAge;
import org.jamesdane.dane.Outcome;
import org.jamesdane.smtp.Recipient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does for one queue item what has to be done: tries to deliver it, tells the sender of final failures, keeps the rest for later, and
 * only then takes it out of the queue.
 *
 * @param <M> the mail
 */
public final class DeliveryWorker<M extends OutboundMail> {
    private static final Logger LOGGER = LoggerFactory.getLogger(DeliveryWorker.class);
    /** How long a mail waits when this server itself was at fault, be it retried for the first or the hundredth time. */
    private static final Duration OWN_FAULT_DELAY = Duration.ofSeconds(30);
    /** The most that one attempt adds to a mail's age: more than one can last. */
    private static final Duration LONGEST_ATTEMPT = Duration.ofHours(6);

    /** Queues and clocks are not exact. */
    private static final Duration EARLY = Duration.ofSeconds(2);

    private final DeliveryAttempt attempt;
    private final RestStorage<M> storage;
    private final SenderNotices<M> notices;
    private final Rules rules;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final DeliveryMetrics metrics;
    private final DeliveryGate gate;

    /**
     * What is given to a mail before it is given up.
     *
     * @param schedule when it is tried again, and for how long
     * @param maxDnsProblemRetries how often a domain or host that does not exist, or has no address, is tried again all the same
     * @param delayNotice the age at which its sender is told that it takes long; empty if he never is
     */
    public record Rules(RetrySchedule schedule, int maxDnsProblemRetries, Optional<Duration> delayNotice) {
        /** Rules without notices of delay. */
        public Rules(RetrySchedule schedule, int maxDnsProblemRetries) {
            this(schedule, maxDnsProblemRetries, Optional.empty());
        }
    }

    public DeliveryWorker(DeliveryAttempt attempt, DeferralStore<M> deferrals, OutcomeListener<M> listener, Rules rules,
            InstantSource clock, RandomGenerator random, Patience patience) {
        this(attempt, deferrals, listener, rules, clock, random, patience, Aside.NONE, DeliveryGate.OPEN, DeliveryMetrics.NONE);
    }

    /**
     * Makes a worker.
     *
     * @param patience waits before what could not be stored is stored once more
     * @param aside where a mail waits that can't be stored for longer
     * @param gate which mail is not even tried; closed for a fault of this server's own, it makes what fails meanwhile such a fault
     * @param metrics count and measure; their exceptions are caught
     */
    public DeliveryWorker(DeliveryAttempt attempt, DeferralStore<M> deferrals, OutcomeListener<M> listener, Rules rules,
            InstantSource clock, RandomGenerator random, Patience patience, Aside aside, DeliveryGate gate, DeliveryMetrics metrics) {
        this.gate = gate;
        this.attempt = attempt;
        this.rules = rules;
        this.clock = clock;
        this.random = random;
        this.metrics = DeliveryMetrics.guarded(metrics);
        this.storage = new RestStorage<>(deferrals, clock, patience, aside);
        this.notices = new SenderNotices<>(listener, rules, this.metrics);
    }

    /** Works on one item. When this returns, it is out of the queue, back in it, or set aside until what is left of it can be stored. */
    public Reach process(QueueItem<M> item) {
        Runnable trial = metrics.start(MetricNames.TRIAL);
        Settled result = new Settled(false, List.of(), Reach.UNKNOWN);
        try {
            result = settle(item.mail());
            return result.reach();
        } finally {
            finish(item, result);
            trial.run();
        }
    }

    /** Keeps a mail for later without an attempt. It counts for nothing, but the mail's time goes on, or begins. */
    public void hold(QueueItem<M> item, Duration time) {
        M mail = item.mail();
        Rest whole = hold(mail, mail.history(), new DeliveryGate.Hold(
            mail.history().lastReason().orElse("not tried: its destination took no more mail then"), time, false), clock.instant());
        LOGGER.debug("The mail {} is kept for {} s: its destination takes no more now", mail.name(), time.toSeconds());
        finish(item, new Settled(true, List.of(whole), Reach.UNKNOWN));
    }

    /** Whether a mail can be kept that long without an attempt: not if its life ends before, or if it is to be bounced anyway. */
    public boolean canWait(MailHistory history, Duration time) {
        Instant now = clock.instant();
        Duration age = ageAt(history, now).at(now);
        return history.pendingNotice().isEmpty() && age.plus(time).compareTo(rules.schedule().lifetime()) < 0;
    }

    /**
     * Whether a mail comes well before it was due: by a flush of the queue, or because an operator released it. One that was due later than
     * any mail is deferred for was deferred by a clock that was ahead.
     */
    public boolean isSentFor(MailHistory history) {
        Instant now = clock.instant();
        return history.due().filter(due -> due.isAfter(now.plus(EARLY)) && !due.isAfter(now.plus(rules.schedule().longestDelay())))
            .isPresent();
    }

    private MailAge ageAt(MailHistory history, Instant now) {
        return history.age().map(age -> age.continuedAt(now, rules.schedule().longestWait())).orElseGet(() -> MailAge.firstAttempt(now));
    }

    private void finish(QueueItem<M> item, Settled settled) {
        if (settled.mayLeave()) {
            storage.finish(item, settled.rest());
        } else {
            storage.putBack(item);
        }
    }

    /**
     * What is done.
     *
     * @param mayLeave whether the mail may leave the queue, once the rest is stored
     */
    private record Settled(boolean mayLeave, List<Rest> rest, Reach reach) {
    }

    private Settled settle(M mail) {
        MailHistory history = mail.history();
        Instant now = clock.instant();
        history.due().filter(due -> !due.isAfter(now)).ifPresent(due -> metrics.count(MetricNames.queueDelay(Duration.between(due, now))));
        if (history.pendingNotice().isPresent()) {
            Optional<Rest> owing = notices.failed(mail, mail.envelope().recipients(), history.pendingNotice().get(), OWN_FAULT_DELAY);
            return new Settled(true, owing.stream().toList(), Reach.UNKNOWN);
        }
        Optional<DeliveryGate.Hold> hold = gate.hold(mail.envelope());
        if (hold.isPresent()) {
            return new Settled(true, List.of(hold(mail, history, hold.get(), now)), Reach.UNKNOWN);
        }
        MailAge atStart = ageAt(history, now);
        List<Outcome> tried = attempt(mail);
        boolean interrupted = interrupted(mail);
        if (interrupted && tried.stream().allMatch(Outcome.Deferred.class::isInstance)) {
            // Nothing has come of it, so the mail can stay in the queue as it was: a copy elsewhere might be one too many.
            return new Settled(false, List.of(), Reach.UNKNOWN);
        }
        List<Outcome> attempted = tried.stream().map(outcome -> interrupted ? Outcomes.excused(outcome) : outcome).toList();
        Instant end = clock.instant();
        MailAge age = atStart.continuedAt(end, LONGEST_ATTEMPT);
        HostLog hosts = history.hosts().with(attempted, end);
        Settlement settlement = Settlement.of(mail.envelope(),
            attempted.stream().map(outcome -> judge(outcome, age, history, end)).toList());
        settlement.outcomes().forEach(outcome -> metrics.count(MetricNames.recipient(outcome)));
        notices.delivered(mail, settlement);
        List<Rest> rest = new ArrayList<>();
        List<Outcome.Bounced> bounced = settlement.of(Outcome.Bounced.class);
        if (!bounced.isEmpty()) {
            notices.failed(mail, bounced.stream().map(settlement::recipient).toList(),
                Outcomes.failed(bounced, history.hosts().entries().isEmpty() ? HostLog.EMPTY : hosts), OWN_FAULT_DELAY)
                .ifPresent(rest::add);
        }
        rest.addAll(defer(mail, settlement, age, history.with(hosts), end));
        return new Settled(true, rest, Outcomes.reach(attempted));
    }

    private Rest hold(M mail, MailHistory history, DeliveryGate.Hold hold, Instant now) {
        MailHistory held = hold.ownFault()
            ? history.pausedAt(ageAt(history, now).afterOwnFault(now), hold.reason())
            : history.heldFor(ageAt(history, now), hold.reason());
        return new Rest(mail.envelope().recipients(), held, hold.delay());
    }

    /** Closed for a fault of our own while the mail was tried: then it says nothing of the destination that it failed. */
    private boolean interrupted(M mail) {
        return gate.hold(mail.envelope()).filter(DeliveryGate.Hold::ownFault).isPresent();
    }

    private List<Outcome> attempt(M mail) {
        try {
            return attempt.deliver(mail);
        } catch (RuntimeException e) {
            // An unexpected exception is a temporary failure of our own, never a bounce and never a loss.
            LOGGER.error("An unexpected error interrupted the delivery of the mail {}; it is tried again later", mail.name(), e);
            return mail.envelope().recipients().stream().map(recipient -> Outcomes.ownFault(recipient.toString())).toList();
        }
    }

    private Outcome judge(Outcome outcome, MailAge age, MailHistory history, Instant end) {
        MailAge counted = isOwnFault(outcome) ? age : age.afterAttempt(end);
        return new LifetimeRule(rules.schedule().lifetime())
            .apply(Outcomes.retryAbsence(outcome, history.retries(), rules.maxDnsProblemRetries()), counted, end);
    }

    private static boolean isOwnFault(Outcome outcome) {
        return outcome instanceof Outcome.Deferred deferred && deferred.reason().ownFault();
    }

    private List<Rest> defer(M mail, Settlement settlement, MailAge age, MailHistory history, Instant end) {
        List<Rest> rest = new ArrayList<>();
        List<Recipient> paused = settlement.recipients(DeliveryWorker::isOwnFault);
        if (!paused.isEmpty()) {
            rest.add(new Rest(paused, history.pausedAt(age.afterOwnFault(end), reason(settlement, DeliveryWorker::isOwnFault)),
                OWN_FAULT_DELAY));
        }
        List<Recipient> deferred = settlement.recipients(outcome -> outcome instanceof Outcome.Deferred && !isOwnFault(outcome));
        if (!deferred.isEmpty()) {
            MailAge counted = age.afterAttempt(end);
            Duration delay = rules.schedule().delayBefore(history.retries() + 1, counted.at(end), random);
            MailHistory told = notices.delayed(mail, settlement, counted, history, end);
            rest.add(new Rest(deferred, told.retriedAt(counted, reason(settlement, outcome -> !isOwnFault(outcome))), delay));
        }
        settlement.of(Outcome.Deferred.class).forEach(outcome -> LOGGER.info("The mail {} to {} is deferred: {} ({})", mail.name(),
            outcome.recipient(), outcome.reason().text(), outcome.reason().code()));
        return rest;
    }

    /** One sentence for what may have happened to several recipients: that of the first. */
    private static String reason(Settlement settlement, Predicate<Outcome> wanted) {
        return settlement.of(Outcome.Deferred.class).stream().filter(wanted).findFirst()
            .map(outcome -> outcome.reason().text() + " (" + outcome.reason().code() + ")").orElse("");
    }
}
