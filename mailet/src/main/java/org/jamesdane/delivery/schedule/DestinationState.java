/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/**
 * Treatment of one destination: how many deliveries at once, and when the destination is left alone. Knows the time only from its callers,
 * who also see to it that one of them is here at a time.
 *
 * <p>A destination begins with one delivery at once, and with a few if that one takes its time. With the mails it takes it earns more, as
 * far as they are of use: for the processor time of one handshake several mails go over a connection that is there. One that fails several
 * times in a row, without a success in between, is down: then it is probed with one mail after a pause, after twice the pause the next
 * time, and so on.
 */
final class DestinationState {
    /** Deliveries at once to a destination that has shown nothing yet, once {@link #LINE} has passed; before that it is one. */
    static final int FIRST_DELIVERIES = 5;
    /** A mail that would stand in line for longer gets a connection of its own. */
    static final Duration LINE = Duration.ofSeconds(1);
    /** However short the line would last, one more connection is worth its handshake if so many mails wait for each that there is. */
    static final int MAILS_FOR_ANOTHER = 12;
    /** Failures in a row after which a destination is down. One may be the mail's own, or a host that just restarts. */
    static final int FAILURES_UNTIL_DOWN = 3;
    static final Duration FIRST_PAUSE = Duration.ofSeconds(30);
    /** RFC 5321 §4.5.4.1 wants retries at least 30 minutes apart; half of that finds a destination that is back well before. */
    static final Duration LONGEST_PAUSE = Duration.ofMinutes(15);
    /** Without an end of any delivery for so long, and with all that it may have under way, it stalls. */
    static final Duration PATIENCE = Duration.ofSeconds(2);
    /** Longest wait of a mail in memory for its turn; mails that would wait for longer are kept elsewhere. */
    static final Duration LONGEST_TURN = Duration.ofSeconds(10);
    /** Wait of the first mail in line that shows that the line was longer than it seemed. */
    private static final Duration LATE = LONGEST_TURN.multipliedBy(3).dividedBy(2);
    /** More than a delivery can take; more is a clock that was set. */
    private static final Duration LONGEST_DELIVERY = Duration.ofDays(1);
    /** The weight of the last delivery in the mean of the times they take. */
    private static final double NEWEST = 0.2;
    /**
     * Longest distance between the returns of mails that are kept, also used while nothing is known of the destination. By some slow
     * deliveries of many quick ones the returns would be spread over an hour. That costs no more than that some of them are kept again.
     */
    private static final Duration MOST_SPREAD = Duration.ofMillis(20);
    /** At least so far apart come those back that were kept because it stalls: there may be a hundred thousand of them. */
    private static final Duration SPREAD_OF_STALLED = Duration.ofMillis(5);
    /** Kept is a mail for at least so long: it costs a copy of it. */
    private static final Duration LEAST_KEPT = Duration.ofSeconds(5);

    /** Bounds of the random factor of a wait, so that waits that begin together do not end together. */
    private static final double LEAST_JITTER = 0.75;
    private static final double MOST_JITTER = 1.25;

    /** The most that {@link #keepFor} asks for: what is left of a pause, and as much again. */
    static final Duration LONGEST_KEPT = scaled(LONGEST_PAUSE, 2 * MOST_JITTER);

    /** Answer to the question whether a mail may go now. */
    enum Admission {
        /** Yes; the caller has to report its end. */
        NOW,
        /** Once another delivery has ended. */
        AFTER_ANOTHER,
        /** Not before the pause is over. */
        AFTER_PAUSE
    }

    private final int most;
    private final RandomGenerator random;
    private int allowed;
    /** Most deliveries at once that the destination may earn by all that is known: no more than it had when one failed. */
    private int attainable;
    private int underWay;
    private int failures;
    private Duration pause = Duration.ZERO;
    private Instant pausedUntil = Instant.MIN;
    private Instant resumedAt = Instant.MIN;
    private Instant lastEnd;
    private Duration lastTook = Duration.ZERO;
    /** Mean time of the last deliveries; zero while that is unknown. */
    private Duration pace = Duration.ZERO;
    private Instant nextTurn = Instant.MIN;
    private Duration lateness = FIRST_PAUSE;
    private Instant lateUntil = Instant.MIN;

    /** A destination of which nothing is known. */
    DestinationState(int most, Instant now, RandomGenerator random) {
        this.most = most;
        this.random = random;
        this.allowed = 1;
        this.attainable = most;
        this.lastEnd = now;
    }

    Admission admit(Instant now) {
        followClock(now);
        if (isDown() && now.isBefore(pausedUntil)) {
            return Admission.AFTER_PAUSE;
        }
        if (underWay >= (isDown() ? 1 : allowed)) {
            return Admission.AFTER_ANOTHER;
        }
        begin(now);
        return Admission.NOW;
    }

    /**
     * Lets a mail go that can't wait, if a place can be had for it at all. What has been learnt of the destination does not hold it up,
     * but a destination that stalls must not take the places of all others with such mails.
     */
    boolean admitLastAttempt(Instant now) {
        if (underWay >= most) {
            return false;
        }
        begin(now);
        return true;
    }

    private void begin(Instant now) {
        if (underWay == 0) {
            lastEnd = now;
        }
        underWay++;
    }

    /**
     * A mail was taken; to be told before that delivery's {@link #ended end}. Of two in a row the quicker one says how long those that wait
     * would: the other may have opened the connection, which they find open.
     *
     * @param took how long that took, with the connection if there had to be a new one
     * @param waiting how many mails wait for their turn
     */
    void taken(Duration took, int waiting) {
        Duration credible = within(Duration.ZERO, took, LONGEST_DELIVERY);
        Duration each = credible.compareTo(lastTook) < 0 ? credible : lastTook;
        lastTook = credible;
        pace = pace.isZero() ? each : scaled(each, NEWEST).plus(scaled(pace, 1 - NEWEST));
        boolean longLine = each.multipliedBy(waiting).compareTo(LINE.multipliedBy(allowed)) > 0;
        if (!isDown() && (longLine || waiting >= MAILS_FOR_ANOTHER * allowed)) {
            allowed = Math.min(most, allowed + 1);
            attainable = Math.max(attainable, allowed);
        }
    }

    void ended(Reachability reach, Instant now) {
        followClock(now);
        underWay--;
        lastEnd = now;
        if (reach == Reachability.REACHED) {
            allowed = isDown() ? 1 : allowed;
            failures = 0;
            pause = Duration.ZERO;
        } else if (reach == Reachability.FAILED) {
            failed(now);
        }
    }

    /** Lets a few go at once if what is under way takes its time. */
    void lookAgain(Instant now) {
        if (underWay > 0 && failures == 0 && between(lastEnd, now).compareTo(LINE) > 0) {
            allowed = Math.max(allowed, Math.min(most, FIRST_DELIVERIES));
        }
    }

    private void failed(Instant now) {
        failures++;
        allowed = Math.max(1, allowed / 2);
        attainable = allowed;
        // Those that were under way when the pause began say nothing new.
        if (isDown() && !now.isBefore(pausedUntil)) {
            Duration twice = pause.multipliedBy(2);
            pause = pause.isZero() ? FIRST_PAUSE : twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
            pausedUntil = now.plus(jittered(pause));
        }
    }

    /**
     * Forgets that it was down, because somebody wants its mail tried now. Many mails may be sent for at once, so that counts once
     * within the first pause.
     */
    void resume(Instant now) {
        followClock(now);
        if (isDown() && now.isAfter(resumedAt.plus(FIRST_PAUSE))) {
            resumedAt = now;
            failures = 0;
            pause = Duration.ZERO;
            pausedUntil = Instant.MIN;
        }
    }

    private boolean isDown() {
        return failures >= FAILURES_UNTIL_DOWN;
    }

    /**
     * Hears how long the first in line has waited. By its quick deliveries alone a destination that is slow with every other one, or with
     * all but one of its connections, would seem to move, and its line would keep the places of all others.
     */
    void waited(Duration time, Instant now) {
        if (time.compareTo(LATE) > 0 && !isLate(now)) {
            boolean again = now.isBefore(lateUntil.plus(lateness));
            lateness = again ? within(FIRST_PAUSE, lateness.multipliedBy(2), LONGEST_PAUSE) : FIRST_PAUSE;
            lateUntil = now.plus(lateness);
        }
    }

    private boolean isLate(Instant now) {
        return now.isBefore(lateUntil);
    }

    /**
     * Tests whether the destination is likely to take one more waiting mail soon. One that has just begun, with fewer deliveries at once
     * than it may earn, is expected to earn them: by the pace of its first delivery alone no burst could be waited for.
     *
     * @param patience how long it may end nothing, {@link #PATIENCE} or more
     */
    boolean isMoving(int waiting, Instant now, Duration patience) {
        followClock(now);
        Duration turn = pace.multipliedBy(waiting + 1L).dividedBy(attainable);
        return !isLate(now) && between(lastEnd, now).compareTo(patience) <= 0 && turn.compareTo(LONGEST_TURN) <= 0;
    }

    /**
     * Time to keep a mail elsewhere that can neither go now nor wait here: until the pause ends, or the mails kept before are taken. Thus
     * not all mails come back at once.
     */
    Duration keepFor(Instant now) {
        followClock(now);
        if (isDown()) {
            Duration left = between(now, pausedUntil);
            return left.plus(scaled(left.compareTo(FIRST_PAUSE) < 0 ? FIRST_PAUSE : left, random.nextDouble()));
        }
        // What has just paused may go on soon; what has for long, or takes long for each, is asked less often.
        Duration quiet = between(lastEnd, now);
        Instant earliest = now.plus(within(LEAST_KEPT, quiet.compareTo(pace) < 0 ? pace : quiet, FIRST_PAUSE));
        Duration least = quiet.compareTo(PATIENCE) > 0 ? SPREAD_OF_STALLED : Duration.ZERO;
        Duration spread = pace.isZero() ? MOST_SPREAD : within(least, pace.dividedBy(attainable), MOST_SPREAD);
        Instant turn = (nextTurn.isBefore(earliest) ? earliest : nextTurn).plus(spread);
        Instant latest = now.plus(LONGEST_PAUSE);
        nextTurn = turn.isBefore(latest) ? turn : latest;
        return jittered(between(now, nextTurn));
    }

    /** Wait of a last attempt for which there was no place. */
    Duration untilNextPlace() {
        return jittered(FIRST_PAUSE);
    }

    /**
     * Cuts times in the future to what they can be. After a clock that was ahead is set back, nothing lasts as long as the clock was ahead.
     */
    private void followClock(Instant now) {
        if (lastEnd.isAfter(now)) {
            lastEnd = now;
        }
        if (resumedAt.isAfter(now)) {
            resumedAt = Instant.MIN;
        }
        if (lateUntil.isAfter(now.plus(lateness))) {
            lateUntil = Instant.MIN;
        }
        if (nextTurn.isAfter(now.plus(LONGEST_PAUSE))) {
            nextTurn = Instant.MIN;
        }
        Instant latest = now.plus(scaled(pause, MOST_JITTER));
        if (pausedUntil.isAfter(latest)) {
            pausedUntil = latest;
        }
    }

    /** Tests whether nothing would be lost if the destination were forgotten. */
    boolean isForgettable(Instant now) {
        return underWay == 0 && failures == 0 && !now.isBefore(lateUntil.plus(lateness));
    }

    /** Tests whether nothing is under way to the destination. */
    boolean isIdle() {
        return underWay == 0;
    }

    private Duration jittered(Duration time) {
        return scaled(time, LEAST_JITTER + random.nextDouble() * (MOST_JITTER - LEAST_JITTER));
    }

    private static Duration scaled(Duration time, double factor) {
        return Duration.ofNanos((long) (time.toNanos() * factor));
    }

    private static Duration within(Duration least, Duration time, Duration most) {
        return time.compareTo(least) < 0 ? least : time.compareTo(most) > 0 ? most : time;
    }

    private static Duration between(Instant from, Instant to) {
        return to.isBefore(from) ? Duration.ZERO : Duration.between(from, to);
    }
}
