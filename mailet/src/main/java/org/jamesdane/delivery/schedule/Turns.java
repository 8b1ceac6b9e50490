/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.schedule;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Turns of all mails in hand: decides which mail goes now, which waits in line, and which is held elsewhere. It acts on none of them, and
 * tells an {@link Actions} what follows.
 *
 * <p>Not thread-safe; the dispatcher's lock guards it.
 */
final class Turns {
    /** Mails that wait here, as a multiple of the deliveries at once. */
    static final int WAITING_FOR_EACH = 2;
    /**
     * Patience added for each delivery under way, which takes some of this server's own processors. A handshake takes most of all, and more
     * as long as the JVM is cold. The cost to other deliveries is not to be taken for the slowness of their destinations. A hundred that
     * began together are given 5 s.
     */
    private static final Duration PATIENCE_FOR_EACH = Duration.ofMillis(30);
    /** Failing destinations that are remembered; each costs some hundred octets. */
    private static final int REMEMBERED = 10_000;

    /** Actions that follow from decisions, for when the lock is free again. */
    interface Actions {
        /** Tries to deliver a mail; then {@link Turns#ended} is due. */
        void attempt(WaitingMail<?> mail, Lane lane);

        /** Holds a mail elsewhere for a time; then {@link Turns#held} is due. */
        void hold(WaitingMail<?> mail, Duration time);

        /** Has a mail held elsewhere that its queue leaves here no longer, whether or not a thread is free. */
        void leaveLine(WaitingMail<?> mail);

        /** Leaves a mail to its queue. */
        void requeueAtOnce(WaitingMail<?> mail);

        /** Asks a queue for so many mails more. */
        void request(Supply supply, int more);
    }

    /** Work that no thread took; of an attempt, the lane in which it was counted. */
    private record NotBegun(WaitingMail<?> mail, Optional<Lane> lane) {
    }

    private final Dispatcher.Limits limits;
    private final Ticker ticker;
    private final RandomGenerator random;
    private final Map<String, Lane> lanes = new LinkedHashMap<>();
    private final Set<Supply> supplies = new HashSet<>();
    /** Work to be uncounted at the next tick, and not at once, so that the mails' queue does not give the mails out at once. */
    private final Deque<NotBegun> notBegun = new ArrayDeque<>();
    private int waiting;
    /** Attempts under way now. */
    private int attempts;
    private boolean closed;

    Turns(Dispatcher.Limits limits, Ticker ticker, RandomGenerator random) {
        this.limits = limits;
        this.ticker = ticker;
        this.random = random;
    }

    /** Number of mails that wait in line for their turn. */
    int waiting() {
        return waiting;
    }

    /** Takes a queue among those that are asked for mails. */
    void start(Supply supply) {
        if (!supply.stopped) {
            supplies.add(supply);
        }
    }

    /** Asks a queue for nothing more. */
    void stop(Supply supply) {
        supply.stopped = true;
        supplies.remove(supply);
    }

    /** Takes a mail that was asked for. */
    void offer(WaitingMail<?> mail, Actions actions) {
        mail.supply().requested--;
        if (closed || mail.supply().stopped) {
            actions.requeueAtOnce(mail);
        } else {
            mail.supply().backlog.addLast(mail);
        }
    }

    /** Counts mails that were asked for and do not come. */
    void notComing(Supply supply, int mails) {
        supply.requested -= mails;
    }

    /** Takes the mails of one queue out of here. */
    List<WaitingMail<?>> withdraw(Supply supply) {
        List<WaitingMail<?>> left = new ArrayList<>();
        lanes.values().forEach(lane -> lane.line.removeIf(mail -> mail.supply() == supply && left.add(mail)));
        waiting -= left.size();
        left.addAll(supply.backlog);
        supply.backlog.clear();
        return left;
    }

    /** Takes all mails out of here, and takes no more. */
    List<WaitingMail<?>> close() {
        closed = true;
        List<WaitingMail<?>> left = new ArrayList<>();
        lanes.values().forEach(lane -> {
            left.addAll(lane.line);
            lane.line.clear();
        });
        supplies.forEach(supply -> {
            left.addAll(supply.backlog);
            supply.backlog.clear();
        });
        waiting = 0;
        return left;
    }

    /** Lets more go to destinations that take their time, and takes their places from those that stall. For every second or so. */
    void tick(Actions actions) {
        for (NotBegun work = notBegun.pollFirst(); work != null; work = notBegun.pollFirst()) {
            uncount(work);
        }
        supplies.forEach(supply -> leaveLine(supply.backlog, actions));
        lanes.values().forEach(lane -> {
            waiting -= leaveLine(lane.line, actions);
            lane.destination.lookAgain();
            goOn(lane, actions);
            if (!lane.line.isEmpty()) {
                lookAfter(lane, actions);
            }
        });
        forget();
    }

    private void uncount(NotBegun work) {
        work.mail().supply().underWay--;
        work.lane().ifPresent(lane -> {
            attempts--;
            lane.destination.ended(Reachability.UNKNOWN);
        });
    }

    /** Has mails leave a line that have waited here for as long as their queue lets them. */
    private static int leaveLine(Deque<WaitingMail<?>> line, Actions actions) {
        List<WaitingMail<?>> overdue = line.stream().filter(mail -> mail.isOverdue()).toList();
        line.removeAll(overdue);
        overdue.forEach(actions::leaveLine);
        return overdue.size();
    }

    private void lookAfter(Lane lane, Actions actions) {
        if (!isRoomy()) {
            // What this server itself takes for many deliveries at once says nothing of the destination.
            lane.destination.firstHasWaited(ticker.since(lane.line.getFirst().since()).minus(costOfAttempts()));
            if (!lane.destination.isTurnNear(0, patience())) {
                holdAll(lane, actions);
            }
        }
        Iterator<WaitingMail<?>> line = lane.line.iterator();
        while (line.hasNext()) {
            WaitingMail<?> mail = line.next();
            if (isToGoAsItsLast(mail, lane)) {
                line.remove();
                waiting--;
                attempt(mail, lane, actions);
            }
        }
    }

    /** Takes a place, if there is one, for the last attempt of a mail whose life would end while the mail waits here. */
    private static boolean isToGoAsItsLast(WaitingMail<?> mail, Lane lane) {
        return !mail.canWait(WaitEstimate.LONGEST_TURN) && lane.destination.admitLastAttempt();
    }

    /** Takes mails in for which there is room now, and asks their queues for as many more as there is room for. Ends each turn. */
    void fill(Actions actions) {
        supplies.forEach(supply -> fill(supply, actions));
    }

    private void fill(Supply supply, Actions actions) {
        while (!supply.backlog.isEmpty() && hasRoom(supply)) {
            admit(supply.backlog.removeFirst(), actions);
        }
        int more = limits.inHand() - supply.underWay - waiting - supply.backlog.size() - supply.requested;
        if (more > 0 && !supply.stopped && !closed) {
            supply.requested += more;
            actions.request(supply, more);
        }
    }

    private boolean hasRoom(Supply supply) {
        return supply.underWay < limits.deliveries() && waiting < limits.deliveries() * WAITING_FOR_EACH;
    }

    private void admit(WaitingMail<?> mail, Actions actions) {
        Lane lane = lanes.computeIfAbsent(mail.destination(),
            name -> new Lane(new DestinationState(limits.perDestination(), ticker, random)));
        if (mail.isSentFor()) {
            lane.destination.resume();
        }
        DestinationState.Admission admission = lane.line.isEmpty() ? lane.destination.admit() : DestinationState.Admission.AFTER_ANOTHER;
        if (admission == DestinationState.Admission.NOW) {
            attempt(mail, lane, actions);
        } else if (admission == DestinationState.Admission.AFTER_ANOTHER
                && (isRoomy() || lane.destination.isTurnNear(lane.line.size(), patience()))) {
            if (isToGoAsItsLast(mail, lane)) {
                attempt(mail, lane, actions);
            } else {
                lane.line.addLast(mail);
                waiting++;
            }
        } else {
            hold(mail, lane, actions);
        }
    }

    /** Tests whether others find a place all the same. If so, no mail is held elsewhere, where it waits for longer and is copied. */
    private boolean isRoomy() {
        return waiting < limits.deliveries() * WAITING_FOR_EACH / 2;
    }

    private Duration patience() {
        return WaitEstimate.PATIENCE.plus(costOfAttempts());
    }

    private Duration costOfAttempts() {
        return PATIENCE_FOR_EACH.multipliedBy(attempts);
    }

    private void attempt(WaitingMail<?> mail, Lane lane, Actions actions) {
        attempts++;
        mail.supply().underWay++;
        actions.attempt(mail, lane);
    }

    /** Counts the end of an attempt, and lets the next mail of its lane go. */
    void ended(WaitingMail<?> mail, Lane lane, Reachability reach, long begun, Actions actions) {
        attempts--;
        mail.supply().underWay--;
        if (reach == Reachability.REACHED) {
            lane.destination.taken(ticker.since(begun), lane.line.size());
        }
        lane.destination.ended(reach);
        goOn(lane, actions);
        if (lane.isForgettable()) {
            lanes.remove(mail.destination(), lane);
        }
    }

    /** Counts the end of a hold. */
    void held(WaitingMail<?> mail) {
        mail.supply().underWay--;
    }

    /** Notes that no thread took an attempt, or a hold if there is no lane. */
    void notBegun(WaitingMail<?> mail, Optional<Lane> lane) {
        notBegun.addLast(new NotBegun(mail, lane));
    }

    private void goOn(Lane lane, Actions actions) {
        while (!lane.line.isEmpty()) {
            DestinationState.Admission admission = lane.destination.admit();
            if (admission == DestinationState.Admission.AFTER_PAUSE) {
                holdAll(lane, actions);
            } else if (admission == DestinationState.Admission.AFTER_ANOTHER) {
                return;
            } else {
                waiting--;
                attempt(lane.line.removeFirst(), lane, actions);
            }
        }
    }

    private void holdAll(Lane lane, Actions actions) {
        for (WaitingMail<?> mail = lane.line.pollFirst(); mail != null; mail = lane.line.pollFirst()) {
            waiting--;
            hold(mail, lane, actions);
        }
    }

    private void hold(WaitingMail<?> mail, Lane lane, Actions actions) {
        Duration time = lane.destination.holdTime();
        if (!mail.canWait(time)) {
            if (lane.destination.admitLastAttempt()) {
                attempt(mail, lane, actions);
                return;
            }
            time = lane.destination.untilNextPlace();
        }
        mail.supply().underWay++;
        actions.hold(mail, time);
    }

    private void forget() {
        Iterator<Lane> eldest = lanes.values().iterator();
        while (lanes.size() > REMEMBERED && eldest.hasNext()) {
            if (eldest.next().isIdle()) {
                eldest.remove();
            }
        }
    }
}
