/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.james.mailrepository.api.MailKey;
import org.apache.james.mailrepository.api.MailRepository;
import org.apache.mailet.Mail;
import org.jamesdane.dane.outcome.MailAge;
import org.jamesdane.delivery.deferral.DeferredImport;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.store.BreakingPostgres;
import org.jamesdane.store.PostgresConnections;
import org.jamesdane.store.WaitingRecipients;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mail of other forms that the database takes over, and rows that nobody releases. */
class DatabasePlacesTest extends DatabaseNodes {
    private static final String OLD = "cassandra://var/dane/deferred/lost-node/outgoing";

    private final Path directory;
    private Places.Repositories repositories = new Places.Repositories();

    DatabasePlacesTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @BeforeEach
    void forget() {
        repositories = new Places.Repositories();
    }

    private void fill(SharedQueue queue, int mails) throws Exception {
        RepositoryDeferralStore former = new RepositoryDeferralStore(queue, repositories.repository(OLD), () -> NOON, false, 5, LONGEST);
        for (int i = 0; i < mails; i++) {
            JamesMail outbound = Mails.outbound(Mails.mail("mail-" + i, Mails.TEXT, "bob@example.com"));
            former.defer(outbound, outbound.envelope().recipients(), new MailHistory(Optional.of(new MailAge(NOON.minusSeconds(7200), NOON,
                Optional.empty())), 3, Optional.empty(), Optional.of("no route")), Duration.ofMinutes(i));
        }
    }

    private MailElsewhere.Where where() {
        PostgresConnections connections = BreakingPostgres.connections(url, 1, step -> { });
        open.add(connections);
        return Places.at(directory, repositories, Optional.of(new WaitingRecipients(connections)));
    }

    @Test
    void shouldTakeOverARepositoryWithTimesAndOctets() throws Exception {
        SharedQueue queue = queue();
        Node node = node(queue, NOON, UNHURRIED, step -> { });
        DeferralPlaces places = new DeferralPlaces(where(), () -> NOON, Duration.ofSeconds(30), time -> true);
        places.opened(queue.getName().asString(), node.store(), Map.of());
        fill(queue, 3);

        assertThat(places.importFrom(OLD, Optional.empty())).isEqualTo(new DeferredImport.Moved(3, 0, 0, true, 0, true));
        assertThat(repositories.repository(OLD).size()).isZero();
        assertThat(node.store().list(ALL, 10).mails()).hasSize(3).extracting(mail -> mail.progress().retries()).containsOnly(3);
        node.store().releaseDue();
        Mail back = queue.take(node).orElseThrow();
        assertThat(back.getName()).isEqualTo("mail-0");
        assertThat(Mails.octets(back)).isEqualTo(Mails.TEXT);
        assertThat(node.rows().take(back)).isTrue();
        assertThat(MailAttributes.history(back).age().orElseThrow().at(NOON)).isBetween(Duration.ofHours(2), Duration.ofMinutes(125));
        assertThat(queue.take(node)).as("the others are not due").isEmpty();
        places.close();
    }

    /** Killed after a mail was stored and before it was removed from where it was. */
    @Test
    void shouldTakeNothingTwice() throws Exception {
        SharedQueue queue = queue();
        Node node = node(queue);
        fill(queue, 1);
        Mail mail = repositories.repository(OLD).retrieve(repositories.repository(OLD).list().next());
        MailKey key = MailKey.forMail(mail);
        Instant due = NOON.plusSeconds(60);
        assertThat(node.store().adopt(key, Mails.mail("mail-0", Mails.TEXT, "bob@example.com"), due)).isTrue();
        assertThat(node.store().adopt(key, Mails.mail("mail-0", Mails.TEXT, "bob@example.com"), due)).isFalse();
        assertThat(node.store().list(ALL, 10).total()).isEqualTo(1);
    }

    /** The database was away as James started. */
    @Test
    void shouldTakeOverOnceTheDatabaseIsThere() throws Exception {
        SharedQueue queue = queue();
        AtomicBoolean away = new AtomicBoolean(true);
        Node node = node(queue, NOON, UNHURRIED, step -> {
            if (away.get()) {
                BreakingPostgres.fail(new SQLException("the server is away", "08006"));
            }
        });
        Path old = directory.resolve("var").resolve("deferred");
        RepositoryDeferralStore before = new RepositoryDeferralStore(queue, Mails.fileRepository(directory), () -> NOON, false, 5, LONGEST);
        JamesMail outbound = Mails.outbound(Mails.mail("mail-1", Mails.TEXT, "bob@example.com"));
        before.defer(outbound, outbound.envelope().recipients(), MailHistory.NEW, LONGEST);
        FormerRepositories former = new FormerRepositories("outgoing", node.store(), Map.of(old, () -> repository(directory)), () -> NOON,
            time -> {
                away.set(false);
                return true;
            });
        former.start();
        await().untilFalse(away);
        await().untilAsserted(() -> assertThat(node.store().list(ALL, 10).total()).isEqualTo(1));
        assertThat(former.problems()).isEmpty();
        former.close();
    }

    private static MailRepository repository(Path directory) {
        try {
            return Mails.fileRepository(directory);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldNameRowsThatNobodyReleases() throws Exception {
        SharedQueue queue = queue();
        JamesMail outbound = Mails.outbound(mail("mail-1", "bob@example.com"));
        node(queue).store().defer(outbound, outbound.envelope().recipients(), MailHistory.NEW, LONGEST);
        String name = queue.getName().asString();
        PlacesRead read = new PlacesRead();
        MailElsewhere elsewhere = new MailElsewhere(where(), read, () -> NOON);
        elsewhere.look();
        assertThat(elsewhere.problems()).as("another node's, as it seems").isEmpty();

        read.queue(name);
        elsewhere.look();
        assertThat(elsewhere.problems()).as("this server keeps the queue's mail elsewhere").singleElement().asString()
            .startsWith("1 deferred mails of the queue " + name);
        read.rows(name);
        elsewhere.look();
        assertThat(elsewhere.problems()).isEmpty();

        postgres.query(url, "UPDATE dane_waiting SET look = look - interval '90 minutes' WHERE queue = '" + name + "'");
        MailElsewhere other = new MailElsewhere(where(), new PlacesRead(), () -> NOON);
        other.look();
        assertThat(other.problems()).as("late by more than any node would be").singleElement().asString().contains(name);
    }
}
