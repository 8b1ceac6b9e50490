/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.schedule;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

import org.jamesdane.delivery.destination.AttemptEnd;
import org.jamesdane.delivery.destination.DestinationState;
import org.jamesdane.delivery.destination.Reachability;
import org.jamesdane.delivery.destination.RecentSuccesses;
import org.jamesdane.delivery.destination.SiteKey;
import org.jamesdane.delivery.destination.Ticker;
import org.jamesdane.delivery.mail.OutboundMail;

/**
 * Turns of all mails in hand: decides which mail goes now, which waits in line, and which is held elsewhere. It acts on none of them, and
 * tells an {@link Actions} what follows.
 *
 * <p>Not thread-safe; the dispatcher's lock guards it.
 */
final class Turns {
    /** Mails that wait here, as a multiple of the deliveries at once. */
    static final int WAITING_FOR_EACH = 2;
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
    private final Admissions admissions;
    /** Mails that came since the last tick. */
    private int arrived;
    private boolean closed;

    Turns(Dispatcher.Limits limits, Ticker ticker, RandomGenerator random, RecentSuccesses successes) {
        this.limits = limits;
        this.ticker = ticker;
        this.lanes = new Lanes(limits, ticker, random);
        this.shares = new Shares(limits.deliveries(), successes, ticker, random);
        this.admissions = new Admissions(shares);
    }

    /** Number of mails that wait in line for their turn. */
    int waiting() {
        return waiting;
    }

    DispatchStatus status() {
        return DispatchStatus.of(limits.deliveries(), shares, waiting, admissions.waitingForShare().size(), lanes);
    }

    Optional<DispatchStatus.OneSite> site(SiteKey key) {
        return lanes.known(key).map(DispatchStatus.OneSite::of);
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
            .map(lane -> !lane.doubtful && lane.line.isEmpty() && lane.hasPlace()).orElse(true);
    }

    /** Counts mails that were asked for and do not come. */
    void notComing(Supply supply, int mails) {
        supply.requested -= mails;
    }

    /** Takes the mails of one queue out of here. */
    List<WaitingMail<?>> withdraw(Supply supply) {
        List<WaitingMail<?>> left = lanes.withdraw(mail -> mail.supply() == supply);
        waiting -= left.size();
        left.addAll(supply.backlog);
        supply.backlog.clear();
        return left;
    }

    /** Takes all mails out of here, and takes no more. */
    List<WaitingMail<?>> close() {
        closed = true;
        List<WaitingMail<?>> left = lanes.withdraw(mail -> true);
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
        supplies.forEach(supply -> WaitingMail.leaveLine(supply.backlog, actions));
        lanes.all().forEach(shares::judge);
        shares.tick(supplies.stream().anyMatch(this::keepsOthersWaiting), admissions.patience());
        shares.alone(arrived == 0 && supplies.stream().allMatch(Supply::isExhausted));
        arrived = 0;
        lanes.sites().forEach(Site::lookAgain);
        lanes.all().forEach(lane -> {
            waiting -= WaitingMail.leaveLine(lane.line, actions);
            lane.lookAgain();
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
            lane.ended(work.mail(), AttemptEnd.NOTHING, Duration.ZERO, false);
            work.mail().leaveAddress(Optional.empty());
            shares.ended(work.mail(), lane, Reachability.UNKNOWN, Duration.ZERO);
        });
    }

    private void lookAfter(Lane lane, Actions actions) {
        if (!isRoomy()) {
            admissions.firstHasWaited(lane, ticker.since(lane.line.getFirst().since()));
            if (!admissions.isTurnNear(lane, 0)) {
                holdAll(lane, actions);
            }
        }
        Iterator<WaitingMail<?>> line = lane.line.iterator();
        while (line.hasNext()) {
            WaitingMail<?> mail = line.next();
            if (admissions.isToGoAsItsLast(mail, lane)) {
                line.remove();
                waiting--;
                attempt(mail, lane, actions);
            }
        }
    }

    /** Takes mails in for which there is room now, and asks their queues for as many more as there is room for. Ends each turn. */
    void fill(Actions actions) {
        goOnAtFreedPlaces(actions);
        supplies.forEach(supply -> fill(supply, actions));
    }

    private void fill(Supply supply, Actions actions) {
        while (!supply.backlog.isEmpty() && hasRoom(supply)) {
            admit(supply.backlog.removeFirst(), actions);
        }
        int more = limits.inHand() - supply.underWay - waiting - supply.backlog.size() - supply.requested - supply.following;
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
            lane.resume();
        }
        DestinationState.Admission admission = admissions.admit(mail, lane);
        if (admission == DestinationState.Admission.NOW) {
            attempt(mail, lane, actions);
        } else if (admission == DestinationState.Admission.AFTER_ANOTHER && (isRoomy() || admissions.isTurnNear(lane, lane.line.size()))) {
            if (admissions.isToGoAsItsLast(mail, lane)) {
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

    private void attempt(WaitingMail<?> mail, Lane lane, Actions actions) {
        mail.take(shares.begun(mail, lane));
        mail.supply().underWay++;
        actions.attempt(mail, lane);
    }

    /** Takes a mail out of line to follow one that is under way. */
    <M extends OutboundMail> Optional<WaitingMail<M>> follower(WaitingMail<M> leader, Lane lane) {
        Optional<WaitingMail<M>> next = closed || leader.supply().stopped ? Optional.empty() : lane.takeFollower(leader, shares);
        waiting -= next.isPresent() ? 1 : 0;
        return next;
    }

    /** Lets a mail that a host awaits go on the places of the one before it. Another goes back into line, as if it had not been taken. */
    private void succeed(WaitingMail<?> mail, WaitingMail<?> leader, Lane lane, Optional<Site> left, Actions actions) {
        mail.supply().following--;
        if (mail.isAwaited() && !closed && !mail.supply().stopped) {
            lane.admitFollower(mail, left);
            mail.takeAddressOf(leader);
            attempt(mail, lane, actions);
        } else {
            putBack(mail, lane, actions);
        }
    }

    private void putBack(WaitingMail<?> mail, Lane lane, Actions actions) {
        if (mail.hasEnded()) {
            return;
        }
        if (closed || mail.supply().stopped) {
            actions.requeueAtOnce(mail);
        } else {
            lane.line.addFirst(mail);
            waiting++;
        }
    }

    /** Counts the end of an attempt, and lets its follower go, or the next mails of its site and of its lane. */
    void ended(WaitingMail<?> mail, Lane lane, AttemptEnd.Ended end, long begun, Optional<? extends WaitingMail<?>> follower,
            Actions actions) {
        mail.supply().underWay--;
        Duration took = ticker.since(begun);
        Optional<Site> site = mail.site();
        lane.ended(mail, end, took, !isRoomy());
        shares.ended(mail, lane, end.domain(), took);
        follower.ifPresent(next -> succeed(next, mail, lane, site, actions));
        mail.leaveAddress(end.domain() == Reachability.REACHED ? Optional.of(took) : Optional.empty());
        goOnAfter(site, lane, actions);
        lanes.leave(lane);
    }

    private void goOnAfter(Optional<Site> site, Lane lane, Actions actions) {
        goOnAtFreedPlaces(actions);
        site.ifPresent(there -> goOn(there, actions));
        goOn(lane, actions);
        admissions.waitingForShare().forEach(each -> goOn(each, actions));
    }

    /** Lets an attempt into the site of its mail: see {@link Lanes#enter}. Where there is no place, {@link #yielded} is due. */
    boolean enter(WaitingMail<?> mail, Lane lane, SiteKey key) {
        return lanes.enter(mail, lane, key);
    }

    /** Lets an attempt go to an address: see {@link Lanes#arrive}. Where there is no place for the first, {@link #yielded} is due. */
    boolean arrive(WaitingMail<?> mail, InetAddress address, boolean first) {
        return lanes.arrive(mail, address, first);
    }

    /** Puts a mail back in line that found no place at its site, and its follower behind it. */
    void yielded(WaitingMail<?> mail, Lane lane, Optional<? extends WaitingMail<?>> follower, Actions actions) {
        mail.supply().underWay--;
        lane.ended(mail, AttemptEnd.NOTHING, Duration.ZERO, false);
        shares.ended(mail, lane, Reachability.UNKNOWN, Duration.ZERO);
        follower.ifPresent(next -> {
            next.supply().following--;
            putBack(next, lane, actions);
        });
        putBack(mail, lane, actions);
        mail.leaveAddress(Optional.empty());
        goOnAfter(Optional.empty(), lane, actions);
        if (lane.line.peekFirst() == mail && !isRoomy() && !admissions.isTurnNear(lane, 0)) {
            holdAll(lane, actions);
        }
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

    private void goOnAtFreedPlaces(Actions actions) {
        for (Optional<Site> next = lanes.nextFreed(); next.isPresent(); next = lanes.nextFreed()) {
            goOn(next.get(), actions);
        }
    }

    /** Lets mails go that wait for a place at a site, one of each destination in turn. */
    private void goOn(Site site, Actions actions) {
        for (Optional<Lane> next = site.next(); next.isPresent(); next = site.next()) {
            Lane lane = next.get();
            if (goes(lane, actions) && !lane.line.isEmpty()) {
                site.await(lane);
            }
        }
    }

    private void goOn(Lane lane, Actions actions) {
        boolean again = true;
        while (again) {
            again = goes(lane, actions);
        }
    }

    /** Lets the next mail of a lane go; false if none may go now. */
    private boolean goes(Lane lane, Actions actions) {
        Optional<WaitingMail<?>> next = admissions.next(lane);
        if (next.isEmpty()) {
            return false;
        }
        DestinationState.Admission admission = lane.admit(next.get());
        if (admission == DestinationState.Admission.AFTER_PAUSE) {
            holdAll(lane, actions);
        } else if (admission == DestinationState.Admission.NOW) {
            waiting--;
            lane.line.remove(next.get());
            attempt(next.get(), lane, actions);
        }
        return admission == DestinationState.Admission.NOW;
    }

    private void holdAll(Lane lane, Actions actions) {
        for (WaitingMail<?> mail = lane.line.pollFirst(); mail != null; mail = lane.line.pollFirst()) {
            waiting--;
            hold(mail, lane, actions);
        }
    }

    private void hold(WaitingMail<?> mail, Lane lane, Actions actions) {
        Duration time = admissions.holdTime(lane);
        if (!mail.canWait(time)) {
            if (admissions.admitsLastAttempt(mail, lane)) {
                attempt(mail, lane, actions);
                return;
            }
            time = lane.untilNextPlace();
        }
        mail.supply().underWay++;
        actions.hold(mail, time);
    }
}
