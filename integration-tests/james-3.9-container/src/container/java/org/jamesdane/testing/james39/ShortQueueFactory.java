/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */

package org.jamesdane.testing.james39;

import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import org.apache.james.queue.api.MailQueueFactory;
import org.apache.james.queue.api.MailQueueName;

/**
 * Keeps one {@link ShortQueue} for each name.
 */
final class ShortQueueFactory implements MailQueueFactory<ShortQueue> {
    private final Map<MailQueueName, ShortQueue> queues = new ConcurrentHashMap<>();
    private final Clock clock;

    @Inject
    ShortQueueFactory(Clock clock) {
        this.clock = clock;
    }

    @Override
    public Optional<ShortQueue> getQueue(MailQueueName name, PrefetchCount prefetchCount) {
        return Optional.ofNullable(queues.get(name));
    }

    @Override
    public ShortQueue createQueue(MailQueueName name, PrefetchCount prefetchCount) {
        return queues.computeIfAbsent(name, missing -> new ShortQueue(missing, clock));
    }

    @Override
    public Set<MailQueueName> listCreatedMailQueues() {
        return Set.copyOf(queues.keySet());
    }

    @PreDestroy
    void close() {
        queues.values().forEach(ShortQueue::close);
    }
}
