/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.policy.SenderTlsPreference;
import org.jamesdane.delivery.mail.DeliveryGate;
import org.jamesdane.delivery.monitoring.AuditEvent;
import org.jamesdane.delivery.monitoring.MetricNames;
import org.jamesdane.dns.DnsRecord;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.RecordType;
import org.jamesdane.dns.SecureDns;
import org.jamesdane.smtp.ConnectionPool;
import org.jamesdane.testing.pki.Credential;
import org.jamesdane.testing.pki.TestPki;
import org.jamesdane.testing.smtp.Fault;
import org.jamesdane.testing.smtp.Point;
import org.jamesdane.testing.smtp.Script;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.jamesdane.testing.smtp.Session;
import org.jamesdane.testing.smtp.Transaction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Mails in line for one host, of which each goes in a group with the end of the one before. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MailGroupDeliveryTest extends MailGroupBed {

    private static final Credential OTHER = TestPki.selfSigned("other").issue();

    MailGroupDeliveryTest() {
        super(96);
    }

    @Test
    void shouldSendEachMailWithTheEndOfTheOneBefore() throws InterruptedException {
        ScriptedSmtpServer server = host(world.tls(Deliveries.HOST));

        send(world.dane(server), mails(5));

        assertThat(server.connections()).isEqualTo(1);
        assertThat(contents(server)).containsExactly("0", "1", "2", "3", "4");
        assertThat(grouped()).containsExactly(false, true, true, true, true);
        assertThat(count(MetricNames.MAILS_GROUPED)).isEqualTo(4);
        assertThat(count(MetricNames.MAILS_UNGROUPED)).isEqualTo(1);
        assertThat(count(MetricNames.GROUPS_REFUSED)).isZero();
        assertEachEndedOnce();
    }

    @Test
    void shouldSendNoGroupWhereTheyAreSwitchedOff() throws InterruptedException {
        ScriptedSmtpServer server = host(world.tls(Deliveries.HOST));
        limits = new ConnectionPool.Limits(100, Duration.ofSeconds(10), Duration.ofMinutes(5), 500, 20, 20, false);

        send(world.dane(server), mails(3));

        assertThat(server.connections()).isEqualTo(1);
        assertThat(server.accepted()).isEqualTo(3);
        assertThat(grouped()).containsOnly(false);
    }

    @Test
    void shouldKeepTheLimitOfMailsOverAConnection() throws InterruptedException {
        ScriptedSmtpServer server = host(world.tls(Deliveries.HOST));
        limits = new ConnectionPool.Limits(3, Duration.ofSeconds(10), Duration.ofMinutes(5), 500, 20);

        send(world.dane(server), mails(6));

        assertThat(server.sessions()).extracting(session -> session.transactions().size()).containsExactly(3, 3);
        assertThat(server.sessions()).allSatisfy(session -> assertThat(session.verbs()).doesNotContain("RSET"));
        assertThat(grouped()).containsExactly(false, true, true, false, true, true);
    }

    @Test
    void shouldAskAgainOnAFreshConnectionAfterARefusal() throws InterruptedException {
        ScriptedSmtpServer server = host(world.tls(Deliveries.HOST));
        server.nextSessions(Script.good().with(Point.RCPT, 2, Fault.reply("550 5.1.1 Nobody")));

        send(world.dane(server), mails(3));

        assertThat(server.accepted()).isEqualTo(3);
        assertThat(events).noneMatch(event -> event.startsWith("failed") || event.startsWith("deferred"));
        // The host took without a group what it refused in one.
        assertThat(count(MetricNames.GROUPS_REFUSED)).isEqualTo(1);
        assertThat(grouped()).containsOnly(false);
        assertEachEndedOnce();
    }

    @Test
    void shouldTakeTheWordOfAFreshConnectionForARecipient() throws InterruptedException {
        ScriptedSmtpServer server = host(world.tls(Deliveries.HOST).replyTo("r1@example.com", "550 5.1.1 Nobody"));

        send(world.dane(server), mails(4));

        assertThat(events).filteredOn(event -> event.startsWith("failed")).singleElement().asString().contains("r1@example.com");
        assertThat(server.session(2).transactions().get(0).refused()).extracting(Object::toString).anyMatch(each -> each.contains("r1@"));
        // A host that says the same without a group has nothing against groups.
        assertThat(count(MetricNames.GROUPS_REFUSED)).isZero();
        assertThat(server.accepted()).isEqualTo(3);
        assertEachEndedOnce();
    }

    @Test
    void shouldSendNoGroupForADayToAHostThatRefusesThem() throws InterruptedException {
        ScriptedSmtpServer server = host(world.tls(Deliveries.HOST));
        server.nextSessions(Script.good().with(Point.MAIL, 2, Fault.reply("503 5.5.1 Bad sequence of commands")));

        send(world.dane(server), mails(4));

        assertThat(count(MetricNames.GROUPS_REFUSED)).isEqualTo(1);
        assertThat(count(MetricNames.MAILS_GROUPED)).isEqualTo(1);
        assertThat(server.accepted()).isEqualTo(4);
        now = now.plus(Duration.ofDays(1));
        send(world.dane(server), mails(3));
        assertThat(count(MetricNames.MAILS_GROUPED)).isEqualTo(3);
    }

    @Test
    void shouldDeliverBothWhenTheHostClosesBetweenThem() throws InterruptedException {
        ScriptedSmtpServer server = host(world.tls(Deliveries.HOST));
        server.nextSessions(Script.good().with(Point.MAIL, 2, Fault.close()));

        send(world.dane(server), mails(3));

        assertThat(contents(server)).containsExactly("0", "1", "2");
        assertThat(count(MetricNames.GROUPS_REFUSED)).isEqualTo(1);
        assertThat(events).noneMatch(event -> event.startsWith("deferred"));
        assertEachEndedOnce();
    }

    @Test
    void shouldSendTheFirstAgainWhenTheRepliesDoNotFit() throws InterruptedException {
        ScriptedSmtpServer server = host(world.tls(Deliveries.HOST));
        server.nextSessions(Script.good().with(Point.DATA, 2, Fault.reply("250 Fine")));

        send(world.dane(server), mails(3));

        assertThat(events).filteredOn(event -> event.startsWith("deferred")).singleElement().asString()
            .contains("r0@example.com").contains("may therefore arrive twice");
        assertThat(contents(server)).containsExactly("0", "1", "2");
        assertThat(count(MetricNames.GROUPS_REFUSED)).isEqualTo(1);
        assertEachEndedOnce();
    }

    @Test
    void shouldDeliverTheSecondWhenTheFirstIsRefusedAtItsEnd() throws InterruptedException {
        ScriptedSmtpServer server = host(world.tls(Deliveries.HOST));
        server.nextSessions(Script.good().with(Point.FINAL_DOT, 1, Fault.reply("554 5.7.1 Spam")));

        send(world.dane(server), mails(2));

        assertThat(events).filteredOn(event -> event.startsWith("failed")).singleElement().asString().contains("r0@example.com");
        assertThat(contents(server)).containsExactly("1");
        assertThat(grouped()).containsExactly(false, true);
        assertEachEndedOnce();
    }

    @Test
    void shouldNotGroupMailsWithOtherDemands() throws InterruptedException {
        ScriptedSmtpServer server = host(world.tls(Deliveries.HOST));
        TestMail[] mails = mails(4);
        mails[1] = mails[1].demanding(Policy.ENCRYPT);
        mails[2] = mails[2].wishing(SenderTlsPreference.OPTIONAL);

        send(world.dane(server), mails);

        assertThat(server.accepted()).isEqualTo(4);
        assertThat(grouped()).containsOnly(false);
        assertEachEndedOnce();
    }

    @Test
    void shouldSendNoContentWhenTheRecordsHaveChanged() throws InterruptedException {
        ScriptedSmtpServer server = host(world.tls(Deliveries.HOST));
        FakeDns before = world.dane(server);
        FakeDns after = world.host(FakeDns.signed(), server).tlsa("_" + world.port + "._tcp.mx.example.com",
            OTHER.association(3, 1, 1));

        send(changing(() -> server.accepted() == 0 ? before : after), mails(2));

        assertThat(contents(server)).containsExactly("0");
        Session session = server.session(1);
        assertThat(session.transactions()).hasSize(2);
        assertThat(session.transactions().get(1).content().filter(Transaction.Content::complete)).isEmpty();
        assertThat(session.verbs()).doesNotContain("RSET", "QUIT");
        assertThat(events).filteredOn(event -> event.startsWith("deferred")).singleElement().asString().contains("r1@example.com");
        assertEachEndedOnce();
    }

    @Test
    void shouldLoseNoMailWhenItIsHeldAtTheGate() throws InterruptedException {
        ScriptedSmtpServer server = host(world.tls(Deliveries.HOST));
        // The gate closes once the commands of the second mail are on their way.
        gate = envelope -> server.accepted() > 0
            ? Optional.of(new DeliveryGate.Hold("this server stops", Duration.ZERO, true)) : Optional.empty();

        send(world.dane(server), mails(3));
        server.awaitEnd();

        assertThat(contents(server)).containsExactly("0");
        assertThat(server.session(1).verbs()).doesNotContain("RSET");
        assertThat(events).filteredOn(event -> event.startsWith("deferred") && !event.contains("r0@")).hasSize(2);
        assertEachEndedOnce();
    }

    @Test
    void shouldLoseNoMailWhenTheDispatcherCloses() throws InterruptedException {
        ScriptedSmtpServer server = host(world.tls(Deliveries.HOST).fault(Point.FINAL_DOT, 1,
            new Fault.Drip(Duration.ofMillis(10))));

        offer(world.dane(server), mails(3));
        assertThat(awaitCommands(server)).isTrue();
        dispatcher.orElseThrow().close();

        assertThat(left.await(PATIENCE.toSeconds(), SECONDS)).isTrue();
        assertEachEndedOnce();
        assertThat(contents(server)).contains("0");
        long delivered = events.stream().filter(event -> event.startsWith("delivered")).count();
        assertThat(server.accepted()).isEqualTo(delivered);
    }

    private static SecureDns changing(Supplier<SecureDns> present) {
        return new SecureDns() {
            @Override
            public <R extends DnsRecord> CompletionStage<Lookup<R>> lookup(DomainName name, RecordType<R> type) {
                return present.get().lookup(name, type);
            }

            @Override
            public Optional<String> resolver(DomainName name, RecordType<?> type) {
                return present.get().resolver(name, type);
            }
        };
    }

    /** Waits until the content of the first mail came. */
    private static boolean awaitCommands(ScriptedSmtpServer server) throws InterruptedException {
        for (int i = 0; i < 2_000; i++) {
            if (!server.sessions().isEmpty() && server.session(1).transactions().stream()
                    .anyMatch(each -> each.content().filter(Transaction.Content::complete).isPresent())) {
                return true;
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
        return false;
    }

    private List<Boolean> grouped() {
        return world.audit.stream().map(event -> event.progress().connection().map(AuditEvent.Connection::grouped).orElse(false)).toList();
    }

    private long count(String metric) {
        return world.measured.stream().filter(metric::equals).count();
    }

    private void assertEachEndedOnce() {
        assertThat(items).allSatisfy(item -> assertThat(item.ends).isEqualTo(1));
    }

    private static List<String> contents(ScriptedSmtpServer server) {
        return server.messages().stream().map(each -> new String(each.content().orElseThrow().message(),
            US_ASCII).replaceAll("(?s)Subject: (\\d+).*", "$1")).toList();
    }
}
