/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;

import org.apache.james.queue.api.MailQueue.MailQueueItem;
import org.apache.mailet.Mail;
import org.junit.jupiter.api.Test;

class QueueReturnTest {
    private final DelayIgnoringQueue queue = new DelayIgnoringQueue();
    private final List<MailQueueItem.CompletionStatus> answers = new ArrayList<>();

    @Test
    void shouldPutAMailInAnewBeforeItIsTakenOutWhereReturnsAreCounted() throws Exception {
        new QueueReturn(queue, true).requeue(item());

        assertThat(queue.names()).containsExactly("mail-1");
        assertThat(Mails.octets(queue.mails().get(0))).isEqualTo(Mails.TEXT);
        assertThat(answers).containsExactly(MailQueueItem.CompletionStatus.SUCCESS);
    }

    @Test
    void shouldReturnAMailThatCanNotBePutInAnew() throws Exception {
        queue.breakDown();
        new QueueReturn(queue, true).requeue(item());

        assertThat(answers).containsExactly(MailQueueItem.CompletionStatus.RETRY);
    }

    @Test
    void shouldReturnAMailToAnyOtherQueue() throws Exception {
        new QueueReturn(queue).requeue(item());

        assertThat(queue.mails()).isEmpty();
        assertThat(answers).containsExactly(MailQueueItem.CompletionStatus.RETRY);
    }

    private MailQueueItem item() throws Exception {
        Mail mail = Mails.mail("mail-1", Mails.TEXT, "bob@example.com");
        return new MailQueueItem() {
            @Override
            public Mail getMail() {
                return mail;
            }

            @Override
            public void done(CompletionStatus status) {
                answers.add(status);
            }
        };
    }
}
