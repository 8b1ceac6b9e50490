/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.apache.james.server.core.MailImpl;
import org.apache.mailet.Mail;
import org.jamesdane.dane.outcome.MailAge;
import org.jamesdane.delivery.deferral.DeferredSelection;
import org.jamesdane.delivery.mail.ItemId;
import org.jamesdane.delivery.mail.MailAccessException;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.store.BreakingPostgres;
import org.jamesdane.store.PostgresConnections;
import org.jamesdane.store.WaitingMails;
import org.jamesdane.store.WaitingRecipients;
import org.jamesdane.testing.postgres.TestPostgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIf;

/** Nodes that share a PostgreSQL and a queue, for tests. */
@EnabledIf("org.jamesdane.testing.postgres.TestPostgres#isInstalled")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DatabaseNodes {
    static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");
    static final Duration LONGEST = Duration.ofHours(1);
    static final Duration LONGEST_WAIT = Duration.ofMinutes(40);
    static final Duration LIFETIME = Duration.ofDays(5);
    static final DeferredSelection ALL = new DeferredSelection.All();
    /** Long enough for a step, short enough to be waited for. */
    static final WaitingMails.Leases BRIEF = new WaitingMails.Leases(Duration.ofMillis(200), LONGEST);
    static final WaitingMails.Leases UNHURRIED = new WaitingMails.Leases(Duration.ofSeconds(3), LONGEST);
    static final int ENOUGH = 200;

    TestPostgres postgres;
    String url;
    final List<PostgresConnections> open = new ArrayList<>();
    final List<DatabaseDeferralStore> nodes = new ArrayList<>();
    int queues;
    long tokens = 1;

    @BeforeAll
    final void start() {
        postgres = TestPostgres.start();
        url = postgres.newDatabase();
    }

    @AfterAll
    final void end() {
        postgres.close();
    }

    @AfterEach
    final void close() {
        nodes.forEach(DatabaseDeferralStore::close);
        nodes.clear();
        open.forEach(PostgresConnections::close);
        open.clear();
    }

    SharedQueue queue() {
        return new SharedQueue("outgoing-" + queues++);
    }

    Node node(SharedQueue queue, Instant clock, WaitingMails.Leases leases, Consumer<String> points) {
        PostgresConnections connections = BreakingPostgres.connections(url, 2, points);
        open.add(connections);
        WaitingMails waiting = new WaitingMails(connections, leases);
        DatabaseDeferralStore store = new DatabaseDeferralStore(queue.seenBy(points), waiting, new WaitingRecipients(connections),
            new HeldMails(waiting, (mail, envelope) -> Mails.outbound(mail), () -> tokens++), () -> clock,
            new DatabaseDeferralStore.Limits(false, 100, LONGEST, LIFETIME));
        nodes.add(store);
        return new Node(queue, store, new ReleasedRows(queue.getName().asString(), waiting, () -> clock, LONGEST_WAIT), points);
    }

    Node node(SharedQueue queue) {
        return node(queue, NOON, BRIEF, step -> { });
    }

    /** A node whose worker defers a mail at its first attempt and delivers it at the second. */
    record Node(SharedQueue queue, DatabaseDeferralStore store, Releases rows, Consumer<String> points) {
        void work() throws Exception {
            store.releaseDue();
            for (Optional<Mail> next = queue.take(this); next.isPresent(); next = queue.take(this)) {
                try {
                    attempt(next.get());
                } catch (MailAccessException e) {
                    // Whether it is a double can't be known while another node stands still with its row.
                    queue.giveOutAgain(this);
                    return;
                }
            }
        }

        void attempt(Mail mail) throws Exception {
            if (rows.take(mail)) {
                MailHistory history = MailAttributes.history(mail);
                if (history.retries() == 0) {
                    JamesMail outbound = Mails.outbound(mail);
                    store.defer(outbound, outbound.envelope().recipients(), new MailHistory(
                        Optional.of(new MailAge(NOON, NOON, Optional.empty())), 1, Optional.empty(), Optional.of("no route")),
                        Duration.ZERO);
                } else {
                    points.accept("before delivery");
                    queue.delivered.add(mail.getName());
                    points.accept("after delivery");
                }
                rows.settled(mail);
            }
            points.accept("before done");
            queue.done(this);
            points.accept("after done");
        }
    }

    void workUntilDelivered(SharedQueue queue, Node node) throws Exception {
        for (int i = 0; i < ENOUGH && queue.delivered.isEmpty(); i++) {
            node.work();
            TimeUnit.MILLISECONDS.sleep(20);
        }
        // Whatever is left comes to light once all leases are over.
        TimeUnit.MILLISECONDS.sleep(BRIEF.inHand().toMillis() + 20);
        node.work();
        assertThat(queue.isEmpty()).isTrue();
    }

    static MailImpl mail(String name, String... recipients) throws Exception {
        MailImpl mail = Mails.mail(name, Mails.TEXT, recipients);
        MailAttributes.setItem(mail, new ItemId("item-of-" + name));
        return mail;
    }
}
