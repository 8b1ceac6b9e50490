/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import org.jamesdane.smtp.Recipient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores what is left of a mail, and only then takes the mail out of its queue.
 *
 * @param <M> the mail
 */
final class RestStorage<M extends OutboundMail> {
    private static final Logger LOGGER = LoggerFactory.getLogger(RestStorage.class);
    /** Attempts by the delivery thread to store a mail before it is set aside; about 7 s in total. */
    private static final int STORED_AGAIN = 3;

    private final DeferralStore<M> deferrals;
    private final InstantSource clock;
    private final Patience patience;
    private final Aside aside;
    private volatile boolean storing = true;

    RestStorage(DeferralStore<M> deferrals, InstantSource clock, Patience patience, Aside aside) {
        this.deferrals = deferrals;
        this.clock = clock;
        this.patience = patience;
        this.aside = aside;
    }

    /**
     * Stores what is left of a mail, again and again until it succeeds or this server stops, and takes it out of the queue: to give it up
     * here would send the mail once more to everyone who has it already. Waits for a failing store; if it keeps failing, the mail is set
     * aside, so that this thread is free for others.
     */
    void finish(QueueItem<M> item, List<Rest> left) {
        if (item instanceof HeldItem<M> held && held.isReturned()) {
            leaveTheRest(item, left);
            return;
        }
        Unstored rest = new Unstored(item, left);
        for (int failures = 0; !rest.tryAgain(); failures++) {
            if (failures >= STORED_AGAIN && aside.take(rest)) {
                return;
            }
            if (!patience.pause(Patience.after(failures))) {
                rest.giveUp();
                return;
            }
        }
    }

    /** Whether the last mail that was to be stored could be. */
    boolean canDefer() {
        return storing;
    }

    /** Records the recipients of whom nothing is left to do, and leaves the mail to the queue for the others. */
    private static <M extends OutboundMail> void leaveTheRest(QueueItem<M> item, Collection<Rest> left) {
        Set<String> open = left.stream().flatMap(rest -> names(rest.recipients()).stream()).collect(Collectors.toSet());
        List<String> settled = names(item.mail().envelope().recipients()).stream().filter(name -> !open.contains(name)).toList();
        if (!settled.isEmpty()) {
            item.settled(settled);
        }
        leave(item, false);
    }

    private static List<String> names(List<Recipient> recipients) {
        return recipients.stream().map(Recipient::toString).toList();
    }

    /** Leaves the mail in its queue as it is. */
    void putBack(QueueItem<M> item) {
        leave(item, false);
    }

    private static <M extends OutboundMail> void leave(QueueItem<M> item, boolean done) {
        try {
            if (done) {
                item.done();
            } else {
                item.putBack();
            }
        } catch (Throwable e) {
            LOGGER.error("The mail {} could not be {} its queue; it may be worked on again", item.mail().name(),
                done ? "taken out of" : "left to", e);
            if (done) {
                item.settled(names(item.mail().envelope().recipients()));
            }
        }
    }

    /** A mail that waits in its queue for what is left of it to be stored. */
    private final class Unstored implements Aside.Work {
        private final QueueItem<M> item;
        private final Deque<Rest> left;
        private boolean told;

        Unstored(QueueItem<M> item, List<Rest> rest) {
            this.item = item;
            this.left = new ArrayDeque<>(rest);
        }

        @Override
        public boolean tryAgain() {
            try {
                for (Rest next = left.peek(); next != null; next = left.peek()) {
                    deferrals.defer(item.mail(), next.recipients(), next.history().dueAt(clock.instant().plus(next.delay())), next.delay());
                    left.remove();
                    storing = true;
                }
            } catch (Throwable e) {
                storing = false;
                if (!told) {
                    LOGGER.error("The mail {} could not be stored for later; it is tried again until that succeeds or this server stops",
                        item.mail().name(), e);
                }
                told = true;
                if (item.left().compareTo(item.holding().returnsAt()) > 0) {
                    return false;
                }
                giveUp();
                return true;
            }
            leave(item, true);
            return true;
        }

        @Override
        public void giveUp() {
            LOGGER.error("The mail {} stays in the queue: what is left of it could not be stored", item.mail().name());
            leaveTheRest(item, left);
        }
    }
}
