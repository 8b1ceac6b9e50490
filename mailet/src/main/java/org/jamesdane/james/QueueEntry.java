/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

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

/** Entry of a mail into the outgoing queue: one item for each recipient domain, each with an id of its own. */
final class QueueEntry {
    /** Joins a mail's name and the domain it goes to, as RemoteDelivery does. */
    private static final String NAME_JUNCTION = "-to-";

    private final MailQueue queue;

    QueueEntry(MailQueue queue) {
        this.queue = queue;
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
            queue.enQueue(mail);
        } finally {
            mail.removeAttribute(MailAttributes.ITEM);
        }
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
