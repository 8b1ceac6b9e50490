/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.schedule;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Divides the deliveries at once between destinations, so that one which stalls, drags or fails holds up no other. A mail goes now, waits
 * here for its turn if that comes soon, or is kept elsewhere without an attempt.
 *
 * <p>What waits here is bounded, and so is the time that taking mail from the queues can be held up by it: once half of the places are
 * taken, a destination that ends nothing for some {@link DestinationState#PATIENCE}, or whose turns come much later than it seemed, loses
 * its own at the next {@link #tick}.
 */
public final class Dispatcher implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Dispatcher.class);
    /** Mails that wait here, as a multiple of the deliveries at once. */
    private static final int WAITING_FOR_EACH = 2;
    /**
     * Patience added for each delivery under way, which takes some of this server's own processors. A handshake takes most of all, and more
     * as long as the JVM is cold. The cost to other deliveries is not to be taken for the slowness of their destinations. A hundred that
     * began together are given 5 s.
     */
    private static final Duration PATIENCE_FOR_EACH = Duration.ofMillis(30);
    /** Failing destinations that are remembered; each costs some hundred octets. */
    private static final int REMEMBERED = 10_000;

    /**
     * Limits on what is done at once.
     *
     * @param deliveries to all destinations together
     * @param perDestination to one destination
     */
    public record Limits(int deliveries, int perDestination) {
        public Limits {
            if (deliveries < 1 || perDestination < 1) {
                throw new IllegalArgumentException("At least one delivery at once is needed, not " + deliveries + " and " + perDestination);
            }
        }

        /** Most mails that may be taken from a queue and not be done with. */
        public int inHand() {
            return deliveries * (1 + WAITING_FOR_EACH);
        }
    }

    private record Waiting(Intake intake, Parcel parcel, Instant since) {
    }

    private static final class Lane {
        private final DestinationState destination;
        private final Deque<Waiting> waiting = new ArrayDeque<>();

        Lane(DestinationState destination) {
            this.destination = destination;
        }
    }

    private final Executor threads;
    private final Limits limits;
    private final InstantSource clock;
    private final RandomGenerator random;
    /** Guarded by this, as are the fields of the intakes. */
    private final Map<String, Lane> lanes = new LinkedHashMap<>();
    private final Set<Intake> intakes = new HashSet<>();
    /**
     * Corrections of what was counted for mails that no thread took. The next tick runs these corrections, so that the mails' queue does
     * not give the mails out at once.
     */
    private final Deque<Runnable> notBegun = new ArrayDeque<>();
    private int waiting;
    /** Under way now. */
    private int attempts;
    private boolean closed;

    /**
     * Prepares.
     *
     * @param threads run the attempts, as many at once as the limits say
     */
    public Dispatcher(Executor threads, Limits limits, InstantSource clock, RandomGenerator random) {
        this.threads = threads;
        this.limits = limits;
        this.clock = Unfailing.clock(clock);
        this.random = Unfailing.random(random);
    }

    /**
     * A way in for the mails of one queue.
     *
     * @param request asks the queue for so many mails more; may be answered at any time, on any thread
     */
    public Intake intake(IntConsumer request) {
        return new Intake(request);
    }

    /** Entrance for one queue's mails. */
    public final class Intake {
        private final IntConsumer request;
        /** Came in before there was room for it: a broker that hands out mail in advance counts its time from then. */
        private final Deque<Waiting> backlog = new ArrayDeque<>();
        private int requested;
        private int underWay;
        private boolean stopped;

        private Intake(IntConsumer request) {
            this.request = request;
        }

        /** Asks for the first mails. Before, nothing is asked for: a subscription that is not there yet would not hear it. */
        public void start() {
            inTurn(actions -> {
                if (!stopped) {
                    intakes.add(this);
                }
            });
        }

        /** Takes a mail that was asked for. */
        public void offer(Parcel offered) {
            Parcel parcel = new GuardedParcel(offered);
            inTurn(actions -> {
                requested--;
                if (closed || stopped) {
                    actions.add(parcel::giveBack);
                } else {
                    backlog.addLast(new Waiting(this, parcel, clock.instant()));
                }
            });
        }

        /** Counts a mail that was asked for and needs no delivery. */
        public void passOver() {
            inTurn(actions -> requested--);
        }

        /** Asks for nothing more, and gives back what waits: a queue that is read anew gives it out again. */
        public void stop() {
            synchronized (Dispatcher.this) {
                stopped = true;
                intakes.remove(this);
            }
            putBack();
        }

        /** Gives back what waits. */
        public void putBack() {
            List<Waiting> left = new ArrayList<>();
            synchronized (Dispatcher.this) {
                lanes.values().forEach(lane -> lane.waiting.removeIf(mail -> mail.intake() == this && left.add(mail)));
                waiting -= left.size();
                left.addAll(backlog);
                backlog.clear();
            }
            left.forEach(mail -> mail.parcel().giveBack());
        }
    }

    /** Number of mails that wait here for their turn. */
    public synchronized int waiting() {
        return waiting;
    }

    /** Lets more go to destinations that take their time, and takes their places from those that stall. For every second or so. */
    public void tick() {
        inTurn(actions -> {
            Instant now = clock.instant();
            for (Runnable undo = notBegun.pollFirst(); undo != null; undo = notBegun.pollFirst()) {
                undo.run();
            }
            intakes.forEach(intake -> leaveLine(intake.backlog, actions));
            lanes.values().forEach(lane -> {
                waiting -= leaveLine(lane.waiting, actions);
                lane.destination.lookAgain(now);
                goOn(lane, now, actions);
                if (!lane.waiting.isEmpty()) {
                    lookAfter(lane, now, actions);
                }
            });
            forget();
        });
    }

    /** Has mail kept elsewhere that its queue leaves here no longer, whether or not a thread is free. */
    private static int leaveLine(Deque<Waiting> line, List<Runnable> actions) {
        List<Waiting> overdue = line.stream().filter(mail -> mail.parcel().isOverdue()).toList();
        line.removeAll(overdue);
        overdue.forEach(mail -> actions.add(mail.parcel()::leaveLine));
        return overdue.size();
    }

    private void lookAfter(Lane lane, Instant now, List<Runnable> actions) {
        if (!isRoomy()) {
            // What this server itself takes for many deliveries at once says nothing of the destination.
            Instant since = lane.waiting.getFirst().since().plus(PATIENCE_FOR_EACH.multipliedBy(attempts));
            lane.destination.waited(Duration.between(since, now), now);
            if (!lane.destination.isMoving(0, now, patience())) {
                keepAll(lane, now, actions);
            }
        }
        Iterator<Waiting> line = lane.waiting.iterator();
        while (line.hasNext()) {
            Waiting mail = line.next();
            if (isToGoAsItsLast(mail, lane, now)) {
                line.remove();
                waiting--;
                attempt(mail, lane, actions);
            }
        }
    }

    /** Takes a place, if there is one, for the last attempt of a mail whose life would end while the mail waits here. */
    private static boolean isToGoAsItsLast(Waiting mail, Lane lane, Instant now) {
        return !mail.parcel().canWait(DestinationState.LONGEST_TURN) && lane.destination.admitLastAttempt(now);
    }

    @FunctionalInterface
    private interface Turn {
        void take(List<Runnable> actions);
    }

    /** Decides under the lock, and acts outside of it. */
    private void inTurn(Turn turn) {
        List<Runnable> actions = new ArrayList<>();
        try {
            synchronized (this) {
                turn.take(actions);
                intakes.forEach(intake -> askForMore(intake, actions));
            }
        } finally {
            actions.forEach(Dispatcher::guarded);
        }
    }

    private void askForMore(Intake intake, List<Runnable> actions) {
        while (!intake.backlog.isEmpty() && hasRoom(intake)) {
            admit(intake.backlog.removeFirst(), actions);
        }
        int more = limits.inHand() - intake.underWay - waiting - intake.backlog.size() - intake.requested;
        if (more > 0 && !intake.stopped && !closed) {
            intake.requested += more;
            actions.add(() -> ask(intake, more));
        }
    }

    /** Asks a queue; what it could not be asked for does not count as asked for. */
    private void ask(Intake intake, int more) {
        boolean asked = false;
        try {
            intake.request.accept(more);
            asked = true;
        } finally {
            if (!asked) {
                synchronized (this) {
                    intake.requested -= more;
                }
            }
        }
    }

    private boolean hasRoom(Intake intake) {
        return intake.underWay < limits.deliveries() && waiting < limits.deliveries() * WAITING_FOR_EACH;
    }

    private void admit(Waiting mail, List<Runnable> actions) {
        Instant now = mail.since();
        Lane lane = lanes.computeIfAbsent(mail.parcel().destination(),
            name -> new Lane(new DestinationState(limits.perDestination(), now, random)));
        if (mail.parcel().isSentFor()) {
            lane.destination.resume(now);
        }
        DestinationState.Admission admission = lane.waiting.isEmpty() ? lane.destination.admit(now)
            : DestinationState.Admission.AFTER_ANOTHER;
        if (admission == DestinationState.Admission.NOW) {
            attempt(mail, lane, actions);
        } else if (admission == DestinationState.Admission.AFTER_ANOTHER
                && (isRoomy() || lane.destination.isMoving(lane.waiting.size(), now, patience()))) {
            if (isToGoAsItsLast(mail, lane, now)) {
                attempt(mail, lane, actions);
            } else {
                lane.waiting.addLast(mail);
                waiting++;
            }
        } else {
            keep(mail, lane, now, actions);
        }
    }

    /** Tests whether others find a place all the same. If so, no mail is kept elsewhere, where it waits for longer and is copied. */
    private boolean isRoomy() {
        return waiting < limits.deliveries() * WAITING_FOR_EACH / 2;
    }

    private Duration patience() {
        return DestinationState.PATIENCE.plus(PATIENCE_FOR_EACH.multipliedBy(attempts));
    }

    private void attempt(Waiting mail, Lane lane, List<Runnable> actions) {
        attempts++;
        begin(mail, actions, () -> {
            Reachability reach = Reachability.UNKNOWN;
            Instant begun = mail.since();
            try {
                begun = clock.instant();
                reach = mail.parcel().attempt();
            } finally {
                ended(mail, lane, reach, begun);
            }
        }, () -> {
            attempts--;
            lane.destination.ended(Reachability.UNKNOWN, clock.instant());
        });
    }

    private void ended(Waiting mail, Lane lane, Reachability reach, Instant begun) {
        inTurn(actions -> {
            Instant now = clock.instant();
            attempts--;
            mail.intake().underWay--;
            if (reach == Reachability.REACHED) {
                lane.destination.taken(Duration.between(begun, now), lane.waiting.size());
            }
            lane.destination.ended(reach, now);
            goOn(lane, now, actions);
            if (lane.destination.isForgettable(now) && lane.waiting.isEmpty()) {
                lanes.remove(mail.parcel().destination(), lane);
            }
        });
    }

    private void goOn(Lane lane, Instant now, List<Runnable> actions) {
        while (!lane.waiting.isEmpty()) {
            DestinationState.Admission admission = lane.destination.admit(now);
            if (admission == DestinationState.Admission.AFTER_PAUSE) {
                keepAll(lane, now, actions);
            } else if (admission == DestinationState.Admission.AFTER_ANOTHER) {
                return;
            } else {
                waiting--;
                attempt(lane.waiting.removeFirst(), lane, actions);
            }
        }
    }

    private void keepAll(Lane lane, Instant now, List<Runnable> actions) {
        for (Waiting mail = lane.waiting.pollFirst(); mail != null; mail = lane.waiting.pollFirst()) {
            waiting--;
            keep(mail, lane, now, actions);
        }
    }

    private void keep(Waiting mail, Lane lane, Instant now, List<Runnable> actions) {
        Duration pause = lane.destination.keepFor(now);
        boolean last = !mail.parcel().canWait(pause);
        if (last && lane.destination.admitLastAttempt(now)) {
            attempt(mail, lane, actions);
            return;
        }
        Duration time = last ? lane.destination.untilNextPlace() : pause;
        begin(mail, actions, () -> {
            try {
                mail.parcel().hold(time);
            } finally {
                inTurn(ignored -> mail.intake().underWay--);
            }
        }, () -> { });
    }

    /** Has a thread do the work; {@code undo} takes back what was counted for it if there is none. */
    private void begin(Waiting mail, List<Runnable> actions, Runnable work, Runnable undo) {
        mail.intake().underWay++;
        actions.add(() -> {
            try {
                threads.execute(() -> guarded(work));
            } catch (RejectedExecutionException e) {
                LOGGER.debug("This server stops; a mail to {} goes back", mail.parcel().destination());
                mail.parcel().giveBack();
            } catch (Throwable e) {
                // When the system has no thread left, the JDK says so by an OutOfMemoryError.
                synchronized (this) {
                    notBegun.addLast(() -> {
                        mail.intake().underWay--;
                        undo.run();
                    });
                }
                mail.parcel().giveBack();
                LOGGER.error("There is no thread for a mail to {}; it goes back into its queue", mail.parcel().destination(), e);
            }
        });
    }

    private static void guarded(Runnable work) {
        try {
            work.run();
        } catch (Throwable e) {
            // What comes after it in the same turn is other mails' affair.
            LOGGER.error("Delivering failed for an unexpected reason; no mail leaves its queue by that", e);
        }
    }

    private void forget() {
        Iterator<Lane> eldest = lanes.values().iterator();
        while (lanes.size() > REMEMBERED && eldest.hasNext()) {
            Lane lane = eldest.next();
            if (lane.destination.isIdle() && lane.waiting.isEmpty()) {
                eldest.remove();
            }
        }
    }

    /** Gives back what waits; what is under way is its threads' affair. */
    @Override
    public void close() {
        List<Waiting> left = new ArrayList<>();
        synchronized (this) {
            closed = true;
            lanes.values().forEach(lane -> {
                left.addAll(lane.waiting);
                lane.waiting.clear();
            });
            intakes.forEach(intake -> {
                left.addAll(intake.backlog);
                intake.backlog.clear();
            });
            waiting = 0;
        }
        left.forEach(mail -> mail.parcel().giveBack());
    }
}
