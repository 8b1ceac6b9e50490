/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

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
import org.jamesdane.dane.outcome.MailAge;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.policy.PolicyTable;
import org.jamesdane.dane.routing.RoutingRules;
import org.jamesdane.dane.tlsa.TlsaSearch;
import org.jamesdane.delivery.attempt.DeliveryAttempt;
import org.jamesdane.delivery.destination.SitePass;
import org.jamesdane.delivery.mail.DeliveryGate;
import org.jamesdane.delivery.mail.FailureNotice;
import org.jamesdane.delivery.mail.MailAccessException;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.delivery.mail.OutcomeListener;
import org.jamesdane.delivery.mail.QueuedMail;
import org.jamesdane.delivery.mail.SenderPartlyToldException;
import org.jamesdane.delivery.monitoring.DeliveryAudit;
import org.jamesdane.delivery.monitoring.DeliveryMetrics;
import org.jamesdane.delivery.retry.RetrySchedule;
import org.jamesdane.delivery.retry.StorageRetryQueue;
import org.jamesdane.delivery.settings.BindAddresses;
import org.jamesdane.delivery.settings.DeliverySettings;
import org.jamesdane.delivery.settings.EightBitConversion;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.RecordType;
import org.jamesdane.smtp.Recipient;
import org.jamesdane.smtp.SmtpConnector;
import org.jamesdane.smtp.Timeouts;
import org.jamesdane.tls.TlsOffer;

/** A worker whose outcomes come from the DNS alone, with no connection, and the record of what it did with a mail. */
abstract class WorkerBed {
    static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
    static final Duration LIFETIME = Duration.ofDays(5);
    static final RetrySchedule SCHEDULE = new RetrySchedule(List.of(Duration.ofMinutes(5), Duration.ofMinutes(10)), LIFETIME);
    static final SmtpConnector NO_CONNECTIONS = (endpoint, fallback, timeouts) -> {
        throw new IllegalStateException("no connection is expected");
    };
    static final FailureNotice NOTICE = new FailureNotice(new EnhancedStatusCode(5, 1, 1), OptionalInt.of(550), "Nobody here.");

    final List<String> events = new ArrayList<>();
    final List<Stored> stored = new ArrayList<>();
    final List<FailureNotice> notices = new ArrayList<>();
    boolean bouncesFail;
    Set<String> toldBefore = Set.of();
    boolean storeFails;
    int pauses;
    StorageRetryQueue aside = StorageRetryQueue.NONE;
    DeliveryGate gate = DeliveryGate.OPEN;
    Optional<Duration> delayNotice = Optional.empty();
    final List<String> measured = new ArrayList<>();
    boolean metricsFail;

    record Stored(List<Recipient> recipients, MailHistory history, Duration delay) {
    }

    static FakeDns servFail() {
        return FakeDns.signed().failing("example.com", RecordType.MX, Lookup.Reason.SERVFAIL);
    }

    static MailHistory tried(Duration age, int retries) {
        return new MailHistory(Optional.of(new MailAge(NOW.minus(age), NOW, Optional.empty())), retries, Optional.empty(),
            Optional.empty());
    }

    void work(FakeDns dns, TestMail mail) {
        work(dns, mail, 0);
    }

    void hold(TestMail mail) {
        worker(servFail(), 0).hold(new Item(mail), Duration.ofSeconds(42));
    }

    void work(FakeDns dns, TestMail mail, int maxDnsProblemRetries) {
        worker(dns, maxDnsProblemRetries).process(new Item(mail), SitePass.FREE);
    }

    DeliveryWorker<TestMail> worker(FakeDns dns, int maxDnsProblemRetries) {
        DeliverySettings settings = new DeliverySettings(new DeliverySettings.Decision(PolicyTable.of(Policy.DANE, Map.of()),
            RoutingRules.defaults(), TlsaSearch.InsecureMx.DANE),
            new DeliverySettings.Connection(25, false, "client.example", BindAddresses.ANY, Timeouts.defaults(), TlsOffer.DEFAULT),
            List.of(), DeliverySettings.GatewayOptions.PLAIN, EightBitConversion.CONVERT);
        DeliveryAttempt attempt = new DeliveryAttempt(dns, NO_CONNECTIONS, settings, DeliveryAudit.NONE, () -> NOW, new Random(1));
        return new DeliveryWorker<TestMail>(attempt, this::store, new Listener(),
            new DeliveryWorker.Rules(SCHEDULE, maxDnsProblemRetries, delayNotice),
            new DeliveryWorker.Surroundings(() -> NOW, new Random(1), gate, new Meter()), time -> pauses-- > 0, aside);
    }

    void store(TestMail mail, List<Recipient> recipients, MailHistory history, Duration delay) throws MailAccessException {
        if (storeFails) {
            events.add("deferred in vain");
            throw new MailAccessException("The store is full", new IOException());
        }
        events.add("deferred");
        stored.clear();
        stored.add(new Stored(recipients, history, delay));
    }

    final class Listener implements OutcomeListener<TestMail> {
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

    final class Meter implements DeliveryMetrics {
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

    final class Item implements QueuedMail<TestMail> {
        private final TestMail mail;

        Item(TestMail mail) {
            this.mail = mail;
        }

        @Override
        public TestMail mail() {
            return mail;
        }

        @Override
        public void finish() {
            events.add("done");
        }

        @Override
        public void requeue() {
            events.add("put back");
        }
    }
}
