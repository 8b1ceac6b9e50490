/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.mail.MessagingException;

import org.apache.james.core.MailAddress;
import org.apache.james.lifecycle.api.LifecycleUtil;
import org.apache.james.queue.api.MailQueue;
import org.apache.james.queue.api.ManageableMailQueue;
import org.apache.james.queue.api.ManageableMailQueue.MailQueueIterator;
import org.apache.james.server.core.MailImpl;
import org.apache.mailet.Mail;
import org.jamesdane.delivery.deferral.DeferredMail;
import org.jamesdane.delivery.deferral.DeferredSelection;
import org.jamesdane.delivery.mail.MailAccessException;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.smtp.Recipient;

/** Defers mail by the delay of the queue itself; for queues that keep it. */
final class QueueDeferralStore implements DeferralBackend {
    /** Mail that is due as soon as this is left alone: it may leave the queue between the look at it and the change. */
    private static final Duration ABOUT_TO_LEAVE = Duration.ofSeconds(10);
    /** The number that tells the changed copies of a mail apart. */
    private static final Pattern NUMBERED = Pattern.compile("(.*)~(\\d{1,9})");

    private final MailQueue queue;
    private final InstantSource clock;
    private final boolean usePriority;

    /**
     * Defers into a queue.
     *
     * @param usePriority whether retries go behind all other mail, as RemoteDelivery's {@code usePriority} wants it
     */
    QueueDeferralStore(MailQueue queue, InstantSource clock, boolean usePriority) {
        this.queue = queue;
        this.clock = clock;
        this.usePriority = usePriority;
    }

    /** The queue itself gives back what is due. */
    @Override
    public void start() {
    }

    @Override
    public void close() {
    }

    @Override
    public void defer(JamesMail mail, List<Recipient> recipients, MailHistory history, Duration delay) throws MailAccessException {
        try {
            MailImpl copy = DeferralCopy.of(mail, recipients, history, clock.instant().plus(delay), usePriority);
            enqueue(copy, delay);
        } catch (MessagingException | RuntimeException e) {
            throw new MailAccessException("The mail " + mail.name() + " could not be put back into the queue "
                + queue.getName().asString(), e);
        }
    }

    private void enqueue(MailImpl copy, Duration delay) throws MailQueue.MailQueueException {
        try {
            queue.enQueue(copy, delay);
        } finally {
            LifecycleUtil.dispose(copy);
        }
    }

    @Override
    public Listing list(DeferredSelection selection, int limit) throws MailAccessException {
        List<DeferredMail> found = new ArrayList<>();
        browse(mail -> waitingUntil(mail).filter(due -> DeferralCopy.isMeant(mail, selection)).ifPresent(due ->
            found.add(DeferralCopy.view(mail, mail.getName(), queue.getName().asString(), due))));
        found.sort(Comparator.comparing(DeferredMail::nextTry));
        return new Listing(found.subList(0, Math.min(limit, found.size())), found.size());
    }

    @Override
    public int release(DeferredSelection selection) throws MailAccessException {
        return change(selection, DeferredChange.RELEASE);
    }

    @Override
    public int delete(DeferredSelection selection) throws MailAccessException {
        return change(selection, DeferredChange.DELETE);
    }

    private enum DeferredChange { RELEASE, DELETE }

    /**
     * Queues remove mail by its name. So the mails of one name are changed together: new copies go in under a new name first, then the old
     * ones are removed. Makes one change at a time: two at once would both put in copies.
     */
    private synchronized int change(DeferredSelection selection, DeferredChange change) throws MailAccessException {
        Map<String, List<Mail>> byName = new LinkedHashMap<>();
        browse(mail -> byName.computeIfAbsent(mail.getName(), name -> new ArrayList<>()).add(mail));
        int changed = 0;
        for (Map.Entry<String, List<Mail>> group : byName.entrySet()) {
            Instant soon = clock.instant().plus(ABOUT_TO_LEAVE);
            List<Mail> mails = group.getValue();
            boolean allStay = mails.stream().allMatch(mail -> waitingUntil(mail).filter(due -> due.isAfter(soon)).isPresent());
            long meant = mails.stream().filter(mail -> DeferralCopy.isMeant(mail, selection)).count();
            if (allStay && meant > 0) {
                replace(group.getKey(), mails, selection, change);
                changed += (int) meant;
            }
        }
        return changed;
    }

    private void replace(String name, List<Mail> mails, DeferredSelection selection, DeferredChange change) throws MailAccessException {
        try {
            for (Mail mail : mails) {
                boolean meant = DeferralCopy.isMeant(mail, selection);
                List<MailAddress> stay = meant && change == DeferredChange.DELETE ? DeferralCopy.others(mail, selection)
                    : List.copyOf(mail.getRecipients());
                if (!stay.isEmpty()) {
                    MailImpl copy = DeferralCopy.of(mail, nextName(name), stay);
                    Instant due = meant && change == DeferredChange.RELEASE ? clock.instant()
                        : waitingUntil(mail).orElse(clock.instant());
                    DeferralCopy.setDue(copy, due);
                    enqueue(copy, Duration.between(clock.instant(), due));
                }
            }
            managed().remove(ManageableMailQueue.Type.Name, name);
        } catch (MessagingException | RuntimeException e) {
            throw new MailAccessException("The deferred mail " + name + " could not be changed", e);
        }
    }

    static String nextName(String name) {
        Matcher numbered = NUMBERED.matcher(name);
        return numbered.matches() ? numbered.group(1) + "~" + (Integer.parseInt(numbered.group(2)) + 1L) : name + "~1";
    }

    private Optional<Instant> waitingUntil(Mail mail) {
        return DeferralCopy.due(mail).filter(due -> due.isAfter(clock.instant()));
    }

    /** The mails are the queue's own: nothing here may release what they hold, as James's listing does with them (3.8.1). */
    private void browse(Consumer<Mail> visitor) throws MailAccessException {
        try {
            MailQueueIterator items = managed().browse();
            try {
                while (items.hasNext()) {
                    visitor.accept(items.next().getMail());
                }
            } finally {
                items.close();
            }
        } catch (MailQueue.MailQueueException | RuntimeException e) {
            throw new MailAccessException("The queue " + queue.getName().asString() + " could not be listed", e);
        }
    }

    private ManageableMailQueue managed() {
        if (queue instanceof ManageableMailQueue managed) {
            return managed;
        }
        throw new UnsupportedOperationException("The queue " + queue.getName().asString() + " can't be listed");
    }
}
