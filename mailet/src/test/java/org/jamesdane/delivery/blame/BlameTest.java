/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.blame;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

import org.jamesdane.dane.failure.EnhancedStatusCode;
import org.jamesdane.delivery.DeliveryWorker;
import org.jamesdane.delivery.destination.AttemptEnd;
import org.jamesdane.delivery.destination.SitePass;
import org.jamesdane.delivery.mail.DeliveryGate;
import org.jamesdane.delivery.mail.FailureNotice;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.delivery.monitoring.BlamedMail;
import org.jamesdane.delivery.monitoring.MetricNames;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.RecordType;
import org.jamesdane.testing.smtp.Fault;
import org.jamesdane.testing.smtp.Point;
import org.junit.jupiter.api.Test;

/** A mail that fails on this server again and again: ours, until others show that it is the mail's. */
class BlameTest extends BlameBed {
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
            worker.process(item(poison.with(last.history())), SitePass.FREE);
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

        assertThat(worker.process(item(new Named("poison", "alice@one.example", "bob@first.example", MailHistory.NEW, true)),
            SitePass.FREE)).isEqualTo(AttemptEnd.NOTHING);
    }

    @Test
    void shouldLetNoReplyOfAHostMakeItsFailureOurs() {
        DeliveryWorker<Named> worker = world(world.plain().fault(Point.MAIL, Fault.reply("451 4.3.0 an unexpected error on this server: "
            + "java.lang.OutOfMemoryError: Too many open files")));
        worker.process(item(new Named("mail", "alice@one.example", "bob@first.example", MailHistory.NEW, false)),
                SitePass.FREE);

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
                MailHistory.NEW.owing(notice), false)), SitePass.FREE);
        }
        kept.clear();
        worker.process(item(poison.with(last.history())), SitePass.FREE);
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

    private Kept fail(DeliveryWorker<Named> worker, Named mail, int times) {
        Named next = mail;
        for (int i = 0; i < times; i++) {
            kept.clear();
            worker.process(item(next), SitePass.FREE);
            next = next.with(kept.get(0).history());
            now = now.plus(kept.get(0).delay());
        }
        return kept.get(0);
    }

    private void deliverOthers(DeliveryWorker<Named> worker, int number) {
        for (int i = 0; i < number; i++) {
            now = now.plusSeconds(1);
            worker.process(item(new Named("other" + i, "carol" + i + "@two.example", "dave@d" + i + ".example", MailHistory.NEW, false)),
                SitePass.FREE);
        }
    }
}
