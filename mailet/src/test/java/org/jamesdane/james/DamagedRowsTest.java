/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import org.apache.mailet.Mail;
import org.jamesdane.dane.outcome.MailAge;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.store.BreakingPostgres;
import org.junit.jupiter.api.Test;

/** Rows of the database that can't be read. */
class DamagedRowsTest extends DatabaseNodes {
    private static final Duration AGE = Duration.ofHours(2);

    private String mine(SharedQueue queue) {
        return " WHERE queue = '" + queue.getName().asString() + "'";
    }

    private void defer(Node node, String... names) throws Exception {
        for (String name : names) {
            JamesMail outbound = Mails.outbound(mail(name, "bob@example.com"));
            node.store().defer(outbound, outbound.envelope().recipients(), new MailHistory(Optional.of(new MailAge(NOON.minus(AGE), NOON,
                Optional.empty())), 3, Optional.empty(), Optional.of("no route")), Duration.ZERO);
        }
    }

    private List<String> states(SharedQueue queue) {
        return List.of(postgres.query(url, "SELECT string_agg(state, ' ' ORDER BY id) FROM dane_waiting" + mine(queue)).split(" ", -1));
    }

    @Test
    void shouldMarkAndNameWhatIsDamagedAndSendTheOthers() throws Exception {
        SharedQueue queue = queue();
        Node node = node(queue, NOON, UNHURRIED, step -> { });
        defer(node, "without-octets", "without-header");
        postgres.query(url, "DELETE FROM dane_waiting_octets WHERE id IN (SELECT id FROM dane_waiting" + mine(queue)
            + " AND encode(header, 'escape') LIKE '%without-octets%')");
        postgres.query(url, "UPDATE dane_waiting SET header = 'nonsense'" + mine(queue)
            + " AND encode(header, 'escape') LIKE '%without-header%'");
        defer(node, "whole");
        node.store().releaseDue();

        assertThat(queue.take(node)).hasValueSatisfying(mail -> assertThat(mail.getName()).isEqualTo("whole"));
        assertThat(queue.take(node)).isEmpty();
        assertThat(node.store().problems()).singleElement().asString().startsWith("2 damaged deferred mails");
        assertThat(node(queue).store().list(ALL, 10).mails()).hasSize(2).extracting(mail -> mail.progress().lastReason().orElseThrow())
            .allSatisfy(reason -> assertThat(reason).contains("damaged").contains("dane_waiting"));
        assertThat(node.store().release(ALL)).isZero();
        assertThat(node.store().delete(ALL)).isZero();
        assertThat(states(queue)).filteredOn("damaged"::equals).hasSize(2);
    }

    /** A page of the table that the database itself can't read. */
    @Test
    void shouldHoldNothingUpWhereTheDatabaseCanNotRead() throws Exception {
        SharedQueue queue = queue();
        List<String> steps = new ArrayList<>();
        Node watched = node(queue, NOON, UNHURRIED, steps::add);
        defer(watched, "mail-1");
        steps.clear();
        watched.store().releaseDue();
        // The first query releases, the second one reads.
        int release = steps.indexOf("before executeQuery");
        int read = release + 1 + steps.subList(release + 1, steps.size()).indexOf("before executeQuery");
        assertThat(queue.take(watched)).isPresent();

        int[] passed = new int[1];
        Node node = node(queue, NOON, UNHURRIED, step -> {
            if (passed[0]++ == read) {
                BreakingPostgres.fail(new SQLException("invalid page in block 7", "XX001"));
            }
        });
        defer(watched, "mail-2", "mail-3");
        node.store().releaseDue();

        assertThat(queue.take(node)).isPresent();
        assertThat(states(queue)).contains("damaged");
        assertThat(node.store().problems()).isNotEmpty();
    }

    @Test
    void shouldTellTheSenderOnceWhenTheLifetimeIsOver() throws Exception {
        SharedQueue queue = queue();
        Node node = node(queue, NOON, UNHURRIED, step -> { });
        defer(node, "mail-1");
        postgres.query(url, "DELETE FROM dane_waiting_octets WHERE id IN (SELECT id FROM dane_waiting" + mine(queue) + ")");
        node.store().releaseDue();
        node(queue).store().releaseDue();
        assertThat(queue.isEmpty()).as("its lifetime is not over").isTrue();

        postgres.query(url, "UPDATE dane_waiting SET stored = stored - interval '" + LIFETIME.minus(AGE).toMinutes() + " minutes'"
            + mine(queue));
        Node other = node(queue, NOON, UNHURRIED, step -> { });
        other.store().releaseDue();
        Mail notice = queue.take(other).orElseThrow();
        assertThat(MailAttributes.history(notice).pendingNotice()).hasValueSatisfying(pending ->
            assertThat(pending.text()).contains("damaged"));
        assertThat(notice.getMaybeSender().asString()).isEqualTo("alice@sender.example");
        assertThat(other.rows().take(notice)).isTrue();
        node(queue).store().releaseDue();
        assertThat(queue.take(other)).as("told once").isEmpty();
        assertThat(states(queue)).containsExactly("damaged-told");
        assertThat(other.store().list(ALL, 1).mails()).singleElement().extracting(mail -> mail.progress().lastReason()).asString()
            .contains("its sender was told");
    }

    @Test
    void shouldLookAgainForAnEnvelopeThatCanNotBeRead() throws Exception {
        SharedQueue queue = queue();
        Node node = node(queue, NOON, UNHURRIED, step -> { });
        defer(node, "mail-1");
        postgres.query(url, "UPDATE dane_waiting SET header = 'nonsense', stored = stored - interval '9 days'" + mine(queue));
        node.store().releaseDue();
        node(queue).store().releaseDue();

        assertThat(queue.isEmpty()).isTrue();
        assertThat(states(queue)).containsExactly("damaged");
        assertThat(postgres.query(url, "SELECT look > now() FROM dane_waiting" + mine(queue))).isEqualTo("t");
    }

    /** A mail that counted as lost in the queue, and came out after all: its other copy, in the database, is damaged. */
    @Test
    void shouldNotDropTheLastSoundCopyAsADouble() throws Exception {
        SharedQueue queue = queue();
        Node node = node(queue, NOON, BRIEF, step -> { });
        defer(node, "mail-1");
        node.store().releaseDue();
        Mail copy = queue.take(node).orElseThrow();
        postgres.query(url, "UPDATE dane_waiting SET look = now()" + mine(queue));
        postgres.query(url, "DELETE FROM dane_waiting_octets WHERE id IN (SELECT id FROM dane_waiting" + mine(queue) + ")");
        TimeUnit.MILLISECONDS.sleep(5);
        node.store().releaseDue();
        assertThat(states(queue)).containsExactly("damaged");

        assertThat(node.rows().take(copy)).isTrue();
        assertThat(states(queue)).containsExactly("taken");
    }
}
