/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.apache.james.queue.api.MailQueue.MailQueueItem;
import org.jamesdane.store.ItemLife;

/**
 * Mails that were taken from a queue and are not done with. A broker that has lost a channel gives its mails out again while a delivery has
 * them. Such a second item, the twin, waits here until the first item ends.
 */
final class InHand {
    @GuardedBy("this")
    private final Map<ItemLife, List<MailQueueItem>> twins = new HashMap<>();
    @GuardedBy("this")
    private int nameless;

    /**
     * Takes a mail into hand.
     *
     * @param life the life of the item; empty for mail that an older version put into the queue
     * @return false if the mail is in hand already; then this appearance is kept for {@link #end}
     */
    synchronized boolean begin(Optional<ItemLife> life, MailQueueItem item) {
        if (life.isEmpty()) {
            nameless++;
            return true;
        }
        List<MailQueueItem> before = twins.get(life.get());
        if (before != null) {
            before.add(item);
            return false;
        }
        twins.put(life.get(), new ArrayList<>());
        return true;
    }

    /** Lets go of a mail, and gives back its twins. */
    synchronized List<MailQueueItem> end(Optional<ItemLife> life) {
        if (life.isEmpty()) {
            nameless--;
            return List.of();
        }
        List<MailQueueItem> waiting = twins.remove(life.get());
        return waiting == null ? List.of() : waiting;
    }

    synchronized int count() {
        return twins.size() + nameless;
    }
}
