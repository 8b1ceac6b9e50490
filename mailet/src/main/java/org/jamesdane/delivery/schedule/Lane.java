/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.schedule;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

import org.jamesdane.delivery.destination.AttemptEnd;
import org.jamesdane.delivery.destination.DestinationState;
import org.jamesdane.delivery.destination.DestinationState.Admission;
import org.jamesdane.delivery.destination.Reachability;
import org.jamesdane.delivery.mail.OutboundMail;

/**
 * A destination and the mails in line for it. It goes to a site, once that is known.
 *
 * <p>Not thread-safe; the dispatcher's lock guards it.
 */
final class Lane {
    final String name;
    final Deque<WaitingMail<?>> line = new ArrayDeque<>();
    private final DestinationState destination;
    private Optional<Site> site = Optional.empty();
    /** Deliveries under way. */
    int places;
    /** Set while the destination has places of the doubtful ones alone: see {@link Shares}. */
    boolean doubtful;
    /** Set while the mails in line wait for a share, and not for another mail of their own destination. */
    boolean waitsForShare;
    /** Set while the mails in line wait for a place at their site. */
    private boolean waitsForSite;

    Lane(String name, DestinationState destination) {
        this.name = name;
        this.destination = destination;
    }

    Optional<Site> site() {
        return site;
    }

    /** Goes to another site from now on, or to one for the first time; deliveries under way stay where they are counted. */
    void move(Optional<Site> to) {
        site.ifPresent(from -> {
            from.leave(this);
            from.lanes--;
        });
        site = to;
        waitsForSite = false;
        to.ifPresent(there -> there.lanes++);
    }

    /** Tests whether a mail would be let go now, as far as the destination and its site are concerned. */
    boolean hasPlace() {
        return destination.hasPlace() && site.map(Site::hasPlace).orElse(true);
    }

    /** Tests whether the destination or its site gets no mail for a time. */
    boolean isPaused() {
        return destination.isPaused() || site.filter(Site::isPaused).isPresent();
    }

    /** Decides whether a mail may go now, and counts it if so. */
    Admission admit(WaitingMail<?> mail) {
        waitsForSite = !isPaused() && site.filter(there -> !there.hasPlace()).isPresent();
        if (waitsForSite) {
            site.ifPresent(there -> there.await(this));
            return Admission.AFTER_ANOTHER;
        }
        Admission admission = isPaused() ? Admission.AFTER_PAUSE : destination.admit();
        if (admission == Admission.NOW) {
            site.ifPresent(there -> there.admit(mail, false));
        }
        return admission;
    }

    /** Lets a mail go that can't wait, if a place can be had for it at all: see {@link DestinationState#admitLastAttempt}. */
    boolean admitLastAttempt(WaitingMail<?> mail) {
        if (!destination.isFull() && site.map(there -> there.admit(mail, true)).orElse(true)) {
            return destination.admitLastAttempt();
        }
        return false;
    }

    /**
     * Counts the end of a delivery that was admitted.
     *
     * @param crowded whether mails of any destination take most of the room to wait
     */
    void ended(WaitingMail<?> mail, AttemptEnd.Ended end, Duration took, boolean crowded) {
        if (end.domain() == Reachability.REACHED) {
            destination.taken(took, line.size());
        }
        destination.ended(end.domain());
        mail.site().ifPresent(there -> there.ended(end.site(), took, crowded));
        mail.enter(Optional.empty());
    }

    /** Tests whether its deliveries, or those of its site, have been under way for some time without a success. */
    boolean holdsWithoutSuccess() {
        return holdsAloneWithoutSuccess() || site.filter(Site::holdsWithoutSuccess).isPresent();
    }

    /** Tests whether its own deliveries have been under way for some time without a success. */
    boolean holdsAloneWithoutSuccess() {
        return destination.holdsWithoutSuccess();
    }

    void lookAgain() {
        destination.lookAgain();
    }

    /** Takes a dead destination or site for alive: see {@link DestinationState#resume}. */
    void resume() {
        destination.resume();
        site.ifPresent(Site::resume);
    }

    void firstHasWaited(Duration time) {
        if (waitsForSite) {
            site.ifPresent(there -> there.firstHasWaited(time));
        } else {
            destination.firstHasWaited(time);
        }
    }

    /** Tests whether one more mail is likely to have its turn soon, after so many of this line. */
    boolean isTurnNear(int before, Duration patience) {
        return waitsForSite ? site.filter(there -> there.isTurnNear(before, patience)).isPresent()
            : destination.isTurnNear(before, patience);
    }

    Duration holdTime() {
        return site.filter(there -> waitsForSite || there.isPaused()).map(Site::holdTime).orElseGet(destination::holdTime);
    }

    Duration untilNextPlace() {
        return destination.untilNextPlace();
    }

    /**
     * Takes the first mail out of line that might go if the given one, which is under way, had ended. It follows on the same places, so
     * that the order of the line is kept. Nothing is taken if that is a mail of another queue, or if the place would not be this lane's.
     */
    <M extends OutboundMail> Optional<WaitingMail<M>> takeFollower(WaitingMail<M> leader, Shares shares) {
        if (!destination.mayBeFollowed() || !leader.site().equals(site)
                || site.filter(there -> !there.keepsPlace(this, leader)).isPresent()) {
            return Optional.empty();
        }
        Optional<WaitingMail<M>> next = line.stream().filter(mail -> shares.mayFollow(leader, mail, this)).findFirst()
            .flatMap(leader::sameKind);
        next.ifPresent(mail -> {
            line.remove(mail);
            mail.supply().following++;
            site.ifPresent(there -> there.tookTurn(this));
        });
        return next;
    }

    /** Lets a mail go on the places of a delivery that has just ended, at the destination and at that site. */
    void admitFollower(WaitingMail<?> mail, Optional<Site> left) {
        destination.admitFollower();
        left.ifPresent(there -> there.admitFollower(mail));
    }

    /** Tests whether nothing would be lost if the lane were forgotten. */
    boolean isForgettable() {
        return line.isEmpty() && destination.isForgettable();
    }

    /** Tests whether nothing waits for the destination or is under way to it. */
    boolean isIdle() {
        return line.isEmpty() && destination.isIdle();
    }
}
