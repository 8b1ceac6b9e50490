/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.delivery.blame.WitnessedMail;
import org.jamesdane.delivery.blame.Witnesses;
import org.jamesdane.delivery.destination.SitePass;
import org.jamesdane.delivery.mail.ContentRefusal;
import org.jamesdane.delivery.mail.FailureNotice;
import org.jamesdane.delivery.mail.ForwardingMail;
import org.jamesdane.delivery.mail.OutboundMail;
import org.jamesdane.delivery.mail.OutcomeListener;
import org.jamesdane.delivery.mail.QueuedMail;
import org.jamesdane.delivery.retry.RetrySchedule;
import org.jamesdane.smtp.Envelope;
import org.jamesdane.smtp.MailPath;
import org.jamesdane.smtp.MessageContent;
import org.jamesdane.smtp.Recipient;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.junit.jupiter.api.Test;

/** Mails that stand for another one: each question must reach it, also one that has an answer by default. */
class ForwardingMailTest {
    /**
     * Questions that a held item answers itself: the first two were read when the mail was taken, the next measure its time, and the last
     * is about the item alone.
     */
    private static final Set<String> HELD = Set.of("name", "envelope", "mayBegin", "ended", "succession");

    private final List<String> asked = new ArrayList<>();

    private OutboundMail questioned() {
        return (OutboundMail) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {OutboundMail.class},
            (proxy, method, arguments) -> {
                asked.add(method.getName());
                return switch (method.getReturnType().getSimpleName()) {
                    case "Optional" -> Optional.empty();
                    case "boolean" -> false;
                    case "String" -> "x";
                    case "Envelope" -> Envelope.of(Optional.empty(), List.of(Recipient.of(MailPath.of("bob@example.com"))));
                    default -> null;
                };
            });
    }

    @Test
    void shouldPassEveryQuestionOn() throws Exception {
        OutboundMail mail = questioned();
        ask(new WitnessedMail(mail, new Witnesses(), InstantSource.system()), Set.of());
        ask(new HeldItem<>(new Item<>(mail, () -> { }), (stored, recipients, history, delay) -> { }, new HostRates(), System::nanoTime),
            HELD);
    }

    private void ask(ForwardingMail mail, Set<String> without) throws Exception {
        for (Method question : OutboundMail.class.getMethods()) {
            if (!without.contains(question.getName())) {
                asked.clear();
                Object[] arguments = question.getParameterCount() == 0 ? new Object[0] : new Object[] {"mx.example.com", 1L};
                question.invoke(mail, arguments);
                assertThat(asked).as("%s of %s", question, mail.getClass()).contains(question.getName());
            }
        }
    }

    @Test
    void shouldSendNothingOfAMessageThatIsRefused() throws Exception {
        try (Deliveries world = new Deliveries(97)) {
            ScriptedSmtpServer server = world.start(world.tls(Deliveries.HOST));
            List<String> events = new ArrayList<>();
            new DeliveryWorker<OutboundMail>(world.attempt(world.dane(server)),
                (mail, recipients, history, delay) -> events.add("deferred"),
                new Told(events), new DeliveryWorker.Rules(new RetrySchedule(List.of(Duration.ofMinutes(5)), Duration.ofDays(5)), 0),
                InstantSource.system(), new Random(1), time -> false)
                .process(new Item<>(new WithNul(TestMail.to("bob@example.com")), () -> events.add("done")), SitePass.FREE);

            assertThat(events).containsExactly("failed 5.6.0", "done");
            assertThat(server.messages()).isEmpty();
        }
    }

    private static final class WithNul extends ForwardingMail {
        private final OutboundMail mail;

        WithNul(OutboundMail mail) {
            this.mail = mail;
        }

        @Override
        protected OutboundMail forwarded() {
            return mail;
        }

        @Override
        public Optional<ContentRefusal> refusal() {
            return Optional.of(ContentRefusal.NUL);
        }

        @Override
        public MessageContent content() {
            throw new AssertionError("It is not to be sent");
        }
    }

    private record Told(List<String> events) implements OutcomeListener<OutboundMail> {
        @Override
        public void delivered(OutboundMail mail, List<Recipient> recipients, SecurityLabel label) {
            events.add("delivered");
        }

        @Override
        public void failed(OutboundMail mail, List<Recipient> recipients, FailureNotice notice) {
            events.add("failed " + notice.code());
        }
    }

    private record Item<M extends OutboundMail>(M mail, Runnable end) implements QueuedMail<M> {
        @Override
        public void finish() {
            end.run();
        }

        @Override
        public void requeue() {
            throw new AssertionError("Nothing goes back");
        }
    }
}
