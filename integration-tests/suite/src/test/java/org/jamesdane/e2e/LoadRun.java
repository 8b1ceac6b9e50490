/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.Stream;

import org.jamesdane.demo.DemoWorld;
import org.jamesdane.testing.broker.TestRabbitMq;
import org.jamesdane.testing.james.JamesConfiguration;
import org.jamesdane.testing.james.JamesSetup;
import org.jamesdane.testing.james.RealJames;
import org.jamesdane.testing.load.LoadWorld;
import org.jamesdane.testing.load.MailSource;
import org.jamesdane.testing.postgres.TestPostgres;

/** Jameses on queues that last, and mail that comes in without a pause while they are stopped, killed and started again. */
final class LoadRun implements AutoCloseable {
    static final int CONCURRENCY = 20;
    static final int SPOOL_THREADS = 5;
    static final int CONNECTIONS = 4;
    private static final int PROBES = 100;

    private final LoadWorld world;
    private final Duration patience;
    private final List<RealJames> nodes;
    private final MailSource source;

    private LoadRun(LoadWorld world, Duration patience, List<RealJames> nodes, IntFunction<String> recipients, int mails) {
        this.world = world;
        this.patience = patience;
        this.nodes = new ArrayList<>(nodes);
        this.source = new MailSource(nodes.stream().map(RealJames::smtp).toList(), recipients, mails, CONNECTIONS / nodes.size());
    }

    /** Makes a James on ActiveMQ, with deferred mail in files. */
    static LoadRun onActiveMq(LoadWorld world, Path directory, Duration patience, int mails) {
        return onActiveMq(world, directory, patience, LoadWorld::recipient, mails);
    }

    static LoadRun onActiveMq(LoadWorld world, Path directory, Duration patience, IntFunction<String> recipients, int mails) {
        JamesSetup setup = JamesSetup.of(configuration(world), directory).withOurExtension().onActiveMq();
        return new LoadRun(world, patience, List.of(setup.startProcess()), recipients, mails);
    }

    /** Two Jameses that share a RabbitMQ, and a PostgreSQL for deferred mail. */
    static LoadRun onRabbitMq(LoadWorld world, Shared shared, Duration patience, IntFunction<String> recipients, int mails) {
        return new LoadRun(world, patience, List.of(shared.start(world, "one"), shared.start(world, "two")), recipients, mails);
    }

    /**
     * Resources that two Jameses share.
     *
     * @param settings lines for dane.properties
     */
    record Shared(Path directory, TestRabbitMq broker, String database, String settings) {
        RealJames start(LoadWorld world, String name) {
            try {
                Path blobs = Files.createDirectories(directory.resolve("blobs"));
                return JamesSetup.of(configuration(world).edited("dane.properties", this::shared), directory.resolve(name))
                    .withOurExtension().onRabbitMq(broker.jamesProperties(), blobs).startProcess();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private String shared(String text) {
            String withUrl = DemoWorld.set(text, "store.url", database);
            return DemoWorld.set(DemoWorld.set(withUrl, "store.user", TestPostgres.USER), "store.password", TestPostgres.PASSWORD)
                + "\n" + settings + "\n";
        }
    }

    private static JamesConfiguration configuration(LoadWorld world) {
        return world.configure(Setups.sample(), CONCURRENCY, SPOOL_THREADS, "2 s")
            .replacing("mailetcontainer.xml", "memory://var/mail/", "file://var/mail/");
    }

    MailSource source() {
        return source;
    }

    RealJames node(int number) {
        return nodes.get(number);
    }

    int nodes() {
        return nodes.size();
    }

    /** Lines of all nodes that contain a text. */
    int logged(String text) {
        return nodes.stream().mapToInt(node -> node.log().linesWith(text).size()).sum();
    }

    void awaitConfirmed(int mails) {
        await().atMost(patience).pollInterval(Duration.ofMillis(20)).until(() -> source.confirmedCount() >= mails);
    }

    void stopAndRestart(int node) {
        assertThat(nodes.get(node).stop()).as("exit code").isEqualTo(143);
        nodes.set(node, nodes.get(node).restart());
    }

    void killAndRestart(int node) {
        nodes.get(node).kill();
        nodes.set(node, nodes.get(node).restart());
    }

    /**
     * Stops or kills a node now and then, and starts it again.
     *
     * @param ends how often in all; the first is a kill
     * @return how often one was killed, and with how many connections open
     */
    List<Integer> endAtRandom(Random random, int ends, int mails) {
        List<Integer> openAtKill = new ArrayList<>();
        List<Integer> moments = random.ints(ends, mails / 20, mails - mails / 20).sorted().boxed().toList();
        for (int i = 0; i < ends; i++) {
            awaitConfirmed(moments.get(i));
            pause(random.nextInt(300));
            int node = random.nextInt(nodes.size());
            if (i == 0 || random.nextBoolean()) {
                openAtKill.add(world.openSessions());
                killAndRestart(node);
            } else {
                stopAndRestart(node);
            }
        }
        return openAtKill;
    }

    /** Not only just behind a confirmation, but anywhere. */
    private static void pause(int millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until all mail has been confirmed and has arrived. */
    void awaitArrival() {
        await().atMost(patience).until(source::isDone);
        await().atMost(patience).pollInterval(Duration.ofMillis(500)).until(() -> missing().isEmpty());
    }

    List<String> missing() {
        return source.confirmed().stream().filter(id -> !world.has(id)).toList();
    }

    int doubled() {
        return world.taken().values().stream().mapToInt(times -> times - 1).sum();
    }

    /** Notices that went to the sender. */
    int bounces() {
        return world.source().taken().values().stream().mapToInt(times -> times).sum();
    }

    /** Files in James's own repositories: mail that a processor gave up. */
    int givenUp() {
        return nodes.stream().mapToInt(node -> files(node.workingDirectory().resolve("var/mail"))).sum();
    }

    private static int files(Path directory) {
        if (!Files.isDirectory(directory)) {
            return 0;
        }
        try (Stream<Path> found = Files.walk(directory)) {
            return (int) found.filter(Files::isRegularFile).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Nothing is lost, given up or bounced, and no more was taken twice than was under way at a kill: beside the deliveries a kill can meet
     * what the spool hands to the queue, and one mail on its way back to the queue.
     */
    void expectNothingLost(String what, int kills) {
        report(what);
        assertThat(missing()).as("lost").isEmpty();
        assertThat(givenUp()).as("given up").isZero();
        assertThat(bounces()).as("bounces").isZero();
        assertThat(doubled()).as("doubled").isLessThanOrEqualTo(kills * (CONCURRENCY + SPOOL_THREADS + 1));
    }

    /** Each node delivers some of the mail that comes in now. */
    void expectAllConsuming() {
        List<Integer> before = nodes.stream().map(LoadRun::attempts).toList();
        try (MailSource probes = new MailSource(nodes.stream().map(RealJames::smtp).toList(), number -> "probe" + number + "@plain.example",
                PROBES, 1)) {
            await().atMost(patience).pollInterval(Duration.ofMillis(500)).untilAsserted(() -> assertThat(nodes)
                .allSatisfy(node -> assertThat(attempts(node)).as("attempts").isGreaterThan(before.get(nodes.indexOf(node)))));
            await().atMost(patience).until(probes::isDone);
        }
    }

    private static int attempts(RealJames node) {
        return node.log().linesWith("org.jamesdane.audit").size();
    }

    void report(String what) {
        System.out.printf("%s: %d mails confirmed, %d lost, %d doubled, %d bounces, %d files of mail that was given up, %d times "
            + "deferred%n", what, source.confirmedCount(), missing().size(), doubled(), bounces(), givenUp(), world.grey().deferred());
    }

    @Override
    public void close() {
        source.close();
        nodes.forEach(RealJames::close);
    }
}
