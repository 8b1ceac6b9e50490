/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.jamesdane.testing.smtp.Fault;
import org.jamesdane.testing.smtp.Point;
import org.jamesdane.testing.smtp.Script;
import org.jamesdane.testing.smtp.ScriptedSmtpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Contents of the pool, their times, and their ends. */
class ConnectionPoolTest {
    private static final ConnectionPool.Limits LIMITS = new ConnectionPool.Limits(100, Duration.ofSeconds(10), Duration.ofMinutes(5), 3, 2);

    private final SocketSmtpConnector connector = new SocketSmtpConnector();
    private final ScriptedSmtpServer server = ScriptedSmtpServer.builder().address("127.78.2.1").start();
    private Instant now = Instant.parse("2026-11-01T12:00:00Z");
    private ConnectionPool pool = new ConnectionPool(connector, LIMITS, () -> now);

    @AfterEach
    void stop() {
        pool.close();
        connector.close();
        server.close();
    }

    @Test
    void shouldKeepNoMoreThanItsLimitsAllow() throws Exception {
        idle(key("one"), 3);
        assertThat(pool.idle()).isEqualTo(LIMITS.maxIdlePerKey());

        idle(key("two"), 2);
        assertThat(pool.idle()).isEqualTo(LIMITS.maxIdle());

        await().until(() -> server.sessions().stream().filter(session -> session.verbs().contains("QUIT")).count()
            == 5 - LIMITS.maxIdle());
    }

    @Test
    void shouldEndTheLongestIdleConnectionWhenThereIsNoRoom() throws Exception {
        idle(key("one"), 2);
        now = now.plusSeconds(1);
        idle(key("two"), 2);

        assertThat(takeAll(key("one"))).hasSize(1);
        assertThat(takeAll(key("two"))).hasSize(2);
    }

    @Test
    void shouldNeverHandOutTheSameConnectionTwiceAtOnce() throws Exception {
        idle(key("one"), 2);

        List<PooledConnection> taken = takeAll(key("one"));

        assertThat(taken).hasSize(2).doesNotHaveDuplicates();
        assertThat(pool.idle()).isZero();
    }

    @Test
    void shouldPassOverWhatDoesNotFitAndKeepItForOthers() throws Exception {
        idle(key("one"), 2);

        assertThat(pool.take(key("one"), connection -> false)).isEmpty();
        assertThat(pool.idle()).isEqualTo(2);
        assertThat(pool.take(key("other"), connection -> true)).isEmpty();
    }

    @Test
    void shouldLoseNoConnectionWhenTheTestOfOneFails() throws Exception {
        idle(key("one"), 1);

        try {
            pool.take(key("one"), connection -> {
                throw new IllegalStateException("a defect");
            });
        } catch (IllegalStateException e) {
            assertThat(e).hasMessage("a defect");
        }
        assertThat(pool.idle()).isEqualTo(1);
    }

    @Test
    void shouldEndExpiredConnectionsWithQuit() throws Exception {
        idle(key("one"), 2);
        pool.endExpired();
        assertThat(pool.idle()).isEqualTo(2);

        now = now.plus(LIMITS.idle());
        pool.endExpired();

        assertThat(pool.idle()).isZero();
        server.awaitEnd(2);
        assertThat(server.sessions()).allSatisfy(session -> assertThat(session.verbs()).endsWith("QUIT"));
    }

    @Test
    void shouldNotKeepConnectionsYoungWhenTheClockIsSetBack() throws Exception {
        idle(key("one"), 1);
        now = now.minusSeconds(3600);

        assertThat(takeAll(key("one"))).isEmpty();
    }

    @Test
    void shouldEndAllWithQuitWhenClosedAndTakeNothingBackThen() throws Exception {
        PooledConnection out = lend(key("one"));
        idle(key("one"), 1);

        pool.close();
        assertThat(pool.idle()).isZero();
        out.keep();
        out.close();

        assertThat(pool.idle()).isZero();
        server.awaitEnd(2);
        assertThat(server.session(2).verbs()).endsWith("QUIT");
    }

    @Test
    void shouldNotWaitForAHostThatDoesNotAnswerQuit() throws Exception {
        server.nextSessions(Script.good().with(Point.QUIT, Fault.silence()));
        PooledConnection out = lend(key("one"));

        out.close();

        // The caller is here while the host is still silent: nothing ended the session yet.
        assertThat(pool.idle()).isZero();
        pool.close();
        server.awaitEnd(1);
    }

    @Test
    void shouldEndAnIdleConnectionForOneMoreThanAnAddressMayHave() throws Exception {
        limit(2);
        idle(key("one"), 1);
        now = now.plusSeconds(1);
        idle(key("two"), 1);

        PooledConnection third = lend(key("three"));
        assertThat(server.session(1).verbs()).endsWith("QUIT");
        assertThat(takeAll(key("two"))).hasSize(1);
        third.close();
    }

    @Test
    void shouldOpenWhatADeliveryNeedsWhereNoConnectionIsIdle() throws Exception {
        limit(1);
        PooledConnection first = lend(key("one"));
        PooledConnection second = lend(key("one"));

        assertThat(server.connections()).isEqualTo(2);
        first.close();
        second.close();
    }

    @Test
    void shouldNotCountConnectionsThatHaveEnded() throws Exception {
        limit(2);
        idle(key("one"), 1);
        lend(key("two")).close();
        lend(key("two")).connection().abort();
        lend(key("two")).connection().close();
        server.nextSessions(Script.good().with(Point.BANNER, Fault.replyThenClose("554 no")));
        assertThatThrownBy(() -> lend(key("two"))).isInstanceOf(SmtpException.class);

        PooledConnection last = lend(key("two"));
        assertThat(pool.idle()).isEqualTo(1);
        last.close();
        pool.close();
        assertThat(pool.addresses()).isZero();
    }

    @Test
    void shouldEndNoIdleConnectionToAnotherAddress() throws Exception {
        limit(1);
        idle(key("one"), 1);
        try (ScriptedSmtpServer other = ScriptedSmtpServer.builder().address("127.78.2.2").start()) {
            PooledConnection elsewhere = lend(new ConnectionKey(Client.endpoint(other.address()), ConnectionKey.TlsUse.NEVER,
                Optional.empty(), Client.patient()));

            assertThat(pool.idle()).isEqualTo(1);
            elsewhere.close();
        }
    }

    private void limit(int openPerAddress) {
        pool.close();
        pool = new ConnectionPool(connector, new ConnectionPool.Limits(100, Duration.ofSeconds(10), Duration.ofMinutes(5), 30, 20,
            openPerAddress, true), () -> now);
    }

    private void idle(ConnectionKey key, int number) throws SmtpException {
        List<PooledConnection> used = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            used.add(lend(key));
        }
        used.forEach(each -> {
            each.keep();
            each.close();
        });
    }

    private PooledConnection lend(ConnectionKey key) throws SmtpException {
        return pool.lend(key, pool.open(key.endpoint(), HeloFallback.ALLOWED, key.timeouts()));
    }

    private List<PooledConnection> takeAll(ConnectionKey key) {
        List<PooledConnection> taken = new ArrayList<>();
        for (Optional<PooledConnection> next = pool.take(key, each -> true); next.isPresent(); next = pool.take(key, each -> true)) {
            taken.add(next.get());
        }
        taken.forEach(each -> each.connection().abort());
        return taken;
    }

    private ConnectionKey key(String user) {
        return new ConnectionKey(Client.endpoint(server.address()), ConnectionKey.TlsUse.NEVER,
            Optional.of(new Credentials(user, "secret")), Client.patient());
    }
}
