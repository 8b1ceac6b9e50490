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

    /** One James on ActiveMQ, with deferred mail in files. */
    static LoadRun onActiveMq(LoadWorld world, Path directory, Duration patience, int mails) {
        JamesSetup setup = JamesSetup.of(configuration(world), directory).withOurExtension().onActiveMq();
        return new LoadRun(world, patience, List.of(setup.startProcess()), LoadWorld::recipient, mails);
    }

    /** Two Jameses that share a RabbitMQ, and a PostgreSQL for deferred mail. */
    static LoadRun onRabbitMq(LoadWorld world, Shared shared, Duration patience, int mails) {
        return new LoadRun(world, patience, List.of(shared.start(world, "one"), shared.start(world, "two")), LoadWorld::recipient, mails);
    }

    /**
     * What two Jameses share.
     *
     * @param settings lines for dane.properties
     */
    record Shared(Path directory, TestRabbitMq broker, TestPostgres postgres, String database, String settings) {
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

    void report(String what) {
        System.out.printf("%s: %d mails confirmed, %d lost, %d doubled, %d bounces, %d files of mail that was given up, %d times deferred%n",
            what, source.confirmedCount(), missing().size(), doubled(), bounces(), givenUp(), world.grey().deferred());
    }

    @Override
    public void close() {
        source.close();
        nodes.forEach(RealJames::close);
    }
}
