/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jamesdane.dane.failure.EnhancedStatusCode;
import org.jamesdane.dane.failure.Fault;
import org.jamesdane.dane.outcome.MailAge;
import org.jamesdane.delivery.blame.Blame;
import org.jamesdane.delivery.mail.FailureNotice;
import org.jamesdane.delivery.mail.ItemId;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.delivery.mail.OutboundMail;
import org.jamesdane.delivery.retry.RetrySchedule;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mails that the store of deferred mail does not take. If a store takes other mails and refuses this mail, since its message cannot be
 * read, the fault is the mail's. Then the mail ages, and ends in a notice at the end of its lifetime. The notice needs nothing of the
 * message.
 *
 * <p>The history of such a mail can only be kept in memory, within bounds; a restart begins its life anew.
 *
 * @param <M> the mail
 */
final class StoreRefusals<M extends OutboundMail> {
    private static final Logger LOGGER = LoggerFactory.getLogger(StoreRefusals.class);
    /** Mails that are remembered; each costs some hundred octets. */
    private static final int REMEMBERED = 10_000;
    private static final String REASON = "the message could not be stored for later on this server, where others can be";

    /**
     * A mail that was refused.
     *
     * @param times how often
     * @param last when it was last; empty if never
     * @param history what it has been through, once it is to blame; it has the time of the next attempt
     */
    private record Refused(int times, Optional<Instant> last, Optional<MailHistory> history) {
        private static final Refused NEVER = new Refused(0, Optional.empty(), Optional.empty());
    }

    /**
     * Key of a mail, the same each time the queue gives the item out.
     *
     * @param name the mail's name, where an older version put it into the queue without an id
     */
    private record Key(Optional<ItemId> item, Optional<String> name) {
        private static Key of(OutboundMail mail) {
            return new Key(mail.item(), mail.item().isPresent() ? Optional.empty() : Optional.of(mail.name()));
        }
    }

    private final Blame blame;
    private final SenderNotices<M> notices;
    private final RetrySchedule schedule;
    private final InstantSource clock;
    private final RandomGenerator random;
    /** The one that was refused longest ago is forgotten first. */
    @GuardedBy("refused")
    private final Map<Key, Refused> refused = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Refused> eldest) {
            return size() > REMEMBERED;
        }
    };

    StoreRefusals(Blame blame, SenderNotices<M> notices, RetrySchedule schedule, InstantSource clock, RandomGenerator random) {
        this.blame = blame;
        this.notices = notices;
        this.schedule = schedule;
        this.clock = clock;
        this.random = random;
    }

    /**
     * Consequence of a refusal.
     *
     * @param isTheMails whether it is the mail's
     * @param rest what is left to be stored; empty if nothing is, since its sender was told or the operator has it
     */
    record Verdict(boolean isTheMails, Optional<Rest> rest) {
    }

    /** Counts a refusal, and decides whose it is. */
    Verdict refused(M mail, Rest rest) {
        Instant now = clock.instant();
        Refused before = of(mail);
        int times = before.times() + 1;
        if (!blame.falls(mail, Fault.STORE, times, before.last())) {
            remember(mail, new Refused(times, Optional.of(now), before.history()));
            return new Verdict(false, Optional.of(rest));
        }
        blame.report(mail, Fault.STORE, times, REASON, now);
        Optional<Rest> left = aged(mail, rest, now);
        left.map(each -> each.history().dueAt(now.plus(each.delay())))
            .ifPresent(history -> remember(mail, new Refused(times, Optional.of(now), Optional.of(history))));
        return new Verdict(true, left);
    }

    private Optional<Rest> aged(M mail, Rest rest, Instant now) {
        MailAge age = rest.history().age().map(before -> before.continuedAt(now, schedule.longestWait()))
            .orElseGet(() -> MailAge.firstAttempt(now)).afterAttempt(now);
        MailHistory history = rest.history().aged(age);
        Duration delay = schedule.delayBefore(history.retries() + 1, age.at(now), random);
        Optional<FailureNotice> notice = history.pendingNotice().or(() -> age.at(now).compareTo(schedule.lifetime()) < 0 ? Optional.empty()
            : Optional.of(new FailureNotice(new EnhancedStatusCode(5, EnhancedStatusCode.OWN_FAULT.subject(),
            EnhancedStatusCode.OWN_FAULT.detail()),
                OptionalInt.empty(), "Not delivered for " + age.at(now).toHours() + " hours, the last time because: " + REASON + ".")));
        return notice.isPresent() ? notices.failed(mail, history, rest.recipients(), notice.get(), delay)
            : Optional.of(new Rest(rest.recipients(), history.retriedAt(age, REASON), delay));
    }

    /** Notes that the store took a mail. Whatever goes wrong here, it has taken it, and must not be asked for it again. */
    void taken(M mail) {
        try {
            blame.passed(mail, Fault.STORE, clock.instant());
        } catch (Throwable e) {
            LOGGER.warn("It could not be noted that the mail {} was stored", mail.name(), e);
        }
        forget(mail);
    }

    /** Forgets a mail that is done. */
    void forget(M mail) {
        try {
            synchronized (refused) {
                refused.remove(Key.of(mail));
            }
        } catch (Throwable e) {
            LOGGER.warn("It could not be forgotten that the mail {} was not stored", mail.name(), e);
        }
    }

    /** History of a mail, where the store could not keep it. */
    Optional<MailHistory> history(M mail) {
        return of(mail).history();
    }

    private Refused of(M mail) {
        synchronized (refused) {
            return refused.getOrDefault(Key.of(mail), Refused.NEVER);
        }
    }

    private void remember(M mail, Refused now) {
        synchronized (refused) {
            refused.put(Key.of(mail), now);
        }
    }
}
