/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.distribution;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jamesdane.demo.DemoWorld;
import org.jamesdane.demo.Destination;
import org.jamesdane.testing.james.James;
import org.jamesdane.testing.james.JamesConfiguration;
import org.jamesdane.testing.james.JamesSetup;
import org.jamesdane.testing.james.RealJames;
import org.jamesdane.testing.load.LoadWorld;
import org.jamesdane.testing.postgres.TestPostgres;
import org.jamesdane.testing.smtp.Transaction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two nodes of 0.1.0 that share a PostgreSQL, each with an ActiveMQ of its own, are brought to this version one after the other while mail
 * flows and policies change on both, and one goes back by the steps of docs/migration.md.
 */
@EnabledIfSystemProperty(named = "upgrade.mixed", matches = "true")
@EnabledIf("org.jamesdane.testing.postgres.TestPostgres#isInstalled")
class MixedVersionsIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration SEEN_BY_OTHERS = Duration.ofSeconds(20);
    private static final Pattern SUBJECT = Pattern.compile("(?m)^Subject: (\\S+)\\r?$");
    private static final int FOLLOWED_SIGTERM = 143;
    private static final String EXCEPTION = """
        {"policy": "encrypt", "reason": "a test", "owner": "ops@provider.example", "lifetime": "2 days"}""";

    private final Path directory;
    private final Set<String> confirmed = new ConcurrentSkipListSet<>();

    MixedVersionsIT(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void shouldUpdateNodeByNodeAndGoBack() throws Exception {
        Optional<Path> earlier = EarlierVersion.jar();
        assumeTrue(earlier.isPresent(), "There is no history to build 0.1.0 from; name its JAR in -D" + EarlierVersion.PROPERTY);
        try (TestPostgres postgres = TestPostgres.start(); DemoWorld world = new DemoWorld()) {
            String url = postgres.newDatabase();
            Node one = new Node(world, url, "one", earlier.get());
            Node two = new Node(world, url, "two", earlier.get());
            try (one; two; Flow flow = new Flow(one, two)) {
                shouldShare(one, two, "both-earlier.example");
                two.submit("deferred-by-earlier", Destination.IMPOSTOR);
                await().atMost(PATIENCE).until(() -> two.deferrals(Destination.IMPOSTOR) == 1);

                flow.spare(one, world);
                one.updateTo(JamesSetup.of(one.configuration, directory).withOurExtension().extensions().get(0));
                flow.useAll();
                shouldShare(one, two, "one-updated.example");
                shouldShare(two, one, "one-updated-2.example");
                one.submit("deferred-by-one", Destination.IMPOSTOR);
                await().atMost(PATIENCE).until(() -> waiting(one.james).contains("\"nodes\":\"all\",\"total\":1"));

                flow.spare(two, world);
                two.updateTo(JamesSetup.of(two.configuration, directory).withOurExtension().extensions().get(0));
                flow.useAll();
                shouldShare(two, one, "both-updated.example");
                // The earlier node's repository was taken over.
                await().atMost(PATIENCE).until(() -> waiting(one.james).contains("\"total\":2"));
                assertThat(world.messages(Destination.IMPOSTOR)).isEmpty();
                for (String domain : List.of("both-earlier.example", "one-updated.example", "one-updated-2.example")) {
                    assertThat(policies(one.james)).contains(domain);
                    assertThat(policies(two.james)).contains(domain);
                }
                flow.end();
                theWayBack(one, two, earlier.get());
                assertThat(policies(two.james)).contains("both-earlier.example", "both-updated.example");
                two.allow("impostor.example");
                await().atMost(PATIENCE).until(() -> subjects(world, Destination.IMPOSTOR).size() == 2);
                assertThat(subjects(world, Destination.IMPOSTOR)).containsOnlyKeys("deferred-by-earlier", "deferred-by-one");
            }
            await().atMost(PATIENCE).until(() -> subjects(world, Destination.GOOD).keySet().containsAll(confirmed));
            assertThat(confirmed).hasSizeGreaterThan(50);
            Map<String, Integer> arrived = subjects(world, Destination.GOOD);
            arrived.putAll(subjects(world, Destination.IMPOSTOR));
            assertThat(arrived).allSatisfy((subject, times) -> assertThat(times).as(subject).isEqualTo(1));
        }
    }

    /** A policy that is set on one node applies on the other; it is of a word that both know. */
    private static void shouldShare(Node from, Node to, String domain) {
        from.allow(domain);
        await().atMost(SEEN_BY_OTHERS).until(() -> policies(to.james).contains("\"" + domain + "\""));
    }

    private static void theWayBack(Node one, Node two, Path earlier) throws IOException {
        assertThat(one.james.stop()).isEqualTo(FOLLOWED_SIGTERM);
        assertThat(two.james.webadmin().post("/dane/deferred?action=drain", "").statusCode()).isEqualTo(200);
        await().atMost(PATIENCE).until(() -> waiting(two.james).contains("\"total\":0"));
        int before = two.deferrals(Destination.IMPOSTOR);
        two.updateTo(earlier);
        await().atMost(PATIENCE).until(() -> two.deferrals(Destination.IMPOSTOR) >= before + 2);
    }

    private static String policies(James james) {
        return james.webadmin().get("/dane/policies").body();
    }

    private static String waiting(James james) {
        return james.webadmin().get("/dane/deferred?domain=impostor.example").body();
    }

    /** Number of times that each subject has arrived. */
    private static Map<String, Integer> subjects(DemoWorld world, Destination destination) {
        Map<String, Integer> subjects = new TreeMap<>();
        for (Transaction transaction : world.messages(destination)) {
            Matcher subject = SUBJECT.matcher(new String(transaction.content().orElseThrow().message(), UTF_8));
            assertThat(subject.find()).isTrue();
            subjects.merge(subject.group(1), 1, Integer::sum);
        }
        return subjects;
    }

    /** A node with the configuration that 0.1.0 came with. */
    private final class Node implements AutoCloseable {
        private final JamesConfiguration configuration;
        private volatile RealJames james;

        Node(DemoWorld world, String url, String name, Path jar) throws Exception {
            JamesConfiguration shipped = JamesConfiguration.copyOf(
                Path.of(requireNonNull(MixedVersionsIT.class.getResource("/upgrade/0.1.0")).toURI()));
            configuration = world.configure(shipped, "file://conf/dane-trust-anchors")
                .with("mailrepositorystore.xml", LoadWorld.MAIL_REPOSITORIES).appending("dane.properties", String.join("\n",
                "store.url=" + url, "store.user=" + TestPostgres.USER, "store.password=" + TestPostgres.PASSWORD,
                "deferral.repository=file://var/dane/deferred/", "deferral.node=" + name));
            james = JamesSetup.of(configuration, directory.resolve(name)).withExtension(jar).onActiveMq().startProcess();
        }

        /** Stops James as an administrator does, and starts it with another JAR. */
        void updateTo(Path jar) throws IOException {
            assertThat(james.stop()).isEqualTo(FOLLOWED_SIGTERM);
            Path extensions = james.workingDirectory().resolve("extensions-jars");
            try (var files = Files.list(extensions)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.copy(jar, extensions.resolve(jar.getFileName()));
            james = james.restart();
        }

        void allow(String domain) {
            assertThat(james.webadmin().put("/dane/policies/" + domain, EXCEPTION).statusCode()).isEqualTo(204);
        }

        void submit(String subject, Destination destination) {
            james.submit("sender@james.example", List.of(destination.recipient()), "Subject: " + subject + "\n\nHello.\n");
        }

        int deferrals(Destination destination) {
            return james.log().linesWith(destination.recipient() + " is deferred").size();
        }

        @Override
        public void close() {
            james.close();
        }
    }

    /** Mail that comes all the time, to whichever node is there. */
    private final class Flow implements AutoCloseable {
        private final Thread thread;
        private final AtomicReference<Node> spared = new AtomicReference<>();
        private volatile int tried;
        private volatile boolean ended;

        Flow(Node one, Node two) {
            thread = new Thread(() -> {
                for (int i = 0; !ended; i++) {
                    Node node = next(i % 2 == 0 ? one : two, i % 2 == 0 ? two : one);
                    String subject = "flow-" + i;
                    try {
                        node.submit(subject, Destination.GOOD);
                        confirmed.add(subject);
                    } catch (RuntimeException stopped) {
                        // Nothing was confirmed: this node is being restarted.
                        pause();
                    }
                    tried = i;
                    pause();
                }
            }, "flow of mail");
            thread.start();
        }

        private Node next(Node turn, Node other) {
            return turn == spared.get() ? other : turn;
        }

        private void pause() {
            try {
                Thread.sleep(100);
            } catch (InterruptedException e) {
                ended = true;
            }
        }

        /** Leaves out a node of 0.1.0 that is about to stop, and waits for its mail: 0.1.0 interrupts what it has in hand at its end. */
        void spare(Node node, DemoWorld world) {
            spared.set(node);
            int now = tried;
            await().atMost(PATIENCE).until(() -> tried >= now + 2);
            Set<String> given = Set.copyOf(confirmed);
            await().atMost(PATIENCE).until(() -> subjects(world, Destination.GOOD).keySet().containsAll(given));
        }

        void useAll() {
            spared.set(null);
        }

        /** Ends it, and waits for the last answer. */
        void end() {
            ended = true;
            await().atMost(PATIENCE).until(() -> !thread.isAlive());
        }

        @Override
        public void close() {
            end();
        }
    }
}
