/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.schedule;

import java.util.ArrayDeque;
import java.util.Deque;

import org.jamesdane.delivery.destination.DestinationState;

/**
 * A destination and the mails in line for it.
 *
 * <p>Not thread-safe; the dispatcher's lock guards it.
 */
final class Lane {
    final String name;
    final DestinationState destination;
    final Deque<WaitingMail<?>> line = new ArrayDeque<>();
    /** Deliveries under way. */
    int places;
    /** Set while the destination has places of the doubtful ones alone: see {@link Shares}. */
    boolean doubtful;
    /** Set while the mails in line wait for a share, and not for another mail of their own destination. */
    boolean waitsForShare;

    Lane(String name, DestinationState destination) {
        this.name = name;
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
