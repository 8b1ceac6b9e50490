/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listeners to changes of trust anchors. What happens before the first of them is there is kept for that one. */
final class AnchorListeners {
    private static final Logger LOGGER = LoggerFactory.getLogger(AnchorListeners.class);
    /** Changes kept while nobody listens, the newest ones. */
    private static final int MAX_UNTOLD = 100;

    @GuardedBy("this")
    private final List<Consumer<AnchorChange>> listeners = new ArrayList<>();
    @GuardedBy("this")
    private final Deque<AnchorChange> untold = new ArrayDeque<>();

    void add(Consumer<AnchorChange> listener) {
        List<AnchorChange> earlier;
        synchronized (this) {
            listeners.add(listener);
            earlier = List.copyOf(untold);
            untold.clear();
        }
        earlier.forEach(change -> tell(listener, change));
    }

    void tell(AnchorChange change) {
        List<Consumer<AnchorChange>> told;
        synchronized (this) {
            told = List.copyOf(listeners);
            if (told.isEmpty()) {
                untold.addLast(change);
                if (untold.size() > MAX_UNTOLD) {
                    untold.removeFirst();
                }
            }
        }
        told.forEach(listener -> tell(listener, change));
    }

    private static void tell(Consumer<AnchorChange> listener, AnchorChange change) {
        try {
            listener.accept(change);
        } catch (Throwable e) {
            LOGGER.error("A change of a trust anchor could not be passed on", e);
        }
    }
}
