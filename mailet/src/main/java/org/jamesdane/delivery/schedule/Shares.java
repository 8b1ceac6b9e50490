/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.schedule;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

import org.jamesdane.delivery.destination.Jitter;
import org.jamesdane.delivery.destination.Reachability;
import org.jamesdane.delivery.destination.RecentSuccesses;
import org.jamesdane.delivery.destination.Ticker;
import org.jamesdane.delivery.destination.WaitEstimate;

/**
 * Division of the places between doubtful destinations and all others, and between the items of one mail and those of others.
 *
 * <p>A destination is doubtful if it had no success for a day. It is also doubtful while it, or its site, has held places for ten seconds
 * without one. All of them share a quarter of the places. Each success of theirs earns them one place more, until others wait or nothing of
 * theirs ends. While nothing else is in hand or in the queues, they may have all places.
 *
 * <p>Items of one mail take one place while others wait. Otherwise those to doubtful destinations take an eighth of the places, and half of
 * them at most with what they earned. The rest leave a quarter free.
 *
 * <p>Not thread-safe; the caller synchronises.
 */
final class Shares {
    /** Doubtful destinations have one in so many places while others wait. */
    private static final int PART = 4;

    private final int places;
    private final int least;
    private final RecentSuccesses successes;
    private final WaitEstimate estimate;
    /** Items under way of each mail that has several. */
    private final Map<String, Integer> fanOuts = new HashMap<>();
    /** Places that doubtful destinations may have while others may come. */
    private int allowance;
    /** Places of doubtful destinations that further items of mails may have. */
    private int itemAllowance;
    private int underWay;
    private int doubtful;
    /** Deliveries under way that began as doubtful ones or as further items. */
    private int shared;
    /** Deliveries under way that began as both. */
    private int doubtfulItems;
    private boolean othersWait;
    private boolean alone;

    /**
     * Kind of a place that a delivery took.
     *
     * @param shared whether it went to a doubtful destination, or beside other items of its mail
     * @param doubtfulItem whether it did both
     */
    record Place(boolean shared, boolean doubtfulItem) {
    }

    /**
     * Divides the places.
     *
     * @param places deliveries at once
     */
    Shares(int places, RecentSuccesses successes, Ticker ticker, RandomGenerator random) {
        this.places = places;
        this.least = Math.max(1, places / PART);
        this.successes = successes;
        this.estimate = new WaitEstimate(ticker, new Jitter(random));
        forgetEarned();
    }

    private void forgetEarned() {
        allowance = least;
        itemAllowance = Math.max(1, least / 2);
    }

    /** Deliveries under way now. */
    int underWay() {
        return underWay;
    }

    /** Deliveries under way to doubtful destinations. */
    int doubtful() {
        return doubtful;
    }

    /** Places that doubtful destinations may have now. */
    int allowance() {
        return alone ? places : allowance;
    }

    /** Looks anew whether a destination is doubtful. */
    void judge(Lane lane) {
        if (!lane.doubtful && lane.holdsAloneWithoutSuccess()) {
            successes.forget(lane.name);
        }
        boolean now = lane.holdsWithoutSuccess() || !successes.isRecent(lane.name);
        if (now != lane.doubtful) {
            lane.doubtful = now;
            doubtful += now ? lane.places : -lane.places;
        }
    }

    /** Tests whether a mail to a destination unknown here would be an ordinary one, with a claim to a place. */
    boolean isOrdinary(WaitingMail<?> mail) {
        return successes.isRecent(mail.destination()) && !isFurtherItem(mail);
    }

    private boolean isFurtherItem(WaitingMail<?> mail) {
        return mail.fanOut().filter(fanOuts::containsKey).isPresent();
    }

    /** Tests whether there is a place for the mail beside those of others. */
    boolean mayBegin(WaitingMail<?> mail, Lane lane) {
        if (lane.doubtful) {
            return isFurtherItem(mail) ? mayDoubtfulItemBegin() : (othersWait ? doubtful : doubtful - doubtfulItems) < allowance();
        }
        return !isFurtherItem(mail) || (!othersWait && underWay < places - least);
    }

    private boolean mayDoubtfulItemBegin() {
        return !othersWait && doubtful < allowance() && doubtfulItems < (alone ? places / 2 : itemAllowance);
    }

    /** Counts the begin of a delivery. */
    Place begun(WaitingMail<?> mail, Lane lane) {
        boolean further = isFurtherItem(mail);
        Place place = new Place(lane.doubtful || further, lane.doubtful && further);
        if (place.shared() && shared == 0) {
            estimate.progressed();
        }
        count(mail, lane, place, 1);
        return place;
    }

    private void count(WaitingMail<?> mail, Lane lane, Place place, int change) {
        mail.fanOut().ifPresent(whole -> fanOuts.merge(whole, change, (before, more) -> before + more == 0 ? null : before + more));
        underWay += change;
        lane.places += change;
        doubtful += lane.doubtful ? change : 0;
        shared += place.shared() ? change : 0;
        doubtfulItems += place.doubtfulItem() ? change : 0;
    }

    /** Tests whether there would be a place for the mail if the one before it, which is under way, had ended. */
    boolean mayFollow(WaitingMail<?> leader, WaitingMail<?> mail, Lane lane) {
        count(leader, lane, leader.place(), -1);
        boolean may = mayBegin(mail, lane);
        count(leader, lane, leader.place(), 1);
        return may;
    }

    /**
     * Counts the end of a delivery.
     *
     * @param took its length
     */
    void ended(WaitingMail<?> mail, Lane lane, Reachability reach, Duration took) {
        Place place = mail.place();
        count(mail, lane, place, -1);
        if (place.shared()) {
            estimate.progressed();
        }
        if (reach == Reachability.REACHED) {
            if (place.shared()) {
                estimate.took(took);
                earn(place);
            }
            successes.succeeded(lane.name);
        }
        judge(lane);
    }

    private void earn(Place place) {
        if (!othersWait) {
            allowance = Math.min(places, allowance + 1);
            // What others have earned is not for the items of one mail that may all be for one host.
            itemAllowance = Math.min(Math.max(1, places / 2), itemAllowance + (place.doubtfulItem() ? 1 : 0));
        }
    }

    /** Leaves no more to doubtful destinations and to further items than their least share: somebody else waits. */
    void makeWay() {
        othersWait = true;
        forgetEarned();
    }

    /**
     * Looks at who waits, for every second or so.
     *
     * @param others whether an ordinary mail waits for a place
     * @param patience how long doubtful destinations may end nothing before they lose what they earned
     */
    void tick(boolean others, Duration patience) {
        othersWait = others;
        if (others || shared == 0 || estimate.quiet().compareTo(patience) > 0) {
            forgetEarned();
        }
    }

    /** Lets doubtful destinations have all places for the moment, or ends that. */
    void alone(boolean now) {
        alone = now;
    }

    /** Tests whether one more mail that waits for a share is likely to have its turn soon; none is while others wait. */
    boolean isTurnNear(int waiting, Duration patience) {
        return !othersWait && estimate.isTurnNear(waiting, Math.max(allowance, shared), patience);
    }

    /** Notes the time for which the first mail has waited for a share. */
    void firstHasWaited(Duration time) {
        estimate.firstHasWaited(time);
    }

    /** Time to hold a mail elsewhere for which there is no share. */
    Duration holdTime() {
        return estimate.holdTime(allowance);
    }
}
