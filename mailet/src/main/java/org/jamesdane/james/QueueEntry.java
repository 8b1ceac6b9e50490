/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;

import javax.mail.MessagingException;

import org.apache.james.core.Domain;
import org.apache.james.core.MailAddress;
import org.apache.james.lifecycle.api.LifecycleUtil;
import org.apache.james.queue.api.MailQueue;
import org.apache.james.server.core.MailImpl;
import org.apache.james.server.core.MimeMessageInputStreamSource;
import org.apache.james.server.core.MimeMessageWrapper;
import org.apache.mailet.Mail;
import org.jamesdane.delivery.mail.ItemId;
import org.jamesdane.delivery.retry.Backoff;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Entry of mail into the outgoing queue: one item for each recipient domain, each with an id of its own. A queue that does not take mail
 * just now is tried for two minutes, before James's error processor has the mail.
 *
 * <p>James interrupts its threads when it consumes its spool anew, as after an outage of the broker, and when it stops. A mail is not given
 * up for that. Giving it up here would bounce it, although the spool gives it out again. Nor is anybody interrupted inside the queue.
 */
final class QueueEntry {
    /** Joins a mail's name and the domain it goes to, as RemoteDelivery does. */
    private static final String NAME_JUNCTION = "-to-";

    /** Time for which a queue is tried; a broker that restarts is back sooner. */
    private static final Duration LONGEST = Duration.ofMinutes(2);
    /** The same for a mail that the spool gives out again: the end is in doubt only as long as this server stops. */
    private static final Duration LONGEST_UNAWAITED = Duration.ofMinutes(10);
    private static final Logger LOGGER = LoggerFactory.getLogger(QueueEntry.class);

    private final MailQueue queue;
    private final Uninterrupted threads;
    private final Consumer<Duration> pauses;

    QueueEntry(MailQueue queue) {
        this(queue, Uninterrupted::pause);
    }

    /**
     * Prepares.
     *
     * @param pauses waits between attempts
     */
    QueueEntry(MailQueue queue, Consumer<Duration> pauses) {
        this.queue = queue;
        this.threads = new Uninterrupted("dane-enter-" + queue.getName().asString() + "-");
        this.pauses = pauses;
    }

    /**
     * Puts a mail into the queue, where it begins a new life, due now. If that fails, the mail is left with the recipients who are not in
     * the queue.
     *
     * @param byDomain whether each domain gets an item of its own; all mail for gateways goes as one item
     * @return whether it is there; false if it is not, and James has given it up in its spool, which gives it out again
     */
    boolean enter(Mail mail, boolean byDomain, Instant now) throws MessagingException {
        MailAttributes.forgetDelivery(mail);
        MailAttributes.setDue(mail, now);
        return threads.call(caller -> new Passage(mail, caller).enter(byDomain ? byDomain(mail) : whole(mail)));
    }

    /** Recipients of an item, by the item's name. */
    private static Map<String, List<MailAddress>> byDomain(Mail mail) {
        Map<Domain, List<MailAddress>> domains = new LinkedHashMap<>();
        mail.getRecipients().forEach(recipient -> domains.computeIfAbsent(recipient.getDomain(), key -> new ArrayList<>()).add(recipient));
        Map<String, List<MailAddress>> items = new LinkedHashMap<>();
        domains.forEach((domain, recipients) -> items.put(mail.getName() + NAME_JUNCTION + domain.name(), recipients));
        return items;
    }

    private static Map<String, List<MailAddress>> whole(Mail mail) {
        return Map.of(mail.getName(), List.copyOf(mail.getRecipients()));
    }

    /** Way of one mail into the queue. */
    private final class Passage {
        private final Mail mail;
        private final Uninterrupted.Caller caller;
        /** From the first failure on a copy: James disposes of a mail whose thread it has interrupted. */
        private Mail present;

        Passage(Mail mail, Uninterrupted.Caller caller) {
            this.mail = mail;
            this.caller = caller;
            this.present = mail;
        }

        boolean enter(Map<String, List<MailAddress>> items) throws MessagingException {
            String name = mail.getName();
            List<MailAddress> all = List.copyOf(mail.getRecipients());
            List<MailAddress> left = new ArrayList<>(all);
            try {
                if (items.size() > 1) {
                    MailAttributes.setFanOut(present, UUID.randomUUID().toString());
                }
                for (Map.Entry<String, List<MailAddress>> item : items.entrySet()) {
                    present.setName(item.getKey());
                    present.setRecipients(item.getValue());
                    MailAttributes.setItem(present, new ItemId(UUID.randomUUID().toString()));
                    if (!enterWithPatience()) {
                        return false;
                    }
                    left.removeAll(item.getValue());
                }
                return true;
            } finally {
                // If it failed, James has to go on with those who are not in the queue yet.
                mail.setName(name);
                mail.setRecipients(left.isEmpty() ? all : left);
                mail.removeAttribute(MailAttributes.ITEM);
                mail.removeAttribute(MailAttributes.FAN_OUT);
                if (present != mail) {
                    LifecycleUtil.dispose(present);
                }
            }
        }

        /** All attempts put in the same id: where one that failed went through all the same, the second item is known for a double. */
        private boolean enterWithPatience() throws MessagingException {
            Duration waited = Duration.ZERO;
            for (int failures = 0; ; failures++) {
                try {
                    enterOnce();
                    return true;
                } catch (Throwable e) {
                    boolean unawaited = caller.isInterrupted();
                    Duration left = (unawaited ? LONGEST_UNAWAITED : LONGEST).minus(waited);
                    if (left.isNegative() || left.isZero()) {
                        if (unawaited) {
                            LOGGER.error("The queue {} did not take the mail {}, which the spool gives out again",
                                queue.getName().asString(), present.getName(), e);
                            return false;
                        }
                        throw e;
                    }
                    LOGGER.warn("The queue {} did not take the mail {}; it is tried again for up to {} s more", queue.getName().asString(),
                        present.getName(), left.toSeconds(), e);
                    keep();
                    Duration wanted = Backoff.after(failures);
                    Duration pause = wanted.compareTo(left) < 0 ? wanted : left;
                    pauses.accept(pause);
                    waited = waited.plus(pause);
                }
            }
        }

        private void enterOnce() throws MessagingException {
            if (present.getMessage() == null) {
                // Some queues would take an empty message for it.
                throw new MessagingException("James has disposed of the mail " + present.getName());
            }
            queue.enQueue(present);
        }

        private void keep() {
            if (present != mail) {
                return;
            }
            try (InputStream octets = StoredMail.octets(mail)) {
                MailImpl copy = MailImpl.duplicateWithoutMessage(mail).build();
                copy.setName(mail.getName());
                copy.setState(mail.getState());
                copy.setMessageNoCopy(new MimeMessageWrapper(MimeMessageInputStreamSource.create(mail.getName(), octets)));
                present = copy;
            } catch (Throwable e) {
                LOGGER.warn("The mail {} could not be copied while it waits for its queue", mail.getName(), e);
            }
        }
    }
}
