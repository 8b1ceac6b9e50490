/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.apache.james.queue.api.MailQueue;
import org.apache.james.queue.api.MailQueueFactory;
import org.apache.james.queue.api.MailQueueName;
import org.apache.james.queue.api.ManageableMailQueue;
import org.apache.mailet.Mail;
import org.jamesdane.delivery.mail.ItemId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds our mail in queues of James out of which nobody takes it, as far as James lists queues and lets us look into them. Another mailet
 * may consume a queue: a mail counts once two looks have seen it.
 */
final class QueuesElsewhere {
    private static final Logger LOGGER = LoggerFactory.getLogger(QueuesElsewhere.class);
    /** Mails that are looked at in a queue; more are only told of as more. */
    private static final int MOST = 1000;

    private final MailQueueFactory<?> queues;
    private final PlacesRead read;
    /** Opened once each: a queue that is opened holds connections, and closing it may close it for others. */
    private final Map<String, ManageableMailQueue> opened = new HashMap<>();
    private final Map<String, Set<ItemId>> seen = new HashMap<>();

    QueuesElsewhere(MailQueueFactory<?> queues, PlacesRead read) {
        this.queues = queues;
        this.read = read;
    }

    /** Looks once more; a sentence for each queue with such mail. */
    List<String> look() {
        List<String> sentences = new ArrayList<>();
        try {
            Collection<MailQueueName> names = queues.listCreatedMailQueues();
            for (MailQueueName name : names) {
                if (!name.equals(MailQueueFactory.SPOOL) && !read.isQueue(name.asString())) {
                    lookInto(name).ifPresent(sentences::add);
                }
            }
        } catch (RuntimeException e) {
            LOGGER.warn("It could not be seen if mail waits in queues that nobody consumes", e);
        }
        return sentences;
    }

    private Optional<String> lookInto(MailQueueName name) {
        Set<ItemId> before = seen.getOrDefault(name.asString(), Set.of());
        Set<ItemId> now = new HashSet<>();
        try {
            Optional<ManageableMailQueue> queue = open(name);
            if (queue.isPresent()) {
                ManageableMailQueue.MailQueueIterator mails = queue.get().browse();
                try {
                    for (int i = 0; i < MOST && mails.hasNext(); i++) {
                        Mail mail = mails.next().getMail();
                        MailAttributes.item(mail).ifPresent(now::add);
                    }
                } finally {
                    mails.close();
                }
            }
        } catch (MailQueue.MailQueueException | RuntimeException e) {
            LOGGER.warn("It could not be seen if mail waits in the queue {}", name.asString(), e);
        }
        seen.put(name.asString(), now);
        long still = now.stream().filter(before::contains).count();
        return still == 0 ? Optional.empty() : Optional.of((now.size() >= MOST ? "More than " : "") + still + " mails of this extension "
            + "wait in the queue " + name.asString() + ", and nobody takes them out of it: configure a mailet DaneRemoteDelivery with "
            + "outgoing=" + name.asString() + ".");
    }

    private Optional<ManageableMailQueue> open(MailQueueName name) {
        ManageableMailQueue present = opened.get(name.asString());
        if (present != null) {
            return Optional.of(present);
        }
        Optional<? extends MailQueue> queue = queues.getQueue(name, MailQueueFactory.prefetchCount(1));
        if (queue.isPresent() && queue.get() instanceof ManageableMailQueue manageable) {
            opened.put(name.asString(), manageable);
            return Optional.of(manageable);
        }
        return Optional.empty();
    }
}
