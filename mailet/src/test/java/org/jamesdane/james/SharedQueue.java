/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import javax.mail.MessagingException;

import org.apache.james.queue.api.MailQueue;
import org.apache.james.queue.api.MailQueueName;
import org.apache.james.server.core.MailImpl;
import org.apache.mailet.Mail;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** A queue of a broker that outlives the nodes which use it, and gives out again what a lost node had in hand. */
final class SharedQueue implements MailQueue {
    /** The names of delivered mails. */
    final List<String> delivered = new CopyOnWriteArrayList<>();
    private final String name;
    private final Deque<Mail> mails = new ArrayDeque<>();
    private final Map<Object, Mail> inHand = new HashMap<>();

    SharedQueue(String name) {
        this.name = name;
    }

    /** The next mail, which is the node's until it is done. */
    synchronized Optional<Mail> take(Object node) {
        Mail next = mails.poll();
        if (next != null) {
            inHand.put(node, next);
        }
        return Optional.ofNullable(next);
    }

    synchronized void done(Object node) {
        inHand.remove(node);
    }

    synchronized void giveOutAgain(Object node) {
        Mail mail = inHand.remove(node);
        if (mail != null) {
            mails.addFirst(mail);
        }
    }

    synchronized boolean isEmpty() {
        return mails.isEmpty() && inHand.isEmpty();
    }

    /** The same queue for a node whose steps are told of. */
    MailQueue seenBy(Consumer<String> points) {
        return new MailQueue() {
            @Override
            public MailQueueName getName() {
                return SharedQueue.this.getName();
            }

            @Override
            public void enQueue(Mail mail, Duration delay) throws MailQueueException {
                enQueue(mail);
            }

            @Override
            public void enQueue(Mail mail) throws MailQueueException {
                points.accept("before enqueue");
                SharedQueue.this.enQueue(mail);
                points.accept("after enqueue");
            }

            @Override
            public Publisher<Void> enqueueReactive(Mail mail) {
                return SharedQueue.this.enqueueReactive(mail);
            }

            @Override
            public Publisher<MailQueueItem> deQueue() {
                return SharedQueue.this.deQueue();
            }

            @Override
            public void close() {
            }
        };
    }

    @Override
    public MailQueueName getName() {
        return MailQueueName.of(name);
    }

    @Override
    public void enQueue(Mail mail, Duration delay) throws MailQueueException {
        enQueue(mail);
    }

    @Override
    public synchronized void enQueue(Mail mail) throws MailQueueException {
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
        return Mono.error(new UnsupportedOperationException());
    }

    @Override
    public Publisher<MailQueueItem> deQueue() {
        return Mono.never();
    }

    @Override
    public void close() {
    }
}
