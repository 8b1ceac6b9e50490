/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

import org.apache.james.queue.api.MailQueue;
import org.apache.james.server.core.MailImpl;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;
import org.jamesdane.dane.outcome.MailAge;
import org.jamesdane.delivery.MailHistory;
import org.jamesdane.delivery.Patience;
import org.jamesdane.delivery.StopSignal;
import org.junit.jupiter.api.Test;

class QueueEntryTest {
    private final DelayIgnoringQueue queue = new DelayIgnoringQueue();
    private Duration waited = Duration.ZERO;
    private final Patience patience = time -> {
        waited = waited.plus(time);
        return true;
    };

    @Test
    void shouldGiveEachItemAnIdOfItsOwn() throws Exception {
        new QueueEntry(queue, patience).enter(Mails.mail("mail", Mails.TEXT, "a@one.example", "b@two.example", "c@one.example"), true);

        assertThat(queue.mails()).extracting(Mail::getName).containsExactly("mail-to-one.example", "mail-to-two.example");
        assertThat(queue.mails()).extracting(MailAttributes::item).allMatch(Optional::isPresent).doesNotHaveDuplicates();
    }

    @Test
    void shouldGiveMailForAGatewayOneId() throws Exception {
        new QueueEntry(queue, patience).enter(Mails.mail("mail", Mails.TEXT, "a@one.example", "b@two.example"), false);

        assertThat(queue.mails()).extracting(MailAttributes::item).hasSize(1).allMatch(Optional::isPresent);
    }

    @Test
    void shouldLeaveNoIdOnTheMailItself() throws Exception {
        MailImpl mail = Mails.mail("mail", Mails.TEXT, "a@one.example");

        new QueueEntry(queue, patience).enter(mail, true);

        assertThat(MailAttributes.item(mail)).isEmpty();
        assertThat(mail.getName()).isEqualTo("mail");
    }

    @Test
    void shouldTryAQueueThatIsAwayForLessThanTwoMinutes() throws Exception {
        queue.breakDown();
        Patience repairing = time -> {
            waited = waited.plus(time);
            if (waited.toSeconds() > 40) {
                queue.repair();
            }
            return true;
        };

        new QueueEntry(queue, repairing).enter(Mails.mail("mail", Mails.TEXT, "a@one.example", "b@two.example"), true);

        assertThat(queue.names()).containsExactly("mail-to-one.example", "mail-to-two.example");
    }

    @Test
    void shouldLeaveAMailToJamesAfterTwoMinutes() throws Exception {
        queue.breakDown();
        MailImpl mail = Mails.mail("mail", Mails.TEXT, "a@one.example");

        assertThatThrownBy(() -> new QueueEntry(queue, patience).enter(mail, true)).isInstanceOf(MailQueue.MailQueueException.class);

        assertThat(waited).isBetween(Duration.ofMinutes(1), Duration.ofMinutes(2));
        assertThat(mail.getRecipients()).extracting(Object::toString).containsExactly("a@one.example");
    }

    @Test
    void shouldNotWaitWhenTheServerStops() throws Exception {
        queue.breakDown();
        StopSignal stop = new StopSignal();
        stop.give();

        assertThatThrownBy(() -> new QueueEntry(queue, stop).enter(Mails.mail("mail", Mails.TEXT, "a@one.example"), true))
            .isInstanceOf(MailQueue.MailQueueException.class);
    }

    /** James interrupts whoever is here when it consumes its spool anew after an outage. */
    @Test
    void shouldNotGiveAMailUpThatIsInterruptedWhileItWaits() throws Exception {
        queue.breakDown();
        StopSignal running = new StopSignal();
        Patience interrupting = time -> {
            if (waited.plus(time).toSeconds() > 40) {
                queue.repair();
            }
            waited = waited.plus(time);
            Thread.currentThread().interrupt();
            return running.pause(time);
        };

        new QueueEntry(queue, interrupting).enter(Mails.mail("mail", Mails.TEXT, "a@one.example"), true);

        assertThat(queue.names()).containsExactly("mail-to-one.example");
        assertThat(Thread.interrupted()).as("James hears of it").isTrue();
    }

    @Test
    void shouldForgetAnEarlierDelivery() throws Exception {
        MailImpl mail = Mails.mail("mail", Mails.TEXT, "a@one.example");
        Instant now = Instant.parse("2026-01-01T00:00:00Z");
        MailAttributes.setHistory(mail, new MailHistory(Optional.of(MailAge.firstAttempt(now.minus(Duration.ofDays(9)))), 7,
            Optional.empty(), Optional.of("deferred")).dueAt(now));
        MailAttributes.setItem(mail, "an earlier one");
        mail.setAttribute(new Attribute(AttributeName.of("somebody.else"), AttributeValue.of("kept")));
        mail.setAttribute(new Attribute(PolicyDemand.ATTRIBUTE, AttributeValue.of("dane-only")));

        MailAttributes.forgetDelivery(mail);

        assertThat(MailAttributes.history(mail)).isEqualTo(MailHistory.NEW);
        assertThat(mail.attributeNames().map(AttributeName::asString)).containsExactlyInAnyOrder("somebody.else", "org.jamesdane.policy");
    }
}
