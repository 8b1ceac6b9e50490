/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.destination;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * State of one destination: its window of concurrent deliveries, with its {@link FailureBackoff} and its {@link WaitEstimate}.
 *
 * <p>A destination begins with one delivery at once, and with the initial concurrency if that one takes its time. Each mail that the
 * destination takes earns one more delivery at once, as far as that is of use. Several mails go over an open connection in the processor
 * time of one handshake.
 *
 * <p>Not thread-safe; the caller synchronises.
 */
public final class DestinationState {
    /** Deliveries at once to a destination that has shown nothing yet, once {@link #LINE} has passed; before that it is one. */
    public static final int INITIAL_CONCURRENCY = 5;
    /** A mail that would stand in line for longer gets a connection of its own. */
    static final Duration LINE = Duration.ofSeconds(1);
    /** Time for which a destination may hold places without a success before it is doubtful. */
    public static final Duration FRUITLESS = Duration.ofSeconds(10);
    /** However short the line would last, one more connection is worth its handshake if so many mails wait for each that there is. */
    static final int MAILS_FOR_ANOTHER = 12;

    /** Answer to the question whether a mail may go now. */
    public enum Admission {
        /** Yes; the caller has to report its end. */
        NOW,
        /** Once another delivery has ended. */
        AFTER_ANOTHER,
        /** The mail may go when the pause is over. */
        AFTER_PAUSE
    }

    private final int limit;
    private final Ticker ticker;
    private final FailureBackoff backoff;
    private final WaitEstimate estimate;
    private int window = 1;
    /** Largest window that the destination may earn by all that is known: no larger than when a delivery failed. */
    private int attainable;
    private int underWay;
    /** Reading at the last success, or at the begin of the first delivery after a time without any. */
    private long success;

    /**
     * Makes the state of a destination of which nothing is known.
     *
     * @param limit most deliveries at once
     */
    public DestinationState(int limit, Ticker ticker, RandomGenerator random) {
        Jitter jitter = new Jitter(random);
        this.limit = limit;
        this.backoff = new FailureBackoff(ticker, jitter);
        this.estimate = new WaitEstimate(ticker, jitter);
        this.attainable = limit;
        this.ticker = ticker;
        this.success = ticker.nanos();
    }

    /** Decides whether a mail may go now, and counts it if so. */
    public Admission admit() {
        if (backoff.isPaused()) {
            return Admission.AFTER_PAUSE;
        }
        if (!hasPlace()) {
            return Admission.AFTER_ANOTHER;
        }
        begin();
        return Admission.NOW;
    }

    /**
     * Lets a mail go that can't wait, if a place can be had for it at all. Pauses and window of the destination do not hold it up. But a
     * destination that stalls must not take the places of all others with such mails.
     */
    public boolean admitLastAttempt() {
        if (isFull()) {
            return false;
        }
        begin();
        return true;
    }

    /** Tests whether there are as many deliveries as there may ever be at once. */
    public boolean isFull() {
        return underWay >= limit;
    }

    /** Tests whether a mail would be let go now, without counting it. */
    public boolean hasPlace() {
        return !backoff.isPaused() && underWay < (backoff.isDead() ? 1 : window);
    }

    /** Tests whether a delivery under way may leave its place to a mail in line when it ends, as far as is known now. */
    public boolean mayBeFollowed() {
        return !backoff.isPaused() && underWay <= (backoff.isDead() ? 1 : window);
    }

    /** Lets a mail go on the place of a delivery that has just ended; the caller has to report its end. */
    public void admitFollower() {
        begin();
    }

    /** Tests whether the destination gets no mail for a time. */
    public boolean isPaused() {
        return backoff.isPaused();
    }

    /** Tests whether deliveries have been under way for some time without a success. */
    public boolean holdsWithoutSuccess() {
        return underWay > 0 && ticker.since(success).compareTo(FRUITLESS) >= 0;
    }

    private void begin() {
        if (underWay == 0) {
            estimate.progressed();
            success = ticker.nanos();
        }
        underWay++;
    }

    /**
     * Notes that a mail was taken; to be told before that delivery's {@link #ended end}.
     *
     * @param took how long that took, with the connection if there had to be a new one
     * @param waiting how many mails wait for their turn
     */
    public void taken(Duration took, int waiting) {
        Duration each = estimate.took(took);
        boolean longLine = each.multipliedBy(waiting).compareTo(LINE.multipliedBy(window)) > 0;
        if (!backoff.isDead() && (longLine || waiting >= MAILS_FOR_ANOTHER * window)) {
            window = Math.min(limit, window + 1);
            attainable = Math.max(attainable, window);
        }
    }

    /** Counts the end of a delivery that was admitted. */
    public void ended(Reachability reach) {
        underWay--;
        estimate.progressed();
        if (reach == Reachability.REACHED) {
            success = ticker.nanos();
            window = backoff.isDead() ? 1 : window;
            backoff.succeeded();
        } else if (reach == Reachability.FAILED) {
            window = Math.max(1, window / 2);
            attainable = window;
            backoff.failed();
        }
    }

    /** Opens the window to the initial concurrency if what is under way takes its time. */
    public void lookAgain() {
        if (underWay > 0 && !backoff.isFailing() && estimate.quiet().compareTo(LINE) > 0) {
            window = Math.max(window, Math.min(limit, INITIAL_CONCURRENCY));
        }
    }

    /** Takes a dead destination for alive: see {@link FailureBackoff#resume}. */
    public void resume() {
        backoff.resume();
    }

    /** Notes the time for which the first in line has waited: see {@link WaitEstimate#firstHasWaited}. */
    public void firstHasWaited(Duration time) {
        estimate.firstHasWaited(time);
    }

    /**
     * Tests whether one more mail in line is likely to have its turn soon. A new destination, with a smaller window than it may earn, is
     * expected to earn more. By the pace of its first delivery alone no burst could be waited for.
     *
     * @param waiting mails in line before it
     * @param patience how long the destination may end nothing, {@link WaitEstimate#PATIENCE} or more
     */
    public boolean isTurnNear(int waiting, Duration patience) {
        return estimate.isTurnNear(waiting, attainable, patience);
    }

    /** Time to hold a mail elsewhere that can neither go now nor wait here: until the pause ends, or the mails held before are taken. */
    public Duration holdTime() {
        return backoff.isDead() ? backoff.holdTime() : estimate.holdTime(attainable);
    }

    /** Time to hold a mail for which there was no place for its last attempt. */
    public Duration untilNextPlace() {
        return backoff.untilNextPlace();
    }

    /** Tests whether nothing would be lost if the destination were forgotten. */
    public boolean isForgettable() {
        return isIdle() && !backoff.isFailing() && estimate.isForgettable();
    }

    /** Tests whether nothing is under way to the destination. */
    public boolean isIdle() {
        return underWay == 0;
    }
}
