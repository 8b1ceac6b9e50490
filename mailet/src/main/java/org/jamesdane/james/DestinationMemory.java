/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import org.jamesdane.delivery.destination.RecentSuccesses;
import org.jamesdane.store.DestinationHistory;

/** Memory of the schedule about destinations, kept in this node's files. */
record DestinationMemory(DestinationHistory history) implements RecentSuccesses {
    @Override
    public boolean isRecent(String destination) {
        return history.isRecent(destination);
    }

    @Override
    public void succeeded(String destination) {
        history.succeeded(destination);
    }

    @Override
    public void forget(String destination) {
        history.forget(destination);
    }
}
