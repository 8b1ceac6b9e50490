/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.schedule;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A destination and the mails in line for it.
 *
 * <p>Not thread-safe; the dispatcher's lock guards it.
 */
final class Lane {
    final DestinationState destination;
    final Deque<WaitingMail<?>> line = new ArrayDeque<>();

    Lane(DestinationState destination) {
        this.destination = destination;
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
