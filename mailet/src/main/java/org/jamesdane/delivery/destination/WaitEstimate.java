/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.destination;

import java.time.Duration;

/**
 * Estimate of the time until a mail's turn. It rests on the destination's pace, the time since its last delivery ended, and the wait of the
 * first in line.
 *
 * <p>Not thread-safe; the caller synchronises.
 */
public final class WaitEstimate {
    /** Without an end of any delivery for so long, and with all that it may have under way, a destination stalls. */
    public static final Duration PATIENCE = Duration.ofSeconds(2);
    /** Longest wait of a mail in memory for its turn; mails that would wait for longer are held elsewhere. */
    public static final Duration LONGEST_TURN = Duration.ofSeconds(10);
    /** Wait of the first mail in line that shows that the line was longer than it seemed. */
    private static final Duration LATE = LONGEST_TURN.multipliedBy(3).dividedBy(2);
    /** Shortest time for which no turn is near once the line was late. */
    static final Duration LEAST_LATENESS = FailureBackoff.MINIMAL_BACKOFF;
    /** Longest time for which no turn is near once the line was late, which doubles while the line stays late. */
    static final Duration MOST_LATENESS = FailureBackoff.MAXIMAL_BACKOFF;
    /** The weight of the last delivery in the mean of the times they take. */
    private static final double NEWEST = 0.2;
    /**
     * Longest distance between the returns of mails that are held, also used while nothing is known of the destination. By some slow
     * deliveries of many quick ones the returns would be spread over an hour. That costs no more than that some of them are held again.
     */
    private static final Duration MOST_SPREAD = Duration.ofMillis(20);
    /** Least distance between the returns of mails that are held because of a stall: there may be a hundred thousand of them. */
    private static final Duration SPREAD_OF_STALLED = Duration.ofMillis(5);
    /** Minimum hold time; holding a mail costs one copy of it. */
    static final Duration LEAST_HOLD = Duration.ofSeconds(5);
    /** Longest time for which a mail is held while its destination stalls: the destination may go on at any time. */
    private static final Duration LONGEST_STALL = FailureBackoff.MINIMAL_BACKOFF;
    /** Longest time from now to the last return of a held mail, before jitter. */
    static final Duration LONGEST_HOLD = FailureBackoff.MAXIMAL_BACKOFF;

    private final Ticker ticker;
    private final Jitter jitter;
    /** Reading at the last end of a delivery, or at the begin of the first after a time without any. */
    private long progress;
    private Duration lastTook = Duration.ZERO;
    /** Mean time of the last deliveries; zero while that is unknown. */
    private Duration pace = Duration.ZERO;
    private long lastReturn;
    private Duration lateness = Duration.ZERO;
    private long lateUntil;

    public WaitEstimate(Ticker ticker, Jitter jitter) {
        this.ticker = ticker;
        this.jitter = jitter;
        this.progress = ticker.nanos();
        this.lastReturn = progress;
        this.lateUntil = progress;
    }

    /** Notes the begin of a delivery while there is no other, or the end of one. */
    public void progressed() {
        progress = ticker.nanos();
    }

    /** Time for which nothing ended although something was under way. */
    public Duration quiet() {
        return ticker.since(progress);
    }

    /**
     * Notes the time of a delivery that succeeded.
     *
     * @param took how long that took, with the connection if there had to be a new one
     * @return the time that each of those that wait is likely to take. That is the shorter of the last two: the other delivery may have
     *     opened the connection, which they find open
     */
    public Duration took(Duration took) {
        Duration each = shorter(took, lastTook);
        lastTook = took;
        pace = pace.isZero() ? each : Jitter.scaled(each, NEWEST).plus(Jitter.scaled(pace, 1 - NEWEST));
        return each;
    }

    /**
     * Notes the time for which the first in line has waited. A destination may be slow with every other delivery, or with all but one of
     * its connections. By its quick deliveries alone it would seem to move, and its line would keep the places of all others.
     */
    public void firstHasWaited(Duration time) {
        if (time.compareTo(LATE) > 0 && !isLate()) {
            lateness = isForgettable() ? LEAST_LATENESS : within(LEAST_LATENESS, lateness.multipliedBy(2), MOST_LATENESS);
            lateUntil = ticker.after(lateness);
        }
    }

    private boolean isLate() {
        return !ticker.hasReached(lateUntil);
    }

    /**
     * Tests whether one more mail in line is likely to have its turn soon.
     *
     * @param waiting mails in line before it
     * @param concurrency deliveries at once that the destination is expected to have
     * @param patience how long the destination may end nothing, {@link #PATIENCE} or more
     */
    public boolean isTurnNear(int waiting, int concurrency, Duration patience) {
        Duration turn = pace.multipliedBy(waiting + 1L).dividedBy(concurrency);
        return !isLate() && quiet().compareTo(patience) <= 0 && turn.compareTo(LONGEST_TURN) <= 0;
    }

    /**
     * Time to hold a mail whose turn is not near: until the mails held before are taken. Thus not all of them come back at once.
     *
     * @param concurrency deliveries at once that the destination is expected to have
     */
    public Duration holdTime(int concurrency) {
        Duration quiet = quiet();
        // What has just stalled may go on soon; what has for long, or takes long for each, is asked less often.
        Duration earliest = within(LEAST_HOLD, longer(quiet, pace), LONGEST_STALL);
        Duration least = quiet.compareTo(PATIENCE) > 0 ? SPREAD_OF_STALLED : Duration.ZERO;
        Duration spread = pace.isZero() ? MOST_SPREAD : within(least, pace.dividedBy(concurrency), MOST_SPREAD);
        Duration next = shorter(longer(ticker.until(lastReturn), earliest).plus(spread), LONGEST_HOLD);
        lastReturn = ticker.after(next);
        return jitter.around(next);
    }

    /** Tests whether nothing would be lost if the estimate were forgotten: the line was not late lately. */
    boolean isForgettable() {
        return ticker.hasReached(lateUntil + lateness.toNanos());
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? other : one;
    }

    private static Duration within(Duration least, Duration time, Duration most) {
        return shorter(longer(time, least), most);
    }
}
