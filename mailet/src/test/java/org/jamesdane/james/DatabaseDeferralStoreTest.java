/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import org.apache.james.core.MailAddress;
import org.apache.james.server.core.MailImpl;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;
import org.apache.mailet.PerRecipientHeaders.Header;
import org.jamesdane.dane.outcome.MailAge;
import org.jamesdane.delivery.deferral.DeferredMail;
import org.jamesdane.delivery.deferral.DeferredSelection;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.delivery.mail.QueuedMail;
import org.junit.jupiter.api.Test;

/** Deferred mail in a PostgreSQL that nodes share. */
class DatabaseDeferralStoreTest extends DatabaseNodes {
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
            assertThat(other.rows().take(back)).isTrue();
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
        assertThat(node.rows().take(back)).isTrue();

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
            assertThat(node.rows().take(back)).isTrue();
            words.add(MailAttributes.waiting(back).orElseThrow());
            JamesMail again = Mails.outbound(back);
            // Held without an attempt, so that nothing of its history changes.
            node.store().defer(again, again.envelope().recipients(), again.history(), Duration.ZERO);
            node.rows().settled(back);
            queue.done(node);
        }

        assertThat(words).hasSize(3);
        assertThat(node.store().list(ALL, 10).total()).isEqualTo(1);
    }

    @Test
    void shouldSendFromTheStoresCopyUnderALeaseThatIsProlonged() throws Exception {
        SharedQueue queue = queue();
        Node one = node(queue);
        Node two = node(queue);
        JamesMail outbound = Mails.outbound(mail("mail-1", "bob@example.com"));
        QueuedMail<JamesMail> held = one.store().storeInHand(outbound, MailHistory.NEW).orElseThrow();
        TimeUnit.MILLISECONDS.sleep(2 * BRIEF.inHand().toMillis());
        two.store().releaseDue();

        assertThat(queue.isEmpty()).isTrue();
        assertThat(new String(held.mail().content().open().readAllBytes(), ISO_8859_1)).isEqualTo(Mails.TEXT);
        held.finish();
        assertThat(postgres.query(url, "SELECT state FROM dane_waiting WHERE queue = '" + queue.getName().asString() + "'"))
            .isEqualTo("done");
    }

    @Test
    void shouldNotFinishAMessageOnceItsLeaseHasEnded() throws Exception {
        SharedQueue queue = queue();
        Node one = node(queue, NOON, UNHURRIED, step -> { });
        Node two = node(queue);
        QueuedMail<JamesMail> held = one.store().storeInHand(Mails.outbound(mail("mail-1", "bob@example.com")), MailHistory.NEW)
            .orElseThrow();
        InputStream message = held.mail().content().open();
        one.store().close();
        TimeUnit.MILLISECONDS.sleep(UNHURRIED.inHand().toMillis() + 20);
        two.store().releaseDue();

        assertThat(queue.take(two)).isPresent();
        assertThatThrownBy(message::readAllBytes).isInstanceOf(IOException.class).hasMessageContaining("lease");
        assertThatThrownBy(() -> held.mail().content().open()).isInstanceOf(IOException.class);
    }

    @Test
    void shouldBlameTheQueueThatTakesNoMailAndNotTheDatabase() throws Exception {
        SharedQueue queue = queue();
        Node node = node(queue, NOON, BRIEF, step -> {
            if (step.equals("before enqueue")) {
                throw new IllegalStateException("The broker is down");
            }
        });
        JamesMail outbound = Mails.outbound(mail("mail-1", "bob@example.com"));
        node.store().defer(outbound, outbound.envelope().recipients(), MailHistory.NEW, Duration.ZERO);
        try (LoggedErrors errors = new LoggedErrors(DatabaseDeferralStore.class)) {
            node.store().releaseDue();

            assertThat(errors.sentences()).singleElement().asString().startsWith("The queue " + queue.getName().asString()
                + " does not work: The broker is down.");
        }
        assertThat(postgres.query(url, "SELECT state FROM dane_waiting WHERE queue = '" + queue.getName().asString() + "'"))
            .isEqualTo("released");
    }

    @Test
    void shouldPutBackWhatWasInHand() throws Exception {
        SharedQueue queue = queue();
        Node one = node(queue);
        one.store().storeInHand(Mails.outbound(mail("mail-1", "bob@example.com")), MailHistory.NEW).orElseThrow().requeue();
        one.store().releaseDue();

        assertThat(queue.take(one)).isPresent();
    }

    @Test
    void shouldLeaveNothingToTheDatabaseOnceItIsDrained() throws Exception {
        SharedQueue queue = queue();
        Node node = node(queue);
        for (String name : List.of("queued", "later", "soon")) {
            JamesMail outbound = Mails.outbound(mail(name, "bob@example.com"));
            Duration delay = name.equals("queued") ? Duration.ZERO : LONGEST;
            node.store().defer(outbound, outbound.envelope().recipients(), MailHistory.NEW, delay);
            node.store().releaseDue();
        }
        assertThat(node.store().drain()).isEqualTo(2);
        JamesMail underWay = Mails.outbound(mail("under-way", "bob@example.com"));
        node.store().defer(underWay, underWay.envelope().recipients(), MailHistory.NEW, LONGEST);
        node.store().releaseDue();

        List<Mail> back = new ArrayList<>();
        for (Optional<Mail> next = queue.take(node); next.isPresent(); next = queue.take(node)) {
            back.add(next.get());
        }
        assertThat(back).extracting(Mail::getName).containsExactlyInAnyOrder("queued", "later", "soon", "under-way");
        assertThat(postgres.query(url, "SELECT count(*) FROM dane_waiting WHERE queue = '" + queue.getName().asString() + "'"))
            .isEqualTo("0");
        for (Mail mail : back) {
            assertThat(node.rows().take(mail)).as(mail.getName()).isTrue();
        }
    }
}
