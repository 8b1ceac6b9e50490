/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.schedule;

import java.time.Duration;

/** A mail in hand, as the {@link Dispatcher} sees it: exactly one of its four methods that end it is called, once. */
public interface Parcel {
    /** Word for mails that share their fate: mails with the same word go to the same hosts under the same conditions. */
    String destination();

    /**
     * Tests whether the mail can be kept that long without an attempt. A mail whose lifetime would end meanwhile can't wait. Its last
     * attempt is made as soon as there is a place for it, so that its sender learns what was wrong.
     */
    boolean canWait(Duration time);

    /** Tests whether the mail comes well before the time it was kept until: somebody has sent for it, and wants it tried now. */
    boolean isSentFor();

    /** Tries to deliver it, and settles what follows. */
    Reachability attempt();

    /** Keeps it for later without an attempt, which counts for nothing. */
    void hold(Duration time);

    /** Tests whether the mail has waited here for as long as its queue lets it wait. */
    default boolean isOverdue() {
        return false;
    }

    /** Keeps it for later as {@link #hold} does, on a thread of its own, so that it does not wait for a delivery to end. */
    default void leaveLine() {
        hold(Duration.ZERO);
    }

    /** Leaves it to its queue as it is. */
    void giveBack();
}
