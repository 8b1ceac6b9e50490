/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.util.regex.Pattern;

import org.apache.james.queue.api.MailQueue;
import org.apache.james.queue.api.MailQueue.MailQueueException;
import org.apache.james.queue.api.MailQueue.MailQueueItem;
import org.apache.james.queue.api.MailQueue.MailQueueItem.CompletionStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a mail back to its queue as it was. A broker that is told seven times to give a message out again moves it to a dead letter queue
 * (ActiveMQ). With such a broker the mail is enqueued anew before the old item is taken out.
 */
final class QueueReturn {
    private static final Logger LOGGER = LoggerFactory.getLogger(QueueReturn.class);
    private static final Pattern COUNTS_RETURNS = Pattern.compile("org\\.apache\\.james\\.queue\\.(activemq|jms)\\..*");

    private final MailQueue queue;
    private final boolean anew;

    QueueReturn(MailQueue queue) {
        this(queue, COUNTS_RETURNS.matcher(queue.getClass().getName()).matches());
    }

    QueueReturn(MailQueue queue, boolean anew) {
        this.queue = queue;
        this.anew = anew;
    }

    void requeue(MailQueueItem item) throws MailQueueException {
        item.done(anew && enqueued(item) ? CompletionStatus.SUCCESS : CompletionStatus.RETRY);
    }

    private boolean enqueued(MailQueueItem item) {
        try {
            queue.enQueue(item.getMail());
            return true;
        } catch (Throwable e) {
            LOGGER.debug("The mail {} could not be put in anew", item.getMail().getName(), e);
            return false;
        }
    }
}
