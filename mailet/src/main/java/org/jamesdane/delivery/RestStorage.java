/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import org.jamesdane.delivery.deferral.DeferralStore;
import org.jamesdane.delivery.mail.MailAccessException;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.delivery.mail.OutboundMail;
import org.jamesdane.delivery.mail.QueuedMail;
import org.jamesdane.delivery.retry.Backoff;
import org.jamesdane.delivery.retry.StorageRetryQueue;
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
    private final StoreRefusals<M> refusals;
    private final InstantSource clock;
    private final Backoff patience;
    private final StorageRetryQueue aside;
    private volatile boolean storing = true;

    RestStorage(DeferralStore<M> deferrals, StoreRefusals<M> refusals, InstantSource clock, Backoff patience, StorageRetryQueue aside) {
        this.deferrals = deferrals;
        this.refusals = refusals;
        this.clock = clock;
        this.patience = patience;
        this.aside = aside;
    }

    /**
     * Stores what is left of a mail, until storing succeeds or this server stops, and takes the mail out of the queue. To give up here
     * would send the mail once more to everyone who has it already. Waits for a failing store; if it keeps failing, the mail is set aside,
     * so that this thread is free for others.
     */
    void finish(QueuedMail<M> item, List<Rest> left) {
        if (item instanceof HeldItem<M> held && held.isReturned()) {
            leaveTheRest(item, left);
            return;
        }
        Unstored rest = new Unstored(item, left);
        for (int failures = 0; !rest.tryAgain(); failures++) {
            if ((failures >= STORED_AGAIN || rest.isToBlame()) && isSetAside(rest)) {
                return;
            }
            if (!paused(item, failures)) {
                rest.giveUp();
                return;
            }
        }
    }

    private boolean isSetAside(Unstored rest) {
        try {
            return aside.take(rest);
        } catch (Throwable e) {
            LOGGER.error("The mail {} could not be set aside", rest.item.mail().name(), e);
            return false;
        }
    }

    private boolean paused(QueuedMail<M> item, int failures) {
        try {
            return patience.pause(item.untilReturn(Backoff.after(failures)));
        } catch (Throwable e) {
            LOGGER.error("There was no pause before what is left of a mail is stored once more; the mail stays in its queue", e);
            return false;
        }
    }

    /** Tests whether the last mail that was to be stored could be. */
    boolean canDefer() {
        return storing;
    }

    /** Records the recipients of whom nothing is left to do, and leaves the mail to the queue for the others. */
    private static <M extends OutboundMail> void leaveTheRest(QueuedMail<M> item, Collection<Rest> left) {
        Set<String> open = left.stream().flatMap(rest -> names(rest.recipients()).stream()).collect(Collectors.toSet());
        List<String> settled = names(item.mail().envelope().recipients()).stream().filter(name -> !open.contains(name)).toList();
        if (!settled.isEmpty()) {
            settled(item, settled);
        }
        leave(item, false);
    }

    /** Records on disk that recipients need the mail no more; if that fails twice, they may get it twice. */
    private static <M extends OutboundMail> void settled(QueuedMail<M> item, List<String> recipients) {
        if (!isRecorded(item, recipients)) {
            isRecorded(item, recipients);
        }
    }

    private static <M extends OutboundMail> boolean isRecorded(QueuedMail<M> item, List<String> recipients) {
        try {
            item.settled(recipients);
            return true;
        } catch (Throwable e) {
            LOGGER.error("It could not be recorded that {} recipients of the mail {} need it no more", recipients.size(),
                item.mail().name(), e);
            return false;
        }
    }

    private static List<String> names(List<Recipient> recipients) {
        return recipients.stream().map(Recipient::toString).toList();
    }

    /** Leaves the mail in its queue as it is. */
    void requeue(QueuedMail<M> item) {
        leave(item, false);
    }

    private static <M extends OutboundMail> void leave(QueuedMail<M> item, boolean done) {
        try {
            if (done) {
                item.finish();
            } else {
                item.requeue();
            }
        } catch (Throwable e) {
            LOGGER.error("The mail {} could not be {} its queue; it may be worked on again", item.mail().name(),
                done ? "taken out of" : "left to", e);
            if (done) {
                settled(item, names(item.mail().envelope().recipients()));
            }
        }
    }

    /** A mail that waits in its queue for what is left of it to be stored. */
    private final class Unstored implements StorageRetryQueue.Work {
        private final QueuedMail<M> item;
        private final Deque<Rest> left;
        /** Since when the store takes nothing of it for a reason that is not the mail's: that time does not count. */
        private Optional<Instant> waitsSince = Optional.empty();
        /** The time until a mail that is to blame is tried again. */
        private Optional<Duration> pause = Optional.empty();
        private boolean told;

        Unstored(QueuedMail<M> item, List<Rest> rest) {
            this.item = item;
            this.left = new ArrayDeque<>(rest);
        }

        boolean isToBlame() {
            return pause.isPresent();
        }

        @Override
        public Duration pause(int failures) {
            return item.untilReturn(pause.orElseGet(() -> Backoff.after(failures)));
        }

        @Override
        public boolean tryAgain() {
            while (!left.isEmpty()) {
                try {
                    store(left.element());
                    left.remove();
                } catch (Throwable e) {
                    if (!goesOnAfter(e)) {
                        return leavesInTime();
                    }
                }
            }
            end();
            return true;
        }

        private void store(Rest rest) throws MailAccessException {
            Instant now = clock.instant();
            deferrals.defer(item.mail(), rest.recipients(), counted(rest, now).dueAt(now.plus(rest.delay())), rest.delay());
            storing = true;
            refusals.taken(item.mail());
        }

        /** History of the mail, without the time for which it could not be stored. */
        private MailHistory counted(Rest rest, Instant now) {
            MailHistory history = rest.history();
            return waitsSince.flatMap(since -> history.age().filter(age -> age.pausedAt().isEmpty())
                .map(age -> history.aged(age.afterOwnFault(since).afterAttempt(now)))).orElse(history);
        }

        /** Decides what follows of a refusal, and says if nothing is left of what was refused. */
        private boolean goesOnAfter(Throwable refusal) {
            if (!told) {
                LOGGER.error("The mail {} could not be stored for later; it is tried again until that succeeds or this server stops",
                    item.mail().name(), refusal);
            }
            told = true;
            pause = Optional.empty();
            try {
                Rest rest = left.element();
                Instant now = clock.instant();
                StoreRefusals.Verdict verdict = refusals.refused(item.mail(),
                    new Rest(rest.recipients(), counted(rest, now), rest.delay()));
                if (verdict.isTheMails()) {
                    left.remove();
                    verdict.rest().ifPresent(left::addFirst);
                    waitsSince = Optional.empty();
                    pause = verdict.rest().map(Rest::delay);
                    return verdict.rest().isEmpty();
                }
                waitsSince = waitsSince.or(() -> Optional.of(now));
            } catch (Throwable e) {
                LOGGER.error("The mail {} could not be stored; deciding what follows failed unexpectedly", item.mail().name(), e);
            }
            storing = false;
            return false;
        }

        /** Says if the mail goes back to its queue, which leaves it here no longer. */
        private boolean leavesInTime() {
            if (item.left().compareTo(item.holding().returnsAt()) > 0) {
                return false;
            }
            giveUp();
            return true;
        }

        private void end() {
            refusals.forget(item.mail());
            leave(item, true);
        }

        @Override
        public void giveUp() {
            LOGGER.error("The mail {} stays in the queue: what is left of it could not be stored", item.mail().name());
            leaveTheRest(item, left);
        }
    }
}
