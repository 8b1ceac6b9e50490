/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.delivery.destination.SitePass;
import org.jamesdane.delivery.mail.FailureNotice;
import org.jamesdane.delivery.mail.OutcomeListener;
import org.jamesdane.delivery.mail.QueuedMail;
import org.jamesdane.delivery.retry.RetrySchedule;
import org.jamesdane.smtp.Phase;
import org.jamesdane.smtp.Recipient;
import org.jamesdane.testing.smtp.Fault;
import org.jamesdane.testing.smtp.Point;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The order of events around the moment in which a host takes a mail, and notices of success. */
class FarewellTest {
    private final Deliveries world = new Deliveries(83);
    private final List<String> events = new ArrayList<>();
    private final List<String> diagnostics = new ArrayList<>();

    @AfterEach
    void stop() {
        world.close();
    }

    @Test
    void shouldTakeAMailOutOfTheQueueBeforeItLeavesTheHostInGoodOrder() {
        ScriptedSmtpServer server = world.start(world.tls(Deliveries.HOST).fault(Point.QUIT, Fault.silence()));
        world.timeouts = world.timeouts.with(Phase.QUIT, Duration.ofSeconds(2));

        // The host does not answer QUIT: who waited for it would be here only after the connection has ended.
        work(server, TestMail.to("bob@example.com"), () -> events.add("done, ended: " + server.session(1).end().isPresent()));

        server.awaitEnd();
        assertThat(events).containsExactly("delivered", "done, ended: false");
        assertThat(server.session(1).verbs()).endsWith("QUIT");
    }

    @Test
    void shouldTellOfSuccessWhereTheHostWillNot() {
        // RFC 3461 §5.2.2 (b) and (e)
        ScriptedSmtpServer without = world.start(world.tls(Deliveries.HOST));
        work(without, TestMail.to("bob@example.com").notifying(Recipient.Notify.SUCCESS), () -> events.add("done"));
        assertThat(events).containsExactly("delivered", "relayed bob@example.com by mx.example.com", "done");

        events.clear();
        work(without, TestMail.to("bob@example.com"), () -> events.add("done"));
        assertThat(events).containsExactly("delivered", "done");
    }

    @Test
    void shouldTellTheReplyOfSuccessInTheOctetsThatCame() {
        ScriptedSmtpServer without = world.start(world.tls(Deliveries.HOST).fault(Point.FINAL_DOT,
            new Fault.AcceptThen(new Fault.Say("250 2.0.0 Gr\u00fc\u00dfe\r\n", Fault.After.CONTINUE))));
        work(without, TestMail.to("bob@example.com").notifying(Recipient.Notify.SUCCESS), () -> events.add("done"));

        assertThat(diagnostics).containsExactly("250 2.0.0 Gr\\x{FC}\\x{DF}e");
    }

    @Test
    void shouldLeaveNoticesOfSuccessToAHostThatGivesThem() {
        // RFC 3461 §5.2.1
        ScriptedSmtpServer with = world.start(world.tls(Deliveries.HOST).extensionsAfterTls("DSN"));
        work(with, TestMail.to("bob@example.com").notifying(Recipient.Notify.SUCCESS), () -> events.add("done"));

        assertThat(events).containsExactly("delivered", "done");
        assertThat(with.messages().get(0).recipients().get(0).parameters()).containsExactly("NOTIFY=SUCCESS");
    }

    private void work(ScriptedSmtpServer server, TestMail mail, Runnable done) {
        new DeliveryWorker<TestMail>(world.attempt(world.dane(server)), (stored, recipients, history, delay) -> events.add("deferred"),
            new Listener(), new DeliveryWorker.Rules(new RetrySchedule(List.of(Duration.ofMinutes(5)), Duration.ofDays(5)), 0),
            InstantSource.system(), new Random(1), time -> false).process(new QueuedMail<>() {
                @Override
                public TestMail mail() {
                    return mail;
                }

                @Override
                public void finish() {
                    done.run();
                }

                @Override
                public void requeue() {
                    events.add("put back");
                }
            }, SitePass.FREE);
    }

    private final class Listener implements OutcomeListener<TestMail> {
        @Override
        public void delivered(TestMail mail, List<Recipient> recipients, SecurityLabel label) {
            events.add("delivered");
        }

        @Override
        public void failed(TestMail mail, List<Recipient> recipients, FailureNotice notice) {
            events.add("failed");
        }

        @Override
        public void relayed(TestMail mail, List<Relay> recipients) {
            recipients.forEach(relay -> diagnostics.add(relay.diagnostic()));
            recipients.forEach(relay -> events.add("relayed " + relay.recipient() + " by " + relay.host()));
        }
    }
}
