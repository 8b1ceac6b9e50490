/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.destination;

import java.time.Duration;

/**
 * Backoff from a destination that fails. After several failures in a row, without a success in between, the destination is dead. It is
 * probed with one mail after a pause, after twice the pause the next time, and so on. The words are Postfix's.
 *
 * <p>Not thread-safe; the caller synchronises.
 */
public final class FailureBackoff {
    /** Failures in a row after which a destination is dead. One failure may be the mail's own, or a host that just restarts. */
    public static final int FAILURES_UNTIL_DEAD = 3;
    /** Length of the first pause. */
    public static final Duration MINIMAL_BACKOFF = Duration.ofSeconds(30);
    /** RFC 5321 §4.5.4.1 wants retries at least 30 minutes apart; half of that finds a destination that is back well before. */
    public static final Duration MAXIMAL_BACKOFF = Duration.ofMinutes(15);
    /** The most that {@link #holdTime} asks for: what is left of a pause, and as much again. */
    public static final Duration LONGEST_HOLD = Jitter.scaled(MAXIMAL_BACKOFF, 2 * Jitter.MOST);

    private final Ticker ticker;
    private final Jitter jitter;
    private int failures;
    /** Length of the last pause before jitter; zero if there was none since the last success. */
    private Duration backoff = Duration.ZERO;
    private long pausedUntil;
    private long resumableFrom;

    FailureBackoff(Ticker ticker, Jitter jitter) {
        this.ticker = ticker;
        this.jitter = jitter;
        this.pausedUntil = ticker.nanos();
        this.resumableFrom = pausedUntil;
    }

    /** Tests whether the last attempt that said anything about the destination failed. */
    boolean isFailing() {
        return failures > 0;
    }

    /** Tests whether the destination gets one mail at a time only, and that after pauses. */
    boolean isDead() {
        return failures >= FAILURES_UNTIL_DEAD;
    }

    /** Tests whether the destination is dead and not to be probed yet. */
    boolean isPaused() {
        return isDead() && !ticker.hasReached(pausedUntil);
    }

    void succeeded() {
        failures = 0;
        backoff = Duration.ZERO;
    }

    void failed() {
        failures++;
        // Deliveries that were under way when the pause began say nothing new.
        if (isDead() && ticker.hasReached(pausedUntil)) {
            backoff = next();
            pausedUntil = ticker.after(jitter.around(backoff));
        }
    }

    private Duration next() {
        if (backoff.isZero()) {
            return MINIMAL_BACKOFF;
        }
        Duration twice = backoff.multipliedBy(2);
        return twice.compareTo(MAXIMAL_BACKOFF) < 0 ? twice : MAXIMAL_BACKOFF;
    }

    /**
     * Takes the destination for alive, because somebody wants its mail tried now. Many mails may be sent for at once, so that counts once
     * within the minimal backoff.
     */
    void resume() {
        if (isDead() && ticker.hasReached(resumableFrom)) {
            resumableFrom = ticker.after(MINIMAL_BACKOFF);
            succeeded();
            pausedUntil = ticker.nanos();
        }
    }

    /** Time to hold a mail of a dead destination: the rest of the pause, and a random time more. So not all mails come back at once. */
    Duration holdTime() {
        Duration left = ticker.until(pausedUntil);
        return left.plus(jitter.partOf(left.compareTo(MINIMAL_BACKOFF) < 0 ? MINIMAL_BACKOFF : left));
    }

    /** Time to hold a mail whose life ends meanwhile, when there was no place for its last attempt. */
    Duration untilNextPlace() {
        return jitter.around(MINIMAL_BACKOFF);
    }
}
