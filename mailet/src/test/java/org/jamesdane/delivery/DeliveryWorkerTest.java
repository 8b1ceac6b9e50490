/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;

import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.failure.EnhancedStatusCode;
import org.jamesdane.dane.outcome.HostFailureHistory;
import org.jamesdane.dane.outcome.MailAge;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.policy.PolicyTable;
import org.jamesdane.dane.routing.RoutingRules;
import org.jamesdane.dane.tlsa.TlsaSearch;
import org.jamesdane.delivery.attempt.DeliveryAttempt;
import org.jamesdane.delivery.mail.DeliveryGate;
import org.jamesdane.delivery.mail.FailureNotice;
import org.jamesdane.delivery.mail.MailAccessException;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.delivery.mail.OutcomeListener;
import org.jamesdane.delivery.mail.QueuedMail;
import org.jamesdane.delivery.mail.SenderPartlyToldException;
import org.jamesdane.delivery.monitoring.DeliveryAudit;
import org.jamesdane.delivery.monitoring.DeliveryMetrics;
import org.jamesdane.delivery.schedule.Reachability;
import org.jamesdane.delivery.schedule.RetrySchedule;
import org.jamesdane.delivery.schedule.StorageRetryQueue;
import org.jamesdane.delivery.settings.BindAddresses;
import org.jamesdane.delivery.settings.DeliverySettings;
import org.jamesdane.delivery.settings.EightBitConversion;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.RecordType;
import org.jamesdane.smtp.Envelope;
import org.jamesdane.smtp.Recipient;
import org.jamesdane.smtp.SmtpConnector;
import org.jamesdane.smtp.Timeouts;
import org.jamesdane.tls.TlsOffer;
import org.junit.jupiter.api.Test;

/** What becomes of a queue item; the outcomes come from the DNS alone, no connection is made. */
class DeliveryWorkerTest {
    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
    private static final Duration LIFETIME = Duration.ofDays(5);
    private static final RetrySchedule SCHEDULE = new RetrySchedule(List.of(Duration.ofMinutes(5), Duration.ofMinutes(10)), LIFETIME);
    private static final SmtpConnector NO_CONNECTIONS = (endpoint, fallback, timeouts) -> {
        throw new IllegalStateException("no connection is expected");
    };
    private static final FailureNotice NOTICE = new FailureNotice(new EnhancedStatusCode(5, 1, 1), OptionalInt.of(550), "Nobody here.");

    private final List<String> events = new ArrayList<>();
    private final List<Stored> stored = new ArrayList<>();
    private final List<FailureNotice> notices = new ArrayList<>();
    private boolean bouncesFail;
    private Set<String> toldBefore = Set.of();
    private boolean storeFails;
    private int pauses;
    private StorageRetryQueue aside = StorageRetryQueue.NONE;
    private DeliveryGate gate = DeliveryGate.OPEN;
    private Optional<Duration> delayNotice = Optional.empty();
    private final List<String> measured = new ArrayList<>();
    private boolean metricsFail;

    private record Stored(List<Recipient> recipients, MailHistory history, Duration delay) {
    }

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
    void shouldBounceOnlyWhenTheLifetimeHasEndedHoweverManyRetriesThereWere() {
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
    void shouldKeepAMailWhoseBounceFailedAndOnlyBounceItNextTime() {
        bouncesFail = true;
        work(FakeDns.signed().missing("example.com", RecordType.MX), TestMail.to("bob@example.com"));

        assertThat(events).containsExactly("failed in vain", "deferred", "done");
        FailureNotice pending = stored.get(0).history().pendingNotice().orElseThrow();
        assertThat(pending.code()).isEqualTo(EnhancedStatusCode.UNABLE_TO_ROUTE);

        events.clear();
        bouncesFail = false;
        work(servFail(), TestMail.to("bob@example.com").with(stored.get(0).history()));
        assertThat(events).containsExactly("failed", "done");
        assertThat(notices.get(0)).isEqualTo(pending);
    }

    @Test
    void shouldKeepAMailOnlyForThoseOfWhomItsSenderWasNotTold() {
        bouncesFail = true;
        toldBefore = Set.of("bob@example.com");
        work(FakeDns.signed().missing("example.com", RecordType.MX), TestMail.to("bob@example.com", "eve@example.com"));

        assertThat(stored).singleElement().satisfies(rest ->
            assertThat(rest.recipients()).extracting(Recipient::toString).containsExactly("eve@example.com"));
    }

    @Test
    void shouldStoreAgainAndAgainAndNeverTryTheMailAnewMeanwhile() {
        storeFails = true;
        pauses = 3;
        work(servFail(), TestMail.to("bob@example.com"));

        // Three pauses, then the server stops.
        assertThat(events).containsExactly("deferred in vain", "deferred in vain", "deferred in vain", "deferred in vain", "put back");
    }

    @Test
    void shouldSetAMailAsideThatCanNotBeStoredAndFinishItOnceItCan() {
        List<StorageRetryQueue.Work> taken = new ArrayList<>();
        aside = taken::add;
        storeFails = true;
        pauses = 100;
        assertThat(worker(servFail(), 0).process(new Item(TestMail.to("bob@example.com")))).isEqualTo(Reachability.FAILED);
        StorageRetryQueue.Work work = taken.get(0);
        assertThat(pauses).isBetween(90, 99);
        assertThat(work.tryAgain()).isFalse();
        assertThat(events).containsOnly("deferred in vain");

        storeFails = false;
        assertThat(work.tryAgain()).isTrue();
        assertThat(events.subList(events.indexOf("deferred"), events.size())).containsExactly("deferred", "done");
        assertThat(stored.get(0).history().retries()).isEqualTo(1);
    }

    @Test
    void shouldPutBackAMailThatWasSetAsideWhenThisServerStops() {
        List<StorageRetryQueue.Work> taken = new ArrayList<>();
        aside = taken::add;
        storeFails = true;
        pauses = 100;
        work(servFail(), TestMail.to("bob@example.com"));

        taken.get(0).giveUp();
        assertThat(events.get(events.size() - 1)).isEqualTo("put back");
        assertThat(events).doesNotContain("done");
    }

    @Test
    void shouldNotForgetAFailureThatTheSenderIsOwedWhileTheMailIsHeld() {
        hold(TestMail.to("bob@example.com").with(MailHistory.NEW.owing(NOTICE)));

        assertThat(stored.get(0).history().pendingNotice()).contains(NOTICE);
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
    void shouldTellASenderOnlyOfThePendingFailure() {
        work(servFail(), TestMail.to("bob@example.com").with(MailHistory.NEW.owing(NOTICE)));

        assertThat(events).containsExactly("failed", "done");
        assertThat(notices).containsExactly(NOTICE);
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
    void shouldPutBackAMailThatCouldNotBeHeld() {
        storeFails = true;
        hold(TestMail.to("bob@example.com"));

        assertThat(events).containsExactly("deferred in vain", "put back");
    }

    @Test
    void shouldNotMakeAMailWaitBeyondItsLifeNorOneThatOnlyHasToBeBounced() {
        DeliveryWorker<TestMail> worker = worker(servFail(), 0);

        assertThat(worker.canWait(MailHistory.NEW, Duration.ofHours(1))).isTrue();
        assertThat(worker.canWait(tried(LIFETIME.minusMinutes(59), 1), Duration.ofHours(1))).isFalse();
        assertThat(worker.canWait(MailHistory.NEW.owing(NOTICE), Duration.ofHours(1))).isFalse();
    }

    @Test
    void shouldTakeForSentForWhatComesBeforeItsTimeUnlessOnlyTheClockWasSetBack() {
        DeliveryWorker<TestMail> worker = worker(servFail(), 0);

        assertThat(worker.isSentFor(MailHistory.NEW)).isFalse();
        assertThat(worker.isSentFor(MailHistory.NEW.dueAt(NOW.minusSeconds(1)))).isFalse();
        assertThat(worker.isSentFor(MailHistory.NEW.dueAt(NOW.plus(Duration.ofMinutes(5))))).isTrue();
        assertThat(worker.isSentFor(MailHistory.NEW.dueAt(NOW.plus(Duration.ofDays(30))))).isFalse();
    }

    @Test
    void shouldSayWhatAnAttemptTellsOfTheDestination() {
        assertThat(worker(servFail(), 0).process(new Item(TestMail.to("bob@example.com")))).isEqualTo(Reachability.FAILED);
        // Also where it was the last one, and the mail is bounced for its age.
        assertThat(worker(servFail(), 0).process(new Item(TestMail.to("bob@example.com").with(tried(LIFETIME, 1)))))
            .isEqualTo(Reachability.FAILED);
        FakeDns broken = FakeDns.signed();
        broken.breakWith(new IllegalStateException("a defect"));
        assertThat(worker(broken, 0).process(new Item(TestMail.to("bob@example.com")))).isEqualTo(Reachability.UNKNOWN);
        assertThat(worker(servFail(), 0).process(new Item(TestMail.to("bob@example.com").with(MailHistory.NEW.owing(NOTICE)))))
            .isEqualTo(Reachability.UNKNOWN);
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
    void shouldLeaveMailInTheQueueThatFailsWhileItStops() {
        // Open when the mail is begun, closed when it has failed.
        gate = new DeliveryGate() {
            private boolean closed;

            @Override
            public Optional<Hold> hold(Envelope envelope) {
                boolean before = closed;
                closed = true;
                return before ? Optional.of(new Hold("This server stops.", Duration.ZERO, true)) : Optional.empty();
            }
        };
        work(servFail(), TestMail.to("bob@example.com").with(tried(LIFETIME.plusDays(1), 3)));

        assertThat(events).containsExactly("put back");
        assertThat(stored).isEmpty();
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
    void shouldSayInTheLastBounceWhatFailedAtWhichHostAndSinceWhen() {
        work(servFail(), TestMail.to("bob@example.com"));
        HostFailureHistory first = stored.get(0).history().hosts();
        assertThat(first.entries()).singleElement().satisfies(entry -> assertThat(entry.since()).isEqualTo(NOW));

        MailHistory old = tried(LIFETIME, 9);
        HostFailureHistory since = HostFailureHistory.decode(first.encode().replace("2026-11-01", "2026-10-27"));
        work(servFail(), TestMail.to("bob@example.com")
            .with(new MailHistory(old.age(), old.retries(), old.pendingNotice(), Optional.empty(), since, false, Optional.empty())));

        assertThat(notices.get(0).text()).contains("What was tried:").contains("2 times since 2026-10-27T12:00:00Z")
            .contains("example.com: the MX records of example.com could not be looked up");
        assertThat(notices.get(0).recipients()).singleElement().satisfies(failure -> {
            assertThat(failure.recipient()).isEqualTo("bob@example.com");
            assertThat(failure.host()).isEqualTo("example.com");
            assertThat(failure.code()).isEqualTo(new EnhancedStatusCode(5, 4, 3));
        });
    }

    @Test
    void shouldTellOnceThatAMailTakesLong() {
        delayNotice = Optional.of(Duration.ofHours(4));
        work(servFail(), TestMail.to("bob@example.com").with(tried(Duration.ofHours(4).minusSeconds(1), 5)));
        assertThat(events).containsExactly("deferred", "done");

        events.clear();
        work(servFail(), TestMail.to("bob@example.com").with(tried(Duration.ofHours(4), 5)));
        assertThat(events).containsExactly("delayed until 2026-11-06T08:00:00Z", "deferred", "done");
        assertThat(notices.get(0).code()).isEqualTo(EnhancedStatusCode.NAME_SERVICE_FAILED);
        assertThat(notices.get(0).text()).contains("after 4 hours")
            .contains("example.com: the MX records of example.com could not be looked up");

        events.clear();
        work(servFail(), TestMail.to("bob@example.com").with(stored.get(0).history()));
        assertThat(events).containsExactly("deferred", "done");
    }

    @Test
    void shouldTellOfDelayOnlyThoseWhoWantToHear() {
        // RFC 3461 §5.2.5 (b) and (c)
        delayNotice = Optional.of(Duration.ofHours(4));
        for (Recipient.Notify wish : List.of(Recipient.Notify.NEVER, Recipient.Notify.FAILURE, Recipient.Notify.SUCCESS)) {
            events.clear();
            work(servFail(), TestMail.to("bob@example.com").notifying(wish).with(tried(Duration.ofHours(5), 5)));
            assertThat(events).as("%s", wish).containsExactly("deferred", "done");
        }
        events.clear();
        work(servFail(), TestMail.to("bob@example.com").notifying(Recipient.Notify.DELAY).with(tried(Duration.ofHours(5), 5)));
        assertThat(events).hasSize(3);
    }

    @Test
    void shouldTellOfDelayWithTheNextAttemptIfItFailed() {
        delayNotice = Optional.of(Duration.ofHours(4));
        bouncesFail = true;
        work(servFail(), TestMail.to("bob@example.com").with(tried(Duration.ofHours(4), 5)));

        assertThat(events).containsExactly("delayed in vain", "deferred", "done");
        assertThat(stored.get(0).history().delayTold()).isFalse();
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

    private static FakeDns servFail() {
        return FakeDns.signed().failing("example.com", RecordType.MX, Lookup.Reason.SERVFAIL);
    }

    private static MailHistory tried(Duration age, int retries) {
        return new MailHistory(Optional.of(new MailAge(NOW.minus(age), NOW, Optional.empty())), retries, Optional.empty(),
            Optional.empty());
    }

    private void work(FakeDns dns, TestMail mail) {
        work(dns, mail, 0);
    }

    private void hold(TestMail mail) {
        worker(servFail(), 0).hold(new Item(mail), Duration.ofSeconds(42));
    }

    private void work(FakeDns dns, TestMail mail, int maxDnsProblemRetries) {
        worker(dns, maxDnsProblemRetries).process(new Item(mail));
    }

    private DeliveryWorker<TestMail> worker(FakeDns dns, int maxDnsProblemRetries) {
        DeliverySettings settings = new DeliverySettings(PolicyTable.of(Policy.DANE, Map.of()), RoutingRules.defaults(),
            TlsaSearch.InsecureMx.DANE, 25, false, "client.example", BindAddresses.ANY, Timeouts.defaults(), TlsOffer.DEFAULT,
            List.of(), DeliverySettings.GatewayOptions.PLAIN, EightBitConversion.CONVERT);
        DeliveryAttempt attempt = new DeliveryAttempt(dns, NO_CONNECTIONS, settings, DeliveryAudit.NONE, () -> NOW, new Random(1));
        return new DeliveryWorker<TestMail>(attempt, this::store, new Listener(),
            new DeliveryWorker.Rules(SCHEDULE, maxDnsProblemRetries, delayNotice), () -> NOW, new Random(1), time -> pauses-- > 0,
            aside, gate, new Meter());
    }

    private void store(TestMail mail, List<Recipient> recipients, MailHistory history, Duration delay) throws MailAccessException {
        if (storeFails) {
            events.add("deferred in vain");
            throw new MailAccessException("The store is full", new IOException());
        }
        events.add("deferred");
        stored.clear();
        stored.add(new Stored(recipients, history, delay));
    }

    private final class Listener implements OutcomeListener<TestMail> {
        @Override
        public void delivered(TestMail mail, List<Recipient> recipients, SecurityLabel label) {
            events.add("delivered");
        }

        @Override
        public void failed(TestMail mail, List<Recipient> recipients, FailureNotice notice) throws MailAccessException {
            if (bouncesFail) {
                events.add("failed in vain");
                MailAccessException full = new MailAccessException("The spool is full", new IOException());
                throw toldBefore.isEmpty() ? full : new SenderPartlyToldException(full, recipients.stream().map(Recipient::toString)
                    .filter(recipient -> !toldBefore.contains(recipient)).toList());
            }
            events.add("failed");
            notices.clear();
            notices.add(notice);
        }

        @Override
        public void delayed(TestMail mail, List<Recipient> recipients, FailureNotice notice, Instant until) throws MailAccessException {
            if (bouncesFail) {
                events.add("delayed in vain");
                throw new MailAccessException("The spool is full", new IOException());
            }
            events.add("delayed until " + until);
            notices.clear();
            notices.add(notice);
        }
    }

    private final class Meter implements DeliveryMetrics {
        @Override
        public void count(String name) {
            note(name);
        }

        @Override
        public Runnable start(String name) {
            note(name + " started");
            return () -> note(name + " ended");
        }

        private void note(String what) {
            if (metricsFail) {
                throw new IllegalStateException("no metrics today");
            }
            measured.add(what);
        }
    }

    private final class Item implements QueuedMail<TestMail> {
        private final TestMail mail;

        Item(TestMail mail) {
            this.mail = mail;
        }

        @Override
        public TestMail mail() {
            return mail;
        }

        @Override
        public void done() {
            events.add("done");
        }

        @Override
        public void putBack() {
            events.add("put back");
        }
    }
}
