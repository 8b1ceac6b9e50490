/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

import org.apache.james.lifecycle.api.LifecycleUtil;
import org.apache.mailet.Mail;
import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.policy.PolicyTable;
import org.jamesdane.dane.routing.AddressRange;
import org.jamesdane.dane.routing.RoutingRules;
import org.jamesdane.dane.tlsa.TlsaSearch;
import org.jamesdane.delivery.DeliveryWorker;
import org.jamesdane.delivery.FakeDns;
import org.jamesdane.delivery.attempt.DeliveryAttempt;
import org.jamesdane.delivery.destination.AttemptEnd;
import org.jamesdane.delivery.destination.Reachability;
import org.jamesdane.delivery.destination.SitePass;
import org.jamesdane.delivery.mail.FailureNotice;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.delivery.mail.OutcomeListener;
import org.jamesdane.delivery.mail.QueuedMail;
import org.jamesdane.delivery.monitoring.DeliveryAudit;
import org.jamesdane.delivery.retry.RetrySchedule;
import org.jamesdane.delivery.settings.BindAddresses;
import org.jamesdane.delivery.settings.DeliverySettings;
import org.jamesdane.delivery.settings.EightBitConversion;
import org.jamesdane.smtp.Recipient;
import org.jamesdane.smtp.SocketSmtpConnector;
import org.jamesdane.smtp.Timeouts;
import org.jamesdane.testing.smtp.Fault;
import org.jamesdane.testing.smtp.Point;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.jamesdane.testing.smtp.SmtpServerBuilder;
import org.jamesdane.tls.TlsOffer;
import org.junit.jupiter.api.Test;

/**
 * Random inputs of hosts and of senders: whatever a host says is its failure and none of this server, and whatever a sender writes is
 * neither the host's failure, so that its destination is not paused, nor this server's, so that the mail can't stay for ever.
 */
class WhoseFailureTest {
    private static final int ROUNDS = 60;
    /** Words by which a failure of this server is known. */
    private static final List<String> WORDS = List.of("an unexpected error on this server", "java.lang.OutOfMemoryError",
        "unable to create native thread", "Too many open files", "could not be read", "INTERNAL", "4.3.0", "5.3.0", "2.0.0", "\u00fc\u00df",
        "NotStarted", "lease of the mail has ended", "250", "421", "x".repeat(600), "\u0000", "\u001b[2J", "\t", "%s", "{}");
    private static final List<String> CODES = List.of("450 ", "550 ", "421 ", "451 ", "554 ", "252 ", "354 ", "220 ", "999 ", "4", "");
    private static final List<Point> POINTS = List.of(Point.BANNER, Point.EHLO, Point.MAIL, Point.RCPT, Point.DATA, Point.FINAL_DOT);
    /** Parts of messages that are hard to read, to convert or to send. */
    private static final List<String> PARTS = List.of("Subject: hello\r\n", "\r\n", "text\r\n",
        "f\u00fcr alle\r\n", ".\r\n", "..x\r\n",
        "\n", "\r", "Content-Type: multipart/mixed; boundary=b\r\n", "Content-Type: multipart/mixed; boundary=\"\r\n", "--b\r\n",
        "--b--\r\n", "Content-Transfer-Encoding: 8bit\r\n", "Content-Transfer-Encoding: 7bit\r\n", "Content-Transfer-Encoding: x-odd\r\n",
        "Content-Type: text/plain; charset=x-nowhere\r\n", "Content-Type: message/rfc822\r\n\r\n", "MIME-Version: 1.0\r\n",
        "y".repeat(1500) + "\r\n", "\u0000", "Content-Type: ;;;\r\n", "TLS-Required: No\r\n", ": nothing\r\n", " folded\r\n",
        "\u00ff\u00fe\r\n", "=?utf-8?q?=FF?=\r\n");

    private final List<MailHistory> stored = new ArrayList<>();
    private final List<String> ends = new ArrayList<>();

    @Test
    void shouldTakeNothingThatAHostSaysForAFailureOfThisServer() throws Exception {
        for (int seed = 0; seed < ROUNDS; seed++) {
            Random random = new Random(seed);
            Point point = POINTS.get(random.nextInt(POINTS.size()));
            StringBuilder reply = new StringBuilder(CODES.get(random.nextInt(CODES.size())));
            for (int i = random.nextInt(4); i >= 0; i--) {
                reply.append(WORDS.get(random.nextInt(WORDS.size()))).append(' ');
            }
            Fault.After after = random.nextBoolean() ? Fault.After.CONTINUE : Fault.After.CLOSE;
            Reachability reach = deliver(host().extensions("PIPELINING", "8BITMIME").fault(point, new Fault.Say(reply + "\r\n", after)),
                Mails.mail("mail-" + seed, Mails.TEXT, "bob@example.com"), ContentRules.DEFAULT);

            String step = "seed " + seed + " at " + point + ": " + reply + ", " + reach + ends + stored;
            assertThat(reach).as(step).isNotEqualTo(Reachability.UNKNOWN);
            assertThat(stored).as(step).allSatisfy(history -> {
                assertThat(history.ownFaults()).isEqualTo(MailHistory.OwnFaults.NONE);
                assertThat(history.retries()).isEqualTo(1);
            });
            assertThat(stored.size() + ends.size()).as(step).isEqualTo(1);
        }
    }

    @Test
    void shouldNeverTakeASendersTextForAFailureOfHostOrServer() throws Exception {
        for (int seed = 0; seed < ROUNDS; seed++) {
            Random random = new Random(seed);
            StringBuilder message = new StringBuilder();
            for (int i = random.nextInt(25); i >= 0; i--) {
                message.append(PARTS.get(random.nextInt(PARTS.size())));
            }
            if (seed % 10 == 0) {
                message.insert(0, "Content-Type: message/rfc822\r\n\r\n".repeat(1500));
            }
            SmtpServerBuilder host = random.nextBoolean() ? host().extensions("PIPELINING") : host().extensions("PIPELINING", "8BITMIME");
            ContentRules rules = random.nextBoolean() ? ContentRules.DEFAULT
                : new ContentRules(ContentRules.Nul.STRIP, ContentRules.LongLines.FOLD);
            Reachability reach = deliver(host, Mails.mail("mail-" + seed, message.toString(), "bob@example.com"), rules);

            String step = "seed " + seed + ": " + reach + ends + stored;
            assertThat(reach).as(step).isNotEqualTo(Reachability.FAILED);
            assertThat(stored).as(step).isEmpty();
            assertThat(ends).as(step).hasSize(1).allMatch(end -> end.equals("delivered") || end.startsWith("failed 5.6."));
        }
    }

    private static SmtpServerBuilder host() {
        return ScriptedSmtpServer.builder().address("127.99.0.1");
    }

    private Reachability deliver(SmtpServerBuilder host, Mail mail, ContentRules rules) throws Exception {
        stored.clear();
        ends.clear();
        try (ScriptedSmtpServer server = host.start(); SocketSmtpConnector sockets = new SocketSmtpConnector()) {
            DeliverySettings settings = new DeliverySettings(new DeliverySettings.Decision(PolicyTable.of(Policy.MAY, Map.of()),
                new RoutingRules(Set.of(), Set.of(), List.of(AddressRange.parse("127.0.0.0/8")), 10, 5), TlsaSearch.InsecureMx.DANE),
                new DeliverySettings.Connection(server.port(), false, "client.example", BindAddresses.ANY,
                    Timeouts.defaults(), TlsOffer.DEFAULT),
                List.of(), DeliverySettings.GatewayOptions.PLAIN, EightBitConversion.CONVERT);
            FakeDns dns = FakeDns.unsigned().mx("example.com", "mx.example.com").address("mx.example.com", server.address().getAddress());
            JamesMail outbound = new JamesMail(mail, JamesEnvelope.of(mail).envelope().orElseThrow(), Optional.empty(), rules);
            AttemptEnd end = new DeliveryWorker<JamesMail>(
                new DeliveryAttempt(dns, sockets, settings, DeliveryAudit.NONE, InstantSource.system(), new Random(1)),
                (each, recipients, history, delay) -> stored.add(history), new Ends(ends),
                new DeliveryWorker.Rules(new RetrySchedule(List.of(Duration.ofMinutes(5)), Duration.ofDays(5)), 0), InstantSource.system(),
                new Random(1), time -> false).process(new Item(outbound), SitePass.FREE);
            AttemptEnd.Ended tried = (AttemptEnd.Ended) end;
            return tried.domain() == Reachability.UNKNOWN ? tried.site() : tried.domain();
        }
    }

    private record Ends(List<String> ends) implements OutcomeListener<JamesMail> {
        @Override
        public void delivered(JamesMail mail, List<Recipient> recipients, SecurityLabel label) {
            ends.add("delivered");
        }

        @Override
        public void failed(JamesMail mail, List<Recipient> recipients, FailureNotice notice) {
            ends.add("failed " + notice.code());
        }
    }

    private record Item(JamesMail mail) implements QueuedMail<JamesMail> {
        @Override
        public void finish() {
            mail.close();
            LifecycleUtil.dispose(mail.mail());
        }

        @Override
        public void requeue() {
            throw new AssertionError("Nothing goes back");
        }
    }
}
