/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.jamesdane.dane.policy.Policy;
import org.jamesdane.delivery.deferral.DeferredMail;
import org.jamesdane.delivery.deferral.DeferredMails;
import org.jamesdane.delivery.deferral.DeferredSelection;
import org.jamesdane.store.PolicyKnowledge;
import org.jamesdane.store.Stores;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mail of an earlier time holds mail at a first start without policies, and nothing of that search ends the timer. */
class EarlierMailTest {
    private static final Instant START = Instant.parse("2026-11-23T12:00:00Z");

    private final Stores stores;
    private final PolicyKnowledge knowledge;
    private final AtomicInteger looks = new AtomicInteger();

    EarlierMailTest(@TempDir Path directory) {
        stores = new Stores(new Stores.Location(directory, Optional.empty()), Policy.DANE, () -> START, "test");
        stores.start();
        knowledge = stores.settings().knowledge();
    }

    @AfterEach
    void close() {
        stores.close();
    }

    @Test
    void shouldHoldMailWhereMailOfAnEarlierTimeWaits() {
        EarlierMail.lookFor(knowledge, waiting(Optional.empty(), Optional.of(START.plusSeconds(1))));
        assertThat(knowledge.hold()).as("untried mail, and mail of this life").isEmpty();

        EarlierMail.lookFor(knowledge, waiting(Optional.empty(), Optional.of(START.minus(Duration.ofHours(1)))));

        assertThat(knowledge.hold()).isPresent();
    }

    @Test
    void shouldLookAtNoMailOnceThatIsKnown() throws Exception {
        stores.settings().acceptEmpty();

        EarlierMail.lookFor(knowledge, waiting(Optional.of(START.minus(Duration.ofHours(1)))));

        assertThat(looks).hasValue(0);
        assertThat(knowledge.hold()).isEmpty();
    }

    @Test
    void shouldLookAgainAfterAnError() {
        AtomicInteger failures = new AtomicInteger(2);
        DeferredMails mails = new Listed(List.of(START.minus(Duration.ofHours(1))).stream().map(Optional::of).toList()) {
            @Override
            public Listing list(DeferredSelection selection, int limit) {
                if (failures.getAndDecrement() > 0) {
                    throw new StackOverflowError("a trap");
                }
                return super.list(selection, limit);
            }
        };
        for (int i = 0; i < 2; i++) {
            EarlierMail.lookFor(knowledge, mails);
            assertThat(knowledge.hold()).isEmpty();
        }

        EarlierMail.lookFor(knowledge, mails);

        assertThat(knowledge.hold()).isPresent();
    }

    @SafeVarargs
    @SuppressWarnings("varargs") // List.of reads the array and keeps a copy.
    private DeferredMails waiting(Optional<Instant>... firstAttempts) {
        return new Listed(List.of(firstAttempts));
    }

    private class Listed implements DeferredMails {
        private final List<Optional<Instant>> firstAttempts;

        Listed(List<Optional<Instant>> firstAttempts) {
            this.firstAttempts = firstAttempts;
        }

        @Override
        public Listing list(DeferredSelection selection, int limit) {
            looks.incrementAndGet();
            Stream<DeferredMail> mails = firstAttempts.stream().map(first -> new DeferredMail("1", "outgoing", Optional.empty(),
                List.of("bob@example.com"), START, new DeferredMail.Progress(1, first, Optional.empty())));
            return new Listing(mails.limit(limit).toList(), firstAttempts.size());
        }

        @Override
        public int release(DeferredSelection selection) {
            throw new UnsupportedOperationException("It only looks");
        }

        @Override
        public int delete(DeferredSelection selection) {
            throw new UnsupportedOperationException("It only looks");
        }
    }
}
