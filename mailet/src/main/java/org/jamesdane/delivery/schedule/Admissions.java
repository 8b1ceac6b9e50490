/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.schedule;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.jamesdane.delivery.destination.DestinationState.Admission;
import org.jamesdane.delivery.destination.WaitEstimate;

/**
 * Admission of mails: a mail goes once it has a share of the places, its destination's leave, and a place at its site.
 *
 * <p>Not thread-safe; the dispatcher's lock guards it.
 */
final class Admissions {
    /**
     * Patience added for each delivery under way, which takes some of this server's own processors. A handshake takes most of all, and more
     * as long as the JVM is cold. The cost to other deliveries is not to be taken for the slowness of their destinations. A hundred that
     * began together are given 5 s.
     */
    private static final Duration PATIENCE_FOR_EACH = Duration.ofMillis(30);

    private final Shares shares;
    /** Lanes whose mails wait for a share, in their order. */
    private final Set<Lane> waitForShare = new LinkedHashSet<>();

    Admissions(Shares shares) {
        this.shares = shares;
    }

    /** Lanes whose mails wait for a share now. */
    List<Lane> waitingForShare() {
        return List.copyOf(waitForShare);
    }

    /** Decides whether a mail that comes may go now, and counts it if so. */
    Admission admit(WaitingMail<?> mail, Lane lane) {
        if (!lane.line.isEmpty() && !lane.waitsForShare) {
            return Admission.AFTER_ANOTHER;
        }
        boolean goes = lane.isPaused() || shares.mayBegin(mail, lane);
        if (lane.line.isEmpty() || !goes) {
            waitsForShare(lane, !goes);
        }
        return goes ? lane.admit(mail) : Admission.AFTER_ANOTHER;
    }

    /** Decides whether a mail may go now for which this is the last attempt, and counts it if so. */
    boolean admitsLastAttempt(WaitingMail<?> mail, Lane lane) {
        return shares.mayBegin(mail, lane) && lane.admitLastAttempt(mail);
    }

    /** Takes a place, if there is one, for the last attempt of a mail whose life would end while the mail waits in line. */
    boolean isToGoAsItsLast(WaitingMail<?> mail, Lane lane) {
        return !mail.canWait(WaitEstimate.LONGEST_TURN) && admitsLastAttempt(mail, lane);
    }

    /** First mail in line that has a share of the places; if there is none, the line waits for a share from now on. */
    Optional<WaitingMail<?>> next(Lane lane) {
        Optional<WaitingMail<?>> next = lane.isPaused() ? Optional.ofNullable(lane.line.peekFirst()) : firstWithShare(lane);
        waitsForShare(lane, next.isEmpty() && !lane.line.isEmpty());
        return next;
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

    private void waitsForShare(Lane lane, boolean now) {
        lane.waitsForShare = now;
        if (now) {
            waitForShare.add(lane);
        } else {
            waitForShare.remove(lane);
        }
    }

    /** Tests whether one more mail in a line is likely to have its turn soon, after so many of its own destination. */
    boolean isTurnNear(Lane lane, int before) {
        return lane.waitsForShare ? shares.isTurnNear(waitForShare.size(), patience()) : lane.isTurnNear(before, patience());
    }

    /** Notes the time for which the first mail in a line has waited. */
    void firstHasWaited(Lane lane, Duration time) {
        // What this server itself takes for many deliveries at once says nothing of the destination.
        Duration waited = time.minus(costOfAttempts());
        if (lane.waitsForShare) {
            shares.firstHasWaited(waited);
        } else {
            lane.firstHasWaited(waited);
        }
    }

    /** Time to hold a mail elsewhere that can neither go now nor wait in its line. */
    Duration holdTime(Lane lane) {
        return lane.waitsForShare ? shares.holdTime() : lane.holdTime();
    }

    /** Time for which a destination may end nothing while it has all that it may have. */
    Duration patience() {
        return WaitEstimate.PATIENCE.plus(costOfAttempts());
    }

    private Duration costOfAttempts() {
        return PATIENCE_FOR_EACH.multipliedBy(shares.underWay());
    }
}
