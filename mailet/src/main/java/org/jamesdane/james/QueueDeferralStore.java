/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.time.Duration;
import java.util.List;

import javax.mail.MessagingException;

import org.apache.james.lifecycle.api.LifecycleUtil;
import org.apache.james.queue.api.MailPrioritySupport;
import org.apache.james.queue.api.MailQueue;
import org.apache.mailet.Mail;
import org.jamesdane.delivery.DeferralStore;
import org.jamesdane.delivery.MailAccessException;
import org.jamesdane.delivery.MailHistory;
import org.jamesdane.smtp.Recipient;

/** Defers mail by the delay of the queue itself; for queues that keep it. */
final class QueueDeferralStore implements DeferralStore<JamesMail> {
    private final MailQueue queue;
    private final boolean usePriority;

    /**
     * Defers into a queue.
     *
     * @param usePriority whether retries go behind all other mail, as RemoteDelivery's {@code usePriority} wants it
     */
    QueueDeferralStore(MailQueue queue, boolean usePriority) {
        this.queue = queue;
        this.usePriority = usePriority;
    }

    @Override
    public void defer(JamesMail mail, List<Recipient> recipients, MailHistory history, Duration delay) throws MailAccessException {
        try {
            Mail copy = mail.mail().duplicate();
            try {
                copy.setName(mail.name());
                copy.setRecipients(mail.addresses(recipients));
                copy.setState(Mail.ERROR);
                MailAttributes.setHistory(copy, history);
                if (usePriority) {
                    copy.setAttribute(MailPrioritySupport.LOW_PRIORITY_ATTRIBUTE);
                }
                queue.enQueue(copy, delay);
            } finally {
                LifecycleUtil.dispose(copy);
            }
        } catch (MessagingException | RuntimeException e) {
            throw new MailAccessException("The mail " + mail.name() + " could not be put back into the queue "
                + queue.getName().asString(), e);
        }
    }
}
