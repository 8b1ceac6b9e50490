/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

import javax.mail.MessagingException;

import org.apache.james.core.MailAddress;
import org.apache.james.lifecycle.api.LifecycleUtil;
import org.apache.james.mailrepository.api.MailKey;
import org.apache.james.mailrepository.api.MailRepository;
import org.apache.james.queue.api.MailQueue;
import org.apache.james.server.core.MailImpl;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeUtils;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;
import org.jamesdane.delivery.deferral.DeferredMail;
import org.jamesdane.delivery.deferral.DeferredSelection;
import org.jamesdane.delivery.mail.MailAccessException;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.smtp.Recipient;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps deferred mail in one of James's mail repositories and puts it back into the queue when due; for queues not trusted with delays.
 *
 * <p>A mail is stored under a unique key before it leaves the queue. It goes back into the queue before it leaves the repository. A process
 * killed in between doubles a mail and loses none.
 */
final class RepositoryDeferralStore implements DeferralBackend {
    private static final Logger LOGGER = LoggerFactory.getLogger(RepositoryDeferralStore.class);
    /** Wait of a mail that could not be put back. */
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(30);
    /** Mails of the last run that are read between two looks at what is due. */
    private static final int READ_AT_ONCE = 500;

    private final MailQueue queue;
    private final MailRepository repository;
    private final InstantSource clock;
    private final boolean usePriority;
    private final int releasedAtOnce;
    private final Duration longestDelay;
    private final DeferralIndex index = new DeferralIndex();
    private final ConcurrentLinkedQueue<String> unread = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<String> releasedNotRemoved = new ConcurrentLinkedQueue<>();
    private final OutageLog outage;
    private final QueueEntrance entrance;
    private final Ticking ticking;
    private volatile boolean closed;
    private volatile boolean draining;

    /**
     * Opens the repository; what is in it is known once {@link #releaseDue} has read it.
     *
     * @param usePriority whether retries go behind all other mail, as RemoteDelivery's {@code usePriority} wants it
     * @param releasedAtOnce how many mails go back in one second at most, so that those due together do not hold up new mail
     * @param longestDelay longer than that no mail waits, whatever the clock showed when it was deferred
     * @throws MessagingException if the repository can't be read
     */
    RepositoryDeferralStore(MailQueue queue, MailRepository repository, InstantSource clock, boolean usePriority, int releasedAtOnce,
            Duration longestDelay) throws MessagingException {
        this.queue = queue;
        this.repository = repository;
        this.clock = clock;
        this.usePriority = usePriority;
        this.releasedAtOnce = releasedAtOnce;
        this.longestDelay = longestDelay;
        this.outage = new OutageLog(LOGGER, "The repository of deferred mail of the queue " + queue.getName().asString());
        this.entrance = new QueueEntrance(queue, LOGGER);
        this.ticking = new Ticking("dane-deferred-" + queue.getName().asString(), this::releaseDue);
        // Before anything is stored: the file repository lists keys of mails that are half written, and deletes what it can't read.
        Iterator<MailKey> keys = repository.list();
        while (keys.hasNext()) {
            unread.add(keys.next().asString());
        }
    }

    @Override
    public void start() {
        LOGGER.info("Deferred mail of the queue {} waits in a repository, {} mails of the last run are there", queue.getName().asString(),
            unread.size());
        ticking.start();
    }

    @Override
    public void close() {
        closed = true;
        ticking.close();
    }

    @Override
    public void defer(JamesMail mail, List<Recipient> recipients, MailHistory history, Duration delay) throws MailAccessException {
        Instant due = clock.instant().plus(draining ? Duration.ZERO : delay);
        try {
            MailImpl copy = DeferralCopy.of(mail, recipients, history, due, usePriority);
            try {
                store(copy, mail.name(), due);
            } finally {
                LifecycleUtil.dispose(copy);
            }
        } catch (MessagingException | RuntimeException e) {
            outage.failed("Mail that should be deferred stays where it is", e);
            throw new MailAccessException("The mail " + mail.name() + " could not be stored for later", e);
        }
    }

    private void store(Mail copy, String name, Instant due) throws MessagingException {
        String key = UUID.randomUUID().toString();
        String stored = "";
        copy.setName(key);
        copy.setAttribute(new Attribute(MailAttributes.QUEUED_NAME, AttributeValue.of(name)));
        try {
            stored = repository.store(copy).asString();
        } finally {
            if (stored.isEmpty()) {
                removeHalfWritten(key);
            }
        }
        index.put(entry(copy, stored, due));
        outage.over();
    }

    private void removeHalfWritten(String key) {
        try {
            repository.remove(new MailKey(key));
        } catch (MessagingException | RuntimeException e) {
            LOGGER.debug("What there is of {} could not be removed either", key, e);
        }
    }

    private static DeferralIndex.Entry entry(Mail mail, String key, Instant due) {
        Set<String> domains = mail.getRecipients().stream().map(MailAddress::asString).map(DeferredSelection::domainOf)
            .collect(Collectors.toCollection(HashSet::new));
        return new DeferralIndex.Entry(key, due, domains);
    }

    /** Puts back what is due, and learns of some more of what the last run left. */
    void releaseDue() {
        try {
            removeReleased();
            readSome(READ_AT_ONCE);
            cutWaits();
            for (DeferralIndex.Entry entry : index.takeDue(clock.instant(), releasedAtOnce)) {
                release(entry);
            }
        } catch (Throwable e) {
            // A timer's task that throws never runs again.
            outage.failed("It is tried again", e);
        }
    }

    /** A clock that was ahead and was set back must not make mail wait for as long as it was ahead. */
    private void cutWaits() {
        int cut = index.noLaterThan(clock.instant().plus(longestDelay));
        if (cut > 0) {
            LOGGER.warn("{} deferred mails of the queue {} were due later than any mail is deferred for: the clock was set back, or "
                + "delayTime was changed; they are due in {} min now", cut, queue.getName().asString(), longestDelay.toMinutes());
        }
    }

    /** Reads the rest: a mail to be changed must be known, and a mail that can't be read now can't be changed either. */
    private void readRest() {
        for (int left = unread.size(); left > 0 && !closed; left--) {
            readSome(1);
        }
    }

    private synchronized void readSome(int most) {
        for (int i = 0; i < most && !closed; i++) {
            String key = unread.peek();
            if (key == null) {
                return;
            }
            try {
                with(key, mail -> index.put(entry(mail, key, DeferralCopy.due(mail).orElse(Instant.EPOCH))));
            } catch (Throwable e) {
                outage.failed("Mail deferred by the last run waits", e);
                // If it is this mail alone, the others need not wait for it.
                unread.remove();
                unread.add(key);
                return;
            }
            unread.remove();
        }
    }

    private void release(DeferralIndex.Entry entry) {
        if (closed) {
            index.put(entry);
            return;
        }
        try {
            boolean found = with(entry.key(), mail -> {
                MailImpl copy = DeferralCopy.of(mail, queuedName(mail), List.copyOf(mail.getRecipients()));
                copy.removeAttribute(MailAttributes.QUEUED_NAME);
                copy.removeAttribute(MailAttributes.NEXT_TRY);
                entrance.put(copy);
            });
            if (!found) {
                // Removed by somebody, or not readable just now: it must not be removed unsent. If it is there, the next start finds it.
                return;
            }
        } catch (QueueEntrance.ClosedException e) {
            index.put(entry.dueAt(clock.instant().plus(AFTER_FAILURE)));
            return;
        } catch (Throwable e) {
            index.put(entry.dueAt(clock.instant().plus(AFTER_FAILURE)));
            outage.failed("Mail that is due waits", e);
            return;
        }
        releasedNotRemoved.add(entry.key());
        removeReleased();
    }

    /** Removes mail that is in the queue again, and must not be put there once more, also if it can't be removed now. */
    private void removeReleased() {
        for (String key = releasedNotRemoved.peek(); key != null; key = releasedNotRemoved.peek()) {
            try {
                repository.remove(new MailKey(key));
            } catch (Throwable e) {
                outage.failed("Mail that was put back is removed later, or put back once more after a restart", e);
                releasedNotRemoved.remove();
                releasedNotRemoved.add(key);
                return;
            }
            releasedNotRemoved.remove();
            outage.over();
        }
    }

    private static String queuedName(Mail mail) {
        return AttributeUtils.getValueAndCastFromMail(mail, MailAttributes.QUEUED_NAME, String.class).orElse(mail.getName());
    }

    /** Does something with a stored mail; nothing if somebody has removed it. */
    private boolean with(String key, MailStep step) throws MessagingException {
        @Nullable Mail mail = repository.retrieve(new MailKey(key));
        if (mail == null) {
            LOGGER.info("The deferred mail {} is no longer in the repository", key);
            return false;
        }
        try {
            step.with(mail);
        } finally {
            LifecycleUtil.dispose(mail);
        }
        return true;
    }

    @Override
    public Listing list(DeferredSelection selection, int limit) throws MailAccessException {
        List<DeferredMail> mails = new ArrayList<>();
        List<DeferralIndex.Entry> candidates = index.candidates(selection);
        int total = 0;
        for (DeferralIndex.Entry entry : candidates) {
            // Whether one recipient is meant stands in the mail itself; for the rest the index is enough.
            if (mails.size() < limit || selection instanceof DeferredSelection.OfRecipient) {
                if (view(entry, selection, limit, mails)) {
                    total++;
                }
            } else {
                total++;
            }
        }
        return new Listing(mails, total);
    }

    private boolean view(DeferralIndex.Entry entry, DeferredSelection selection, int limit, List<DeferredMail> mails)
            throws MailAccessException {
        boolean[] meant = new boolean[1];
        read(entry.key(), mail -> {
            meant[0] = DeferralCopy.isMeant(mail, selection);
            if (meant[0] && mails.size() < limit) {
                mails.add(DeferralCopy.view(mail, queuedName(mail), queue.getName().asString(), entry.due()));
            }
        });
        return meant[0];
    }

    private void read(String key, MailStep step) throws MailAccessException {
        try {
            with(key, step);
        } catch (MessagingException | RuntimeException e) {
            throw new MailAccessException("The deferred mail " + key + " could not be read", e);
        }
    }

    @Override
    public int release(DeferredSelection selection) throws MailAccessException {
        readRest();
        int released = 0;
        for (DeferralIndex.Entry entry : index.candidates(selection)) {
            boolean[] meant = {!(selection instanceof DeferredSelection.OfRecipient)};
            if (!meant[0]) {
                read(entry.key(), mail -> meant[0] = DeferralCopy.isMeant(mail, selection));
            }
            if (meant[0] && index.reschedule(entry.key(), clock.instant())) {
                released++;
            }
        }
        return released;
    }

    /** Releases all mail, and makes mail deferred from now on due at once: an attempt under way must not keep mail here. */
    @Override
    public int drain() throws MailAccessException {
        draining = true;
        return release(new DeferredSelection.All());
    }

    @Override
    public int delete(DeferredSelection selection) throws MailAccessException {
        readRest();
        int changed = 0;
        for (DeferralIndex.Entry candidate : index.candidates(selection)) {
            // Taken out of the index, so that it is not put back into the queue meanwhile.
            DeferralIndex.Entry entry = index.take(candidate.key()).orElse(null);
            if (entry != null && delete(entry, selection)) {
                changed++;
            }
        }
        return changed;
    }

    private boolean delete(DeferralIndex.Entry entry, DeferredSelection selection) throws MailAccessException {
        boolean[] removed = new boolean[1];
        try {
            with(entry.key(), mail -> {
                if (DeferralCopy.isMeant(mail, selection)) {
                    List<MailAddress> others = DeferralCopy.others(mail, selection);
                    if (!others.isEmpty()) {
                        store(DeferralCopy.of(mail, mail.getName(), others), queuedName(mail), entry.due());
                    }
                    repository.remove(new MailKey(entry.key()));
                    removed[0] = true;
                }
            });
        } catch (MessagingException | RuntimeException e) {
            throw new MailAccessException("The deferred mail " + entry.key() + " could not be deleted", e);
        } finally {
            if (!removed[0]) {
                index.put(entry);
            }
        }
        return removed[0];
    }

    @FunctionalInterface
    private interface MailStep {
        void with(Mail mail) throws MessagingException;
    }
}
