/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import org.apache.mailet.Mail;
import org.jamesdane.delivery.mail.MailHistory;
import org.jamesdane.store.BreakingPostgres;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes that share a PostgreSQL and a queue, stopped and killed at each of their steps. */
class DatabaseFaultsTest extends DatabaseNodes {
    /** Of about seventy steps, every so many are tried; -Dwaiting.every=1 tries all. */
    private static final int EVERY_KILL = Integer.getInteger("waiting.every", 3);
    private static final int EVERY_STOP = Integer.getInteger("waiting.every", 8);

    /** The end of a node: nothing that it would do afterwards happens. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    /** The steps of a mail's whole way, on a node that nothing happens to. */
    private List<String> steps() throws Exception {
        List<String> steps = new ArrayList<>();
        SharedQueue queue = queue();
        queue.enQueue(mail("mail-1", "bob@example.com"));
        Node node = node(queue, NOON, BRIEF, steps::add);
        node.work();
        node.work();
        assertThat(queue.delivered).containsExactly("mail-1");
        assertThat(queue.isEmpty()).isTrue();
        return steps;
    }

    @Test
    void shouldLoseNothingWhereverANodeIsKilled() throws Exception {
        List<String> steps = steps();
        assertThat(steps).hasSizeGreaterThan(20 * EVERY_KILL);
        int delivery = steps.indexOf("after delivery");
        for (int point = 0; point < steps.size(); point += EVERY_KILL) {
            SharedQueue queue = queue();
            queue.enQueue(mail("mail-1", "bob@example.com"));
            Node killed = node(queue, NOON, BRIEF, new DeadFrom(point));
            try {
                killed.work();
                killed.work();
            } catch (Killed e) {
                // A caught one has no effect either: nothing that a dead node does succeeds.
            }
            queue.giveOutAgain(killed);
            close();
            workUntilDelivered(queue, node(queue));

            boolean underWay = point >= delivery && steps.subList(delivery, point + 1).stream().noneMatch("after commit"::equals);
            assertThat(queue.delivered).as("killed at step %s, %s", point, steps.get(point))
                .hasSizeBetween(1, underWay ? 2 : 1);
        }
    }

    @Test
    void shouldDoubleNothingWhereverANodeStandsStillBeyondItsLease() throws Exception {
        List<String> steps = steps();
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try {
            for (int point = 0; point < steps.size(); point += EVERY_STOP) {
                SharedQueue queue = queue();
                queue.enQueue(mail("mail-1", "bob@example.com"));
                CountDownLatch stands = new CountDownLatch(1);
                CountDownLatch goesOn = new CountDownLatch(1);
                Node stopped = node(queue, NOON, BRIEF, new At(point, () -> {
                    stands.countDown();
                    awaitQuietly(goesOn);
                }));
                Future<?> work = threads.submit(() -> {
                    stopped.work();
                    stopped.work();
                    return true;
                });
                assertThat(stands.await(30, TimeUnit.SECONDS)).isTrue();
                Node other = node(queue);
                TimeUnit.MILLISECONDS.sleep(BRIEF.inHand().toMillis() + 20);
                other.work();
                other.work();
                goesOn.countDown();
                assertThat(work.get(30, TimeUnit.SECONDS)).isEqualTo(true);
                workUntilDelivered(queue, other);
                close();

                assertThat(queue.delivered).as("stood still at step %s, %s", point, steps.get(point)).containsExactly("mail-1");
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** The first step after an enqueue that reads is that of the next mail. */
    @ParameterizedTest
    @ValueSource(strings = {"before enqueue", "before executeQuery"})
    void shouldHoldUpNoOtherMailWhenOneMeetsAnError(String where) throws Exception {
        SharedQueue queue = queue();
        AtomicBoolean armed = new AtomicBoolean();
        AtomicBoolean released = new AtomicBoolean();
        Node node = node(queue, NOON, UNHURRIED, step -> {
            if (released.get() && where.equals(step) && armed.getAndSet(false)) {
                throw new StackOverflowError("a trap");
            }
            released.compareAndSet(false, armed.get() && step.equals("after enqueue"));
        });
        for (int i = 1; i <= 3; i++) {
            queue.enQueue(mail("mail-" + i, "bob@example.com"));
        }
        node.work();
        armed.set(true);

        node.store().releaseDue();

        assertThat(armed).isFalse();
        int back = 0;
        for (Optional<Mail> next = queue.take(node); next.isPresent(); next = queue.take(node)) {
            back++;
            queue.done(node);
        }
        assertThat(back).isEqualTo(2);
    }

    /** A node that stood still puts its copy into the queue while another node has the mail in hand. */
    @Test
    void shouldDropTheCopyOfAStoppedNodeWhileAnotherSendsTheMail() throws Exception {
        SharedQueue queue = queue();
        Node other = node(queue);
        List<Mail> inHand = new ArrayList<>();
        Node stopped = node(queue, NOON, BRIEF, step -> {
            if (step.equals("before enqueue") && inHand.isEmpty()) {
                inHand.add(takenByAnother(queue, other));
            }
        });
        JamesMail outbound = Mails.outbound(mail("mail-1", "bob@example.com"));
        stopped.store().defer(outbound, outbound.envelope().recipients(), MailHistory.NEW, Duration.ZERO);
        stopped.store().releaseDue();

        assertThat(inHand).hasSize(1);
        Mail late = queue.take(stopped).orElseThrow();
        assertThat(stopped.rows().take(late)).as("the other node is sending it").isFalse();
        other.rows().settled(inHand.get(0));
        assertThat(stopped.rows().take(late)).as("the other node has sent it").isFalse();
    }

    private static Mail takenByAnother(SharedQueue queue, Node other) {
        try {
            TimeUnit.MILLISECONDS.sleep(BRIEF.inHand().toMillis() + 20);
            other.store().releaseDue();
            Mail mail = queue.take(other).orElseThrow();
            assertThat(other.rows().take(mail)).isTrue();
            return mail;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void shouldNeitherLoseNorDoubleWhenACommitIsInDoubt() throws Exception {
        List<String> steps = steps();
        for (int point = 0; point < steps.size(); point++) {
            if (steps.get(point).equals("after commit")) {
                SharedQueue queue = queue();
                queue.enQueue(mail("mail-1", "bob@example.com"));
                Node node = node(queue, NOON, BRIEF, new At(point, () -> BreakingPostgres.fail(new SQLException("it broke", "08006"))));
                node.work();
                workUntilDelivered(queue, node);
                close();

                assertThat(queue.delivered).as("in doubt at step %s", point).containsExactly("mail-1");
            }
        }
    }

    /** Ends a node at one step: whatever it catches, no later step succeeds. */
    private static final class DeadFrom implements Consumer<String> {
        private int left;

        DeadFrom(int point) {
            this.left = point;
        }

        @Override
        public void accept(String step) {
            if (left-- <= 0) {
                throw new Killed();
            }
        }
    }

    /** Does something at one step, once. */
    private static final class At implements Consumer<String> {
        private final int point;
        private final Runnable what;
        private int passed;

        At(int point, Runnable what) {
            this.point = point;
            this.what = what;
        }

        @Override
        public void accept(String step) {
            if (passed++ == point) {
                what.run();
            }
        }
    }
}
