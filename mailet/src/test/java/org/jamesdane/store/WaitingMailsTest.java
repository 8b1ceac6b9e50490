/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import org.jamesdane.store.WaitingMail.Handle;
import org.jamesdane.store.WaitingMail.Taking;
import org.jamesdane.store.WaitingRecipients.Which;
import org.jamesdane.testing.postgres.TestPostgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIf;

/** A PostgreSQL as Debian has it. */
@EnabledIf("org.jamesdane.testing.postgres.TestPostgres#isInstalled")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WaitingMailsTest {
    private static final String QUEUE = "outgoing";
    private static final Duration NOW = Duration.ZERO;
    private static final Duration LATER = Duration.ofHours(1);

    private TestPostgres postgres;
    private final List<PostgresConnections> open = new ArrayList<>();
    private String url;

    @BeforeAll
    void start() {
        postgres = TestPostgres.start();
    }

    @AfterAll
    void end() {
        postgres.close();
    }

    @BeforeEach
    void newDatabase() {
        url = postgres.newDatabase();
    }

    @AfterEach
    void close() {
        open.forEach(PostgresConnections::close);
        open.clear();
    }

    private WaitingMails node(WaitingMails.Leases leases) {
        return new WaitingMails(connections(step -> { }), leases);
    }

    private WaitingMails node() {
        return node(WaitingMails.Leases.DEFAULTS);
    }

    private PostgresConnections connections(Consumer<String> points) {
        PostgresConnections connections = BreakingPostgres.connections(url, 2, points);
        open.add(connections);
        return connections;
    }

    private WaitingRecipients recipients() {
        return new WaitingRecipients(connections(step -> { }));
    }

    private static WaitingMail mail(String id, Duration delay, byte[] message, String... recipients) {
        return new WaitingMail(new WaitingMail.Key(id), QUEUE, Optional.of("sender.example"), List.of(recipients),
            new WaitingMail.Past(Optional.of(Duration.ofMinutes(5)), false, 2, Optional.of("no\0 host")), delay,
            new WaitingMail.Content() {
                @Override
                public byte[] header() {
                    return id.getBytes(UTF_8);
                }

                @Override
                public InputStream message() {
                    return new ByteArrayInputStream(message);
                }
            });
    }

    private static WaitingMail mail(String id, Duration delay) {
        return mail(id, delay, id.getBytes(UTF_8), "someone@Example.COM");
    }

    private String state(String id) {
        return postgres.query(url, "SELECT state FROM dane_waiting WHERE id = '" + id + "'");
    }

    @Test
    void shouldGiveBackTheExactOctets() throws Exception {
        byte[] message = new byte[3 * WaitingOctets.CHUNK + 17];
        new Random(1).nextBytes(message);
        node().store(mail("a", NOW, message, "a@example.com", "b@example.org"));
        Handle handle = node().release(QUEUE, 10).get(0);
        ByteArrayOutputStream read = new ByteArrayOutputStream();

        assertThat(node().read(handle, read)).hasValueSatisfying(mail -> {
            assertThat(mail.header()).isEqualTo("a".getBytes(UTF_8));
            assertThat(mail.recipients()).containsExactly("a@example.com", "b@example.org");
        });
        assertThat(read.toByteArray()).isEqualTo(message);
    }

    @Test
    void shouldTellOfAMessageThatIsNotComplete() throws Exception {
        node().store(mail("a", NOW));
        postgres.query(url, "DELETE FROM dane_waiting_octets");
        Handle handle = node().release(QUEUE, 10).get(0);

        assertThatThrownBy(() -> node().read(handle, OutputStream.nullOutputStream())).isInstanceOf(StoreException.class)
            .hasMessageContaining("not complete");
    }

    @Test
    void shouldReleaseWhatIsDueOnceAndTheFirstFirst() throws Exception {
        node().store(mail("later", LATER));
        node().store(mail("first", NOW));
        node().store(mail("second", NOW));

        assertThat(node().release(QUEUE, 1)).extracting(Handle::id).containsExactly("first");
        assertThat(node().release(QUEUE, 10)).extracting(Handle::id).containsExactly("second");
        assertThat(node().release(QUEUE, 10)).isEmpty();
        assertThat(node().release("another", 10)).isEmpty();
    }

    @Test
    void shouldReleaseAnewWhenALeaseHasEnded() throws Exception {
        WaitingMails node = node(new WaitingMails.Leases(Duration.ofMillis(1), LATER));
        node.store(mail("a", NOW));
        Handle first = node.release(QUEUE, 10).get(0);
        Thread.sleep(5);
        Handle second = node.release(QUEUE, 10).get(0);
        node.enqueued(second);
        Thread.sleep(5);

        assertThat(second.generation()).isGreaterThan(first.generation());
        assertThat(node.release(QUEUE, 10)).isEmpty();
        assertThat(node.take(first)).isEqualTo(new Taking.Doubled());
        assertThat(node.take(second)).isInstanceOf(Taking.Yours.class);
    }

    @Test
    void shouldKeepNoContentOnceAMailIsTaken() throws Exception {
        node().store(mail("a", NOW));
        Handle handle = node().release(QUEUE, 10).get(0);

        assertThat(node().take(handle)).isInstanceOfSatisfying(Taking.Yours.class, yours -> {
            assertThat(yours.age()).contains(Duration.ofMinutes(5));
            assertThat(yours.sentFor()).isFalse();
        });
        assertThat(postgres.query(url, "SELECT header IS NULL, reason IS NULL, sender_domain IS NULL FROM dane_waiting"))
            .isEqualTo("t|t|t");
        assertThat(postgres.query(url, "SELECT count(*) FROM dane_waiting_octets")).isEqualTo("0");
        assertThat(postgres.query(url, "SELECT count(*) FROM dane_waiting_recipient")).isEqualTo("0");
    }

    @Test
    void shouldGiveATakenMailAgainUntilItIsDone() throws Exception {
        node().store(mail("a", NOW));
        Handle handle = node().release(QUEUE, 10).get(0);
        node().take(handle);
        assertThat(node().take(handle)).isInstanceOf(Taking.Yours.class);
        node().done(handle);

        assertThat(node().take(handle)).isEqualTo(new Taking.Doubled());
        assertThat(state("a")).isEqualTo("done");
    }

    @Test
    void shouldKnowNothingOfAMailThatIsNotThere() throws Exception {
        assertThat(node().take(new Handle("gone", 1))).isEqualTo(new Taking.Unknown());
    }

    @Test
    void shouldStoreOnceThoughACommitIsInDoubt() throws Exception {
        int[] commits = new int[1];
        WaitingMails doubtful = new WaitingMails(connections(step -> {
            if (step.equals("after commit") && commits[0]++ == 0) {
                BreakingPostgres.fail(new SQLException("the connection broke", "08006"));
            }
        }), WaitingMails.Leases.DEFAULTS);

        doubtful.store(mail("a", LATER));

        assertThat(commits[0]).isEqualTo(2);
        assertThat(recipients().list(QUEUE, Which.ALL, 10).total()).isEqualTo(1);
        assertThat(postgres.query(url, "SELECT count(*) FROM dane_waiting_octets")).isEqualTo("1");
    }

    @Test
    void shouldForgetDoneMailsAfterTheirTimeAlone() throws Exception {
        for (String id : List.of("old", "new", "open")) {
            node().store(mail(id, id.equals("open") ? LATER : NOW));
        }
        for (Handle handle : node().release(QUEUE, 10)) {
            node().take(handle);
        }
        new PostgresAcceptedRecipients(connections(step -> { })).record(new ItemLife("item"), List.of("a@example.com"));
        postgres.query(url, "UPDATE dane_waiting SET closed = closed - interval '11 days' WHERE id = 'old'; "
            + "UPDATE dane_waiting SET stored = stored - interval '11 days' WHERE id = 'open'");

        assertThat(node().forget(Duration.ofDays(10), 100)).isEqualTo(1);
        assertThat(postgres.query(url, "SELECT string_agg(id, ' ' ORDER BY id) FROM dane_waiting")).isEqualTo("new open");
    }

    @Test
    void shouldLoseAMailInHandToWhoTakesItOver() throws Exception {
        WaitingMails brief = node(new WaitingMails.Leases(Duration.ofMillis(1), LATER));
        Handle mine = brief.storeInHand(mail("a", NOW), 17);
        assertThat(brief.renew(mine)).isTrue();
        Thread.sleep(5);
        assertThat(brief.release(QUEUE, 1)).hasSize(1);

        assertThat(brief.renew(mine)).isFalse();
        assertThat(brief.take(mine)).isEqualTo(new Taking.Doubled());
    }

    @Test
    void shouldNotGiveTwoNodesTheSameMailInHand() throws Exception {
        Handle mine = node().storeInHand(mail("a", NOW), 17);

        assertThat(node().storeInHand(mail("a", NOW), 17)).isEqualTo(mine);
        assertThatThrownBy(() -> node().storeInHand(mail("a", NOW), 18)).isInstanceOf(StoreException.class);
        node().done(mine);
        assertThatThrownBy(() -> node().storeInHand(mail("a", NOW), 19)).isInstanceOf(StoreException.class);
    }

    @Test
    void shouldReleaseAtOnceWhatIsGivenBackFromTheHand() throws Exception {
        Handle mine = node().storeInHand(mail("a", NOW), 17);
        assertThat(node().release(QUEUE, 1)).isEmpty();
        node().release(mine);

        assertThat(node().release(QUEUE, 1)).containsExactly(new Handle("a", 18));
    }

    @Test
    void shouldListDeleteAndSendForByRecipient() throws Exception {
        node().store(mail("a", LATER, new byte[1], "One@Example.com", "two@other.example"));
        node().store(mail("b", LATER, new byte[1], "three@sub.example.com"));
        node().store(mail("c", LATER, new byte[1], "four@b\u00fccher.example"));
        WaitingRecipients all = recipients();

        assertThat(ids(all, new Which(List.of("example.com"), List.of(), List.of()))).containsExactly("a");
        assertThat(ids(all, new Which(List.of(), List.of("example.com"), List.of()))).containsExactly("b");
        assertThat(ids(all, new Which(List.of("xn--bcher-kva.example"), List.of(), List.of()))).containsExactly("c");
        assertThat(all.sendFor(QUEUE, new Which(List.of("sub.example.com"), List.of(), List.of()))).isEqualTo(1);
        assertThat(node().release(QUEUE, 10)).hasSize(1).allSatisfy(handle ->
            assertThat(node().take(handle)).isInstanceOfSatisfying(Taking.Yours.class, yours -> assertThat(yours.sentFor()).isTrue()));
        assertThat(all.delete(QUEUE, new Which(List.of(), List.of(), List.of("one@example.COM")), (header, left) -> header)).isEqualTo(1);
        assertThat(all.list(QUEUE, Which.ALL, 10).mails()).extracting(WaitingMail.Listed::recipients)
            .containsExactlyInAnyOrder(List.of("two@other.example"), List.of("four@b\u00fccher.example"));
        assertThat(all.delete(QUEUE, new Which(List.of("other.example"), List.of(), List.of()), (header, left) -> header)).isEqualTo(1);
        assertThat(ids(all, Which.ALL)).containsExactly("c");
        assertThat(all.counts()).extracting(WaitingRecipients.Counted::mails).containsExactly(1);
    }

    private static List<String> ids(WaitingRecipients recipients, Which which) throws StoreException {
        return recipients.list(QUEUE, which, 10).mails().stream().map(WaitingMail.Listed::id).toList();
    }

    @Test
    void shouldCutWaitsThatNoMailHas() throws Exception {
        node().store(mail("a", Duration.ofDays(300)));

        assertThat(node().noLaterThan(QUEUE, LATER, 10)).isEqualTo(1);
        assertThat(node().noLaterThan(QUEUE, LATER, 10)).isZero();
    }

    @Test
    void shouldGoOnAfterARestartOfTheServer() throws Exception {
        WaitingMails node = node();
        node.store(mail("a", LATER));
        postgres.stop();
        postgres.resume();

        node.store(mail("b", LATER));

        assertThat(recipients().list(QUEUE, Which.ALL, 10).total()).isEqualTo(2);
    }

    /** Otherwise each of two hundred deliveries would wait in turn for a server that is away. */
    @Test
    void shouldNotTryToConnectForEverybodyWhileTheServerIsAway() throws Exception {
        AtomicInteger tried = new AtomicInteger();
        PostgresConnections connections = new PostgresConnections(new PostgresSource(url, Optional.empty(), Optional.empty(), 1) {
            @Override
            Connection open() throws SQLException {
                tried.incrementAndGet();
                throw new SQLException("nobody is there", "08001");
            }
        }, 2);
        PostgresAcceptedRecipients accepted = new PostgresAcceptedRecipients(connections);
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> accepted.of(new ItemLife("item"))).isInstanceOf(StoreException.class)
                .hasMessageContaining("nobody is there");
        }

        assertThat(tried.get()).isLessThan(5);
    }

    @Test
    void shouldRecordAcceptedRecipientsOnce() throws Exception {
        PostgresAcceptedRecipients accepted = new PostgresAcceptedRecipients(connections(step -> { }));
        accepted.record(new ItemLife("item"), List.of("a@example.com", "b@example.com"));
        accepted.record(new ItemLife("item"), List.of("b@example.com"));

        assertThat(accepted.of(new ItemLife("item"))).containsExactlyInAnyOrder("a@example.com", "b@example.com");
        assertThat(accepted.of(new ItemLife("another"))).isEmpty();
    }
}
