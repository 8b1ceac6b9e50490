/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;

import org.jamesdane.dane.failure.EnhancedStatusCode;
import org.jamesdane.dane.outcome.MailAge;
import org.jamesdane.delivery.destination.AttemptEnd;
import org.jamesdane.delivery.destination.Reachability;
import org.jamesdane.delivery.destination.SitePass;
import org.jamesdane.delivery.mail.DeliveryGate;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.dns.RecordType;
import org.junit.jupiter.api.Test;

/** Results of a queue item; the outcomes come from the DNS alone, no connection is made. */
class DeliveryWorkerTest extends WorkerBed {
    @Test
    void shouldDeferALookupThatFailedAndCountIt() {
        work(servFail(), TestMail.to("bob@example.com"));

        assertThat(events).containsExactly("deferred", "done");
        assertThat(stored.get(0).history().retries()).isEqualTo(1);
        assertThat(stored.get(0).history().age()).contains(MailAge.firstAttempt(NOW));
        assertThat(stored.get(0).delay()).isBetween(Duration.ofMinutes(5), Duration.ofSeconds(330));
        assertThat(stored.get(0).history().lastReason().orElseThrow()).contains("example.com").endsWith("(4.4.3)");
    }

    @Test
    void shouldBounceOnlyWhenTheLifetimeHasEnded() {
        work(servFail(), TestMail.to("bob@example.com").with(tried(LIFETIME.minusSeconds(1), 1000)));
        assertThat(events).containsExactly("deferred", "done");
        assertThat(stored.get(0).delay()).isEqualTo(Duration.ofSeconds(1));

        events.clear();
        work(servFail(), TestMail.to("bob@example.com").with(tried(LIFETIME, 1)));
        assertThat(events).containsExactly("failed", "done");
        assertThat(notices.get(0).code()).isEqualTo(new EnhancedStatusCode(5, 4, 3));
        assertThat(notices.get(0).text()).contains("example.com").contains("could not be looked up").contains("120 hours");
    }

    @Test
    void shouldNeitherCountNorAgeAMailForAFaultOfOurOwn() {
        FakeDns broken = FakeDns.signed();
        broken.breakWith(new IllegalStateException("a defect"));

        work(broken, TestMail.to("bob@example.com").with(tried(LIFETIME.plusDays(1), 7)));

        assertThat(events).containsExactly("deferred", "done");
        MailHistory history = stored.get(0).history();
        assertThat(history.retries()).isEqualTo(7);
        assertThat(history.age().orElseThrow().pausedAt()).contains(NOW);
    }

    @Test
    void shouldDeferAndNotBounceAfterAnUnexpectedException() {
        // The recipient's domain is no domain name, which nothing on the way expects.
        work(FakeDns.signed(), TestMail.to("bob@" + "a".repeat(64) + ".example"));

        assertThat(events).containsExactly("deferred", "done");
    }

    @Test
    void shouldRetryWhatDoesNotExistOnlyAsOftenAsConfigured() {
        FakeDns nothing = FakeDns.signed().missing("example.com", RecordType.MX);
        work(nothing, TestMail.to("bob@example.com").with(tried(Duration.ofMinutes(1), 1)), 2);
        assertThat(events).containsExactly("deferred", "done");

        events.clear();
        work(nothing, TestMail.to("bob@example.com").with(tried(Duration.ofMinutes(1), 2)), 2);
        assertThat(events).containsExactly("failed", "done");
    }

    @Test
    void shouldHoldAMailWithoutCountingItWhileItsTimeGoesOn() {
        hold(TestMail.to("bob@example.com").with(tried(Duration.ofHours(2), 3)));
        assertThat(events).containsExactly("deferred", "done");
        assertThat(stored.get(0).history().age()).isEqualTo(tried(Duration.ofHours(2), 3).age());
        assertThat(stored.get(0).history().retries()).isEqualTo(3);
        assertThat(stored.get(0).delay()).isEqualTo(Duration.ofSeconds(42));

        events.clear();
        hold(TestMail.to("bob@example.com"));
        assertThat(stored.get(0).history().age()).contains(MailAge.firstAttempt(NOW));
        assertThat(stored.get(0).history().retries()).isZero();
    }

    @Test
    void shouldNotMakeAMailWaitBeyondItsLifetime() {
        DeliveryWorker<TestMail> worker = worker(servFail(), 0);

        assertThat(worker.canWait(MailHistory.NEW, Duration.ofHours(1))).isTrue();
        assertThat(worker.canWait(tried(LIFETIME.minusMinutes(59), 1), Duration.ofHours(1))).isFalse();
        assertThat(worker.canWait(MailHistory.NEW.owing(NOTICE), Duration.ofHours(1))).isFalse();
    }

    @Test
    void shouldTakeEarlyMailForSentForUnlessTheClockWasSetBack() {
        DeliveryWorker<TestMail> worker = worker(servFail(), 0);

        assertThat(worker.isSentFor(MailHistory.NEW)).isFalse();
        assertThat(worker.isSentFor(MailHistory.NEW.dueAt(NOW.minusSeconds(1)))).isFalse();
        assertThat(worker.isSentFor(MailHistory.NEW.dueAt(NOW.plus(Duration.ofMinutes(5))))).isTrue();
        assertThat(worker.isSentFor(MailHistory.NEW.dueAt(NOW.plus(Duration.ofDays(30))))).isFalse();
    }

    @Test
    void shouldSayWhatAnAttemptTellsOfTheDestination() {
        assertThat(worker(servFail(), 0).process(new Item(TestMail.to("bob@example.com")), SitePass.FREE))
            .isEqualTo(new AttemptEnd.Ended(Reachability.FAILED, Reachability.UNKNOWN));
        // Also where it was the last one, and the mail is bounced for its age.
        assertThat(worker(servFail(), 0).process(new Item(TestMail.to("bob@example.com").with(tried(LIFETIME, 1))), SitePass.FREE))
            .isEqualTo(new AttemptEnd.Ended(Reachability.FAILED, Reachability.UNKNOWN));
        FakeDns broken = FakeDns.signed();
        broken.breakWith(new IllegalStateException("a defect"));
        assertThat(worker(broken, 0).process(new Item(TestMail.to("bob@example.com")), SitePass.FREE)).isEqualTo(AttemptEnd.NOTHING);
        assertThat(worker(servFail(), 0).process(new Item(TestMail.to("bob@example.com").with(MailHistory.NEW.owing(NOTICE))),
            SitePass.FREE)).isEqualTo(AttemptEnd.NOTHING);
    }

    @Test
    void shouldDeferTheMailOfAParkedDestinationUntriedAndUncounted() {
        gate = envelope -> Optional.of(new DeliveryGate.Hold("The destination is parked.", Duration.ofMinutes(7), false));
        work(FakeDns.signed().missing("example.com", RecordType.MX), TestMail.to("bob@example.com").with(tried(Duration.ofHours(1), 3)));

        assertThat(events).containsExactly("deferred", "done");
        assertThat(stored.get(0).delay()).isEqualTo(Duration.ofMinutes(7));
        MailHistory history = stored.get(0).history();
        assertThat(history.retries()).isEqualTo(3);
        assertThat(history.age().orElseThrow().at(NOW)).isEqualTo(Duration.ofHours(1));
        assertThat(history.lastReason()).contains("The destination is parked.");
    }

    @Test
    void shouldNotAgeMailThatIsHeldForAFaultOfOurOwn() {
        gate = envelope -> Optional.of(new DeliveryGate.Hold("No resolver is left.", Duration.ofSeconds(30), true));
        work(FakeDns.signed(), TestMail.to("bob@example.com").with(tried(LIFETIME.plusDays(1), 3)));

        assertThat(events).containsExactly("deferred", "done");
        assertThat(stored.get(0).history().age().orElseThrow().pausedAt()).contains(NOW);
        assertThat(stored.get(0).history().retries()).isEqualTo(3);
    }

    @Test
    void shouldNotBounceBecauseTheClockJumped() {
        MailAge untouched = MailAge.firstAttempt(NOW.minus(Duration.ofDays(4000)));
        work(servFail(), TestMail.to("bob@example.com").with(new MailHistory(Optional.of(untouched), 1, Optional.empty(),
            Optional.empty())));

        assertThat(events).containsExactly("deferred", "done");
        assertThat(stored.get(0).history().age().orElseThrow().at(NOW)).isEqualTo(Duration.ofDays(1));
    }

    @Test
    void shouldWriteDownWhenADeferredMailIsDueAndMeasureHowLateItCame() {
        work(servFail(), TestMail.to("bob@example.com"));
        assertThat(stored.get(0).history().due()).contains(NOW.plus(stored.get(0).delay()));

        measured.clear();
        work(servFail(), TestMail.to("bob@example.com").with(tried(Duration.ofHours(1), 1).dueAt(NOW.minusSeconds(30))));
        assertThat(measured).contains("dane.queue.delay.1m", "dane.recipients.deferred", "RemoteDeliveryTrial started",
            "RemoteDeliveryTrial ended");
    }

    @Test
    void shouldDeliverAllTheSameWhenMetricsFail() {
        metricsFail = true;
        work(servFail(), TestMail.to("bob@example.com"));

        assertThat(events).containsExactly("deferred", "done");
    }

    @Test
    void shouldLeaveAMailAsItWasThatFoundNoPlaceAtItsSite() {
        FakeDns dns = FakeDns.signed().mx("example.com", "mx.example.com");

        assertThat(worker(dns, 0).process(new Item(TestMail.to("bob@example.com")), site -> false)).isEqualTo(new AttemptEnd.Yielded());
        assertThat(events).isEmpty();
        assertThat(stored).isEmpty();
    }
}
