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

import org.jamesdane.dane.EnhancedCode;
import org.jamesdane.dane.MailAge;
import org.jamesdane.dane.Policy;
import org.jamesdane.dane.PolicyTable;
import org.jamesdane.dane.RoutingRules;
import org.jamesdane.dane.SecurityLabel;
import org.jamesdane.dane.TlsaSearch;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.RecordType;
import org.jamesdane.smtp.Envelope;
import org.jamesdane.smtp.Recipient;
import org.jamesdane.smtp.SmtpConnector;
import org.jamesdane.smtp.Timeouts;
import org.jamesdane.tls.TlsSettings;
import org.junit.jupiter.api.Test;

/** What becomes of a queue item; the outcomes come from the DNS alone, no connection is made. */
class DeliveryWorkerTest {
    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
    private static final Duration LIFETIME = Duration.ofDays(5);
    private static final RetrySchedule SCHEDULE = new RetrySchedule(List.of(Duration.ofMinutes(5), Duration.ofMinutes(10)), LIFETIME);
    private static final SmtpConnector NO_CONNECTIONS = (endpoint, fallback, timeouts) -> {
        throw new IllegalStateException("no connection is expected");
    };
    private static final FailureNotice NOTICE = new FailureNotice(new EnhancedCode(5, 1, 1), OptionalInt.of(550), "Nobody here.");

    private final List<String> events = new ArrayList<>();
    private final List<Stored> stored = new ArrayList<>();
    private final List<FailureNotice> notices = new ArrayList<>();
    private boolean bouncesFail;
    private boolean storeFails;
    private int pauses;
    private DeliveryGate gate = DeliveryGate.OPEN;

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
        assertThat(notices.get(0).code()).isEqualTo(new EnhancedCode(5, 4, 3));
        assertThat(notices.get(0).text()).contains("example.com").contains("could not be looked up").contains("120 hours");
    }

    @Test
    void shouldKeepAMailWhoseBounceFailedAndOnlyBounceItNextTime() {
        bouncesFail = true;
        work(FakeDns.signed().missing("example.com", RecordType.MX), TestMail.to("bob@example.com"));

        assertThat(events).containsExactly("failed in vain", "deferred", "done");
        FailureNotice pending = stored.get(0).history().pendingNotice().orElseThrow();
        assertThat(pending.code()).isEqualTo(EnhancedCode.UNABLE_TO_ROUTE);

        events.clear();
        bouncesFail = false;
        work(servFail(), TestMail.to("bob@example.com").with(stored.get(0).history()));
        assertThat(events).containsExactly("failed", "done");
        assertThat(notices.get(0)).isEqualTo(pending);
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
    void shouldDeferTheMailOfAParkedDestinationUntriedAndUncounted() {
        gate = envelope -> Optional.of(new DeliveryGate.Hold("The destination is parked.", Duration.ofMinutes(7), false));
        work(FakeDns.signed().missing("example.com", RecordType.MX), TestMail.to("bob@example.com").with(tried(Duration.ofHours(1), 3)));

        assertThat(events).containsExactly("deferred", "done");
        assertThat(stored.get(0).delay()).isEqualTo(Duration.ofMinutes(7));
        MailHistory history = stored.get(0).history();
        assertThat(history.retries()).isEqualTo(3);
        assertThat(history.age()).contains(MailAge.firstAttempt(NOW.minus(Duration.ofHours(1))));
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

    private static FakeDns servFail() {
        return FakeDns.signed().failing("example.com", RecordType.MX, Lookup.Reason.SERVFAIL);
    }

    private static MailHistory tried(Duration age, int retries) {
        return new MailHistory(Optional.of(MailAge.firstAttempt(NOW.minus(age))), retries, Optional.empty(), Optional.empty());
    }

    private void work(FakeDns dns, TestMail mail) {
        work(dns, mail, 0);
    }

    private void work(FakeDns dns, TestMail mail, int maxDnsProblemRetries) {
        DeliverySettings settings = new DeliverySettings(PolicyTable.of(Policy.DANE, Map.of()), RoutingRules.defaults(),
            TlsaSearch.InsecureMx.DANE, 25, false, "client.example", BindAddresses.ANY, Timeouts.defaults(), TlsSettings.DEFAULT_PROTOCOLS,
            List.of(), DeliverySettings.GatewayOptions.PLAIN, Conversion.CONVERT);
        DeliveryAttempt attempt = new DeliveryAttempt(dns, NO_CONNECTIONS, settings, DeliveryAudit.NONE, () -> NOW, new Random(1));
        new DeliveryWorker<TestMail>(attempt, this::store, new Listener(), new DeliveryWorker.Rules(SCHEDULE, maxDnsProblemRetries),
            () -> NOW, new Random(1), time -> pauses-- > 0, gate).process(new Item(mail));
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
                throw new MailAccessException("The spool is full", new IOException());
            }
            events.add("failed");
            notices.clear();
            notices.add(notice);
        }
    }

    private final class Item implements QueueItem<TestMail> {
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
