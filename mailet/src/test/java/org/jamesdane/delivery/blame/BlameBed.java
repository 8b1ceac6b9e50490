/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.blame;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;

import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.delivery.Deliveries;
import org.jamesdane.delivery.DeliveryWorker;
import org.jamesdane.delivery.FakeDns;
import org.jamesdane.delivery.TestMail;
import org.jamesdane.delivery.attempt.DeliveryAttempt;
import org.jamesdane.delivery.mail.DeliveryGate;
import org.jamesdane.delivery.mail.FailureNotice;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.delivery.mail.OutboundMail;
import org.jamesdane.delivery.mail.OutcomeListener;
import org.jamesdane.delivery.mail.QueuedMail;
import org.jamesdane.delivery.monitoring.AuditEvent;
import org.jamesdane.delivery.monitoring.BlamedMail;
import org.jamesdane.delivery.monitoring.DeliveryAudit;
import org.jamesdane.delivery.monitoring.DeliveryMetrics;
import org.jamesdane.delivery.retry.RetrySchedule;
import org.jamesdane.delivery.retry.StorageRetryQueue;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.RecordType;
import org.jamesdane.smtp.Envelope;
import org.jamesdane.smtp.MailPath;
import org.jamesdane.smtp.MessageContent;
import org.jamesdane.smtp.Recipient;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.jamesdane.testing.smtp.SmtpServerBuilder;
import org.junit.jupiter.api.AfterEach;

/** Workers of one server, mails that fail on it, and the record of what became of them. */
abstract class BlameBed {
    static final Duration LIFETIME = Duration.ofDays(5);

    final Deliveries world = new Deliveries(95);
    final List<Kept> kept = new ArrayList<>();
    final List<String> untold = new ArrayList<>();
    final List<FailureNotice> notices = new ArrayList<>();
    Instant now = Instant.parse("2026-11-01T12:00:00Z");
    Optional<DeliveryGate.Hold> hold = Optional.empty();
    /** Mails that the store refuses. */
    Predicate<Named> refused = mail -> false;
    final List<StorageRetryQueue.Work> aside = new ArrayList<>();
    final List<String> ends = new ArrayList<>();
    final List<BlamedMail> blamed = new ArrayList<>();
    final List<String> counted = new ArrayList<>();
    final FakeDns dns = FakeDns.unsigned();
    int asked;
    /** The time for which the queue leaves a mail here. */
    Duration left = Duration.ofDays(365);

    record Kept(String name, MailHistory history, Duration delay) {
    }

    @AfterEach
    void stop() {
        world.close();
    }

    DeliveryWorker<Named> world(SmtpServerBuilder builder) {
        world.policy = Policy.parse("may");
        ScriptedSmtpServer server = world.start(builder);
        dns.address("mx.example.com", Deliveries.ip(server));
        for (String domain : List.of("first.example", "d0.example", "d1.example", "d2.example")) {
            dns.mx(domain, "mx.example.com");
        }
        for (String domain : List.of("down.example", "down0.example", "down1.example", "down2.example")) {
            dns.failing(domain, RecordType.MX, Lookup.Reason.SERVFAIL);
        }
        DeliveryMetrics metrics = new DeliveryMetrics() {
            @Override
            public void count(String name) {
                counted.add(name);
            }

            @Override
            public Runnable start(String name) {
                return () -> { };
            }
        };
        DeliveryAttempt attempt = new DeliveryAttempt(dns, world.connector, world.settings(), new DeliveryAudit() {
            @Override
            public void attempted(AuditEvent event) {
                asked++;
            }

            @Override
            public void blamed(BlamedMail mail) {
                blamed.add(mail);
            }
        }, () -> now, new Random(1), metrics);
        return new DeliveryWorker<>(attempt, this::store, new Listener(),
            new DeliveryWorker.Rules(new RetrySchedule(List.of(Duration.ofMinutes(5), Duration.ofHours(6)), LIFETIME), 0),
            new DeliveryWorker.Surroundings(() -> now, new Random(1), envelope -> hold, DeliveryMetrics.NONE), time -> true, work -> {
                aside.add(work);
                return true;
            });
    }

    void store(Named mail, List<Recipient> recipients, MailHistory history, Duration delay) {
        if (refused.test(mail)) {
            throw new StackOverflowError("nested too deep");
        }
        kept.add(new Kept(mail.name(), history, delay));
    }

    QueuedMail<Named> item(Named mail) {
        return new QueuedMail<>() {
            @Override
            public Named mail() {
                return mail;
            }

            @Override
            public void finish() {
                ends.add("done " + mail.name());
            }

            @Override
            public void requeue() {
                assertThat(refused.test(mail)).as("A mail is kept in the store, not in the queue").isTrue();
                ends.add("put back " + mail.name());
            }

            @Override
            public Duration left() {
                return left;
            }
        };
    }

    final class Listener implements OutcomeListener<Named> {
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

    record Named(String name, String sender, String recipient, MailHistory history, boolean poisonous) implements OutboundMail {
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
