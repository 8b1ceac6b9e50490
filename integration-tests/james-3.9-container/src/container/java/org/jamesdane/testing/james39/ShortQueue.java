/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.testing.james39;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;

import jakarta.mail.MessagingException;
import org.apache.james.core.MailAddress;
import org.apache.james.queue.api.MailQueueName;
import org.apache.james.queue.api.ManageableMailQueue;
import org.apache.james.server.core.MailImpl;
import org.apache.mailet.Mail;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A queue of a few mails in memory, with delays; James 3.9's own queues are not in the registry.
 */
final class ShortQueue implements ManageableMailQueue {
    private final MailQueueName name;
    private final Clock clock;
    private final DelayQueue<Entry> entries = new DelayQueue<>();
    private final Scheduler scheduler;

    ShortQueue(MailQueueName name, Clock clock) {
        this.name = name;
        this.clock = clock;
        this.scheduler = Schedulers.newSingle("queue " + name.asString(), true);
    }

    private record Entry(Mail mail, Instant due, Clock clock) implements Delayed, MailQueueItemView {
        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(Duration.between(clock.instant(), due));
        }

        @Override
        public int compareTo(Delayed other) {
            return due.compareTo(((Entry) other).due);
        }

        @Override
        public Mail getMail() {
            return mail;
        }

        @Override
        public Optional<ZonedDateTime> getNextDelivery() {
            return Optional.of(due.atZone(ZoneOffset.UTC));
        }
    }

    private final class Item implements MailQueueItem {
        private final Mail mail;

        Item(Mail mail) {
            this.mail = mail;
        }

        @Override
        public Mail getMail() {
            return mail;
        }

        @Override
        public void done(CompletionStatus status) throws MailQueueException {
            if (status == CompletionStatus.RETRY) {
                enQueue(mail);
            }
        }
    }

    @Override
    public MailQueueName getName() {
        return name;
    }

    @Override
    public void enQueue(Mail mail, Duration delay) throws MailQueueException {
        try {
            MailImpl copy = MailImpl.duplicate(mail);
            copy.setName(mail.getName());
            entries.add(new Entry(copy, clock.instant().plus(delay), clock));
        } catch (MessagingException e) {
            throw new MailQueueException("Failed to copy " + mail.getName(), e);
        }
    }

    @Override
    public void enQueue(Mail mail) throws MailQueueException {
        enQueue(mail, Duration.ZERO);
    }

    @Override
    public Publisher<Void> enqueueReactive(Mail mail) {
        return Mono.fromCallable(() -> {
            enQueue(mail);
            return null;
        });
    }

    @Override
    public Publisher<MailQueueItem> deQueue() {
        return Mono.<MailQueueItem>fromCallable(() -> new Item(entries.take().mail())).subscribeOn(scheduler).repeat();
    }

    @Override
    public long getSize() {
        return entries.size();
    }

    @Override
    public long flush() {
        int size = entries.size();
        entries.stream().toList().forEach(entry -> {
            if (entries.remove(entry)) {
                entries.add(new Entry(entry.mail(), clock.instant(), clock));
            }
        });
        return size;
    }

    @Override
    public long clear() {
        int size = entries.size();
        entries.clear();
        return size;
    }

    @Override
    public long remove(Type type, String value) {
        int before = entries.size();
        entries.removeIf(entry -> switch (type) {
            case Name -> entry.mail().getName().equals(value);
            case Sender -> entry.mail().getMaybeSender().asString().equals(value);
            case Recipient -> entry.mail().getRecipients().stream().map(MailAddress::asString).anyMatch(value::equals);
        });
        return before - entries.size();
    }

    @Override
    public MailQueueIterator browse() {
        Iterator<Entry> snapshot = entries.stream().toList().iterator();
        return new MailQueueIterator() {
            @Override
            public boolean hasNext() {
                return snapshot.hasNext();
            }

            @Override
            public MailQueueItemView next() {
                return snapshot.next();
            }

            @Override
            public void close() {
                // A snapshot holds nothing open.
            }
        };
    }

    @Override
    public void close() {
        scheduler.dispose();
    }
}
