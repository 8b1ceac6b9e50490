/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import javax.mail.MessagingException;

import com.sun.management.ThreadMXBean;
import org.apache.james.core.MailAddress;
import org.apache.mailet.DsnParameters;
import org.apache.mailet.Mail;
import org.apache.mailet.MailetContext;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.policy.PolicyTable;
import org.jamesdane.dane.routing.AddressRange;
import org.jamesdane.dane.routing.RoutingRules;
import org.jamesdane.dane.tlsa.TlsaSearch;
import org.jamesdane.delivery.DeliveryWorker;
import org.jamesdane.delivery.FakeDns;
import org.jamesdane.delivery.attempt.DeliveryAttempt;
import org.jamesdane.delivery.destination.SitePass;
import org.jamesdane.delivery.mail.QueuedMail;
import org.jamesdane.delivery.retry.RetrySchedule;
import org.jamesdane.delivery.settings.BindAddresses;
import org.jamesdane.delivery.settings.DeliverySettings;
import org.jamesdane.delivery.settings.EightBitConversion;
import org.jamesdane.smtp.SocketSmtpConnector;
import org.jamesdane.smtp.Timeouts;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.jamesdane.testing.smtp.SmtpServerBuilder;
import org.jamesdane.tls.TlsOffer;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A mail with very many recipients, from its queue to all notices: a third is taken with a wish to hear of it, a third is refused with a
 * reply of its own, and a third waits. What it costs grows with the recipients, not with their square.
 */
class ManyRecipientsTest {
    private static final Logger LOGGER = LoggerFactory.getLogger(ManyRecipientsTest.class);
    private static final int FEW = 300;
    /** Ten times as many; {@code -Drecipients=9990} for a measurement. */
    private static final int MANY = Integer.getInteger("recipients", 3_000);
    /** Largest ratio of costs: the part that all mails share makes it smaller, sorting and growth by doubling a little larger. */
    private static final double TOLERANCE = 1.5;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger stored = new AtomicInteger();

    /**
     * Resources that the worker's thread used.
     *
     * @param octets that it allocated
     * @param nanos of a processor
     */
    private record Cost(long octets, long nanos) {
    }

    @Test
    void shouldCostInProportionToTheRecipients() throws Exception {
        for (Optional<String> processor : List.of(Optional.<String>empty(), Optional.of("bounces"))) {
            deliver(FEW, processor);
            Cost few = deliver(FEW, processor);
            Cost many = deliver(MANY, processor);

            LOGGER.info("bounceProcessor {}: {} recipients cost {} octets and {} ms, {} cost {} octets and {} ms", processor, FEW,
                few.octets(), few.nanos() / 1_000_000, MANY, many.octets(), many.nanos() / 1_000_000);
            assertThat(many.octets() / (double) few.octets()).as("bounceProcessor %s: octets allocated", processor)
                .isLessThan(TOLERANCE * MANY / FEW);
        }
    }

    private Cost deliver(int number, Optional<String> processor) throws Exception {
        SmtpServerBuilder host = ScriptedSmtpServer.builder().address("127.98.0.1").extensions("PIPELINING").countOnly();
        for (int i = 0; i < number; i++) {
            if (i % 3 == 1) {
                host.replyTo(address(i), "550 5.1.1 " + address(i) + " is nobody here");
            } else if (i % 3 == 2) {
                host.replyTo(address(i), "450 4.2.1 " + address(i) + " is busy");
            }
        }
        Mail mail = mail(number);
        sent.set(0);
        stored.set(0);
        try (ScriptedSmtpServer server = host.start(); SocketSmtpConnector sockets = new SocketSmtpConnector()) {
            DeliverySettings settings = new DeliverySettings(new DeliverySettings.Decision(PolicyTable.of(Policy.MAY, Map.of()),
                new RoutingRules(Set.of(), Set.of(), List.of(AddressRange.parse("127.0.0.0/8")), 10, 5), TlsaSearch.InsecureMx.DANE),
                new DeliverySettings.Connection(server.port(), false, "client.example", BindAddresses.ANY,
                    Timeouts.defaults(), TlsOffer.DEFAULT),
                List.of(), DeliverySettings.GatewayOptions.PLAIN, EightBitConversion.CONVERT);
            FakeDns dns = FakeDns.unsigned().mx("example.com", "mx.example.com").address("mx.example.com", server.address().getAddress());
            DeliveryAttempt attempt = new DeliveryAttempt(dns, sockets, settings,
                event -> AuditLine.of(event, "validating", true).toJson(), InstantSource.system(), new Random(1));
            JamesOutcomes outcomes = new JamesOutcomes(context(), Optional.empty(), processor, Optional.empty(),
                new DsnSender("client.example", InstantSource.system(), Optional.empty()));
            DeliveryWorker<JamesMail> worker = new DeliveryWorker<>(attempt, (each, recipients, history, delay) -> {
                try {
                    StoredMail.header(DeferralCopy.of(each, recipients, history, InstantSource.system().instant(), false));
                } catch (MessagingException e) {
                    throw new IllegalStateException(e);
                }
                stored.addAndGet(recipients.size());
            }, outcomes, new DeliveryWorker.Rules(new RetrySchedule(List.of(Duration.ofMinutes(5)), Duration.ofDays(5)), 0),
                InstantSource.system(), new Random(1), time -> false);

            long octets = threads.getCurrentThreadAllocatedBytes();
            long nanos = threads.getCurrentThreadCpuTime();
            JamesEnvelope envelope = JamesEnvelope.of(mail);
            JamesMail outbound = new JamesMail(mail, envelope.envelope().orElseThrow(), Optional.empty(), ContentRules.DEFAULT);
            worker.process(new Item(outbound), SitePass.FREE);
            Cost cost = new Cost(threads.getCurrentThreadAllocatedBytes() - octets, threads.getCurrentThreadCpuTime() - nanos);

            assertThat(stored).hasValue(number / 3);
            // One notice of success, and one for all failures or one for each.
            assertThat(sent).hasValue(1 + (processor.isPresent() ? number / 3 : 1));
            return cost;
        }
    }

    private static String address(int number) {
        return "user" + number + "@example.com";
    }

    private static Mail mail(int number) throws Exception {
        Mail mail = Mails.mail("mail-1", Mails.TEXT,
            IntStream.range(0, number).mapToObj(ManyRecipientsTest::address).toArray(String[]::new));
        DsnParameters.Builder wishes = DsnParameters.builder();
        for (int i = 0; i < number; i++) {
            wishes.addRcptParameter(Mails.address(address(i)), DsnParameters.RecipientDsnParameters.of(
                EnumSet.of(DsnParameters.Notify.SUCCESS, DsnParameters.Notify.FAILURE), Mails.address("orig" + i + "@example.org")));
        }
        mail.setDsnParameters(wishes.build().orElseThrow());
        return mail;
    }

    private MailetContext context() {
        return (MailetContext) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {MailetContext.class},
            (proxy, method, arguments) -> switch (method.getName()) {
                case "getPostmaster" -> new MailAddress("postmaster@client.example");
                case "sendMail" -> {
                    sent.incrementAndGet();
                    yield null;
                }
                default -> throw new UnsupportedOperationException(method.getName());
            });
    }

    private record Item(JamesMail mail) implements QueuedMail<JamesMail> {
        @Override
        public void finish() {
            mail.close();
        }

        @Override
        public void requeue() {
            throw new AssertionError("Nothing goes back");
        }
    }
}
