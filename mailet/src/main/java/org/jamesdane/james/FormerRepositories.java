/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import org.jamesdane.delivery.deferral.DeferredSelection;
import org.jamesdane.delivery.mail.MailAccessException;
import org.jamesdane.delivery.retry.Backoff;
import org.jamesdane.waiting.RealDisk;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes over, at each start, the deferred mail that earlier versions left in file repositories of a queue. */
final class FormerRepositories implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(FormerRepositories.class);
    /** Time between two looks if the store can be used. */
    private static final Duration BETWEEN_ATTEMPTS = Duration.ofSeconds(10);

    private final String queue;
    private final DeferralBackend into;
    private final Map<Path, TakeOver.Opening> former;
    private final InstantSource clock;
    private final Backoff patience;
    private final AtomicInteger left = new AtomicInteger();
    private volatile boolean closed;

    /**
     * Names them; nothing is done before {@link #start}.
     *
     * @param former the directory of each, and the way to open it
     * @param patience waits for a store that can't be used at the start
     */
    FormerRepositories(String queue, DeferralBackend into, Map<Path, TakeOver.Opening> former, InstantSource clock, Backoff patience) {
        this.queue = queue;
        this.into = into;
        this.former = new LinkedHashMap<>(former);
        this.clock = clock;
        this.patience = patience;
    }

    /** Begins on a thread of its own: it may be many, and new mail does not wait for it. */
    void start() {
        if (!former.isEmpty()) {
            Thread thread = new Thread(this::takeOver, "dane-take-over-" + queue);
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void takeOver() {
        while (!closed && !isStoreThere()) {
            if (!patience.pause(BETWEEN_ATTEMPTS)) {
                return;
            }
        }
        former.forEach((directory, repository) -> {
            try {
                TakeOver takeOver = new TakeOver(new RealDisk(), into, () -> !closed);
                TakeOver.Result result = takeOver.fromFiles(directory, repository, clock.instant());
                if (result.taken() + result.already() > 0) {
                    LOGGER.info("{} deferred mails of the queue {} were taken over from {}", result.taken(), queue, directory);
                }
                left.addAndGet(result.left());
            } catch (IOException | RuntimeException e) {
                LOGGER.error("Deferred mail in {} could not be taken over; the next start tries again", directory, e);
            }
        });
    }

    /** A database that is away for a moment must not make every mail wait for the next start. */
    private boolean isStoreThere() {
        try {
            return into.list(new DeferredSelection.All(), 1).total() >= 0;
        } catch (MailAccessException | RuntimeException e) {
            LOGGER.debug("Mail of the queue {} can't be taken over yet", queue, e);
            return false;
        }
    }

    /** Sentences about what an operator should look at. */
    List<String> problems() {
        return left.get() == 0 ? List.of() : List.of(left.get() + " mails of the queue " + queue + " could not be taken over from James's "
            + "repository; they are kept aside beside it, and the next start tries again.");
    }

    /** Ends it after the mail that is being moved; the next start goes on. */
    @Override
    public void close() {
        closed = true;
    }
}
