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
import java.util.Random;

import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.policy.PolicyTable;
import org.jamesdane.dane.routing.RoutingRules;
import org.jamesdane.dane.tlsa.TlsaSearch;
import org.jamesdane.delivery.attempt.DeliveryAttempt;
import org.jamesdane.delivery.mail.DeliveryGate;
import org.jamesdane.delivery.mail.FailureNotice;
import org.jamesdane.delivery.mail.HoldingTime;
import org.jamesdane.delivery.mail.MailAccessException;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.delivery.mail.OutcomeListener;
import org.jamesdane.delivery.mail.QueuedMail;
import org.jamesdane.delivery.monitoring.DeliveryAudit;
import org.jamesdane.delivery.monitoring.DeliveryMetrics;
import org.jamesdane.delivery.schedule.RetrySchedule;
import org.jamesdane.delivery.schedule.StorageRetryQueue;
import org.jamesdane.delivery.settings.BindAddresses;
import org.jamesdane.delivery.settings.DeliverySettings;
import org.jamesdane.delivery.settings.EightBitConversion;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.RecordType;
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

    @Test
    void shouldGoBackInTimeFromTheThreadThatWaitsWithIt() {
        worker().process(new Item());

        assertThat(back).isTrue();
        assertThat(left).isBetween(Duration.ZERO, HOLDING.returnsAt());
    }

    @Test
    void shouldGoBackInTimeFromAside() {
        room = true;
        worker().process(new Item());
        StorageRetryQueue.Work work = aside.get(0);
        int failures = 0;
        do {
            wait(work.pause(failures));
            failures++;
        } while (!work.tryAgain());

        assertThat(back).isTrue();
        assertThat(left).isBetween(Duration.ZERO, HOLDING.returnsAt());
    }

    private boolean wait(Duration time) {
        left = left.minus(time);
        return true;
    }

    private DeliveryWorker<TestMail> worker() {
        DeliverySettings settings = new DeliverySettings(new DeliverySettings.Decision(PolicyTable.of(Policy.DANE, Map.of()),
            RoutingRules.defaults(), TlsaSearch.InsecureMx.DANE),
            new DeliverySettings.Connection(25, false, "client.example", BindAddresses.ANY, Timeouts.defaults(), TlsOffer.DEFAULT),
            List.of(), DeliverySettings.GatewayOptions.PLAIN, EightBitConversion.CONVERT);
        DeliveryAttempt attempt = new DeliveryAttempt(FakeDns.signed().failing("example.com", RecordType.MX,
            Lookup.Reason.SERVFAIL), (endpoint, fallback, timeouts) -> {
            throw new IllegalStateException("no connection is expected");
        }, settings, DeliveryAudit.NONE, () -> NOW, new Random(1));
        return new DeliveryWorker<>(attempt, this::store, new Nobody(),
            new DeliveryWorker.Rules(new RetrySchedule(List.of(Duration.ofMinutes(5)), Duration.ofDays(5)), 0),
            new DeliveryWorker.Surroundings(() -> NOW, new Random(1), DeliveryGate.OPEN, DeliveryMetrics.NONE), this::wait,
            work -> room && aside.add(work));
    }

    private void store(TestMail mail, List<Recipient> recipients, MailHistory history, Duration delay) throws MailAccessException {
        throw new MailAccessException("The store is full", new IOException());
    }

    private static final class Nobody implements OutcomeListener<TestMail> {
        @Override
        public void delivered(TestMail mail, List<Recipient> recipients, SecurityLabel label) {
            throw new IllegalStateException("no connection is made");
        }

        @Override
        public void failed(TestMail mail, List<Recipient> recipients, FailureNotice notice) {
            throw new IllegalStateException("it is only deferred");
        }

        @Override
        public void delayed(TestMail mail, List<Recipient> recipients, FailureNotice notice, Instant until) {
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
        public void done() {
            throw new IllegalStateException("nothing is done with it");
        }

        @Override
        public void putBack() {
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
