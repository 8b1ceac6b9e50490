/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import javax.mail.MessagingException;

import org.apache.james.core.Domain;
import org.apache.james.core.MailAddress;
import org.apache.james.queue.api.MailQueue;
import org.apache.mailet.Mail;
import org.jamesdane.delivery.Patience;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Entry of a mail into the outgoing queue: one item for each recipient domain, each with an id of its own. A queue that does not take mail
 * just now is tried for two minutes, before James's error processor has the mail.
 */
final class QueueEntry {
    /** Joins a mail's name and the domain it goes to, as RemoteDelivery does. */
    private static final String NAME_JUNCTION = "-to-";

    /** Time for which a queue is tried; a broker that restarts is back sooner. */
    private static final Duration LONGEST = Duration.ofMinutes(2);
    private static final Logger LOGGER = LoggerFactory.getLogger(QueueEntry.class);

    private final MailQueue queue;
    private final Patience patience;

    /**
     * Prepares.
     *
     * @param patience waits between attempts
     */
    QueueEntry(MailQueue queue, Patience patience) {
        this.queue = queue;
        this.patience = patience;
    }

    /**
     * Puts a mail into the queue. If that fails, the mail is left with the recipients who are not in the queue.
     *
     * @param byDomain whether each domain gets an item of its own; all mail for gateways goes as one item
     */
    void enter(Mail mail, boolean byDomain) throws MessagingException {
        if (byDomain) {
            enterByDomain(mail);
        } else {
            enter(mail);
        }
    }

    private void enter(Mail mail) throws MessagingException {
        MailAttributes.setItem(mail, UUID.randomUUID().toString());
        try {
            enterWithPatience(mail);
        } finally {
            mail.removeAttribute(MailAttributes.ITEM);
        }
    }

    /**
     * All attempts put in the same id: where one that failed went through all the same, the second item is known for a double.
     *
     * <p>James interrupts this thread when it consumes its spool anew, as after an outage of the broker, and when it stops. The mail is not
     * given up for that: whoever gives it up here has it bounced, although the spool gives it out again.
     */
    private void enterWithPatience(Mail mail) throws MailQueue.MailQueueException {
        boolean interrupted = false;
        Duration waited = Duration.ZERO;
        try {
            for (int failures = 0; ; failures++) {
                try {
                    queue.enQueue(mail);
                    return;
                } catch (MailQueue.MailQueueException | RuntimeException e) {
                    Duration pause = Patience.after(failures);
                    interrupted |= Thread.interrupted();
                    if (waited.plus(pause).compareTo(LONGEST) > 0 || !waits(pause)) {
                        throw e;
                    }
                    interrupted |= Thread.interrupted();
                    LOGGER.warn("The queue {} did not take the mail {}; it is tried again for up to {} s more", queue.getName().asString(),
                        mail.getName(), LONGEST.minus(waited).toSeconds(), e);
                    waited = waited.plus(pause);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** False only if this server stops; an interrupt ends the pause alone. */
    private boolean waits(Duration pause) {
        return patience.pause(pause) || Thread.currentThread().isInterrupted();
    }

    private void enterByDomain(Mail mail) throws MessagingException {
        String name = mail.getName();
        Map<Domain, List<MailAddress>> byDomain = new LinkedHashMap<>();
        mail.getRecipients().forEach(recipient -> byDomain.computeIfAbsent(recipient.getDomain(), key -> new ArrayList<>()).add(recipient));
        List<MailAddress> left = new ArrayList<>(mail.getRecipients());
        try {
            for (Map.Entry<Domain, List<MailAddress>> target : byDomain.entrySet()) {
                mail.setRecipients(target.getValue());
                mail.setName(name + NAME_JUNCTION + target.getKey().name());
                enter(mail);
                left.removeAll(target.getValue());
            }
        } finally {
            // If it failed, James has to go on with those who are not in the queue yet.
            mail.setName(name);
            mail.setRecipients(left.isEmpty() ? byDomain.values().stream().flatMap(List::stream).toList() : left);
        }
    }
}
