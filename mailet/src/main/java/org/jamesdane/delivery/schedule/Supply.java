/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.schedule;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.IntConsumer;

/**
 * Mails of one queue: those that were asked for, those that have come, and those under way.
 *
 * <p>Not thread-safe; the dispatcher's lock guards it.
 */
final class Supply {
    /** Asks the queue for so many mails more. */
    final IntConsumer request;
    /** Mails that came before there was room for them: a broker that hands out mail in advance counts its time from then. */
    final Deque<WaitingMail<?>> backlog = new ArrayDeque<>();
    /** Mails that were asked for and have not come. */
    int requested;
    /** Mails that a thread works on, or is to work on. */
    int underWay;
    /** Mails that were taken out of their line to follow one under way, on the same place. */
    int following;
    boolean stopped;

    Supply(IntConsumer request) {
        this.request = request;
    }

    /** Tests whether the queue has given all it has: it was asked for more, and nothing waits here. */
    boolean isExhausted() {
        return requested > 0 && backlog.isEmpty();
    }
}
