/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Locale;

import org.jamesdane.delivery.deferral.DeferredSelection;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.dns.DomainName;
import org.jamesdane.testing.Spent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Very many deferred mails in the database. It runs in the profile {@code long} alone; {@code -Dwaiting.rows} is their number. Its bounds
 * are those that docs/deferred-mail.md promises; the figures are printed.
 */
@EnabledIfSystemProperty(named = "waiting.rows", matches = "\\d+")
class ManyRowsTest extends DatabaseNodes {
    private static final int ROWS = Integer.getInteger("waiting.rows", 100_000);
    private static final int DOMAINS = 5000;
    /** Number of mails per mail that is due when a node starts. */
    private static final int DUE = 1000;
    private static final Duration FIRST_RELEASE = Duration.ofSeconds(60);

    @Test
    void shouldStartAndAnswerInTimeWithManyRows() throws Exception {
        SharedQueue queue = queue();
        fill(queue);
        Node node = node(queue, NOON, UNHURRIED, step -> { });
        long started = System.nanoTime();
        node.store().start();
        await().atMost(FIRST_RELEASE).pollInterval(Duration.ofMillis(5)).until(() -> !queue.isEmpty());
        Duration first = Duration.ofNanos(System.nanoTime() - started);

        Spent listed = Spent.on(() -> node.store().list(new DeferredSelection.OfDomain("domain-17.example"), 100).total());
        Spent deleted = Spent.on(() -> node.store().delete(new DeferredSelection.OfRecipient("user-5018@domain-18.example")));
        Spent released = Spent.on(() -> node.store().release(DeferredSelection.OfDomains.only(DomainName.of("domain-19.example"))));
        assertThat(node.store().list(new DeferredSelection.OfDomain("domain-17.example"), 1).total()).isPositive();
        assertThat(node.store().list(new DeferredSelection.OfRecipient("user-5018@domain-18.example"), 1).total()).isZero();
        System.out.println(String.format(Locale.ROOT, "%d rows in the database: first release after %d ms; list by domain %s; delete by "
            + "recipient %s; release for a changed policy %s", ROWS, first.toMillis(), listed, deleted,
            released));
    }

    /** Stores a mail in the ordinary way, and copies its row for other recipients. */
    private void fill(SharedQueue queue) throws Exception {
        JamesMail outbound = Mails.outbound(mail("mail-1", "bob@example.com"));
        node(queue).store().defer(outbound, outbound.envelope().recipients(), MailHistory.NEW, LONGEST);
        String name = queue.getName().asString();
        postgres.query(url, "INSERT INTO dane_waiting SELECT 'copy-' || i, queue, state, generation, CASE WHEN i % " + DUE
            + " = 0 THEN now() ELSE look + i * interval '1 ms' END, due, sent_for, stored, closed, age_ms, paused, retries, sender_domain, "
            + "reason, octets, header FROM dane_waiting, generate_series(1, " + ROWS + ") AS i WHERE queue = '" + name + "'");
        postgres.query(url, "INSERT INTO dane_waiting_octets SELECT 'copy-' || i, number, o.octets FROM dane_waiting_octets o "
            + "JOIN dane_waiting w ON w.id = o.id, generate_series(1, " + ROWS + ") AS i WHERE w.queue = '" + name
            + "' AND w.id NOT LIKE 'copy-%'");
        String recipient = "'user-' || i || '@domain-' || i % " + DOMAINS + " || '.example'";
        postgres.query(url, "INSERT INTO dane_waiting_recipient SELECT 'copy-' || i, " + recipient + ", " + recipient
            + ", 'domain-' || i % " + DOMAINS + " || '.example' FROM generate_series(1, " + ROWS + ") AS i");
        postgres.query(url, "ANALYZE");
    }
}
