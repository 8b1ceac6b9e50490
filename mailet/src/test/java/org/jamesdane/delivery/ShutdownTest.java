/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.outcome.Outcome;
import org.jamesdane.testing.smtp.Fault;
import org.jamesdane.testing.smtp.Point;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A host that says 421, whatever it was asked (RFC 5321 §3.8): it shuts down, which is temporary and no word about TLS. */
class ShutdownTest {
    private final Deliveries world = new Deliveries(96);

    @AfterEach
    void stop() {
        world.close();
    }

    @ParameterizedTest
    @EnumSource(value = Point.class, names = {"BANNER", "EHLO", "STARTTLS", "EHLO_AFTER_TLS", "MAIL", "RCPT", "DATA", "FINAL_DOT"})
    void shouldWaitForAHostThatGoes(Point point) {
        ScriptedSmtpServer server = world.start(world.tls(Deliveries.HOST).fault(point, Fault.replyThenClose("421 4.3.2 Down")));

        List<Outcome> outcomes = world.deliver(world.host(FakeDns.signed(), server), TestMail.to("bob@example.com"));

        assertThat(outcomes).singleElement().isInstanceOfSatisfying(Outcome.Deferred.class,
            deferred -> assertThat(deferred.reason().ownFault()).isFalse());
        assertThat(server.connections()).isEqualTo(1);
        assertThat(server.messages()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(value = Point.class, names = {"BANNER", "EHLO", "STARTTLS", "EHLO_AFTER_TLS", "MAIL", "RCPT", "DATA", "FINAL_DOT"})
    void shouldGoOnToTheNextHost(Point point) {
        ScriptedSmtpServer first = world.start(world.tls(Deliveries.HOST).fault(point, Fault.replyThenClose("421 4.3.2 Down")));
        ScriptedSmtpServer second = world.start(world.tls(Deliveries.HOST));
        FakeDns dns = FakeDns.signed().mx("example.com", "mx1.example.com", "mx2.example.com")
            .address("mx1.example.com", Deliveries.ip(first)).address("mx2.example.com", Deliveries.ip(second));

        assertThat(world.deliver(dns, TestMail.to("bob@example.com"))).singleElement().isInstanceOfSatisfying(Outcome.Delivered.class,
            done -> assertThat(done.label()).isEqualTo(SecurityLabel.ENCRYPTED));
        assertThat(first.messages()).isEmpty();
        assertThat(second.messages()).hasSize(1);
    }
}
