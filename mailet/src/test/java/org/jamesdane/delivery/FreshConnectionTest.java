/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;

import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.outcome.Outcome;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.smtp.ConnectionPool;
import org.jamesdane.testing.smtp.Fault;
import org.jamesdane.testing.smtp.Point;
import org.jamesdane.testing.smtp.Script;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Second attempts over a fresh connection, where a used one has ended or refuses. */
class FreshConnectionTest extends ConnectionReuseBed {
    @Test
    void shouldRetryAtOnceOnAFreshConnectionWhenTheIdleOneHasEnded() {
        ScriptedSmtpServer server = start(tls());
        server.nextSessions(Script.good().with(Point.MAIL, 2, Fault.cut()), Script.good().with(Point.DATA, 2, Fault.reset()),
            Script.good().with(Point.MAIL, 2, Fault.replyThenClose("421 4.7.0 That is enough")));

        for (int i = 0; i < 5; i++) {
            assertDelivered(deliver(dane(HOST), MAIL), SecurityLabel.VERIFIED);
        }

        assertThat(server.accepted()).isEqualTo(5);
        assertThat(server.connections()).isEqualTo(4);
        // What happened to an idle connection is no attempt at the host.
        assertThat(audit).hasSize(5);
    }

    @Test
    void shouldRetryOnlyOnceAndReportWhatTheFreshConnectionMet() {
        ScriptedSmtpServer server = start(tls());
        server.nextSessions(Script.good().with(Point.MAIL, 2, Fault.cut()), Script.good().with(Point.MAIL, Fault.cut()));

        assertDelivered(deliver(dane(HOST), MAIL), SecurityLabel.VERIFIED);
        assertDeferred(deliver(dane(HOST), MAIL), "connection was lost");

        assertThat(server.connections()).isEqualTo(2);
        assertThat(audit).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"MAIL | 451 4.7.0 Enough", "MAIL | 550 Enough for one session", "RCPT | 452 4.5.3 Enough",
        "RCPT | 450 Enough", "DATA | 421 4.7.0 Enough", "FINAL_DOT | 421 4.3.2 Enough", "MAIL | 421 Enough"})
    void shouldTryOnceOnAFreshConnectionWhatAUsedOneRefusesAsASession(Point point, String reply) {
        ScriptedSmtpServer server = start(tls());
        Script two = Script.good().with(point, 3, Fault.reply(reply));
        server.nextSessions(two);

        for (int i = 0; i < 3; i++) {
            assertDelivered(deliver(dane(HOST), MAIL), SecurityLabel.VERIFIED);
        }

        assertThat(server.accepted()).isEqualTo(3);
        assertThat(server.connections()).isEqualTo(2);
        // The refusal counts for nothing: one attempt at the host for each mail.
        assertThat(audit).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"MAIL | 550 5.7.1 Not from you | true", "MAIL | 450 4.7.1 Greylisted | false",
        "RCPT | 450 4.2.1 Later | false", "RCPT | 550 5.1.1 Nobody | true", "FINAL_DOT | 450 Later | false", "DATA | 554 No | true"})
    void shouldTakeARefusalOfTheMailAsItIs(Point point, String reply, boolean bounced) {
        ScriptedSmtpServer server = start(tls());
        server.nextSessions(Script.good().with(point, 2, Fault.reply(reply)));
        deliver(dane(HOST), MAIL);

        assertThat(deliver(dane(HOST), MAIL)).singleElement().isInstanceOf(bounced ? Outcome.Bounced.class : Outcome.Deferred.class);

        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void shouldTakeTheRefusalForTheMailsIfAFreshConnectionSaysTheSame() {
        ScriptedSmtpServer server = start(tls());
        Script refusing = Script.good().with(Point.MAIL, Fault.reply("550 Go away"));
        server.nextSessions(Script.good().with(Point.MAIL, 2, Fault.reply("550 Go away")), refusing,
            Script.good().with(Point.MAIL, 2, Fault.reply("451 Later")));
        deliver(dane(HOST), MAIL);

        assertThat(deliver(dane(HOST), MAIL)).singleElement().isInstanceOf(Outcome.Bounced.class);
        assertThat(server.connections()).isEqualTo(2);

        // The rule rests for that host for an hour.
        deliver(dane(HOST), MAIL);
        assertDeferred(deliver(dane(HOST), MAIL), "451 Later");
        assertThat(server.connections()).isEqualTo(3);

        now = now.plus(Duration.ofHours(1));
        server.nextSessions(Script.good().with(Point.MAIL, 2, Fault.reply("451 Later")));
        deliver(dane(HOST), MAIL);
        assertDelivered(deliver(dane(HOST), MAIL), SecurityLabel.VERIFIED);
        assertThat(server.connections()).isEqualTo(5);
    }

    @Test
    void shouldNotBounceWhatAFreshConnectionCouldNotBeAsked() {
        ScriptedSmtpServer server = start(tls());
        server.nextSessions(Script.good().with(Point.MAIL, 2, Fault.reply("550 Enough")), Script.good().with(Point.BANNER, Fault.close()));
        deliver(dane(HOST), MAIL);

        assertDeferred(deliver(dane(HOST), MAIL), "connection was lost");
    }

    @Test
    void shouldLearnHowManyMailsAHostTakesOverOneConnection() {
        ConnectionPool many = new ConnectionPool(connector, new ConnectionPool.Limits(100, Duration.ofSeconds(10), Duration.ofMinutes(5),
            10, 10), clock);
        ScriptedSmtpServer server = start(tls());
        Script seven = Script.good().with(Point.MAIL, 8, Fault.reply("452 4.7.0 Seven are enough"));
        server.nextSessions(seven, seven, seven, seven, seven);
        try {
            for (int i = 0; i < 35; i++) {
                assertDelivered(deliver(dane(HOST), MAIL, Policy.DANE, many), SecurityLabel.VERIFIED);
            }
        } finally {
            many.close();
        }
        server.awaitEnd(5);

        assertThat(server.sessions()).hasSize(5).allSatisfy(session -> assertThat(session.transactions()).hasSize(7));
        // Two refusals taught it; after that connections ended before.
        assertThat(server.sessions().stream().filter(session -> session.verbs().stream().filter("MAIL"::equals).count() == 8)).hasSize(2);
    }

    @Test
    void shouldNotSendAgainWhenTheHostMayHaveTakenTheMail() {
        ScriptedSmtpServer server = start(tls());
        server.nextSessions(Script.good().with(Point.FINAL_DOT, 2, Fault.close()));

        assertDelivered(deliver(dane(HOST), MAIL), SecurityLabel.VERIFIED);
        assertDeferred(deliver(dane(HOST), MAIL), "arrive twice");

        assertThat(server.connections()).isEqualTo(1);
    }
}
