/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.apache.james.core.MailAddress;
import org.apache.james.queue.api.MailQueueName;
import org.apache.james.queue.api.ManageableMailQueue;
import org.apache.james.queue.api.RawMailQueueItemDecoratorFactory;
import org.apache.james.queue.memory.MemoryMailQueueFactory;
import org.apache.mailet.Mail;
import org.jamesdane.dane.outcome.MailAge;
import org.jamesdane.delivery.deferral.DeferredMail;
import org.jamesdane.delivery.deferral.DeferredSelection;
import org.jamesdane.delivery.mail.MailHistory;
import org.junit.jupiter.api.Test;

/** Deferred mail in James's own memory queue. */
class QueueDeferralStoreTest {
    private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");
    private static final Duration DELAY = Duration.ofMinutes(5);
    private static final DeferredSelection ALL = new DeferredSelection.All();

    private final Clock clock = Clock.fixed(NOON, ZoneOffset.UTC);
    private final ManageableMailQueue queue =
        new MemoryMailQueueFactory(new RawMailQueueItemDecoratorFactory(), clock).createQueue(MailQueueName.of("outgoing"));
    private final QueueDeferralStore store = new QueueDeferralStore(queue, clock, false);

    @Test
    void shouldListOnlyWhatIsDeferred() throws Exception {
        queue.enQueue(Mails.mail("live", Mails.TEXT, "bob@example.com"));
        defer("later", DELAY.multipliedBy(2), "bob@example.com");
        defer("sooner", DELAY, "bob@example.com");

        assertThat(store.list(ALL, 10).mails()).extracting(DeferredMail::id).containsExactly("sooner", "later");
        assertThat(store.list(ALL, 1).total()).isEqualTo(2);
        assertThat(store.list(ALL, 1).mails()).containsExactly(new DeferredMail("sooner", "outgoing", Optional.of("sender.example"),
            List.of("bob@example.com"), NOON.plus(DELAY), new DeferredMail.Progress(1, Optional.of(NOON), Optional.of("Why not."))));
    }

    @Test
    void shouldLeaveTheMailsWholeHoweverOftenTheyAreListed() throws Exception {
        defer("mail-1", DELAY, "bob@example.com");
        for (int i = 0; i < 5; i++) {
            store.list(ALL, 10);
        }

        assertThat(Mails.octets(waiting().get(0))).isEqualTo(Mails.TEXT);
    }

    @Test
    void shouldReleaseTheMailOfADomainAloneAndKeepItsOctets() throws Exception {
        defer("mine", DELAY, "bob@example.com");
        defer("other", DELAY, "bob@example.org");

        assertThat(store.release(new DeferredSelection.OfDomain("example.com"))).isEqualTo(1);

        assertThat(store.list(ALL, 10).mails()).extracting(DeferredMail::id).containsExactly("other");
        assertThat(queue.getSize()).isEqualTo(2);
        assertThat(waiting()).allSatisfy(mail -> assertThat(Mails.octets(mail)).isEqualTo(Mails.TEXT));
        assertThat(MailAttributes.history(waiting().get(0)).retries()).isEqualTo(1);
    }

    @Test
    void shouldDeleteOneRecipientAndKeepTheOthersWithTheirTime() throws Exception {
        defer("both", DELAY, "bob@example.com", "carol@example.com");
        defer("bobs", DELAY, "bob@example.com");

        assertThat(store.delete(new DeferredSelection.OfRecipient("bob@example.com"))).isEqualTo(2);

        assertThat(store.list(ALL, 10).mails()).singleElement().satisfies(mail -> {
            assertThat(mail.recipients()).containsExactly("carol@example.com");
            assertThat(mail.nextTry()).isEqualTo(NOON.plus(DELAY));
        });
        assertThat(queue.getSize()).isEqualTo(1);
    }

    @Test
    void shouldChangeMailsOfOneNameTogetherAndLoseNone() throws Exception {
        defer("same", DELAY, "bob@example.com");
        defer("same", DELAY.multipliedBy(2), "carol@example.org");

        store.release(new DeferredSelection.OfDomain("example.com"));

        assertThat(queue.getSize()).isEqualTo(2);
        assertThat(store.list(ALL, 10).mails()).singleElement().satisfies(mail -> {
            assertThat(mail.recipients()).containsExactly("carol@example.org");
            assertThat(mail.nextTry()).isEqualTo(NOON.plus(DELAY.multipliedBy(2)));
        });
    }

    @Test
    void shouldLeaveAloneWhatIsAboutToLeaveTheQueueByItself() throws Exception {
        defer("mail-1", Duration.ofSeconds(9), "bob@example.com");

        assertThat(store.release(ALL)).isZero();
        assertThat(store.delete(ALL)).isZero();
        assertThat(waiting()).extracting(Mail::getName).containsExactly("mail-1");
    }

    @Test
    void shouldNumberChangedCopies() {
        assertThat(QueueDeferralStore.nextName("mail-1")).isEqualTo("mail-1~1");
        assertThat(QueueDeferralStore.nextName("mail-1~9")).isEqualTo("mail-1~10");
        assertThat(QueueDeferralStore.nextName("a~b")).isEqualTo("a~b~1");
    }

    private void defer(String name, Duration delay, String... recipients) throws Exception {
        JamesMail mail = Mails.outbound(Mails.mail(name, Mails.TEXT, recipients));
        store.defer(mail, mail.envelope().recipients(),
            new MailHistory(Optional.of(MailAge.firstAttempt(NOON)), 1, Optional.empty(), Optional.of("Why not.")), delay);
    }

    private List<Mail> waiting() throws Exception {
        List<Mail> mails = new ArrayList<>();
        ManageableMailQueue.MailQueueIterator items = queue.browse();
        while (items.hasNext()) {
            mails.add(items.next().getMail());
        }
        items.close();
        assertThat(mails).allSatisfy(mail -> assertThat(mail.getRecipients()).hasOnlyElementsOfType(MailAddress.class));
        return mails;
    }
}
