/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.apache.james.mailrepository.api.MailKey;
import org.apache.james.queue.api.MailQueueName;
import org.apache.james.queue.api.RawMailQueueItemDecoratorFactory;
import org.apache.james.queue.memory.MemoryMailQueueFactory;
import org.apache.james.server.core.MailImpl;
import org.jamesdane.delivery.deferral.DeferredImport;
import org.jamesdane.delivery.deferral.DeferredSelection;
import org.jamesdane.delivery.mail.ItemId;
import org.jamesdane.delivery.mail.MailAccessException;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.smtp.Recipient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mail that waits where nobody reads it. */
class DeferralPlacesTest {
    private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");
    private static final String OLD = "cassandra://var/dane/deferred/lost-node/outgoing";

    private final DelayIgnoringQueue queue = new DelayIgnoringQueue();
    private final Random random = new Random(4711);
    private final Path waiting;
    private final Places.Repositories repositories = new Places.Repositories();
    private final MailElsewhere.Where where;
    private final DeferralPlaces places;
    private final FileDeferralStore store;

    DeferralPlacesTest(@TempDir Path waiting) {
        this.waiting = waiting;
        where = Places.at(waiting, repositories, Optional.empty());
        places = new DeferralPlaces(where, () -> NOON, Duration.ofSeconds(30), time -> true);
        store = open("outgoing");
        places.opened("outgoing", store, Map.of());
        places.read().directory("outgoing");
    }

    @AfterEach
    void close() {
        store.close();
        places.close();
    }

    @Test
    void shouldTakeOverTheRepositoryOfALostNode() throws Exception {
        fill();
        assertThat(places.importFrom(OLD, Optional.empty())).isEqualTo(new DeferredImport.Moved(3, 0, 0, true, 0, false));
        assertThat(places.importFrom(OLD, Optional.of("outgoing"))).isEqualTo(new DeferredImport.Moved(0, 0, 0, true, 0, false));
        assertThat(repositories.repository(OLD).size()).isZero();
        assertThat(store.list(new DeferredSelection.All(), 10).total()).isEqualTo(3);
    }

    @Test
    void shouldRefuseWhatCanNotBeMeant() {
        assertThatThrownBy(() -> places.importFrom(OLD, Optional.of("other"))).isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("other").hasMessageContaining("outgoing");
        assertThatThrownBy(() -> places.importFrom("nothing", Optional.empty())).isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("nothing");
        places.read().repository(OLD);
        assertThatThrownBy(() -> places.importFrom(OLD, Optional.empty())).isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("now");
    }

    @Test
    void shouldNameMailThatNobodyReads() throws Exception {
        fill();
        FileDeferralStore other = open("former");
        MailImpl mail = Mails.mail("mail", Mails.TEXT, "bob@example.com");
        other.defer(Mails.outbound(mail), Mails.outbound(mail).envelope().recipients(), MailHistory.NEW, Duration.ZERO);
        other.close();
        MailElsewhere elsewhere = new MailElsewhere(where, places.read(), () -> NOON);
        elsewhere.look();

        assertThat(elsewhere.problems()).hasSize(2)
            .anySatisfy(problem -> assertThat(problem).startsWith("3 deferred mails").contains(OLD))
            .anySatisfy(problem -> assertThat(problem).startsWith("1 deferred mails").contains("former"));
        places.importFrom(OLD, Optional.empty());
        elsewhere.look();
        assertThat(elsewhere.problems()).hasSize(1);
    }

    /** A large repository takes longer than anybody waits for an answer. */
    @Test
    void shouldGoOnAfterTheAnswerAndTellHowFarItIs() throws Exception {
        fill();
        CountDownLatch goesOn = new CountDownLatch(1);
        DeferralPlaces hurried = new DeferralPlaces(where, () -> NOON, Duration.ZERO, time -> true);
        hurried.opened("outgoing", new Held(store, goesOn), Map.of());
        DeferredImport.Moved begun = hurried.importFrom(OLD, Optional.empty());
        assertThat(begun.done()).isFalse();
        await().until(() -> hurried.importFrom(OLD, Optional.empty()).remaining() == 3);

        goesOn.countDown();
        await().until(() -> hurried.importFrom(OLD, Optional.empty()).done());
        assertThat(store.list(new DeferredSelection.All(), 10).total()).isEqualTo(3);
        assertThat(hurried.importFrom(OLD, Optional.empty()).taken()).as("a new one begins").isZero();
        hurried.close();
    }

    @Test
    void shouldLeaveWhereItIsWhatCanNotBeStored() throws Exception {
        fill();
        DeferralPlaces full = new DeferralPlaces(where, () -> NOON, Duration.ofSeconds(30), time -> true);
        full.opened("outgoing", new Held(store, new CountDownLatch(0)) {
            @Override
            public boolean adopt(MailKey key, MailImpl mail, Instant due) throws MailAccessException {
                throw new MailAccessException("The disk is full", new IOException());
            }
        }, Map.of());

        assertThat(full.importFrom(OLD, Optional.empty()).left()).isEqualTo(3);
        assertThat(repositories.repository(OLD).size()).isEqualTo(3);
        full.close();
        assertThat(places.importFrom(OLD, Optional.empty()).taken()).isEqualTo(3);
    }

    @Test
    void shouldNameMailInAQueueThatNobodyConsumes() throws Exception {
        MemoryMailQueueFactory queues = new MemoryMailQueueFactory(new RawMailQueueItemDecoratorFactory());
        MailImpl mail = Mails.mail("mail", Mails.TEXT, "bob@example.com");
        MailAttributes.setItem(mail, new ItemId("item"));
        for (String name : List.of("former", "outgoing", "spool")) {
            queues.createQueue(MailQueueName.of(name)).enQueue(mail);
        }
        queues.createQueue(MailQueueName.of("of-others")).enQueue(Mails.mail("other", Mails.TEXT, "bob@example.com"));
        QueuesElsewhere elsewhere = new QueuesElsewhere(queues, places.read());

        assertThat(elsewhere.look()).as("another mailet may be about to take it").isEmpty();
        assertThat(elsewhere.look()).singleElement().asString().startsWith("1 mails").contains("the queue former");
        queues.getQueue(MailQueueName.of("former")).orElseThrow().clear();
        assertThat(elsewhere.look()).isEmpty();
    }

    private void fill() throws Exception {
        RepositoryDeferralStore former = new RepositoryDeferralStore(queue, repositories.repository(OLD), () -> NOON, false, 5,
            Duration.ofHours(1));
        for (int i = 0; i < 3; i++) {
            MailImpl mail = Mails.mail("mail-" + i, Mails.TEXT, "bob@example.com");
            former.defer(Mails.outbound(mail), Mails.outbound(mail).envelope().recipients(), MailHistory.NEW, Duration.ZERO);
        }
    }

    /** A store that takes over nothing before it may. */
    private static class Held implements DeferralBackend {
        private final DeferralBackend store;
        private final CountDownLatch goesOn;

        Held(DeferralBackend store, CountDownLatch goesOn) {
            this.store = store;
            this.goesOn = goesOn;
        }

        @Override
        public boolean adopts() {
            return true;
        }

        @Override
        public boolean adopt(MailKey key, MailImpl mail, Instant due) throws MailAccessException {
            try {
                assertThat(goesOn.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return store.adopt(key, mail, due);
        }

        @Override
        public void defer(JamesMail mail, List<Recipient> recipients, MailHistory history, Duration delay) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Listing list(DeferredSelection selection, int limit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int release(DeferredSelection selection) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int delete(DeferredSelection selection) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void start() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {
            throw new UnsupportedOperationException();
        }
    }

    private FileDeferralStore open(String name) {
        return FileDeferralStore.open(queue, waiting.resolve(name), () -> NOON,
            new DeferralRules(false, 5, Duration.ofHours(1), Duration.ofDays(5)), random::nextLong);
    }
}
