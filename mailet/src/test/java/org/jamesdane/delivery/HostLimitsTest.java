/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.InstantSource;
import java.util.List;
import java.util.Random;

import org.jamesdane.dane.outcome.Outcome;
import org.jamesdane.delivery.attempt.DeliveryAttempt;
import org.jamesdane.delivery.monitoring.DeliveryMetrics;
import org.jamesdane.smtp.ConnectionPool;
import org.jamesdane.testing.smtp.Fault;
import org.jamesdane.testing.smtp.Point;
import org.jamesdane.testing.smtp.Script;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Hosts with limits of their own: for the size of a mail, and for the mails of a session. */
class HostLimitsTest {
    private static final TestMail MAIL = TestMail.to("bob@example.com");

    private final Deliveries world = new Deliveries(98);

    @AfterEach
    void stop() {
        world.close();
    }

    /** RFC 1870 §5; no reply is invented in the host's name (RFC 3464 §2.3.6). */
    @Test
    void shouldReturnWhatIsTooLargeWithoutAReply() {
        ScriptedSmtpServer server = world.start(world.plain().extensions("SIZE 10"));

        assertThat(world.deliver(world.host(FakeDns.unsigned(), server), MAIL)).singleElement()
            .isInstanceOfSatisfying(Outcome.Bounced.class, bounced -> {
                assertThat(bounced.reason().code().toString()).isEqualTo("5.3.4");
                assertThat(bounced.reason().replyCode()).isEmpty();
                assertThat(bounced.reason().text()).contains("the host takes at most 10");
            });
        assertThat(server.session(1).verbs()).doesNotContain("MAIL");
    }

    /** A fresh connection that breaks says nothing of what the used one refused: the next refusal is tried afresh as well. */
    @Test
    void shouldLearnNothingFromAFreshConnectionThatBroke() {
        ScriptedSmtpServer server = world.start(world.plain());
        Script refusing = Script.good().with(Point.MAIL, 2, Fault.reply("450 Enough"));
        server.nextSessions(refusing, Script.good().with(Point.BANNER, Fault.close()), refusing, Script.good());
        FakeDns dns = world.host(FakeDns.unsigned(), server);
        try (ConnectionPool pool = new ConnectionPool(world.connector, ConnectionPool.Limits.DEFAULTS, InstantSource.system())) {
            DeliveryAttempt attempt = new DeliveryAttempt(dns, pool, world.settings(), event -> { }, InstantSource.system(), new Random(1),
                DeliveryMetrics.NONE);
            List<Class<?>> outcomes = List.of(Outcome.Delivered.class, Outcome.Deferred.class, Outcome.Delivered.class,
                Outcome.Delivered.class);

            outcomes.forEach(outcome -> assertThat(attempt.deliver(MAIL)).singleElement().isInstanceOf(outcome));
        }
        assertThat(server.connections()).isEqualTo(4);
    }
}
