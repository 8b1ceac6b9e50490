/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.stream.IntStream;

import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.delivery.attempt.DeliveryAttempt;
import org.jamesdane.delivery.destination.RecentSuccesses;
import org.jamesdane.delivery.mail.DeliveryGate;
import org.jamesdane.delivery.mail.FailureNotice;
import org.jamesdane.delivery.mail.OutcomeListener;
import org.jamesdane.delivery.mail.QueuedMail;
import org.jamesdane.delivery.monitoring.DeliveryMetrics;
import org.jamesdane.delivery.retry.DeliveryThreads;
import org.jamesdane.delivery.retry.RetrySchedule;
import org.jamesdane.delivery.retry.StorageRetryQueue;
import org.jamesdane.delivery.schedule.Dispatcher;
import org.jamesdane.dns.SecureDns;
import org.jamesdane.smtp.ConnectionPool;
import org.jamesdane.smtp.Recipient;
import org.jamesdane.smtp.SocketSmtpConnector;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.jamesdane.testing.smtp.SmtpServerBuilder;
import org.junit.jupiter.api.AfterEach;

/** A queue whose mails go to one host, one delivery at once, as the dispatcher and its workers really do it. */
abstract class MailGroupBed {
    static final Duration PATIENCE = Duration.ofSeconds(20);

    final Deliveries world;
    final List<String> events = Collections.synchronizedList(new ArrayList<>());
    final List<Item> items = new ArrayList<>();
    final SocketSmtpConnector sockets = new SocketSmtpConnector();
    final ExecutorService threads = DeliveryThreads.atMost(4, "test-groups-");
    Instant now = Instant.now();
    ConnectionPool.Limits limits = ConnectionPool.Limits.DEFAULTS;
    DeliveryGate gate = DeliveryGate.OPEN;
    Optional<ConnectionPool> pool = Optional.empty();
    Optional<Dispatcher> dispatcher = Optional.empty();
    CountDownLatch left = new CountDownLatch(0);

    MailGroupBed(int network) {
        this.world = new Deliveries(network);
    }

    @AfterEach
    void stop() {
        dispatcher.ifPresent(Dispatcher::close);
        threads.shutdownNow();
        pool.ifPresent(ConnectionPool::close);
        sockets.close();
        world.close();
    }

    ScriptedSmtpServer host(SmtpServerBuilder builder) {
        return world.start(builder);
    }

    static TestMail[] mails(int number) {
        return IntStream.range(0, number).mapToObj(i -> TestMail.to("r" + i + "@example.com").saying("Subject: " + i + "\r\n\r\n" + i
            + "\r\n")).toArray(TestMail[]::new);
    }

    /** Offers the mails at once, and waits until each has its end. */
    void send(SecureDns dns, TestMail... mails) throws InterruptedException {
        offer(dns, mails);
        assertThat(left.await(PATIENCE.toSeconds(), SECONDS)).isTrue();
    }

    void offer(SecureDns dns, TestMail... mails) {
        if (pool.isEmpty()) {
            pool = Optional.of(new ConnectionPool(sockets, limits, () -> now));
        }
        left = new CountDownLatch(mails.length);
        CountDownLatch offered = new CountDownLatch(1);
        DeliveryWorker<TestMail> worker = new DeliveryWorker<>(attempt(dns), (mail, recipients, history, delay) ->
            events.add("deferred " + recipients + " " + history.retries() + " " + history.lastReason().orElse("")), new Listener(),
            new DeliveryWorker.Rules(new RetrySchedule(List.of(Duration.ofMinutes(5)), Duration.ofDays(5)), 0),
            new DeliveryWorker.Surroundings(() -> now, new Random(1), whenOffered(offered), DeliveryMetrics.NONE), time -> false,
            StorageRetryQueue.NONE);
        Dispatcher one = new Dispatcher(threads, new Dispatcher.Limits(4, 1), System::nanoTime, new Random(1), new Known());
        dispatcher = Optional.of(one);
        Dispatcher.Intake<TestMail> intake = one.intake(new QueueWorker<>(worker), Runnable::run, number -> { });
        intake.start();
        for (TestMail mail : mails) {
            Item item = new Item(mail);
            items.add(item);
            intake.offer(item);
        }
        offered.countDown();
    }

    private DeliveryAttempt attempt(SecureDns dns) {
        return new DeliveryAttempt(dns, pool.orElseThrow(), world.settings(), world.audit::add, () -> now, new Random(1),
            new DeliveryMetrics() {
                @Override
                public void count(String name) {
                    world.measured.add(name);
                }

                @Override
                public Runnable start(String name) {
                    return () -> { };
                }
            });
    }

    /** Lets nothing be tried before all mails were offered. */
    private DeliveryGate whenOffered(CountDownLatch offered) {
        return envelope -> {
            try {
                if (!offered.await(PATIENCE.toSeconds(), SECONDS)) {
                    throw new IllegalStateException("the mails were not offered");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return gate.hold(envelope);
        };
    }

    /** All destinations were well within the last day. */
    private static final class Known implements RecentSuccesses {
        @Override
        public boolean isRecent(String destination) {
            return true;
        }

        @Override
        public void succeeded(String destination) {
        }

        @Override
        public void forget(String destination) {
        }
    }

    /** A mail of the queue, which holds the first until all have come. */
    final class Item implements QueuedMail<TestMail> {
        private final TestMail mail;
        int ends;

        Item(TestMail mail) {
            this.mail = mail;
        }

        @Override
        public String destination() {
            return "example.com";
        }

        @Override
        public TestMail mail() {
            return mail;
        }

        @Override
        public void finish() {
            end("done " + mail.envelope().recipients());
        }

        @Override
        public void requeue() {
            end("back " + mail.envelope().recipients());
        }

        private void end(String what) {
            ends++;
            events.add(what);
            left.countDown();
        }
    }

    private final class Listener implements OutcomeListener<TestMail> {
        @Override
        public void delivered(TestMail mail, List<Recipient> recipients, SecurityLabel label) {
            events.add("delivered " + recipients);
        }

        @Override
        public void failed(TestMail mail, List<Recipient> recipients, FailureNotice notice) {
            events.add("failed " + recipients + " " + notice.code());
        }

        @Override
        public void delayed(TestMail mail, List<Recipient> recipients, FailureNotice notice, Instant until) {
            events.add("delayed");
        }
    }

}
