/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.apache.james.core.MailAddress;
import org.apache.james.server.core.MailImpl;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;
import org.apache.mailet.PerRecipientHeaders.Header;
import org.jamesdane.dane.MailAge;
import org.jamesdane.delivery.DeferredMail;
import org.jamesdane.delivery.DeferredSelection;
import org.jamesdane.delivery.MailAccessException;
import org.jamesdane.delivery.MailHistory;
import org.jamesdane.store.BreakingPostgres;
import org.jamesdane.store.PostgresConnections;
import org.jamesdane.store.WaitingMails;
import org.jamesdane.store.WaitingRecipients;
import org.jamesdane.testing.postgres.TestPostgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIf;

/** Nodes that share a PostgreSQL and a queue, stopped and killed at each of their steps. */
@EnabledIf("org.jamesdane.testing.postgres.TestPostgres#isInstalled")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DatabaseDeferralStoreTest {
    private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(40);
    private static final DeferredSelection ALL = new DeferredSelection.All();
    /** Long enough for a step, short enough to be waited for. */
    private static final WaitingMails.Leases BRIEF = new WaitingMails.Leases(Duration.ofMillis(400), LONGEST);
    private static final int ENOUGH = 200;
    /** Of about seventy steps, every so many are tried; -Dwaiting.every=1 tries all. */
    private static final int EVERY_KILL = Integer.getInteger("waiting.every", 3);
    private static final int EVERY_STOP = Integer.getInteger("waiting.every", 12);

    private TestPostgres postgres;
    private String url;
    private final List<PostgresConnections> open = new ArrayList<>();
    private int queues;

    @BeforeAll
    void start() {
        postgres = TestPostgres.start();
        url = postgres.newDatabase();
    }

    @AfterAll
    void end() {
        postgres.close();
    }

    @AfterEach
    void close() {
        open.forEach(PostgresConnections::close);
        open.clear();
    }

    /** The end of a node: nothing that it would do afterwards happens. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    private SharedQueue queue() {
        return new SharedQueue("outgoing-" + queues++);
    }

    private Node node(SharedQueue queue, Instant clock, WaitingMails.Leases leases, Consumer<String> points) {
        PostgresConnections connections = BreakingPostgres.connections(url, 2, points);
        open.add(connections);
        DatabaseDeferralStore store = new DatabaseDeferralStore(queue.seenBy(points), new WaitingMails(connections, leases),
            new WaitingRecipients(connections), () -> clock, new DatabaseDeferralStore.Limits(false, 100, LONGEST, LONGEST_WAIT));
        return new Node(queue, store, points);
    }

    private Node node(SharedQueue queue) {
        return node(queue, NOON, BRIEF, step -> { });
    }

    /** A node whose worker defers a mail at its first attempt and delivers it at the second. */
    private record Node(SharedQueue queue, DatabaseDeferralStore store, Consumer<String> points) {
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

        private void attempt(Mail mail) throws Exception {
            if (store.take(mail)) {
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
                store.settled(mail);
            }
            points.accept("before done");
            queue.done(this);
            points.accept("after done");
        }
    }

    private void workUntilDelivered(SharedQueue queue, Node node) throws Exception {
        for (int i = 0; i < ENOUGH && queue.delivered.isEmpty(); i++) {
            node.work();
            TimeUnit.MILLISECONDS.sleep(20);
        }
        // Whatever is left comes to light once all leases are over.
        TimeUnit.MILLISECONDS.sleep(BRIEF.inHand().toMillis() + 20);
        node.work();
        assertThat(queue.isEmpty()).isTrue();
    }

    private static MailImpl mail(String name, String... recipients) throws Exception {
        MailImpl mail = Mails.mail(name, Mails.TEXT, recipients);
        MailAttributes.setItem(mail, "item-of-" + name);
        return mail;
    }

    /** The steps of a mail's whole way, on a node that nothing happens to. */
    private List<String> steps() throws Exception {
        List<String> steps = new ArrayList<>();
        SharedQueue queue = queue();
        queue.enQueue(mail("mail-1", "bob@example.com"));
        Node node = node(queue, NOON, BRIEF, steps::add);
        node.work();
        node.work();
        assertThat(queue.delivered).containsExactly("mail-1");
        assertThat(queue.isEmpty()).isTrue();
        return steps;
    }

    @Test
    void shouldLoseNothingWhereverANodeIsKilled() throws Exception {
        List<String> steps = steps();
        assertThat(steps).hasSizeGreaterThan(20 * EVERY_KILL);
        int delivery = steps.indexOf("after delivery");
        for (int point = 0; point < steps.size(); point += EVERY_KILL) {
            SharedQueue queue = queue();
            queue.enQueue(mail("mail-1", "bob@example.com"));
            Node killed = node(queue, NOON, BRIEF, new At(point, () -> {
                throw new Killed();
            }));
            try {
                killed.work();
                killed.work();
            } catch (Killed e) {
                queue.giveOutAgain(killed);
            }
            close();
            workUntilDelivered(queue, node(queue));

            boolean underWay = point >= delivery && steps.subList(delivery, point + 1).stream().noneMatch("after commit"::equals);
            assertThat(queue.delivered).as("killed at step %s, %s", point, steps.get(point))
                .hasSizeBetween(1, underWay ? 2 : 1);
        }
    }

    @Test
    void shouldDoubleNothingWhereverANodeStandsStillBeyondItsLease() throws Exception {
        List<String> steps = steps();
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try {
            for (int point = 0; point < steps.size(); point += EVERY_STOP) {
                SharedQueue queue = queue();
                queue.enQueue(mail("mail-1", "bob@example.com"));
                CountDownLatch stands = new CountDownLatch(1);
                CountDownLatch goesOn = new CountDownLatch(1);
                Node stopped = node(queue, NOON, BRIEF, new At(point, () -> {
                    stands.countDown();
                    awaitQuietly(goesOn);
                }));
                Future<?> work = threads.submit(() -> {
                    stopped.work();
                    stopped.work();
                    return true;
                });
                assertThat(stands.await(30, TimeUnit.SECONDS)).isTrue();
                Node other = node(queue);
                TimeUnit.MILLISECONDS.sleep(BRIEF.inHand().toMillis() + 20);
                other.work();
                other.work();
                goesOn.countDown();
                assertThat(work.get(30, TimeUnit.SECONDS)).isEqualTo(true);
                workUntilDelivered(queue, other);
                close();

                assertThat(queue.delivered).as("stood still at step %s, %s", point, steps.get(point)).containsExactly("mail-1");
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void shouldNeitherLoseNorDoubleWhenACommitIsInDoubt() throws Exception {
        List<String> steps = steps();
        for (int point = 0; point < steps.size(); point++) {
            if (steps.get(point).equals("after commit")) {
                SharedQueue queue = queue();
                queue.enQueue(mail("mail-1", "bob@example.com"));
                Node node = node(queue, NOON, BRIEF, new At(point, () -> BreakingPostgres.fail(new SQLException("it broke", "08006"))));
                node.work();
                workUntilDelivered(queue, node);
                close();

                assertThat(queue.delivered).as("in doubt at step %s", point).containsExactly("mail-1");
            }
        }
    }

    /** Does something at one step, once. */
    private static final class At implements Consumer<String> {
        private final int point;
        private final Runnable what;
        private int passed;

        At(int point, Runnable what) {
            this.point = point;
            this.what = what;
        }

        @Override
        public void accept(String step) {
            if (passed++ == point) {
                what.run();
            }
        }
    }

    @Test
    void shouldGiveAMailOnItsAgeWhateverTheClocksOfNodesSay() throws Exception {
        for (Duration offset : List.of(Duration.ofHours(-1), Duration.ofHours(1))) {
            SharedQueue queue = queue();
            JamesMail outbound = Mails.outbound(mail("mail-1", "bob@example.com"));
            node(queue).store().defer(outbound, outbound.envelope().recipients(), new MailHistory(Optional.of(new MailAge(
                NOON.minus(Duration.ofHours(5)), NOON, Optional.empty())), 3, Optional.empty(), Optional.empty()).dueAt(NOON),
                Duration.ZERO);
            postgres.query(url, "UPDATE dane_waiting SET stored = stored - interval '30 minutes' WHERE queue = '"
                + queue.getName().asString() + "'");
            Instant there = NOON.plus(offset);
            Node other = node(queue, there, BRIEF, step -> { });
            other.store().releaseDue();
            Mail back = queue.take(other).orElseThrow();

            assertThat(MailAttributes.history(back).due()).as("no node's clock travels").isEmpty();
            assertThat(MailAttributes.isSentFor(back)).isFalse();
            assertThat(other.store().take(back)).isTrue();
            MailHistory history = MailAttributes.history(back);
            assertThat(history.age().orElseThrow().at(there)).isBetween(Duration.ofMinutes(329), Duration.ofMinutes(332));
            assertThat(history.due()).hasValueSatisfying(due -> assertThat(due).isBeforeOrEqualTo(there));
            assertThat(history.retries()).isEqualTo(3);
        }
    }

    @Test
    void shouldAddNoMoreThanTheLongestWaitToAnAge() throws Exception {
        SharedQueue queue = queue();
        JamesMail outbound = Mails.outbound(mail("mail-1", "bob@example.com"));
        Node node = node(queue);
        node.store().defer(outbound, outbound.envelope().recipients(), new MailHistory(Optional.of(new MailAge(NOON, NOON,
            Optional.empty())), 3, Optional.empty(), Optional.empty()), Duration.ZERO);
        postgres.query(url, "UPDATE dane_waiting SET stored = stored - interval '30 days' WHERE queue = '" + queue.getName().asString()
            + "'");
        node.store().releaseDue();
        Mail back = queue.take(node).orElseThrow();
        assertThat(node.store().take(back)).isTrue();

        assertThat(MailAttributes.history(back).age().orElseThrow().at(NOON)).isEqualTo(LONGEST_WAIT);
    }

    @Test
    void shouldKeepEnvelopeAttributesAndOctets() throws Exception {
        SharedQueue queue = queue();
        String text = "Subject: \u00e4\r\nX-Odd :space\r\n\r\n.\r\nna\u00efve, and no final line end";
        MailImpl mail = Mails.mail("mail-1", text, "bob@example.com", "carol@example.com");
        mail.setAttribute(new Attribute(AttributeName.of("of.others"), AttributeValue.of(7)));
        mail.addSpecificHeaderForRecipient(Header.builder().name("X-For").value("Bob").build(), new MailAddress("bob@example.com"));
        JamesMail outbound = Mails.outbound(mail);
        Node node = node(queue);
        node.store().defer(outbound, outbound.envelope().recipients().subList(0, 1), MailHistory.NEW, Duration.ZERO);
        node.store().releaseDue();
        Mail back = queue.take(node).orElseThrow();

        assertThat(Mails.octets(back)).isEqualTo(text);
        assertThat(back.getName()).isEqualTo("mail-1");
        assertThat(back.getRecipients()).containsExactly(new MailAddress("bob@example.com"));
        assertThat(back.getAttribute(AttributeName.of("of.others"))).isEqualTo(mail.getAttribute(AttributeName.of("of.others")));
        assertThat(back.getPerRecipientSpecificHeaders().getHeadersForRecipient(new MailAddress("bob@example.com"))).hasSize(1);
    }

    @Test
    void shouldActForAllNodesAndMarkWhatAnOperatorSentFor() throws Exception {
        SharedQueue queue = queue();
        Node one = node(queue);
        Node two = node(queue);
        JamesMail outbound = Mails.outbound(mail("mail-1", "Bob@example.com", "carol@other.example"));
        one.store().defer(outbound, outbound.envelope().recipients(), MailHistory.NEW, LONGEST);

        assertThat(two.store().delete(new DeferredSelection.OfRecipient("bob@EXAMPLE.com"))).isEqualTo(1);
        assertThat(two.store().list(ALL, 10).mails()).extracting(DeferredMail::recipients).containsExactly(List.of("carol@other.example"));
        assertThat(two.store().release(new DeferredSelection.OfDomain("other.example"))).isEqualTo(1);
        two.store().releaseDue();
        Mail back = queue.take(two).orElseThrow();
        assertThat(MailAttributes.isSentFor(back)).isTrue();
        assertThat(back.getRecipients()).containsExactly(new MailAddress("carol@other.example"));
        assertThat(postgres.query(url, "SELECT count(*) FROM dane_waiting WHERE encode(header, 'escape') LIKE '%Bob%'")).isEqualTo("0");
    }

    @Test
    void shouldStoreAMailThatIsDeferredAgainAndAgain() throws Exception {
        SharedQueue queue = queue();
        Node node = node(queue);
        JamesMail first = Mails.outbound(mail("mail-1", "bob@example.com"));
        node.store().defer(first, first.envelope().recipients(), MailHistory.NEW, Duration.ZERO);
        Set<String> words = new LinkedHashSet<>();
        for (int i = 0; i < 3; i++) {
            node.store().releaseDue();
            Mail back = queue.take(node).orElseThrow();
            assertThat(node.store().take(back)).isTrue();
            words.add(MailAttributes.waiting(back).orElseThrow());
            JamesMail again = Mails.outbound(back);
            // Held without an attempt, so that nothing of its history changes.
            node.store().defer(again, again.envelope().recipients(), again.history(), Duration.ZERO);
            node.store().settled(back);
            queue.done(node);
        }

        assertThat(words).hasSize(3);
        assertThat(node.store().list(ALL, 10).total()).isEqualTo(1);
    }

    @Test
    void shouldKeepAndNameWhatItCannotRead() throws Exception {
        SharedQueue queue = queue();
        Node node = node(queue);
        JamesMail outbound = Mails.outbound(mail("mail-1", "bob@example.com"));
        node.store().defer(outbound, outbound.envelope().recipients(), MailHistory.NEW, Duration.ZERO);
        String mine = " WHERE queue = '" + queue.getName().asString() + "'";
        postgres.query(url, "UPDATE dane_waiting SET header = 'nonsense'" + mine);
        node.store().releaseDue();

        assertThat(queue.isEmpty()).isTrue();
        assertThat(postgres.query(url, "SELECT count(*) FROM dane_waiting" + mine)).isEqualTo("1");
    }
}
