/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.outcome.AuditRules;
import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dns.DnsRecord;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.RecordType;
import org.jamesdane.dns.SecureDns;
import org.jamesdane.smtp.ConnectionPool;
import org.jamesdane.smtp.MessageContent;
import org.jamesdane.smtp.Recipient;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An {@link Error} out of each collaborator, at each call of it: exactly one copy for everyone, and no bounce. */
class ErrorEverywhereTest {
    private static final int ROUNDS = 5;

    private final Deliveries world = new Deliveries(94);
    private final Trap trap = new Trap();
    private final List<String> events = new ArrayList<>();
    private final Deque<TestMail> waiting = new ArrayDeque<>();

    @AfterEach
    void stop() {
        world.close();
    }

    @Test
    void shouldDeliverOneCopyWhateverThrowsAnError() {
        world.policy = Policy.parse("may");
        ScriptedSmtpServer server = world.start(world.plain());
        throwEverywhere(server, world.host(FakeDns.unsigned(), server), TestMail.to("bob@example.com", "eve@example.com")
            .notifying(Recipient.Notify.SUCCESS), List.of("dns", "connector", "audit", "metrics", "metrics end", "policies", "clock",
            "history", "refusal", "content", "open", "read", "close", "delivered", "relayed", "gate", "done"));
    }

    @Test
    void shouldDeliverOneCopyOverTlsWhateverThrowsAnError() {
        ScriptedSmtpServer server = world.start(world.tls(Deliveries.HOST));
        throwEverywhere(server, world.dane(server), TestMail.to("bob@example.com"), List.of("metrics end", "clock", "close"));
    }

    @Test
    void shouldKeepWhatOneTransactionDecidedWhenTheNextMeetsAnError() {
        world.policy = Policy.parse("may");
        ScriptedSmtpServer server = world.start(world.plain());
        String[] many = IntStream.rangeClosed(1, MailTransfer.RECIPIENTS_AT_ONCE + 1).mapToObj(i -> "u" + i + "@example.com")
            .toArray(String[]::new);
        throwEverywhere(server, world.host(FakeDns.unsigned(), server), TestMail.to(many), List.of("content", "open", "close"));
    }

    @Test
    void shouldStoreAndTellOnceWhateverThrowsAnError() {
        world.policy = Policy.parse("may");
        ScriptedSmtpServer server = world.start(world.plain());
        FakeDns dns = world.host(FakeDns.signed(), server).missing("nowhere.example", RecordType.MX)
            .failing("broken.example", RecordType.MX, Lookup.Reason.SERVFAIL);
        ConnectionPool pool = pool();
        for (String place : List.of("failed", "store", "gate", "random", "done")) {
            trap.set(place, 1);
            events.clear();
            waiting.add(TestMail.to("bob@nowhere.example"));
            workOff(dns, pool);

            assertThat(events.stream().filter("failed"::equals)).as(place).hasSize(1);
            assertThat(waiting).as(place).isEmpty();
            trap.set(place, 1);
            worker(dns, pool).process(new Item(TestMail.to("bob@broken.example")));
            assertThat(waiting).as(place).hasSize(1);
            waiting.clear();
        }
        pool.close();
    }

    private void throwEverywhere(ScriptedSmtpServer server, FakeDns dns, TestMail mail, List<String> places) {
        trap.set("", 0);
        deliverAll(server, dns, mail, "undisturbed");
        Map<String, Integer> calls = trap.calls();
        assertThat(calls).containsKeys(places.toArray(String[]::new));
        places.forEach(place -> {
            for (int i = 1; i <= calls.getOrDefault(place, 0); i++) {
                trap.set(place, i);
                String step = place + " " + i;
                deliverAll(server, dns, mail, step);
                assertThat(trap.sprung()).as(step).isTrue();
            }
        });
    }

    /** Delivers the mail, in several attempts if need be. */
    private void deliverAll(ScriptedSmtpServer server, FakeDns dns, TestMail mail, String step) {
        int before = server.messages().size();
        events.clear();
        waiting.clear();
        waiting.add(mail);
        ConnectionPool pool = pool();
        workOff(dns, pool);
        pool.close();

        List<String> copies = server.messages().subList(before, server.messages().size()).stream()
            .flatMap(message -> message.recipients().stream()).map(recipient -> recipient.address()).toList();
        assertThat(copies).as(step)
            .containsExactlyInAnyOrderElementsOf(mail.envelope().recipients().stream().map(Object::toString).toList());
        assertThat(waiting).as(step).isEmpty();
        assertThat(events).as(step).doesNotContain("failed");
    }

    private void workOff(FakeDns dns, ConnectionPool pool) {
        for (int round = 0; round < ROUNDS && !waiting.isEmpty(); round++) {
            Item item = new Item(waiting.remove());
            worker(dns, pool).process(item);
            item.giveOutAgain();
        }
    }

    private ConnectionPool pool() {
        return new ConnectionPool((endpoint, fallback, timeouts) -> {
            trap.pass("connector");
            return world.connector.open(endpoint, fallback, timeouts);
        }, ConnectionPool.Limits.DEFAULTS, clock());
    }

    private InstantSource clock() {
        return () -> {
            trap.pass("clock");
            return Instant.now();
        };
    }

    private DeliveryWorker<TrappedMail> worker(FakeDns dns, ConnectionPool pool) {
        DeliveryMetrics metrics = new DeliveryMetrics() {
            @Override
            public void count(String name) {
                trap.pass("metrics");
            }

            @Override
            public Runnable start(String name) {
                trap.pass("metrics");
                return () -> trap.pass("metrics end");
            }
        };
        RandomGenerator random = () -> {
            trap.pass("random");
            return new Random(1).nextLong();
        };
        DeliverySettings set = world.settings();
        DeliverySettings settings = new DeliverySettings((nextHop, now) -> {
            trap.pass("policies");
            return set.policies().select(nextHop, now);
        }, set.routing(), set.insecureMx(), set.port(), set.wrapperTls(), set.heloName(), set.bind(), set.timeouts(), set.tlsOffer(),
            set.gateways(), set.gatewayOptions(), set.conversion(), set.senderWishes());
        DeliveryAttempt attempt = new DeliveryAttempt(new TimedDns(new TrappedDns(dns), metrics), pool, settings, new TrappedAudit(),
            clock(), random, metrics);
        return new DeliveryWorker<TrappedMail>(attempt, this::store, new Listener(),
            new DeliveryWorker.Rules(new RetrySchedule(List.of(Duration.ofMinutes(5)), Duration.ofDays(5)), 0), clock(), random,
            time -> {
                trap.pass("patience");
                return true;
            }, work -> {
                trap.pass("aside");
                return false;
            }, envelope -> {
                trap.pass("gate");
                return Optional.empty();
            }, metrics);
    }

    private void store(TrappedMail mail, List<Recipient> recipients, MailHistory history, Duration delay) {
        trap.pass("store");
        waiting.add(mail.mail().in(mail.envelope().to(recipients)).with(history));
    }

    private final class TrappedAudit implements DeliveryAudit {
        @Override
        public void attempted(AuditEvent event) {
            trap.pass("audit");
        }

        @Override
        public void audited(NextHop nextHop, AuditRules.Audited audited) {
            trap.pass("audit");
        }
    }

    private final class TrappedDns implements SecureDns {
        private final SecureDns dns;

        TrappedDns(SecureDns dns) {
            this.dns = dns;
        }

        @Override
        public <R extends DnsRecord> CompletionStage<Lookup<R>> lookup(DomainName name, RecordType<R> type) {
            trap.pass("dns");
            return dns.lookup(name, type);
        }

        @Override
        public Optional<String> resolver(DomainName name, RecordType<?> type) {
            trap.pass("resolver");
            return dns.resolver(name, type);
        }
    }

    private final class Listener implements OutcomeListener<TrappedMail> {
        @Override
        public void delivered(TrappedMail mail, List<Recipient> recipients, SecurityLabel label) {
            trap.pass("delivered");
        }

        @Override
        public void failed(TrappedMail mail, List<Recipient> recipients, FailureNotice notice) {
            trap.pass("failed");
            events.add("failed");
        }

        @Override
        public void relayed(TrappedMail mail, List<Relay> recipients) {
            trap.pass("relayed");
        }
    }

    private final class Item implements QueueItem<TrappedMail> {
        private final TrappedMail mail;
        private final Set<String> settled = new HashSet<>();
        private boolean done = true;

        Item(TestMail mail) {
            this.mail = new TrappedMail(mail, trap);
        }

        @Override
        public TrappedMail mail() {
            return mail;
        }

        /** A queue that can't be told of the end gives the mail out again, to those of whom no journal says that they have it. */
        @Override
        public void done() {
            done = false;
            trap.pass("done");
            done = true;
        }

        @Override
        public void settled(Collection<String> recipients) {
            trap.pass("journal");
            settled.addAll(recipients);
        }

        void giveOutAgain() {
            List<Recipient> open = mail.envelope().recipients().stream().filter(each -> !settled.contains(each.toString())).toList();
            if (!done && !open.isEmpty()) {
                waiting.add(mail.mail().in(mail.envelope().to(open)));
            }
        }

        @Override
        public void putBack() {
            waiting.add(mail.mail());
        }
    }

    private static final class TrappedMail extends ForwardingMail {
        private final TestMail mail;
        private final Trap trap;

        TrappedMail(TestMail mail, Trap trap) {
            this.mail = mail;
            this.trap = trap;
        }

        TestMail mail() {
            return mail;
        }

        @Override
        OutboundMail forwarded() {
            return mail;
        }

        @Override
        public MailHistory history() {
            trap.pass("history");
            return super.history();
        }

        @Override
        public Optional<ContentRefusal> refusal() throws MailAccessException {
            trap.pass("refusal");
            return super.refusal();
        }

        @Override
        public MessageContent content() throws MailAccessException {
            trap.pass("content");
            return new TrappedContent(super.content(), trap);
        }
    }

    private record TrappedContent(MessageContent content, Trap trap) implements MessageContent {
        @Override
        public InputStream open() throws IOException {
            trap.pass("open");
            return new FilterInputStream(content.open()) {
                @Override
                public int readNBytes(byte[] block, int offset, int length) throws IOException {
                    trap.pass("read");
                    return super.readNBytes(block, offset, length);
                }

                @Override
                public void close() throws IOException {
                    trap.pass("close");
                    super.close();
                }
            };
        }

        @Override
        public long size() {
            return content.size();
        }

        @Override
        public boolean eightBit() {
            return content.eightBit();
        }
    }
}
