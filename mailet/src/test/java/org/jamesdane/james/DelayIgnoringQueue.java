/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import javax.mail.MessagingException;

import org.apache.james.queue.api.MailQueue;
import org.apache.james.queue.api.MailQueueName;
import org.apache.james.server.core.MailImpl;
import org.apache.mailet.Mail;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** A queue that gives everything out at once, whatever delay it was given, as James's RabbitMQ queue does. */
final class DelayIgnoringQueue implements MailQueue {
    private final List<Mail> mails = new CopyOnWriteArrayList<>();
    private volatile boolean broken;
    private volatile String poisonous = "";
    private volatile Runnable entered = () -> { };

    void breakDown() {
        broken = true;
    }

    /** Takes no mail of that name. */
    void throwAnErrorAt(String name) {
        poisonous = name;
    }

    /** Does this whenever a mail comes in. */
    void whenEntered(Runnable action) {
        entered = action;
    }

    void repair() {
        broken = false;
    }

    void clear() {
        mails.clear();
    }

    /** Mails put in so far, oldest first. */
    List<Mail> mails() {
        return new ArrayList<>(mails);
    }

    List<String> names() {
        return mails().stream().map(Mail::getName).toList();
    }

    @Override
    public MailQueueName getName() {
        return MailQueueName.of("outgoing");
    }

    @Override
    public void enQueue(Mail mail, Duration delay) throws MailQueueException {
        enQueue(mail);
    }

    @Override
    public void enQueue(Mail mail) throws MailQueueException {
        entered.run();
        if (broken) {
            throw new MailQueueException("The broker is down");
        }
        if (mail.getName().equals(poisonous)) {
            throw new StackOverflowError("nested too deep");
        }
        try {
            MailImpl copy = MailImpl.duplicate(mail);
            copy.setName(mail.getName());
            copy.setState(mail.getState());
            mails.add(copy);
        } catch (MessagingException e) {
            throw new MailQueueException("The mail can't be copied", e);
        }
    }

    @Override
    public Publisher<Void> enqueueReactive(Mail mail) {
        return Mono.fromRunnable(() -> {
            throw new UnsupportedOperationException();
        });
    }

    @Override
    public Publisher<MailQueueItem> deQueue() {
        return Mono.never();
    }

    @Override
    public void close() {
    }
}
