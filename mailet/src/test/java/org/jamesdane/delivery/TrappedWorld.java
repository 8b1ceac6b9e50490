/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;

import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.outcome.AuditRules;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.delivery.Trap.Place;
import org.jamesdane.delivery.attempt.DeliveryAttempt;
import org.jamesdane.delivery.destination.SitePass;
import org.jamesdane.delivery.mail.FailureNotice;
import org.jamesdane.delivery.mail.MailAccessException;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.delivery.mail.OutcomeListener;
import org.jamesdane.delivery.monitoring.AuditEvent;
import org.jamesdane.delivery.monitoring.DeliveryAudit;
import org.jamesdane.delivery.monitoring.DeliveryMetrics;
import org.jamesdane.delivery.monitoring.TimedDns;
import org.jamesdane.delivery.retry.RetrySchedule;
import org.jamesdane.delivery.retry.StorageRetryQueue;
import org.jamesdane.delivery.settings.DeliverySettings;
import org.jamesdane.dns.DnsRecord;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.RecordType;
import org.jamesdane.dns.SecureDns;
import org.jamesdane.smtp.ConnectionPool;
import org.jamesdane.smtp.Recipient;
import org.jamesdane.smtp.SocketSmtpConnector;
import org.jamesdane.smtp.TrappedSmtp;

/** A worker each of whose collaborators has a trap, over real connections; the queue and the store are in memory. */
final class TrappedWorld implements AutoCloseable {
    private static final int ROUNDS = 5;

    final Trap trap = new Trap();
    final Deliveries deliveries;
    /** Mail of the queue, and mail that was stored for later. */
    final Deque<TestMail> waiting = new ArrayDeque<>();
    /** Places that the listener heard of. */
    final List<Place> heard = new ArrayList<>();
    private final List<StorageRetryQueue.Work> setAside = new ArrayList<>();
    private final TrappedSmtp.Traps traps = new SocketTraps();
    private final SocketSmtpConnector sockets = TrappedSmtp.connector(traps);
    private ConnectionPool pool = newPool();
    /** Times that the store refuses what it is given. */
    int refusals;
    /** True lets the queue refuse to hear that a mail is done. */
    boolean deaf;
    /** True leaves room for work that waits aside. */
    boolean roomAside;
    /** True if a host may have taken a mail before its reply was read. */
    boolean uncertain;

    TrappedWorld(Deliveries deliveries) {
        this.deliveries = deliveries;
    }

    private ConnectionPool newPool() {
        return TrappedSmtp.pool((endpoint, fallback, timeouts) -> {
            trap.pass(Place.CONNECT);
            return sockets.open(endpoint, fallback, timeouts);
        }, clock(), traps);
    }

    /** Begins with new connections. */
    void begin() {
        pool = newPool();
        trap.disarm();
    }

    void endConnections() {
        pool.close();
    }

    /** Works on what is in the queue, and on what comes back, for some rounds. */
    void workOff(FakeDns dns) {
        for (int round = 0; round < ROUNDS && !waiting.isEmpty(); round++) {
            TrappedItem item = new TrappedItem(waiting.remove(), trap, deaf);
            DeliveryWorker<TrappedItem.Mail> worker = worker(dns);
            worker.process(item, SitePass.FREE);
            setAside.forEach(work -> {
                while (!work.tryAgain()) {
                    trap.pass(Place.PAUSE);
                }
            });
            setAside.clear();
            deaf = false;
            item.leftOver().ifPresent(waiting::add);
        }
    }

    private InstantSource clock() {
        return () -> {
            trap.pass(Place.CLOCK);
            return Instant.now();
        };
    }

    private DeliveryWorker<TrappedItem.Mail> worker(FakeDns dns) {
        DeliveryMetrics metrics = new TrappedMetrics();
        RandomGenerator random = () -> {
            trap.pass(Place.RANDOM);
            return new Random(1).nextLong();
        };
        DeliverySettings set = deliveries.settings();
        DeliverySettings settings = new DeliverySettings(new DeliverySettings.Decision((nextHop, now) -> {
            trap.pass(Place.POLICIES);
            return set.policies().select(nextHop, now);
        }, set.routing(), set.insecureMx()),
            new DeliverySettings.Connection(set.port(), set.wrapperTls(), set.heloName(), set.bind(), set.timeouts(), set.tlsOffer()),
            set.gateways(), set.gatewayOptions(), set.conversion(), set.senderWishes());
        DeliveryAttempt attempt = new DeliveryAttempt(new TrappedDns(new TimedDns(dns, metrics)), pool, settings, new TrappedAudit(),
            clock(), random, metrics);
        DeliveryWorker.Rules rules = new DeliveryWorker.Rules(new RetrySchedule(List.of(Duration.ofMinutes(5)), Duration.ofDays(5)), 0,
            Optional.of(Duration.ZERO));
        return new DeliveryWorker<>(attempt, this::store, new Listener(), rules,
            new DeliveryWorker.Surroundings(clock(), random, envelope -> {
                trap.pass(Place.GATE);
                return Optional.empty();
            }, metrics), time -> {
            trap.pass(Place.PATIENCE);
            return true;
        }, work -> {
            trap.pass(Place.ASIDE);
            return roomAside && setAside.add(work);
        });
    }

    private void store(TrappedItem.Mail mail, List<Recipient> recipients, MailHistory history, Duration delay)
            throws MailAccessException {
        trap.pass(Place.STORE);
        if (refusals > 0) {
            refusals--;
            throw new MailAccessException("The store is away, as the test wants it", new IllegalStateException());
        }
        uncertain |= history.lastReason().filter(reason -> reason.contains("which may therefore arrive twice")).isPresent();
        waiting.add(mail.mail().in(mail.mail().envelope().to(recipients)).with(history));
    }

    @Override
    public void close() {
        trap.disarm();
        pool.close();
        sockets.close();
    }

    private final class SocketTraps implements TrappedSmtp.Traps {
        @Override
        public void read() {
            trap.pass(Place.SOCKET_READ);
        }

        @Override
        public void write() {
            trap.pass(Place.SOCKET_WRITE);
        }

        @Override
        public void close() {
            trap.pass(Place.SOCKET_CLOSE);
        }

        @Override
        public void limit() {
            trap.pass(Place.DEADLINE);
        }

        @Override
        public void limitEnd() {
            trap.pass(Place.DEADLINE_END);
        }

        @Override
        public void thread() {
            trap.pass(Place.FAREWELL_THREAD);
        }
    }

    private final class TrappedMetrics implements DeliveryMetrics {
        @Override
        public void count(String name) {
            trap.pass(Place.METRICS);
        }

        @Override
        public Runnable start(String name) {
            trap.pass(Place.METRICS);
            return () -> trap.pass(Place.METRICS_END);
        }
    }

    private final class TrappedAudit implements DeliveryAudit {
        @Override
        public void attempted(AuditEvent event) {
            trap.pass(Place.AUDIT);
        }

        @Override
        public void audited(NextHop nextHop, AuditRules.Audited audited) {
            trap.pass(Place.AUDIT);
        }
    }

    private final class TrappedDns implements SecureDns {
        private final SecureDns dns;

        TrappedDns(SecureDns dns) {
            this.dns = dns;
        }

        @Override
        public <R extends DnsRecord> CompletionStage<Lookup<R>> lookup(DomainName name, RecordType<R> type) {
            trap.pass(Place.DNS);
            CompletableFuture<Lookup<R>> lookup = new Late<>();
            lookup.complete(dns.lookup(name, type).toCompletableFuture().join());
            return lookup;
        }

        @Override
        public Optional<String> resolver(DomainName name, RecordType<?> type) {
            trap.pass(Place.RESOLVER);
            return dns.resolver(name, type);
        }
    }

    /** An answer that does not come out of a cache. */
    private static final class Late<T> extends CompletableFuture<T> {
        @Override
        public boolean isDone() {
            return false;
        }
    }

    private final class Listener implements OutcomeListener<TrappedItem.Mail> {
        private void hear(Place place) {
            trap.pass(place);
            heard.add(place);
        }

        @Override
        public void delivered(TrappedItem.Mail mail, List<Recipient> recipients, SecurityLabel label) {
            hear(Place.DELIVERED);
        }

        @Override
        public void failed(TrappedItem.Mail mail, List<Recipient> recipients, FailureNotice notice) {
            hear(Place.FAILED);
        }

        @Override
        public void delayed(TrappedItem.Mail mail, List<Recipient> recipients, FailureNotice notice, Instant until) {
            hear(Place.DELAYED);
        }

        @Override
        public void relayed(TrappedItem.Mail mail, List<Relay> recipients) {
            hear(Place.RELAYED);
        }
    }
}
