/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.james;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.delivery.deferral.DeferredSelection;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.RecordType;
import org.jamesdane.dns.Security;
import org.jamesdane.dns.validating.AnchorManagement;
import org.jamesdane.dns.validating.AnchorsStatus;
import org.jamesdane.dns.validating.FileAnchorJournal;
import org.jamesdane.dns.validating.TrustAnchors;
import org.jamesdane.dns.validating.ValidatingDns;
import org.jamesdane.dns.validating.ValidatorConfig;
import org.jamesdane.store.Counter;
import org.jamesdane.store.FileCounterStore;
import org.jamesdane.store.FileSettingStore;
import org.jamesdane.store.PostgresCounterStore;
import org.jamesdane.store.PostgresDatabase;
import org.jamesdane.store.PostgresSettingStore;
import org.jamesdane.store.Setting;
import org.jamesdane.store.SettingChange;
import org.jamesdane.store.SettingKind;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.postgres.TestPostgres;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Data of 0.1.0, whose own code has written everything in {@code upgrade/0.1.0}. */
class UpgradeTest {
    private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");
    private static final String MEMORY = "org.apache.james.queue.memory.MemoryMailQueueFactory$MemoryCacheableMailQueue";
    private static final String JMS = "org.apache.james.queue.activemq.ActiveMQCacheableMailQueue";
    private static final String RABBIT = "org.apache.james.queue.rabbitmq.RabbitMQMailQueue";

    private final Path directory;

    UpgradeTest(@TempDir Path directory) {
        this.directory = directory;
    }

    private static InputStream resource(String name) {
        return requireNonNull(UpgradeTest.class.getResourceAsStream("/upgrade/0.1.0/" + name));
    }

    private static String text(String name) throws IOException {
        try (InputStream in = resource(name)) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    @BeforeEach
    void unpack() throws IOException {
        try (ZipInputStream zip = new ZipInputStream(new GZIPInputStream(resource("state.zip.gz")))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path file = directory.resolve(entry.getName());
                Files.createDirectories(requireNonNull(file.getParent()));
                Files.copy(zip, file);
            }
        }
    }

    @Test
    void shouldReadPoliciesHistoryAndStatistics() throws Exception {
        FileSettingStore store = new FileSettingStore(directory.resolve("store"));

        assertAsLeft(store.load(SettingKind.POLICY), store.load(SettingKind.NEGATIVE_TRUST_ANCHOR),
            store.history(SettingKind.POLICY, Optional.empty()), new FileCounterStore(directory.resolve("store")).read(NOON));
    }

    private static void assertAsLeft(List<Setting> policies, List<Setting> anchors, List<SettingChange> history, List<Counter> counters) {
        assertThat(policies).extracting(Setting::key).containsExactlyInAnyOrder("example.com", ".example.org");
        assertThat(policies).extracting(Setting::policy).containsExactlyInAnyOrder(Policy.MAY, Policy.DANE_ONLY);
        assertThat(anchors).extracting(Setting::key).containsExactly("broken.example");
        assertThat(history).extracting(change -> change.action() + " " + change.entry().key())
            .containsExactly("set example.com", "set .example.org", "set old.example", "removed old.example");
        assertThat(counters).extracting(Counter::count).containsExactly(17L);
    }

    @Test
    void shouldGiveBackAThousandDeferredMails() throws Exception {
        DelayIgnoringQueue queue = new DelayIgnoringQueue();
        Instant later = NOON.plus(Duration.ofHours(2));
        RepositoryDeferralStore store = new RepositoryDeferralStore(queue, Mails.fileRepository(directory), () -> later, false, 1000,
            Duration.ofHours(1));
        for (int i = 0; i < 5 && queue.mails().size() < 1000; i++) {
            store.releaseDue();
        }

        Set<String> names = new HashSet<>(queue.names());
        assertThat(queue.mails()).hasSize(1000);
        assertThat(names).hasSize(1000);
        for (Mail mail : queue.mails()) {
            int number = Integer.parseInt(mail.getName().substring("mail-".length()));
            assertThat(MailAttributes.history(mail).retries()).isEqualTo(number % 5);
            assertThat(MailAttributes.history(mail).age().orElseThrow().since()).isEqualTo(NOON.minusSeconds(3600 + number));
            assertThat(mail.getAttribute(AttributeName.of("of.others")).orElseThrow().getValue()).isEqualTo(AttributeValue.of(number));
            assertThat(Mails.octets(mail)).isEqualTo("Subject: mail " + number + "\r\n\r\nHello " + number + ".\r\n");
        }
        assertThat(store.list(new DeferredSelection.All(), 1).total()).isZero();
    }

    /** 0.1.0 kept nothing of trust anchors: the start says so, begins a journal, and answers. */
    @Test
    void shouldBeginTheJournalOfTrustAnchors() throws Exception {
        Path store = directory.resolve("store");
        Map<String, String> before = files(store);
        assertThat(before).doesNotContainKey("trust-anchors.json");
        try (SignedDns world = SignedDns.world().zone("mx.example").a("@", "192.0.2.1").start();
                ValidatingDns dns = ValidatingDns.create(ValidatorConfig.builder().upstreams(List.of(world.address()))
                    .trustAnchors(TrustAnchors.parse(world.trustAnchor().lines().toList()))
                    .manageTrustAnchors(new AnchorManagement(new FileAnchorJournal(store))).build(),
                    Clock.systemUTC(), new SecureRandom())) {
            Lookup<?> answer = dns.lookup(DomainName.of("mx.example"), RecordType.A).toCompletableFuture().join();

            assertThat(((Lookup.Answer<?>) answer).proof().security()).isEqualTo(Security.SECURE);
            await().until(() -> Files.exists(store.resolve("trust-anchors.json")));
            assertThat(dns.status().problems()).isEmpty();
            AnchorsStatus status = dns.status().trustAnchors();
            assertThat(status.warnings()).isEmpty();
            assertThat(status.journal()).contains(new AnchorsStatus.Journal(store.resolve("trust-anchors.json").toString(), false, true));
        }
        assertThat(files(store)).containsAllEntriesOf(before);
    }

    private static Map<String, String> files(Path store) throws IOException {
        Map<String, String> texts = new TreeMap<>();
        try (Stream<Path> found = Files.walk(store)) {
            for (Path file : found.filter(Files::isRegularFile).toList()) {
                texts.put(store.relativize(file).toString(), Files.readString(file, ISO_8859_1));
            }
        }
        return texts;
    }

    @Test
    @EnabledIf("org.jamesdane.testing.postgres.TestPostgres#isInstalled")
    void shouldReadTheDatabaseAndLeaveItAsItWasKnown() throws Exception {
        try (TestPostgres postgres = TestPostgres.start()) {
            String url = postgres.newDatabase();
            postgres.query(url, text("store.sql"));
            Optional<String> user = Optional.of(TestPostgres.USER);
            try (PostgresDatabase database = new PostgresDatabase(url, user, Optional.of(TestPostgres.PASSWORD))) {
                PostgresSettingStore store = new PostgresSettingStore(database);

                assertAsLeft(store.load(SettingKind.POLICY), store.load(SettingKind.NEGATIVE_TRUST_ANCHOR),
                    store.history(SettingKind.POLICY, Optional.empty()), new PostgresCounterStore(database).read(NOON));
            }
            assertThat(postgres.query(url, "SELECT version FROM dane_schema")).isEqualTo("1");
            assertThat(postgres.query(url, "SELECT oldest_reader FROM dane_version")).isEqualTo("1");
        }
    }

    @Test
    void shouldNameEachSettingUnknownToTheEarlierVersion() throws IOException {
        Set<String> added = new HashSet<>(keys(Files.readString(Path.of("../james-conf/src/main/conf/dane.properties"))));
        added.removeAll(keys(text("all.properties")));
        String page = Files.readString(Path.of("../docs/migration.md"));
        String back = page.substring(page.indexOf("### The way back"));

        assertThat(added).contains("store.copy").allSatisfy(key -> assertThat(back).contains("`" + key + "`"));
    }

    private static List<String> keys(String sample) {
        return Pattern.compile("(?m)^#?([a-z0-9.-]+)=").matcher(sample).results().map(found -> found.group(1)).toList();
    }

    @ParameterizedTest
    @CsvSource({
        "memory,      " + MEMORY + ", memory,    queue",
        "jpa,         " + JMS + ",    file,      files",
        "distributed, " + RABBIT + ", cassandra, repository",
        "postgres,    " + RABBIT + ", postgres,  repository",
        "all,         " + MEMORY + ", file,      queue"
    })
    void shouldTakeTheConfigurationOfEachFlavour(String flavour, String queue, String protocol, String form) throws Exception {
        Properties file = new Properties();
        file.load(new StringReader(text(flavour + ".properties").replaceAll("\\$\\{env:[A-Z_]+}", "of-the-environment")));
        Map<String, String> values = new TreeMap<>();
        file.forEach((key, value) -> values.put((String) key, (String) value));

        DaneProperties properties = DaneProperties.parse(values, new DaneProperties.Surroundings() {
            @Override
            public List<InetSocketAddress> resolvers() {
                return List.of(new InetSocketAddress("192.0.2.53", 53));
            }

            @Override
            public Path file(String key, String location) {
                return Path.of(location);
            }

            @Override
            public Path directory(String key, String location) {
                return directory.resolve(location.replaceAll("[^a-z]+", "-"));
            }
        });

        assertThat(properties.mail().deferral().form(queue, properties.store().database().isPresent(), Optional.of(protocol)))
            .hasToString(form);
    }
}
