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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

import org.jamesdane.dane.outcome.HostFailureHistory;
import org.jamesdane.dane.outcome.MailAge;
import org.jamesdane.dane.outcome.Outcome;
import org.jamesdane.delivery.attempt.DeliveryAttempt;
import org.jamesdane.delivery.attempt.Outcomes;
import org.jamesdane.delivery.attempt.SiteVisit;
import org.jamesdane.delivery.blame.Blame;
import org.jamesdane.delivery.deferral.DeferralStore;
import org.jamesdane.delivery.destination.AttemptEnd;
import org.jamesdane.delivery.destination.SitePass;
import org.jamesdane.delivery.mail.DeliveryGate;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.delivery.mail.OutboundMail;
import org.jamesdane.delivery.mail.OutcomeListener;
import org.jamesdane.delivery.mail.QueuedMail;
import org.jamesdane.delivery.monitoring.DeliveryMetrics;
import org.jamesdane.delivery.monitoring.MetricNames;
import org.jamesdane.delivery.retry.Backoff;
import org.jamesdane.delivery.retry.RetrySchedule;
import org.jamesdane.delivery.retry.StorageRetryQueue;
import org.jamesdane.smtp.Recipient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works on one queue item: tries to deliver it, tells the sender of final failures, and keeps the rest for later. Only then is the item
 * taken out of the queue.
 *
 * @param <M> the mail
 */
public final class DeliveryWorker<M extends OutboundMail> {
    private static final Logger LOGGER = LoggerFactory.getLogger(DeliveryWorker.class);
    /** The most that one attempt adds to a mail's age: more than one can last. */
    private static final Duration LONGEST_ATTEMPT = Duration.ofHours(6);
    private static final String UNEXPECTED = "an unexpected error on this server";
    /** Queues and clocks are not exact. */
    private static final Duration EARLY = Duration.ofSeconds(2);

    private final DeliveryAttempt attempt;
    private final Blame blame;
    private final StoreRefusals<M> refusals;
    private final RestStorage<M> storage;
    private final DeferralStore<M> deferrals;
    private final HostRates rates = new HostRates();
    private final Set<HeldItem<M>> underWay = ConcurrentHashMap.newKeySet();
    private final SenderNotices<M> notices;
    private final Rules rules;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final DeliveryMetrics metrics;
    private final DeliveryGate gate;

    /**
     * Retries and notices for a mail before it is given up.
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

    /**
     * Ports of the worker: clock, random numbers, delivery gate and metrics.
     *
     * @param clock the wall clock
     * @param random spreads the times of attempts
     * @param gate tells which mail is not even tried; a failure while it is closed by this server's own fault is this server's too
     * @param metrics count and measure; their exceptions are caught
     */
    public record Surroundings(InstantSource clock, RandomGenerator random, DeliveryGate gate, DeliveryMetrics metrics) {
    }

    /** Makes a worker whose gate is open, and which neither counts nor keeps mail that can't be stored. */
    public DeliveryWorker(DeliveryAttempt attempt, DeferralStore<M> deferrals, OutcomeListener<M> listener, Rules rules,
            InstantSource clock, RandomGenerator random, Backoff patience) {
        this(attempt, deferrals, listener, rules, new Surroundings(clock, random, DeliveryGate.OPEN, DeliveryMetrics.NONE), patience,
            StorageRetryQueue.NONE);
    }

    /**
     * Makes a worker.
     *
     * @param patience waits before what could not be stored is stored once more
     * @param aside where a mail waits that can't be stored for longer
     */
    public DeliveryWorker(DeliveryAttempt attempt, DeferralStore<M> deferrals, OutcomeListener<M> listener, Rules rules,
            Surroundings surroundings, Backoff patience, StorageRetryQueue aside) {
        this.gate = surroundings.gate();
        this.attempt = attempt;
        this.rules = rules;
        this.clock = surroundings.clock();
        this.random = surroundings.random();
        this.metrics = DeliveryMetrics.guarded(surroundings.metrics());
        this.blame = attempt.blame();
        this.deferrals = deferrals;
        this.notices = new SenderNotices<>(listener, rules, this.metrics, blame, clock);
        this.refusals = new StoreRefusals<>(blame, notices, rules.schedule(), clock, random);
        this.storage = new RestStorage<>(deferrals, refusals, clock, patience, aside);
    }

    /** Waits for the first fetch of the MTA-STS policy of the mail's domain, for a limited time; then calls the next step, once. */
    public void prepare(QueuedMail<M> item, Runnable next) {
        attempt.prepare(item, () -> !canWait(item.history(), rules.schedule().longestDelay()), next);
    }

    /** Works on one item without a successor. */
    public AttemptEnd process(QueuedMail<M> item, SitePass pass) {
        return process(item, pass, Optional::empty);
    }

    /**
     * Works on one item. When this returns, it is out of the queue, back in it, or set aside until what is left of it can be stored. An
     * item that {@linkplain AttemptEnd.Yielded yielded} is as it was.
     *
     * @param item from the queue, or from {@link #take}
     * @param pass the way into the site of the mail
     * @param line gives the mail to follow over the same connection, which {@link #take} has taken
     */
    AttemptEnd process(QueuedMail<M> item, SitePass pass, Supplier<Optional<HeldItem<M>>> line) {
        Runnable trial = metrics.start(MetricNames.TRIAL);
        HeldItem<M> held;
        try {
            held = item instanceof HeldItem<M> taken ? taken : take(item);
            held.followedBy(() -> line.get().filter(this::isReady));
        } catch (Throwable e) {
            LOGGER.error("A mail could not be read; it stays in the queue", e);
            storage.requeue(item);
            return AttemptEnd.NOTHING;
        }
        SiteVisit visit = new SiteVisit(pass);
        Settled result = settle(held, visit);
        held.settle();
        underWay.remove(held);
        if (visit.yielded() && held.isInHand()) {
            return new AttemptEnd.Yielded();
        }
        finish(held, result);
        held.succession().close();
        trial.run();
        return result.end();
    }

    /** Takes an item on which work has begun, and looks after the time for which its queue leaves it here. */
    HeldItem<M> take(QueuedMail<M> item) {
        HeldItem<M> held = new HeldItem<>(item, deferrals, rates, System::nanoTime);
        underWay.add(held);
        return held;
    }

    private boolean isReady(HeldItem<M> held) {
        return refusals.history(held.mail()).isEmpty() && held.history().pendingNotice().isEmpty() && holdNow(held.mail()).isEmpty();
    }

    /** Tests whether the last mail that was to be deferred could be. */
    public boolean canDefer() {
        return storage.canDefer();
    }

    /** Stores the mails whose attempts outlast what their queue allows, or gives them back. May take as long as the store takes. */
    public void lookAfterLongAttempts() {
        underWay.removeIf(HeldItem::isSettled);
        underWay.forEach(HeldItem::lookAfter);
    }

    /** Keeps a mail for later without an attempt. It counts for nothing, but the mail's time goes on, or begins. */
    public void hold(QueuedMail<M> item, Duration time) {
        finish(item, held(item.mail(), time));
    }

    private Settled held(M mail, Duration time) {
        try {
            Rest whole = hold(mail, mail.history(), new DeliveryGate.Hold(
                mail.history().lastReason().orElse("not tried: its destination took no more mail then"), time, false), clock.instant());
            LOGGER.debug("The mail {} is kept for {} s: its destination takes no more now", mail.name(), time.toSeconds());
            return new Settled(true, List.of(whole), AttemptEnd.NOTHING);
        } catch (Throwable e) {
            LOGGER.error("The mail {} could not be kept for later unattempted; it stays in the queue", mail.name(), e);
            return Settled.UNTOUCHED;
        }
    }

    /** Tests whether a mail can be held that long: not if its life ends before, or if it is to be returned anyway. */
    public boolean canWait(MailHistory history, Duration time) {
        Instant now = clock.instant();
        Duration age = ageAt(history, now).at(now);
        return history.pendingNotice().isEmpty() && age.plus(time).compareTo(rules.schedule().lifetime()) < 0;
    }

    /**
     * Tests whether a mail comes well before it was due: by a flush of the queue, or because an operator released it. One that was due
     * later than any mail is deferred for was deferred by a clock that was ahead.
     */
    public boolean isSentFor(MailHistory history) {
        Instant now = clock.instant();
        return history.due().filter(due -> due.isAfter(now.plus(EARLY)) && !due.isAfter(now.plus(rules.schedule().longestDelay())))
            .isPresent();
    }

    private MailAge ageAt(MailHistory history, Instant now) {
        return history.age().map(age -> age.continuedAt(now, rules.schedule().longestWait())).orElseGet(() -> MailAge.firstAttempt(now));
    }

    private void finish(QueuedMail<M> item, Settled settled) {
        if (settled.mayLeave()) {
            storage.finish(item, settled.rest());
        } else {
            storage.requeue(item);
        }
    }

    /**
     * Result of settling a mail.
     *
     * @param mayLeave whether the mail may leave the queue, once the rest is stored
     */
    private record Settled(boolean mayLeave, List<Rest> rest, AttemptEnd end) {
        /** A settlement without effect: the mail stays in its queue as it was. */
        private static final Settled UNTOUCHED = new Settled(false, List.of(), AttemptEnd.NOTHING);
    }

    /** Decides what becomes of a mail. Whatever is thrown on the way, the outcomes of the attempt stay what they are. */
    private Settled settle(HeldItem<M> held, SiteVisit visit) {
        M mail = held.mail();
        MailHistory history;
        Instant begun;
        try {
            history = refusals.history(mail).orElseGet(mail::history);
            begun = clock.instant();
            Optional<Settled> untried = withoutAttempt(mail, history, begun);
            if (untried.isPresent()) {
                countDelay(history, begun);
                return untried.get();
            }
        } catch (Throwable e) {
            LOGGER.error("The mail {} could not be tried for an unexpected reason; it is tried again later", mail.name(), e);
            return Settled.UNTOUCHED;
        }
        List<Outcome> tried = attempt(held, visit);
        if (visit.yielded()) {
            return Settled.UNTOUCHED;
        }
        countDelay(history, begun);
        // From here on it stays where it is: in the queue, or in the store that it has moved to.
        held.settle();
        M present = held.mail();
        try {
            return conclude(present, history, begun, tried, visit);
        } catch (Throwable e) {
            LOGGER.error("The outcome of the mail {} could not be processed; recipients without the mail get it later", present.name(), e);
            return keepUndelivered(present, history, begun, tried);
        }
    }

    private void countDelay(MailHistory history, Instant now) {
        history.due().filter(due -> !due.isAfter(now)).ifPresent(due -> metrics.count(MetricNames.queueDelay(Duration.between(due, now))));
    }

    private Optional<Settled> withoutAttempt(M mail, MailHistory history, Instant now) {
        Optional<Duration> early = refusals.history(mail).flatMap(MailHistory::due).filter(now::isBefore)
            .map(due -> Duration.between(now, due));
        if (early.isPresent()) {
            // Its queue gives it out at once, since the store that it should wait in refuses it.
            return Optional.of(new Settled(true, List.of(new Rest(mail.envelope().recipients(), history, early.get())),
                AttemptEnd.NOTHING));
        }
        if (history.pendingNotice().isPresent()) {
            Optional<Rest> owing = notices.failed(mail, history, mail.envelope().recipients(), history.pendingNotice().get(),
                OwnFaultDelay.SHORTEST);
            return Optional.of(new Settled(true, owing.stream().toList(), AttemptEnd.NOTHING));
        }
        return holdNow(mail).map(hold -> new Settled(true, List.of(hold(mail, history, hold, now)), AttemptEnd.NOTHING));
    }

    private Settled conclude(M mail, MailHistory history, Instant begun, List<Outcome> tried, SiteVisit visit) {
        boolean interrupted = holdNow(mail).filter(DeliveryGate.Hold::ownFault).isPresent();
        if (interrupted && tried.stream().allMatch(Outcome.Deferred.class::isInstance)) {
            // Nothing has come of it, so the mail can stay in the queue as it was: a copy elsewhere might be one too many.
            return Settled.UNTOUCHED;
        }
        // Closed for a fault of our own while the mail was tried: then it says nothing of the destination that it failed.
        List<Outcome> attempted = tried.stream().map(outcome -> interrupted ? Outcomes.excused(outcome) : outcome).toList();
        Instant end = clock.instant();
        MailAge age = ageAt(history, begun).continuedAt(end, LONGEST_ATTEMPT);
        HostFailureHistory hosts = history.hosts().with(attempted, end);
        MailHistory.OwnFaults faults = !interrupted && attempted.stream().anyMatch(Outcomes::mayBeTheMails)
            ? history.ownFaults().oneMore(end) : history.ownFaults();
        Predicate<Outcome> blamed = outcome -> !interrupted && isBlamed(outcome, mail, faults.times(), history.ownFaults().last());
        attempted.stream().filter(blamed).findFirst().ifPresent(outcome -> blame.report(mail,
            Outcomes.ownFaults(outcome).iterator().next(), faults.times(), ((Outcome.Deferred) outcome).reason().text(), end));
        Settlement settlement = Settlement.of(mail.envelope(), attempted.stream()
            .map(outcome -> blamed.test(outcome) ? Outcomes.blamed(outcome) : outcome)
            .map(outcome -> judge(outcome, age, history, end)).toList());
        settlement.outcomes().forEach(outcome -> metrics.count(MetricNames.recipient(outcome)));
        notices.delivered(mail, settlement);
        List<Rest> rest = new ArrayList<>();
        List<Outcome.Bounced> bounced = settlement.of(Outcome.Bounced.class);
        if (!bounced.isEmpty()) {
            notices.failed(mail, history, bounced.stream().map(settlement::recipient).toList(),
                Outcomes.failed(bounced, history.hosts().entries().isEmpty() ? HostFailureHistory.EMPTY : hosts), OwnFaultDelay.SHORTEST)
                .ifPresent(rest::add);
        }
        rest.addAll(defer(mail, settlement, age, history.with(hosts).with(faults), end));
        return new Settled(true, rest, visit.end(Outcomes.reach(attempted)));
    }

    /** The least that has to be done after an attempt, for when nothing else can be. */
    private Settled keepUndelivered(M mail, MailHistory history, Instant begun, List<Outcome> tried) {
        try {
            Settlement settlement = Settlement.of(mail.envelope(), tried);
            List<Recipient> left = settlement.recipients(outcome -> !(outcome instanceof Outcome.Delivered));
            Rest rest = new Rest(left, history.pausedAt(ageAt(history, begun).afterOwnFault(begun), UNEXPECTED), OwnFaultDelay.SHORTEST);
            return new Settled(true, left.isEmpty() ? List.of() : List.of(rest), AttemptEnd.NOTHING);
        } catch (Throwable e) {
            // Two copies are better than none.
            LOGGER.error("What is left of the mail {} is not known; it stays in the queue", mail.name(), e);
            return new Settled(tried.stream().allMatch(Outcome.Delivered.class::isInstance), List.of(), AttemptEnd.NOTHING);
        }
    }

    /** Returns the hold if mail is not tried now. As long as nobody can say so, it is not, and that is nobody's fault but ours. */
    private Optional<DeliveryGate.Hold> holdNow(M mail) {
        try {
            return gate.hold(mail);
        } catch (Throwable e) {
            LOGGER.error("The gate could not answer for the mail {}; the mail is held", mail.name(), e);
            return Optional.of(new DeliveryGate.Hold(UNEXPECTED, OwnFaultDelay.SHORTEST, true));
        }
    }

    private Rest hold(M mail, MailHistory history, DeliveryGate.Hold hold, Instant now) {
        MailHistory held = hold.ownFault()
            ? history.pausedAt(ageAt(history, now).afterOwnFault(now), hold.reason())
            : history.heldFor(ageAt(history, now), hold.reason());
        return new Rest(mail.envelope().recipients(), held, hold.delay());
    }

    private List<Outcome> attempt(OutboundMail mail, SiteVisit visit) {
        try {
            return attempt.deliver(mail, visit);
        } catch (Throwable e) {
            // Anything unexpected is a temporary failure of our own, never a bounce and never a loss.
            LOGGER.error("An unexpected error interrupted the delivery of the mail {}; it is tried again later", mail.name(), e);
            return mail.envelope().recipients().stream().map(recipient -> Outcomes.ownFault(Outcomes.key(recipient))).toList();
        }
    }

    private Outcome judge(Outcome outcome, MailAge age, MailHistory history, Instant end) {
        MailAge counted = Outcomes.isOwnFault(outcome) ? age : age.afterAttempt(end);
        return new MailAge.LifetimeRule(rules.schedule().lifetime())
            .apply(Outcomes.retryAbsence(outcome, history.retries(), rules.maxDnsProblemRetries()), counted, end);
    }

    private boolean isBlamed(Outcome outcome, M mail, int failures, Optional<Instant> before) {
        return Outcomes.mayBeTheMails(outcome)
            && Outcomes.ownFaults(outcome).stream().allMatch(fault -> blame.falls(mail, fault, failures, before));
    }

    private List<Rest> defer(M mail, Settlement settlement, MailAge age, MailHistory history, Instant end) {
        List<Rest> rest = new ArrayList<>();
        List<Recipient> paused = settlement.recipients(Outcomes::isOwnFault);
        if (!paused.isEmpty()) {
            rest.add(new Rest(paused, history.pausedAt(age.afterOwnFault(end), settlement.reason(Outcomes::isOwnFault)),
                OwnFaultDelay.after(settlement.outcomes(), history.ownFaults())));
        }
        List<Recipient> deferred = settlement.recipients(outcome -> outcome instanceof Outcome.Deferred && !Outcomes.isOwnFault(outcome));
        if (!deferred.isEmpty()) {
            MailAge counted = age.afterAttempt(end);
            Duration delay = rules.schedule().delayBefore(history.retries() + 1, counted.at(end), random);
            MailHistory told = notices.delayed(mail, settlement, counted, history, end);
            rest.add(new Rest(deferred, told.retriedAt(counted, settlement.reason(outcome -> !Outcomes.isOwnFault(outcome))), delay));
        }
        settlement.of(Outcome.Deferred.class).forEach(outcome -> LOGGER.info("The mail {} to {} is deferred: {} ({})", mail.name(),
            outcome.recipient(), outcome.reason().text(), outcome.reason().code()));
        return rest;
    }
}
