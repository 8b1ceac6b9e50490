/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.Predicate;

import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.failure.EnhancedStatusCode;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.delivery.Deliveries;
import org.jamesdane.delivery.DeliveryWorker;
import org.jamesdane.delivery.FakeDns;
import org.jamesdane.delivery.TestMail;
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
import org.jamesdane.delivery.monitoring.MetricNames;
import org.jamesdane.delivery.schedule.Backoff;
import org.jamesdane.delivery.schedule.Reachability;
import org.jamesdane.delivery.schedule.RetrySchedule;
import org.jamesdane.delivery.schedule.StorageRetryQueue;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.RecordType;
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
    /** What the store refuses. */
    private Predicate<Named> refused = mail -> false;
    private final List<StorageRetryQueue.Work> aside = new ArrayList<>();
    private final List<String> ends = new ArrayList<>();
    private final List<BlamedMail> blamed = new ArrayList<>();
    private final List<String> counted = new ArrayList<>();
    private final FakeDns dns = FakeDns.unsigned();
    private int asked;
    /** The time for which the queue leaves a mail here. */
    private Duration left = Duration.ofDays(365);

    private record Kept(String name, MailHistory history, Duration delay) {
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
            .isEqualTo(Reachability.UNKNOWN);
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
        FailureNotice notice = new FailureNotice(new EnhancedStatusCode(5, 1, 1), OptionalInt.empty(), "Nobody here.");
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

    @Test
    void shouldBlameAMailForItsLookupOnlyByOthersOverTheSameResolver() {
        DeliveryWorker<Named> worker = world(world.plain());
        dns.over("192.0.2.1").failing("broken.example", RecordType.MX, Lookup.Reason.INTERNAL);
        Named poison = new Named("poison", "alice@one.example", "bob@broken.example", MailHistory.NEW, false);
        Kept last = fail(worker, poison, 9);

        dns.over("192.0.2.2");
        deliverOthers(worker, 3);
        dns.over("192.0.2.1");
        last = fail(worker, poison.with(last.history()), 1);
        assertThat(blamed).isEmpty();

        deliverOthers(worker, 3);
        last = fail(worker, poison.with(last.history()), 1);
        assertThat(blamed).extracting(BlamedMail::step).containsExactly(org.jamesdane.dane.failure.Fault.LOOKUP);
        assertThat(last.history().retries()).isEqualTo(1);
    }

    @Test
    void shouldReportEachFailureThatIsTheMailsAndNoOther() {
        DeliveryWorker<Named> worker = world(world.plain());
        Named poison = new Named("poison", "alice@one.example", "bob@first.example", MailHistory.NEW, true);
        Kept last = fail(worker, poison, 9);
        assertThat(blamed).isEmpty();

        deliverOthers(worker, 3);
        fail(worker, poison.with(last.history()), 1);
        assertThat(blamed).singleElement().satisfies(each -> {
            assertThat(each.mail()).isEqualTo("poison");
            assertThat(each.step()).isEqualTo(org.jamesdane.dane.failure.Fault.CONTENT);
            assertThat(each.failures()).isEqualTo(10);
            assertThat(each.text()).contains("could not be read");
        });
        assertThat(counted.stream().filter(MetricNames.BLAMED::equals)).hasSize(1);
    }

    @Test
    void shouldAgeAMailThatTheStoreAloneRefusesAndTellItsSenderInTheEnd() {
        DeliveryWorker<Named> worker = world(world.plain());
        refused = mail -> mail.name().equals("poison");
        worker.process(item(waiting("poison")));
        StorageRetryQueue.Work work = aside.get(0);
        for (int failures = 0; failures < 5; failures++) {
            assertThat(work.pause(failures)).isEqualTo(Backoff.after(failures));
            assertThat(work.tryAgain()).isFalse();
        }
        assertThat(blamed).isEmpty();

        // The tenth refusal.
        storeOthers(worker, 3);
        now = now.plusSeconds(60);
        assertThat(work.tryAgain()).isFalse();
        assertThat(blamed).extracting(BlamedMail::step).containsExactly(org.jamesdane.dane.failure.Fault.STORE);
        assertThat(work.pause(0)).isBetween(Duration.ofHours(6), Duration.ofMinutes(396));
        assertThat(worker.canDefer()).as("the store is well").isTrue();

        Instant begun = now;
        boolean done = false;
        for (int tries = 0; !done && tries < 100; tries++) {
            now = now.plus(work.pause(0)).minusSeconds(3);
            storeOthers(worker, 3);
            done = work.tryAgain();
            assertThat(notices).as("a notice before its time").hasSize(done ? 1 : 0);
        }
        assertThat(done).isTrue();
        assertThat(notices.get(0).text()).contains("120 hours", "could not be stored");
        assertThat(notices.get(0).code()).hasToString("5.3.0");
        assertThat(Duration.between(begun, now)).isBetween(LIFETIME, LIFETIME.plusHours(7));
        assertThat(ends).endsWith("done poison");
        assertThat(kept).extracting(Kept::name).doesNotContain("poison");
    }

    @Test
    void shouldNeverAgeAMailWhileTheStoreRefusesAll() {
        DeliveryWorker<Named> worker = world(world.plain());
        refused = mail -> true;
        Named mail = waiting("mail");
        worker.process(item(mail));
        worker.process(item(waiting("other")));
        StorageRetryQueue.Work work = aside.get(0);
        for (int failures = 0; failures < 40; failures++) {
            now = now.plus(Duration.ofHours(1));
            assertThat(work.tryAgain()).isFalse();
        }
        assertThat(blamed).isEmpty();
        assertThat(worker.canDefer()).isFalse();

        refused = other -> false;
        assertThat(work.tryAgain()).isTrue();
        assertThat(kept.get(0).history().retries()).isEqualTo(1);
        assertThat(kept.get(0).history().age().orElseThrow().at(now)).as("40 hours without a store").isZero();
        assertThat(ends).containsExactly("done mail");
    }

    @Test
    void shouldNotTryAgainAtOnceWhatItsQueueGivesOutSinceTheStoreRefusesIt() {
        DeliveryWorker<Named> worker = world(world.plain());
        left = Duration.ofMinutes(25);
        refused = mail -> mail.name().equals("poison");
        Named poison = waiting("poison");
        worker.process(item(poison));
        for (int failures = 0; failures < 6; failures++) {
            aside.get(0).tryAgain();
        }
        storeOthers(worker, 3);
        left = Duration.ofSeconds(61);
        assertThat(aside.get(0).tryAgain()).isFalse();
        assertThat(aside.get(0).pause(0)).isEqualTo(Duration.ofSeconds(1));
        left = Duration.ofSeconds(60);
        assertThat(aside.get(0).tryAgain()).isTrue();
        assertThat(ends).endsWith("put back poison");

        left = Duration.ofMinutes(25);
        asked = 0;
        worker.process(item(poison));
        assertThat(asked).as("attempts").isZero();
        now = now.plus(Duration.ofHours(7));
        worker.process(item(poison));
        assertThat(asked).as("attempts").isEqualTo(1);
    }

    private DeliveryWorker<Named> world(SmtpServerBuilder builder) {
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
            new DeliveryWorker.Rules(new RetrySchedule(List.of(Duration.ofMinutes(5), Duration.ofHours(6)), LIFETIME), 0), () -> now,
            new Random(1), time -> true, work -> {
                aside.add(work);
                return true;
            }, envelope -> hold, DeliveryMetrics.NONE);
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

    /** A mail that has to be stored, since its domain can't be looked up. */
    private static Named waiting(String name) {
        return new Named(name, "alice@one.example", "bob@down.example", MailHistory.NEW, false);
    }

    private void storeOthers(DeliveryWorker<Named> worker, int number) {
        for (int i = 0; i < number; i++) {
            now = now.plusSeconds(1);
            worker.process(item(new Named("other" + i, "carol" + i + "@two.example", "dave@down" + i + ".example", MailHistory.NEW,
                false)));
        }
    }

    private void store(Named mail, List<Recipient> recipients, MailHistory history, Duration delay) {
        if (refused.test(mail)) {
            throw new StackOverflowError("nested too deep");
        }
        kept.add(new Kept(mail.name(), history, delay));
    }

    private QueuedMail<Named> item(Named mail) {
        return new QueuedMail<>() {
            @Override
            public Named mail() {
                return mail;
            }

            @Override
            public void done() {
                ends.add("done " + mail.name());
            }

            @Override
            public void putBack() {
                assertThat(refused.test(mail)).as("A mail is kept in the store, not in the queue").isTrue();
                ends.add("put back " + mail.name());
            }

            @Override
            public Duration left() {
                return left;
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
