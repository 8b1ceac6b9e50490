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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

import org.jamesdane.delivery.destination.DestinationState;
import org.jamesdane.delivery.destination.Reachability;
import org.jamesdane.delivery.destination.RecentSuccesses;
import org.jamesdane.delivery.destination.Ticker;
import org.jamesdane.delivery.destination.WaitEstimate;

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

    /** Work that no thread took; of an attempt, the lane in which it was counted. */
    private record NotBegun(WaitingMail<?> mail, Optional<Lane> lane) {
    }

    private final Dispatcher.Limits limits;
    private final Ticker ticker;
    private final Lanes lanes;
    private final Set<Supply> supplies = new HashSet<>();
    /** Work to be uncounted at the next tick, and not at once, so that the mails' queue does not give the mails out at once. */
    private final Deque<NotBegun> notBegun = new ArrayDeque<>();
    private int waiting;
    private final Shares shares;
    /** Lanes whose mails wait for a share, in their order. */
    private final Set<Lane> waitForShare = new LinkedHashSet<>();
    /** Mails that came since the last tick. */
    private int arrived;
    private boolean closed;

    Turns(Dispatcher.Limits limits, Ticker ticker, RandomGenerator random, RecentSuccesses successes) {
        this.limits = limits;
        this.ticker = ticker;
        this.lanes = new Lanes(limits.perDestination(), ticker, random);
        this.shares = new Shares(limits.deliveries(), successes, ticker, random);
    }

    /** Number of mails that wait in line for their turn. */
    int waiting() {
        return waiting;
    }

    DispatchStatus status() {
        return DispatchStatus.of(limits.deliveries(), shares, waiting, waitForShare.size(), lanes.all());
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
        arrived++;
        if (closed || mail.supply().stopped) {
            actions.requeueAtOnce(mail);
        } else if (hasRoom(mail.supply()) || !overtakes(mail, actions)) {
            mail.supply().backlog.addLast(mail);
        }
    }

    /** Lets an ordinary mail pass those that fill the room. If there is no place for it, others make way from now on. */
    private boolean overtakes(WaitingMail<?> mail, Actions actions) {
        if (!lacksNothingButRoom(mail)) {
            return false;
        }
        if (mail.supply().underWay >= limits.deliveries()) {
            shares.makeWay();
            return false;
        }
        admit(mail, actions);
        return true;
    }

    /** Tests whether a mail of the backlog is an ordinary one whose destination would take it now. */
    private boolean lacksNothingButRoom(WaitingMail<?> mail) {
        return shares.isOrdinary(mail) && lanes.known(mail.destination())
            .map(lane -> !lane.doubtful && lane.line.isEmpty() && lane.destination.hasPlace()).orElse(true);
    }

    /** Counts mails that were asked for and do not come. */
    void notComing(Supply supply, int mails) {
        supply.requested -= mails;
    }

    /** Takes the mails of one queue out of here. */
    List<WaitingMail<?>> withdraw(Supply supply) {
        List<WaitingMail<?>> left = new ArrayList<>();
        lanes.all().forEach(lane -> lane.line.removeIf(mail -> mail.supply() == supply && left.add(mail)));
        waiting -= left.size();
        left.addAll(supply.backlog);
        supply.backlog.clear();
        return left;
    }

    /** Takes all mails out of here, and takes no more. */
    List<WaitingMail<?>> close() {
        closed = true;
        List<WaitingMail<?>> left = new ArrayList<>();
        lanes.all().forEach(lane -> {
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
        lanes.all().forEach(shares::judge);
        shares.tick(supplies.stream().anyMatch(this::keepsOthersWaiting), patience());
        shares.alone(arrived == 0 && supplies.stream().allMatch(Supply::isExhausted));
        arrived = 0;
        lanes.all().forEach(lane -> {
            waiting -= leaveLine(lane.line, actions);
            lane.destination.lookAgain();
            goOn(lane, actions);
            if (!lane.line.isEmpty()) {
                lookAfter(lane, actions);
            }
        });
        shares.alone(false);
        supplies.forEach(supply -> supply.backlog.removeIf(mail -> !hasRoom(supply) && overtakes(mail, actions)));
        lanes.forget();
    }

    private boolean keepsOthersWaiting(Supply supply) {
        return !hasRoom(supply) && supply.backlog.stream().anyMatch(this::lacksNothingButRoom);
    }

    private void uncount(NotBegun work) {
        work.mail().supply().underWay--;
        work.lane().ifPresent(lane -> {
            lane.destination.ended(Reachability.UNKNOWN);
            shares.ended(work.mail(), lane, Reachability.UNKNOWN, Duration.ZERO);
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
            Duration waited = ticker.since(lane.line.getFirst().since()).minus(costOfAttempts());
            if (lane.waitsForShare) {
                shares.firstHasWaited(waited);
            } else {
                lane.destination.firstHasWaited(waited);
            }
            if (!isTurnNear(lane, 0)) {
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
    private boolean isToGoAsItsLast(WaitingMail<?> mail, Lane lane) {
        return !mail.canWait(WaitEstimate.LONGEST_TURN) && admitsLastAttempt(mail, lane);
    }

    private boolean admitsLastAttempt(WaitingMail<?> mail, Lane lane) {
        return shares.mayBegin(mail, lane) && lane.destination.admitLastAttempt();
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
        Lane lane = lanes.of(mail.destination());
        shares.judge(lane);
        if (mail.isSentFor()) {
            lane.destination.resume();
        }
        DestinationState.Admission admission = admission(mail, lane);
        if (admission == DestinationState.Admission.NOW) {
            attempt(mail, lane, actions);
        } else if (admission == DestinationState.Admission.AFTER_ANOTHER && (isRoomy() || isTurnNear(lane, lane.line.size()))) {
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

    private DestinationState.Admission admission(WaitingMail<?> mail, Lane lane) {
        if (!lane.line.isEmpty() && !lane.waitsForShare) {
            return DestinationState.Admission.AFTER_ANOTHER;
        }
        boolean goes = lane.destination.isPaused() || shares.mayBegin(mail, lane);
        if (lane.line.isEmpty() || !goes) {
            waitsForShare(lane, !goes);
        }
        if (goes) {
            return lane.destination.admit();
        }
        return DestinationState.Admission.AFTER_ANOTHER;
    }

    private void waitsForShare(Lane lane, boolean now) {
        lane.waitsForShare = now;
        if (now) {
            waitForShare.add(lane);
        } else {
            waitForShare.remove(lane);
        }
    }

    /** Tests whether one more mail in a line is likely to have its turn soon, after so many of its own destination. */
    private boolean isTurnNear(Lane lane, int before) {
        return lane.waitsForShare ? shares.isTurnNear(waitForShare.size(), patience()) : lane.destination.isTurnNear(before, patience());
    }

    /** Tests whether others find a place all the same. If so, no mail is held elsewhere, where it waits for longer and is copied. */
    private boolean isRoomy() {
        return waiting < limits.deliveries() * WAITING_FOR_EACH / 2;
    }

    private Duration patience() {
        return WaitEstimate.PATIENCE.plus(costOfAttempts());
    }

    private Duration costOfAttempts() {
        return PATIENCE_FOR_EACH.multipliedBy(shares.underWay());
    }

    private void attempt(WaitingMail<?> mail, Lane lane, Actions actions) {
        mail.take(shares.begun(mail, lane));
        mail.supply().underWay++;
        actions.attempt(mail, lane);
    }

    /** Counts the end of an attempt, and lets the next mail of its lane go. */
    void ended(WaitingMail<?> mail, Lane lane, Reachability reach, long begun, Actions actions) {
        mail.supply().underWay--;
        Duration took = ticker.since(begun);
        if (reach == Reachability.REACHED) {
            lane.destination.taken(took, lane.line.size());
        }
        lane.destination.ended(reach);
        shares.ended(mail, lane, reach, took);
        goOn(lane, actions);
        List.copyOf(waitForShare).forEach(each -> goOn(each, actions));
        lanes.leave(lane);
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
            Optional<WaitingMail<?>> next = lane.destination.isPaused() ? Optional.of(lane.line.getFirst()) : firstWithShare(lane);
            if (next.isEmpty()) {
                waitsForShare(lane, true);
                return;
            }
            waitsForShare(lane, false);
            DestinationState.Admission admission = lane.destination.admit();
            if (admission == DestinationState.Admission.AFTER_PAUSE) {
                holdAll(lane, actions);
            } else if (admission == DestinationState.Admission.AFTER_ANOTHER) {
                return;
            } else {
                waiting--;
                lane.line.remove(next.get());
                attempt(next.get(), lane, actions);
            }
        }
        waitsForShare(lane, false);
    }

    /** First mail in line that may go: the others are further items of mails that have a place. */
    private Optional<WaitingMail<?>> firstWithShare(Lane lane) {
        for (WaitingMail<?> mail : lane.line) {
            if (shares.mayBegin(mail, lane)) {
                return Optional.of(mail);
            }
        }
        return Optional.empty();
    }

    private void holdAll(Lane lane, Actions actions) {
        for (WaitingMail<?> mail = lane.line.pollFirst(); mail != null; mail = lane.line.pollFirst()) {
            waiting--;
            hold(mail, lane, actions);
        }
    }

    private void hold(WaitingMail<?> mail, Lane lane, Actions actions) {
        Duration time = lane.waitsForShare ? shares.holdTime() : lane.destination.holdTime();
        if (!mail.canWait(time)) {
            if (admitsLastAttempt(mail, lane)) {
                attempt(mail, lane, actions);
                return;
            }
            time = lane.destination.untilNextPlace();
        }
        mail.supply().underWay++;
        actions.hold(mail, time);
    }
}
