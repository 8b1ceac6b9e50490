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
import java.util.Random;

import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.failure.Fault;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.policy.PolicyTable;
import org.jamesdane.dane.routing.RoutingRules;
import org.jamesdane.dane.tlsa.TlsaSearch;
import org.jamesdane.delivery.attempt.DeliveryAttempt;
import org.jamesdane.delivery.blame.Blame;
import org.jamesdane.delivery.destination.SitePass;
import org.jamesdane.delivery.mail.DeliveryGate;
import org.jamesdane.delivery.mail.FailureNotice;
import org.jamesdane.delivery.mail.HoldingTime;
import org.jamesdane.delivery.mail.MailAccessException;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.delivery.mail.OutboundMail;
import org.jamesdane.delivery.mail.OutcomeListener;
import org.jamesdane.delivery.mail.QueuedMail;
import org.jamesdane.delivery.monitoring.DeliveryAudit;
import org.jamesdane.delivery.monitoring.DeliveryMetrics;
import org.jamesdane.delivery.retry.RetrySchedule;
import org.jamesdane.delivery.retry.StorageRetryQueue;
import org.jamesdane.delivery.settings.BindAddresses;
import org.jamesdane.delivery.settings.DeliverySettings;
import org.jamesdane.delivery.settings.EightBitConversion;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.RecordType;
import org.jamesdane.smtp.Envelope;
import org.jamesdane.smtp.MailPath;
import org.jamesdane.smtp.MessageContent;
import org.jamesdane.smtp.Recipient;
import org.jamesdane.smtp.Timeouts;
import org.jamesdane.tls.TlsOffer;
import org.junit.jupiter.api.Test;

/** A mail that cannot be stored, in a queue that leaves it here for half a minute. */
class UnstoredMailTest {
    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
    private static final HoldingTime HOLDING = new HoldingTime(Duration.ofSeconds(30));

    private final List<StorageRetryQueue.Work> aside = new ArrayList<>();
    private boolean room;
    private Duration left = HOLDING.longest();
    private boolean back;
    private Instant now = NOW;

    @Test
    void shouldGoBackInTimeFromTheThreadThatWaitsWithIt() {
        worker().process(new Item(), SitePass.FREE);

        assertThat(back).isTrue();
        assertThat(left).isBetween(Duration.ZERO, HOLDING.returnsAt());
    }

    @Test
    void shouldGoBackInTimeFromAside() {
        room = true;
        worker().process(new Item(), SitePass.FREE);
        StorageRetryQueue.Work work = aside.get(0);
        int failures = 0;
        do {
            wait(work.pause(failures));
            failures++;
        } while (!work.tryAgain());

        assertThat(back).isTrue();
        assertThat(left).isBetween(Duration.ZERO, HOLDING.returnsAt());
    }

    /** Ten refusals are the mail's where others are stored, if all ten are known. */
    @Test
    void shouldForgetTheMailThatWasRefusedLongestAgo() {
        Blame blame = attempt().blame();
        RetrySchedule schedule = new RetrySchedule(List.of(Duration.ofMinutes(5)), Duration.ofDays(5));
        StoreRefusals<Refused> refusals = new StoreRefusals<>(blame, new SenderNotices<>(new Nobody<>(),
            new DeliveryWorker.Rules(schedule, 0), DeliveryMetrics.NONE, blame, () -> now), schedule, () -> now, new Random(1));
        refuse(refusals, "first", 9);
        refuse(refusals, "second", 9);
        for (int i = 0; i < 9_999; i++) {
            refuse(refusals, "other-" + i, 1);
        }
        for (int i = 0; i < 3; i++) {
            now = now.plusSeconds(1);
            blame.passed(new Refused("stored-" + i, "s" + i + ".example"), Fault.STORE, now);
        }

        assertThat(refuse(refusals, "second", 1)).isTrue();
        assertThat(refuse(refusals, "first", 1)).as("forgotten").isFalse();
    }

    private static boolean refuse(StoreRefusals<Refused> refusals, String name, int times) {
        Refused mail = new Refused(name, "example.com");
        boolean itsOwn = false;
        for (int i = 0; i < times; i++) {
            itsOwn = refusals.refused(mail, new Rest(mail.envelope().recipients(), MailHistory.NEW, Duration.ZERO)).isTheMails();
        }
        return itsOwn;
    }

    /** A mail of a name, to a domain and from one. */
    private record Refused(String name, String domain) implements OutboundMail {
        @Override
        public Envelope envelope() {
            return Envelope.of(Optional.of(MailPath.of("alice@" + domain)), List.of(Recipient.of(MailPath.of("bob@" + domain))));
        }

        @Override
        public MessageContent content() throws MailAccessException {
            throw new MailAccessException("It is stored or refused, and not read", new IOException());
        }

        @Override
        public MessageContent sevenBitContent() throws MailAccessException {
            return content();
        }

        @Override
        public MailHistory history() {
            return MailHistory.NEW;
        }

        @Override
        public Optional<Policy> demand() {
            return Optional.empty();
        }
    }

    private boolean wait(Duration time) {
        left = left.minus(time);
        return true;
    }

    private DeliveryAttempt attempt() {
        DeliverySettings settings = new DeliverySettings(new DeliverySettings.Decision(PolicyTable.of(Policy.DANE, Map.of()),
            RoutingRules.defaults(), TlsaSearch.InsecureMx.DANE),
            new DeliverySettings.Connection(25, false, "client.example", BindAddresses.ANY, Timeouts.defaults(), TlsOffer.DEFAULT),
            List.of(), DeliverySettings.GatewayOptions.PLAIN, EightBitConversion.CONVERT);
        return new DeliveryAttempt(FakeDns.signed().failing("example.com", RecordType.MX,
            Lookup.Reason.SERVFAIL), (endpoint, fallback, timeouts) -> {
            throw new IllegalStateException("no connection is expected");
        }, settings, DeliveryAudit.NONE, () -> NOW, new Random(1));
    }

    private DeliveryWorker<TestMail> worker() {
        return new DeliveryWorker<>(attempt(), this::store, new Nobody<>(),
            new DeliveryWorker.Rules(new RetrySchedule(List.of(Duration.ofMinutes(5)), Duration.ofDays(5)), 0),
            new DeliveryWorker.Surroundings(() -> NOW, new Random(1), DeliveryGate.OPEN, DeliveryMetrics.NONE), this::wait,
            work -> room && aside.add(work));
    }

    private void store(TestMail mail, List<Recipient> recipients, MailHistory history, Duration delay) throws MailAccessException {
        throw new MailAccessException("The store is full", new IOException());
    }

    private static final class Nobody<M extends OutboundMail> implements OutcomeListener<M> {
        @Override
        public void delivered(M mail, List<Recipient> recipients, SecurityLabel label) {
            throw new IllegalStateException("no connection is made");
        }

        @Override
        public void failed(M mail, List<Recipient> recipients, FailureNotice notice) {
            throw new IllegalStateException("it is only deferred");
        }

        @Override
        public void delayed(M mail, List<Recipient> recipients, FailureNotice notice, Instant until) {
            throw new IllegalStateException("it is not late");
        }
    }

    private final class Item implements QueuedMail<TestMail> {
        private final TestMail mail = TestMail.to("bob@example.com");

        @Override
        public TestMail mail() {
            return mail;
        }

        @Override
        public void finish() {
            throw new IllegalStateException("nothing is done with it");
        }

        @Override
        public void requeue() {
            back = true;
        }

        @Override
        public Duration left() {
            return left;
        }

        @Override
        public HoldingTime holding() {
            return HOLDING;
        }
    }
}
