/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import org.apache.james.core.MailAddress;
import org.apache.james.lifecycle.api.LifecycleUtil;
import org.apache.james.queue.api.MailQueue;
import org.apache.james.server.core.MailImpl;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;
import org.jamesdane.dane.outcome.MailAge;
import org.jamesdane.delivery.mail.ItemId;
import org.jamesdane.delivery.mail.MailHistory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class QueueEntryTest {
    private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");

    private final DelayIgnoringQueue queue = new DelayIgnoringQueue();
    private Duration waited = Duration.ZERO;

    @AfterEach
    void forgetInterrupts() {
        Thread.interrupted();
    }

    @Test
    void shouldGiveEachItemAnIdOfItsOwn() throws Exception {
        enter(Mails.mail("mail", Mails.TEXT, "a@one.example", "b@two.example", "c@one.example"), true);

        assertThat(queue.mails()).extracting(Mail::getName).containsExactly("mail-to-one.example", "mail-to-two.example");
        assertThat(queue.mails()).extracting(MailAttributes::item).allMatch(Optional::isPresent).doesNotHaveDuplicates();
    }

    @Test
    void shouldGiveMailForAGatewayOneId() throws Exception {
        enter(Mails.mail("mail", Mails.TEXT, "a@one.example", "b@two.example"), false);

        assertThat(queue.mails()).extracting(MailAttributes::item).hasSize(1).allMatch(Optional::isPresent);
    }

    @Test
    void shouldLeaveNoIdOnTheMailItself() throws Exception {
        MailImpl mail = Mails.mail("mail", Mails.TEXT, "a@one.example");

        enter(mail, true);

        assertThat(MailAttributes.item(mail)).isEmpty();
        assertThat(mail.getName()).isEqualTo("mail");
    }

    @Test
    void shouldGiveAllItemsOfAMailOneIdOfTheWhole() throws Exception {
        enter(Mails.mail("mail", Mails.TEXT, "a@one.example", "b@two.example"), true);
        MailImpl bounce = Mails.mail("bounce", Mails.TEXT, "a@one.example", "b@two.example");
        bounce.setSender(MailAddress.nullSender());
        enter(bounce, true);
        MailImpl whole = Mails.mail("whole", Mails.TEXT, "a@one.example", "c@one.example");
        enter(whole, true);

        assertThat(queue.mails()).extracting(Mail::getName).hasSize(5).last().isEqualTo("whole-to-one.example");
        List<Optional<String>> ids = queue.mails().stream().map(MailAttributes::fanOut).toList();
        assertThat(ids.get(0)).isPresent().isEqualTo(ids.get(1)).isNotEqualTo(ids.get(2));
        assertThat(ids.get(2)).isPresent().isEqualTo(ids.get(3));
        assertThat(ids.get(4)).isEmpty();
        assertThat(MailAttributes.fanOut(bounce)).isEmpty();
    }

    @Test
    void shouldTryAQueueThatIsAwayForLessThanTwoMinutes() throws Exception {
        queue.breakDown();
        Consumer<Duration> repairing = time -> {
            waited = waited.plus(time);
            if (waited.toSeconds() > 100) {
                queue.repair();
            }
        };

        assertThat(new QueueEntry(queue, repairing).enter(Mails.mail("mail", Mails.TEXT, "a@one.example", "b@two.example"), true, NOON))
            .isTrue();

        assertThat(queue.names()).containsExactly("mail-to-one.example", "mail-to-two.example");
    }

    @Test
    void shouldLeaveAMailToJamesAfterTwoMinutes() throws Exception {
        queue.breakDown();
        MailImpl mail = Mails.mail("mail", Mails.TEXT, "a@one.example");

        assertThatThrownBy(() -> enter(mail, true)).isInstanceOf(MailQueue.MailQueueException.class);

        assertThat(waited).isEqualTo(Duration.ofMinutes(2));
        assertThat(mail.getRecipients()).extracting(Object::toString).containsExactly("a@one.example");
        assertThat(mail.getName()).isEqualTo("mail");
    }

    @Test
    void shouldTryAgainAfterAnErrorToo() throws Exception {
        queue.throwAnErrorAt("mail-to-one.example");
        Consumer<Duration> repairing = time -> queue.throwAnErrorAt("");

        new QueueEntry(queue, repairing).enter(Mails.mail("mail", Mails.TEXT, "a@one.example"), true, NOON);

        assertThat(queue.names()).containsExactly("mail-to-one.example");
    }

    /** James interrupts whoever is here when it consumes its spool anew after an outage, and disposes of the mail. */
    @Test
    void shouldNotGiveAMailUpThatJamesHasDisposedOf() throws Exception {
        queue.breakDown();
        MailImpl mail = Mails.mail("mail", Mails.TEXT, "a@one.example");
        Thread spooler = Thread.currentThread();
        Consumer<Duration> pauses = time -> {
            waited = waited.plus(time);
            spooler.interrupt();
            LifecycleUtil.dispose(mail);
            if (waited.toSeconds() > 300) {
                queue.repair();
            }
        };

        assertThat(new QueueEntry(queue, pauses).enter(mail, true, NOON)).isTrue();

        assertThat(queue.mails()).singleElement().satisfies(entered -> {
            assertThat(entered.getName()).isEqualTo("mail-to-one.example");
            assertThat(MailAttributes.item(entered)).isPresent();
            assertThat(StoredMail.octets(entered)).hasSameContentAs(new ByteArrayInputStream(Mails.TEXT.getBytes(UTF_8)));
        });
        assertThat(Thread.interrupted()).as("it would be put in once more").isFalse();
    }

    /** The thread of James may hear of an interrupt when the work has just ended. */
    @Test
    void shouldLeaveNoInterruptBehindWorkThatEnded() throws Exception {
        Uninterrupted threads = new Uninterrupted("dane-test-");
        Thread spooler = Thread.currentThread();
        for (int i = 0; i < 1000; i++) {
            boolean done = threads.call(caller -> {
                spooler.interrupt();
                return true;
            });
            assertThat(done && !Thread.interrupted()).as("call %s", i).isTrue();
        }
    }

    @Test
    void shouldLeaveToTheSpoolWhatItGivesOutAgain() throws Exception {
        MailImpl mail = Mails.mail("mail", Mails.TEXT, "a@one.example");
        LifecycleUtil.dispose(mail);
        Thread.currentThread().interrupt();

        assertThat(enter(mail, true)).isFalse();

        assertThat(queue.mails()).isEmpty();
        assertThat(waited).isEqualTo(Duration.ofMinutes(10));
        assertThat(Thread.interrupted()).as("James hears of it").isTrue();
    }

    /** An interrupt inside a queue would break what the queue shares with others. */
    @Test
    void shouldNotInterruptTheQueue() throws Exception {
        Thread spooler = Thread.currentThread();
        AtomicBoolean interrupted = new AtomicBoolean();
        queue.whenEntered(() -> {
            spooler.interrupt();
            interrupted.set(Thread.currentThread().isInterrupted());
        });

        assertThat(enter(Mails.mail("mail", Mails.TEXT, "a@one.example"), true)).isTrue();

        assertThat(interrupted).isFalse();
        assertThat(queue.names()).containsExactly("mail-to-one.example");
    }

    private boolean enter(Mail mail, boolean byDomain) throws Exception {
        return new QueueEntry(queue, time -> waited = waited.plus(time)).enter(mail, byDomain, NOON);
    }

    @Test
    void shouldForgetAnEarlierDelivery() throws Exception {
        MailImpl mail = Mails.mail("mail", Mails.TEXT, "a@one.example");
        MailAttributes.setHistory(mail, new MailHistory(Optional.of(MailAge.firstAttempt(NOON.minus(Duration.ofDays(9)))), 7,
            Optional.empty(), Optional.of("deferred")).dueAt(NOON.minusSeconds(60)));
        MailAttributes.setItem(mail, new ItemId("an earlier one"));
        mail.setAttribute(new Attribute(AttributeName.of("somebody.else"), AttributeValue.of("kept")));
        mail.setAttribute(new Attribute(PolicyDemand.ATTRIBUTE, AttributeValue.of("dane-only")));

        enter(mail, true);

        Mail queued = queue.mails().get(0);
        assertThat(MailAttributes.history(queued)).isEqualTo(MailHistory.NEW.dueAt(NOON));
        assertThat(MailAttributes.item(queued)).hasValueSatisfying(item -> assertThat(item).isNotEqualTo(new ItemId("an earlier one")));
        assertThat(queued.attributeNames().map(AttributeName::asString)).containsExactlyInAnyOrder("somebody.else", "org.jamesdane.policy",
            "org.jamesdane.item", "org.jamesdane.due");
    }
}
