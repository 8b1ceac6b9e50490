/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;

import org.jamesdane.dane.EnhancedCode;
import org.jamesdane.dane.Policy;
import org.jamesdane.dane.SecurityLabel;
import org.jamesdane.smtp.Envelope;
import org.jamesdane.smtp.MailPath;
import org.jamesdane.smtp.MessageContent;
import org.jamesdane.smtp.Recipient;
import org.jamesdane.testing.smtp.Fault;
import org.jamesdane.testing.smtp.Point;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.jamesdane.testing.smtp.SmtpServerBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A mail that fails on this server again and again: ours, until others show that it is the mail's. */
class BlameTest {
    private static final Duration LIFETIME = Duration.ofDays(5);

    private final Deliveries world = new Deliveries(95);
    private final List<Kept> kept = new ArrayList<>();
    private final List<String> untold = new ArrayList<>();
    private final List<FailureNotice> notices = new ArrayList<>();
    private Instant now = Instant.parse("2026-11-01T12:00:00Z");
    private Optional<DeliveryGate.Hold> hold = Optional.empty();

    private record Kept(MailHistory history, Duration delay) {
    }

    @AfterEach
    void stop() {
        world.close();
    }

    @Test
    void shouldAgeAMailThatAloneFailsAndTellItsSenderInTheEnd() {
        DeliveryWorker<Named> worker = world(world.plain());
        Named poison = new Named("poison", "alice@one.example", "bob@first.example", MailHistory.NEW, true);
        Kept last = fail(worker, poison, 9);
        assertThat(last.history().retries()).isZero();
        assertThat(last.delay()).isEqualTo(Duration.ofSeconds(30));

        deliverOthers(worker, 3);
        last = fail(worker, poison.with(last.history()), 1);
        assertThat(last.history().retries()).isEqualTo(1);
        assertThat(last.delay()).isGreaterThanOrEqualTo(Duration.ofMinutes(5));

        for (int attempts = 0; notices.isEmpty() && attempts < 5000; attempts++) {
            deliverOthers(worker, 3);
            now = now.plus(last.delay());
            kept.clear();
            worker.process(item(poison.with(last.history())));
            last = kept.isEmpty() ? last : kept.get(0);
        }
        assertThat(notices).hasSize(1);
        assertThat(notices.get(0).text()).contains("could not be read").contains("120 hours");
        assertThat(last.history().age().orElseThrow().since()).isAfter(Instant.parse("2026-11-01T12:04:00Z"));
    }

    @Test
    void shouldNeverAgeAMailAsLongAsNobodyElseGetsThrough() {
        DeliveryWorker<Named> worker = world(world.plain());
        Kept last = fail(worker, new Named("poison", "alice@one.example", "bob@first.example", MailHistory.NEW, true), 40);

        assertThat(last.history().retries()).isZero();
        assertThat(last.history().age().orElseThrow().at(now)).isZero();
        assertThat(last.delay()).isEqualTo(Duration.ofHours(1));
        assertThat(notices).isEmpty();
    }

    @Test
    void shouldNotCountWhatFailsWhileThisServerIsNotReady() {
        DeliveryWorker<Named> worker = world(world.plain());
        Named poison = new Named("poison", "alice@one.example", "bob@first.example", MailHistory.NEW, true);
        Kept last = fail(worker, poison, 9);
        deliverOthers(worker, 3);
        hold = Optional.of(new DeliveryGate.Hold("the store is down", Duration.ofSeconds(30), true));
        last = fail(worker, poison.with(last.history()), 3);

        assertThat(last.history().ownFaults().times()).isEqualTo(9);
        assertThat(last.history().retries()).isZero();
    }

    @Test
    void shouldNotHoldAgainstAHostWhatItWasNotAsked() {
        DeliveryWorker<Named> worker = world(world.plain());

        assertThat(worker.process(item(new Named("poison", "alice@one.example", "bob@first.example", MailHistory.NEW, true))))
            .isEqualTo(Reach.UNKNOWN);
    }

    @Test
    void shouldLetNoReplyOfAHostMakeItsFailureOurs() {
        DeliveryWorker<Named> worker = world(world.plain().fault(Point.MAIL, Fault.reply("451 4.3.0 an unexpected error on this server: "
            + "java.lang.OutOfMemoryError: Too many open files")));
        worker.process(item(new Named("mail", "alice@one.example", "bob@first.example", MailHistory.NEW, false)));

        assertThat(kept.get(0).history().retries()).isEqualTo(1);
        assertThat(kept.get(0).history().ownFaults()).isEqualTo(MailHistory.OwnFaults.NONE);
    }

    @Test
    void shouldLeaveAMailToTheOperatorWhoseSenderAloneCanNotBeTold() {
        DeliveryWorker<Named> worker = world(world.plain());
        FailureNotice notice = new FailureNotice(new EnhancedCode(5, 1, 1), OptionalInt.empty(), "Nobody here.");
        Named poison = new Named("poison", "alice@one.example", "bob@first.example", MailHistory.NEW.owing(notice), true);
        Kept last = fail(worker, poison, 12);
        assertThat(untold).isEmpty();
        assertThat(last.history().pendingNotice()).contains(notice);

        for (int i = 0; i < 3; i++) {
            now = now.plusSeconds(1);
            worker.process(item(new Named("other" + i, "carol" + i + "@two.example", "dave@d" + i + ".example",
                MailHistory.NEW.owing(notice), false)));
        }
        kept.clear();
        worker.process(item(poison.with(last.history())));
        assertThat(untold).containsExactly("poison");
        assertThat(kept).isEmpty();
    }

    private DeliveryWorker<Named> world(SmtpServerBuilder builder) {
        world.policy = Policy.parse("may");
        ScriptedSmtpServer server = world.start(builder);
        FakeDns dns = FakeDns.unsigned().address("mx.example.com", Deliveries.ip(server));
        for (String domain : List.of("first.example", "d0.example", "d1.example", "d2.example")) {
            dns.mx(domain, "mx.example.com");
        }
        DeliveryAttempt attempt = new DeliveryAttempt(dns, world.connector, world.settings(), DeliveryAudit.NONE, () -> now, new Random(1));
        return new DeliveryWorker<>(attempt, this::store, new Listener(),
            new DeliveryWorker.Rules(new RetrySchedule(List.of(Duration.ofMinutes(5), Duration.ofHours(6)), LIFETIME), 0), () -> now,
            new Random(1), time -> true, Aside.NONE, envelope -> hold, DeliveryMetrics.NONE);
    }

    private Kept fail(DeliveryWorker<Named> worker, Named mail, int times) {
        Named next = mail;
        for (int i = 0; i < times; i++) {
            kept.clear();
            worker.process(item(next));
            next = next.with(kept.get(0).history());
            now = now.plus(kept.get(0).delay());
        }
        return kept.get(0);
    }

    private void deliverOthers(DeliveryWorker<Named> worker, int number) {
        for (int i = 0; i < number; i++) {
            now = now.plusSeconds(1);
            worker.process(item(new Named("other" + i, "carol" + i + "@two.example", "dave@d" + i + ".example", MailHistory.NEW, false)));
        }
    }

    private void store(Named mail, List<Recipient> recipients, MailHistory history, Duration delay) {
        kept.add(new Kept(history, delay));
    }

    private static QueueItem<Named> item(Named mail) {
        return new QueueItem<>() {
            @Override
            public Named mail() {
                return mail;
            }

            @Override
            public void done() {
                // It leaves.
            }

            @Override
            public void putBack() {
                throw new AssertionError("A mail is kept in the store, not in the queue");
            }
        };
    }

    private final class Listener implements OutcomeListener<Named> {
        @Override
        public void delivered(Named mail, List<Recipient> recipients, SecurityLabel label) {
            assertThat(mail.poisonous()).isFalse();
        }

        @Override
        public void failed(Named mail, List<Recipient> recipients, FailureNotice notice) {
            if (mail.poisonous() && mail.history().pendingNotice().isPresent()) {
                throw new StackOverflowError("nested too deep");
            }
            notices.add(notice);
        }

        @Override
        public void untold(Named mail, List<Recipient> recipients, FailureNotice notice) {
            untold.add(mail.name());
        }
    }

    private record Named(String name, String sender, String recipient, MailHistory history, boolean poisonous) implements OutboundMail {
        Named with(MailHistory other) {
            return new Named(name, sender, recipient, other, poisonous);
        }

        @Override
        public Envelope envelope() {
            return Envelope.of(Optional.of(MailPath.of(sender)), List.of(Recipient.of(MailPath.of(recipient))));
        }

        @Override
        public MessageContent content() {
            if (poisonous) {
                throw new StackOverflowError("nested too deep");
            }
            return TestMail.to(recipient).content();
        }

        @Override
        public MessageContent sevenBitContent() {
            return content();
        }

        @Override
        public Optional<Policy> demand() {
            return Optional.empty();
        }
    }
}
