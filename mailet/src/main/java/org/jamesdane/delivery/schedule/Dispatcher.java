/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.schedule;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jamesdane.delivery.destination.AttemptEnd;
import org.jamesdane.delivery.destination.RecentSuccesses;
import org.jamesdane.delivery.destination.SiteKey;
import org.jamesdane.delivery.destination.SitePass;
import org.jamesdane.delivery.destination.Ticker;
import org.jamesdane.delivery.destination.WaitEstimate;
import org.jamesdane.delivery.mail.OutboundMail;
import org.jamesdane.delivery.mail.QueuedMail;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Divides the deliveries at once between destinations, so that a destination which stalls, drags or fails holds up no other. A mail goes
 * now, waits here for its turn if that comes soon, or is held elsewhere without an attempt. {@link Turns} decides so under the lock, and
 * this class acts outside of it.
 *
 * <p>The number of mails that wait here is bounded, and so is the time for which they can hold up the reading of queues. Once half of the
 * places are taken, a destination may lose its places at the next {@link #tick}. It loses them if it ends nothing for some
 * {@link WaitEstimate#PATIENCE}, or if its turns come much later than estimated.
 *
 * <p>{@link Shares} bounds the places of destinations without a success, and those of the items of one mail.
 */
public final class Dispatcher implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Dispatcher.class);

    /**
     * Limits on what is done at once.
     *
     * @param deliveries to all destinations together
     * @param perDestination to one destination
     * @param perSite to the hosts that destinations share; no less than to one destination
     */
    public record Limits(int deliveries, int perDestination, int perSite) {
        public Limits {
            if (deliveries < 1 || perDestination < 1 || perSite < perDestination) {
                throw new IllegalArgumentException("At least one delivery at once is needed, and at a site as many as to a destination, "
                    + "not " + deliveries + ", " + perDestination + " and " + perSite);
            }
        }

        /** Limits with as many deliveries to a site as to a destination. */
        public Limits(int deliveries, int perDestination) {
            this(deliveries, perDestination, perDestination);
        }

        /** Most mails that may be taken from a queue and not be done with. */
        public int inHand() {
            return deliveries * (1 + Turns.WAITING_FOR_EACH);
        }
    }

    private final Executor threads;
    private final Ticker ticker;
    @GuardedBy("this")
    private final Turns turns;

    /**
     * Prepares.
     *
     * @param threads run the attempts, as many at once as the limits say
     * @param successes the destinations that were well within the last day
     */
    public Dispatcher(Executor threads, Limits limits, Ticker ticker, RandomGenerator random, RecentSuccesses successes) {
        this.threads = threads;
        this.ticker = Unfailing.ticker(ticker);
        this.turns = new Turns(limits, this.ticker, Unfailing.random(random), Unfailing.successes(successes));
    }

    /**
     * A way in for the mails of one queue.
     *
     * @param worker works on these mails
     * @param keeping runs holds of mails that their queue leaves here no longer; never on the threads of deliveries
     * @param request asks the queue for so many mails more; may be answered at any time, on any thread
     */
    public <M extends OutboundMail> Intake<M> intake(MailWorker<M> worker, Executor keeping, IntConsumer request) {
        return new Intake<>(new WaitingMail.Means<>(worker, keeping), request);
    }

    /**
     * Entrance for one queue's mails.
     *
     * @param <M> the mail
     */
    public final class Intake<M extends OutboundMail> {
        private final WaitingMail.Means<M> means;
        private final Supply supply;

        private Intake(WaitingMail.Means<M> means, IntConsumer request) {
            this.means = means;
            this.supply = new Supply(request);
        }

        /** Asks for the first mails. Before, nothing is asked for: a subscription that is not there yet would not hear it. */
        public void start() {
            inTurn((turns, actions) -> turns.start(supply));
        }

        /** Takes a mail that was asked for, once an attempt is prepared. Until then the mail counts as asked for. */
        public void offer(QueuedMail<M> offered) {
            means.worker().prepare(offered, () -> line(offered));
        }

        private void line(QueuedMail<M> offered) {
            WaitingMail<M> mail = new WaitingMail<>(offered, means, supply, ticker.nanos());
            inTurn((turns, actions) -> turns.offer(mail, actions));
        }

        /** Counts a mail that was asked for and needs no delivery. */
        public void passOver() {
            inTurn((turns, actions) -> turns.notComing(supply, 1));
        }

        /** Asks for nothing more, and gives back what waits: a queue that is read anew gives it out again. */
        public void stop() {
            synchronized (Dispatcher.this) {
                turns.stop(supply);
            }
            requeue();
        }

        /** Gives back what waits. */
        public void requeue() {
            List<WaitingMail<?>> left;
            synchronized (Dispatcher.this) {
                left = turns.withdraw(supply);
            }
            left.forEach(WaitingMail::requeueAtOnce);
        }
    }

    /** Number of mails that wait here for their turn. */
    public synchronized int waiting() {
        return turns.waiting();
    }

    /** Use of the places now. */
    public synchronized DispatchStatus status() {
        return turns.status();
    }

    /** Use of the places at a site; empty if no mail for it is in hand and it is not failing. */
    public synchronized Optional<DispatchStatus.OneSite> site(SiteKey key) {
        return turns.site(key);
    }

    /** Lets more go to destinations that take their time, and takes their places from those that stall. For every second or so. */
    public void tick() {
        inTurn(Turns::tick);
    }

    @FunctionalInterface
    private interface Turn {
        void take(Turns turns, Actions actions);
    }

    /** Decides under the lock, and acts outside of it. */
    private void inTurn(Turn turn) {
        Decided decided = new Decided();
        try {
            synchronized (this) {
                turn.take(turns, decided);
                turns.fill(decided);
            }
        } finally {
            decided.actions.forEach(Dispatcher::guarded);
        }
    }

    /** Actions that one turn has decided on, in their order. */
    private final class Decided implements Actions {
        private final List<Runnable> actions = new ArrayList<>();

        @Override
        public void attempt(WaitingMail<?> mail, Lane lane) {
            actions.add(() -> begin(mail, Optional.of(lane), () -> Dispatcher.this.attempt(mail, lane)));
        }

        @Override
        public void hold(WaitingMail<?> mail, Duration time) {
            actions.add(() -> begin(mail, Optional.empty(), () -> Dispatcher.this.hold(mail, time)));
        }

        @Override
        public void leaveLine(WaitingMail<?> mail) {
            actions.add(mail::leaveLine);
        }

        @Override
        public void requeueAtOnce(WaitingMail<?> mail) {
            actions.add(mail::requeueAtOnce);
        }

        @Override
        public void request(Supply supply, int more) {
            actions.add(() -> ask(supply, more));
        }
    }

    private <M extends OutboundMail> void attempt(WaitingMail<M> mail, Lane lane) {
        FollowerLine<M> line = new FollowerLine<>(() -> follower(mail, lane));
        AttemptEnd end = AttemptEnd.NOTHING;
        long begun = mail.since();
        try {
            begun = ticker.nanos();
            end = mail.process(new Pass(mail, lane), line);
        } finally {
            ended(mail, lane, end, begun, line.end(end));
        }
    }

    private synchronized <M extends OutboundMail> Optional<WaitingMail<M>> follower(WaitingMail<M> leader, Lane lane) {
        return turns.follower(leader, lane);
    }

    /** Way of one attempt into its site, and to an address there. */
    private final class Pass implements SitePass {
        private final WaitingMail<?> mail;
        private final Lane lane;

        private Pass(WaitingMail<?> mail, Lane lane) {
            this.mail = mail;
            this.lane = lane;
        }

        @Override
        public boolean enter(SiteKey site) {
            AtomicBoolean entered = new AtomicBoolean();
            inTurn((turns, actions) -> entered.set(turns.enter(mail, lane, site)));
            return entered.get();
        }

        @Override
        public boolean arrive(InetAddress address, boolean first) {
            AtomicBoolean arrived = new AtomicBoolean();
            inTurn((turns, actions) -> arrived.set(turns.arrive(mail, address, first)));
            return arrived.get();
        }
    }

    private void ended(WaitingMail<?> mail, Lane lane, AttemptEnd end, long begun, Optional<? extends WaitingMail<?>> follower) {
        if (end instanceof AttemptEnd.Yielded) {
            mail.setBack();
        }
        inTurn((turns, actions) -> {
            if (end instanceof AttemptEnd.Ended ended) {
                turns.ended(mail, lane, ended, begun, follower, actions);
            } else {
                turns.yielded(mail, lane, follower, actions);
            }
        });
    }

    /** The line behind one delivery, which remembers the mail that was taken from it. Used by the delivery's thread alone. */
    private static final class FollowerLine<M extends OutboundMail> implements Line<M> {
        private final Supplier<Optional<WaitingMail<M>>> lane;
        private Optional<WaitingMail<M>> taken = Optional.empty();
        private boolean asked;

        FollowerLine(Supplier<Optional<WaitingMail<M>>> lane) {
            this.lane = lane;
        }

        @Override
        public <H extends QueuedMail<M>> Optional<H> next(Function<QueuedMail<M>, Optional<H>> begin) {
            if (asked) {
                return Optional.empty();
            }
            asked = true;
            taken = lane.get();
            return taken.flatMap(mail -> mail.begin(begin));
        }

        /** The mail that was taken: as it was before, unless it goes on now because a host awaits it. */
        Optional<WaitingMail<M>> end(AttemptEnd end) {
            taken.filter(mail -> !mail.hasEnded() && (end instanceof AttemptEnd.Yielded || !mail.isAwaited()))
                .ifPresent(WaitingMail::setBack);
            return taken;
        }
    }

    private void hold(WaitingMail<?> mail, Duration time) {
        try {
            mail.hold(time);
        } finally {
            inTurn((turns, actions) -> turns.held(mail));
        }
    }

    /** Asks a queue; what it could not be asked for does not count as asked for. */
    private void ask(Supply supply, int more) {
        boolean asked = false;
        try {
            supply.request.accept(more);
            asked = true;
        } finally {
            if (!asked) {
                synchronized (this) {
                    turns.notComing(supply, more);
                }
            }
        }
    }

    /** Has a thread do the work; without a thread the mail goes back. */
    private void begin(WaitingMail<?> mail, Optional<Lane> lane, Runnable work) {
        try {
            threads.execute(() -> guarded(work));
        } catch (RejectedExecutionException e) {
            LOGGER.debug("This server stops; a mail to {} goes back", mail.destination());
            mail.requeueAtOnce();
        } catch (Throwable e) {
            // When the system has no thread left, the JDK says so by an OutOfMemoryError.
            synchronized (this) {
                turns.notBegun(mail, lane);
            }
            mail.requeueAtOnce();
            LOGGER.error("There is no thread for a mail to {}; it goes back into its queue", mail.destination(), e);
        }
    }

    private static void guarded(Runnable work) {
        try {
            work.run();
        } catch (Throwable e) {
            // What comes after it in the same turn is other mails' affair.
            LOGGER.error("Unexpected error during delivery; the mail stays in its queue", e);
        }
    }

    /** Gives back what waits; what is under way is its threads' affair. */
    @Override
    public void close() {
        List<WaitingMail<?>> left;
        synchronized (this) {
            left = turns.close();
        }
        left.forEach(WaitingMail::requeueAtOnce);
    }
}
