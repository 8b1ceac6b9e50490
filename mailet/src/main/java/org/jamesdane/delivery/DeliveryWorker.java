/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

import org.jamesdane.dane.HostLog;
import org.jamesdane.dane.LifetimeRule;
import org.jamesdane.dane.MailAge;
import org.jamesdane.dane.Outcome;
import org.jamesdane.dane.SecurityLabel;
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

    /** As often a mail's own thread tries to store it once more, with pauses of some seconds in all. */
    private static final int STORED_AGAIN = 3;

    /** Queues and clocks are not exact. */
    private static final Duration EARLY = Duration.ofSeconds(2);

    private final DeliveryAttempt attempt;
    private final DeferralStore<M> deferrals;
    private final OutcomeListener<M> listener;
    private final Rules rules;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Patience patience;
    private final DeliveryMetrics metrics;
    private final DeliveryGate gate;
    private final Aside aside;

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
        this.aside = aside;
        this.gate = gate;
        this.attempt = attempt;
        this.deferrals = deferrals;
        this.listener = listener;
        this.rules = rules;
        this.clock = clock;
        this.random = random;
        this.patience = patience;
        this.metrics = DeliveryMetrics.guarded(metrics);
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

    private void leave(QueueItem<M> item, boolean done) {
        try {
            if (done) {
                item.done();
            } else {
                item.putBack();
            }
        } catch (MailAccessException e) {
            LOGGER.error("{}; it may be worked on again", e.getMessage(), e);
        }
    }

    /**
     * What is to be kept of a mail.
     *
     * @param recipients for whom
     * @param delay from the moment it is stored
     */
    private record Rest(List<Recipient> recipients, MailHistory history, Duration delay) {
    }

    /**
     * What is done.
     *
     * @param mayLeave whether the mail may leave the queue, once the rest is stored
     */
    private record Settled(boolean mayLeave, List<Rest> rest, Reach reach) {
    }

    /**
     * Stores what is left of a mail, again and again until it succeeds or this server stops, and takes it out of the queue: to give it up
     * here would send the mail once more to everyone who has it already. A store that is out of order is waited for; where it fails for
     * longer, this thread is for others, since it may be for one mail alone.
     */
    private void finish(QueueItem<M> item, Settled settled) {
        if (!settled.mayLeave()) {
            leave(item, false);
            return;
        }
        Unstored rest = new Unstored(item, settled.rest());
        for (int failures = 0; !rest.tryAgain(); failures++) {
            if (failures >= STORED_AGAIN && aside.take(rest)) {
                return;
            }
            if (!patience.pause(Patience.after(failures))) {
                rest.giveUp();
                return;
            }
        }
    }

    /** A mail that waits in its queue for what is left of it to be stored. */
    private final class Unstored implements Aside.Work {
        private final QueueItem<M> item;
        private final Deque<Rest> left;
        private boolean told;

        Unstored(QueueItem<M> item, List<Rest> rest) {
            this.item = item;
            this.left = new ArrayDeque<>(rest);
        }

        @Override
        public boolean tryAgain() {
            try {
                for (Rest next = left.peek(); next != null; next = left.peek()) {
                    deferrals.defer(item.mail(), next.recipients(), next.history().dueAt(clock.instant().plus(next.delay())), next.delay());
                    left.remove();
                }
            } catch (MailAccessException | RuntimeException e) {
                if (!told) {
                    LOGGER.error("{}; it is tried again until that succeeds or this server stops", e.getMessage(), e);
                }
                told = true;
                return false;
            }
            leave(item, true);
            return true;
        }

        @Override
        public void giveUp() {
            LOGGER.error("The mail {} stays in the queue as it was: what is left of it could not be stored", item.mail().name());
            leave(item, false);
        }
    }

    private Settled settle(M mail) {
        MailHistory history = mail.history();
        Instant now = clock.instant();
        history.due().filter(due -> !due.isAfter(now)).ifPresent(due -> metrics.count(MetricNames.queueDelay(Duration.between(due, now))));
        if (history.pendingNotice().isPresent()) {
            Optional<Rest> owing = notify(mail, mail.envelope().recipients(), history.pendingNotice().get());
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
        List<Outcome> outcomes = attempted.stream().map(outcome -> judge(outcome, age, history, end)).toList();
        outcomes.forEach(outcome -> metrics.count(MetricNames.recipient(outcome)));
        tellSuccess(mail, outcomes);
        tellRelayed(mail, outcomes);
        List<Outcome.Bounced> bounced = outcomes.stream()
            .filter(Outcome.Bounced.class::isInstance).map(Outcome.Bounced.class::cast).toList();
        List<Rest> rest = new ArrayList<>();
        if (!bounced.isEmpty()) {
            notify(mail, bounced.stream().map(outcome -> recipient(mail, outcome)).toList(),
                Outcomes.failed(bounced, history.hosts().entries().isEmpty() ? HostLog.EMPTY : hosts)).ifPresent(rest::add);
        }
        rest.addAll(defer(mail, outcomes, age, history.with(hosts), end));
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

    private void tellSuccess(M mail, List<Outcome> outcomes) {
        Map<SecurityLabel, List<Recipient>> delivered = new LinkedHashMap<>();
        for (Outcome outcome : outcomes) {
            if (outcome instanceof Outcome.Delivered done) {
                delivered.computeIfAbsent(done.label(), label -> new ArrayList<>()).add(recipient(mail, outcome));
            }
        }
        if (!delivered.isEmpty()) {
            metrics.count(MetricNames.OUTGOING_MAILS);
        }
        delivered.forEach((label, recipients) -> {
            try {
                listener.delivered(mail, recipients, label);
            } catch (MailAccessException e) {
                // The mail is delivered: to send it again because of this would be worse.
                LOGGER.error("{}; the mail itself was delivered to {}", e.getMessage(), recipients, e);
            }
        });
    }

    /** RFC 3461 §5.2.2: who wants to hear of success hears from us where the host will not tell him. */
    private void tellRelayed(M mail, List<Outcome> outcomes) {
        List<Relay> relayed = outcomes.stream()
            .filter(outcome -> outcome instanceof Outcome.Delivered done && !done.notifies() && recipient(mail, outcome).wantsSuccess())
            .map(Outcome.Delivered.class::cast)
            .map(done -> new Relay(done.recipient(), done.host(), done.reply())).toList();
        if (relayed.isEmpty()) {
            return;
        }
        try {
            listener.relayed(mail, relayed);
        } catch (MailAccessException e) {
            LOGGER.error("{}; the mail itself was delivered to {}", e.getMessage(), relayed, e);
        }
    }

    /** RFC 3461 §5.2.5: once in a mail's life; what can't be said now is said at the next attempt. */
    private MailHistory tellDelay(M mail, List<Outcome> outcomes, MailAge age, MailHistory history, Instant end) {
        List<Outcome.Deferred> late = outcomes.stream()
            .filter(outcome -> outcome instanceof Outcome.Deferred && !isOwnFault(outcome) && recipient(mail, outcome).wantsDelay())
            .map(Outcome.Deferred.class::cast).toList();
        boolean due = rules.delayNotice().filter(limit -> age.at(end).compareTo(limit) >= 0).isPresent();
        if (!due || history.delayTold() || late.isEmpty()) {
            return history;
        }
        try {
            Instant until = age.since().plus(rules.schedule().lifetime());
            listener.delayed(mail, late.stream().map(outcome -> recipient(mail, outcome)).toList(),
                Outcomes.delayed(late, age.at(end)), until);
            return history.withDelayTold();
        } catch (MailAccessException e) {
            LOGGER.error("{}; the sender will be told with the next attempt", e.getMessage(), e);
            return history;
        }
    }

    /** Tells the sender; if that can't be done now, the mail is kept with nothing but that to do. */
    private Optional<Rest> notify(M mail, List<Recipient> recipients, FailureNotice notice) {
        try {
            LOGGER.info("The mail {} is given up for {}: {} ({})", mail.name(), recipients, notice.text(), notice.code());
            listener.failed(mail, recipients, notice);
            return Optional.empty();
        } catch (MailAccessException e) {
            LOGGER.error("{}; the sender will be told later", e.getMessage(), e);
            return Optional.of(new Rest(recipients, mail.history().owing(notice), OWN_FAULT_DELAY));
        }
    }

    private List<Rest> defer(M mail, List<Outcome> outcomes, MailAge age, MailHistory history, Instant end) {
        List<Rest> rest = new ArrayList<>();
        List<Recipient> paused = select(mail, outcomes, DeliveryWorker::isOwnFault);
        if (!paused.isEmpty()) {
            rest.add(new Rest(paused, history.pausedAt(age.afterOwnFault(end), reason(outcomes, DeliveryWorker::isOwnFault)),
                OWN_FAULT_DELAY));
        }
        List<Recipient> deferred = select(mail, outcomes, outcome -> outcome instanceof Outcome.Deferred && !isOwnFault(outcome));
        if (!deferred.isEmpty()) {
            MailAge counted = age.afterAttempt(end);
            Duration delay = rules.schedule().delayBefore(history.retries() + 1, counted.at(end), random);
            MailHistory told = tellDelay(mail, outcomes, counted, history, end);
            rest.add(new Rest(deferred, told.retriedAt(counted, reason(outcomes, outcome -> !isOwnFault(outcome))), delay));
        }
        outcomes.stream().filter(Outcome.Deferred.class::isInstance).map(Outcome.Deferred.class::cast).forEach(outcome ->
            LOGGER.info("The mail {} to {} is deferred: {} ({})", mail.name(), outcome.recipient(), outcome.reason().text(),
                outcome.reason().code()));
        return rest;
    }

    /** One sentence for what may have happened to several recipients: that of the first. */
    private static String reason(List<Outcome> outcomes, Predicate<Outcome> wanted) {
        return outcomes.stream().filter(wanted).filter(Outcome.Deferred.class::isInstance).map(Outcome.Deferred.class::cast).findFirst()
            .map(outcome -> outcome.reason().text() + " (" + outcome.reason().code() + ")").orElse("");
    }

    private List<Recipient> select(M mail, List<Outcome> outcomes, Function<Outcome, Boolean> wanted) {
        return outcomes.stream().filter(wanted::apply).map(outcome -> recipient(mail, outcome)).toList();
    }

    private Recipient recipient(M mail, Outcome outcome) {
        return mail.envelope().recipients().stream()
            .filter(recipient -> recipient.toString().equals(outcome.recipient()))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("There is no recipient " + outcome.recipient() + " in " + mail.name()));
    }
}
