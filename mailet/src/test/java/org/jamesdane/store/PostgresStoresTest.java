/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.testing.postgres.TestPostgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** A PostgreSQL as Debian has it. */
@EnabledIf("org.jamesdane.testing.postgres.TestPostgres#isInstalled")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresStoresTest {
    private TestPostgres postgres;
    private String url;
    private final List<PostgresDatabase> open = new ArrayList<>();

    @BeforeAll
    void start() {
        postgres = TestPostgres.start();
    }

    @AfterAll
    void end() {
        postgres.close();
    }

    @BeforeEach
    void newDatabase() {
        url = postgres.newDatabase();
    }

    @AfterEach
    void close() {
        open.forEach(PostgresDatabase::close);
        open.clear();
    }

    private PostgresDatabase database() {
        PostgresDatabase database = new PostgresDatabase(url, Optional.of(TestPostgres.USER), Optional.of(TestPostgres.PASSWORD));
        open.add(database);
        return database;
    }

    @Nested
    class OfEntries extends EntryStoreContract {
        @Override
        SettingStore node() {
            return new PostgresSettingStore(database());
        }

        @Override
        void fill(List<Setting> entries) throws StoreException {
            node().revision(SettingKind.NEGATIVE_TRUST_ANCHOR);
            postgres.query(url, "INSERT INTO dane_entry SELECT 'negative-trust-anchors', 'zone' || i || '.example', '', 'why', 'who', "
                + "'2026-11-01T12:01:00Z', '2026-11-01T12:00:00Z' FROM generate_series(0, " + (entries.size() - 1) + ") i");
        }
    }

    @Nested
    class OfStsPolicies extends StsPoliciesContract {
        @Override
        PostgresDatabase database(Optional<String> other) {
            PostgresDatabase database = new PostgresDatabase(other.orElse(url), Optional.of(TestPostgres.USER),
                Optional.of(TestPostgres.PASSWORD));
            open.add(database);
            return database;
        }

        @Override
        TestPostgres postgres() {
            return postgres;
        }

        @Override
        String query(String statement) {
            return postgres.query(url, statement);
        }
    }

    @Nested
    class OfCounters extends CounterStoreContract {
        @Override
        CounterStore node() {
            return new PostgresCounterStore(database());
        }
    }

    @Test
    void shouldMakeItsTablesOnceThoughManyNodesStartTogether() throws Exception {
        int nodes = 8;
        ExecutorService threads = Executors.newFixedThreadPool(nodes);
        try {
            CountDownLatch ready = new CountDownLatch(nodes);
            List<Future<String>> revisions = new ArrayList<>();
            for (int i = 0; i < nodes; i++) {
                PostgresSettingStore store = new PostgresSettingStore(database());
                revisions.add(threads.submit(() -> {
                    ready.countDown();
                    ready.await();
                    return store.revision(SettingKind.POLICY);
                }));
            }
            for (Future<String> revision : revisions) {
                assertThat(revision.get()).isEqualTo("0");
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(postgres.query(url, "SELECT version FROM dane_schema")).isEqualTo("1");
    }

    @Test
    void shouldRefuseTheTablesOfANewerVersion() throws Exception {
        new PostgresSettingStore(database()).revision(SettingKind.POLICY);
        postgres.query(url, "UPDATE dane_schema SET version = 99");

        assertThatThrownBy(() -> new PostgresSettingStore(database()).load(SettingKind.POLICY)).isInstanceOf(StoreException.class)
            .hasMessageContaining("tables have version 99, and this extension knows 4");
    }

    /** Tables that 0.1.0 reads: any other number there would stop 0.1.0 during an update. */
    @Test
    void shouldKeepTheFirstTablesAsVersionOneKnowsThem() throws Exception {
        new PostgresSettingStore(database()).revision(SettingKind.POLICY);

        assertThat(postgres.query(url, "SELECT version FROM dane_schema")).isEqualTo("1");
        assertThat(postgres.query(url, "SELECT version, oldest_reader FROM dane_version")).isEqualTo("4|1");
        assertThat(postgres.query(url, "SELECT string_agg(column_name || coalesce(':' || character_maximum_length, ''), ' ' "
            + "ORDER BY ordinal_position) FROM information_schema.columns WHERE table_name = 'dane_entry'"))
            .isEqualTo("kind key:1100 value:30 reason:1000 owner:600 expiry since");
    }

    @Test
    void shouldWorkWithATableOfTheFutureThatItMayUse() throws Exception {
        new PostgresSettingStore(database()).revision(SettingKind.POLICY);
        postgres.query(url, "UPDATE dane_version SET version = 99");
        SettingStore store = new PostgresSettingStore(database());
        store.put(Entries.set(Entries.policy("example.com", "may", null)));

        assertThat(store.load(SettingKind.POLICY)).extracting(Setting::key).containsExactly("example.com");
        assertThat(postgres.query(url, "SELECT version FROM dane_version")).isEqualTo("99");
    }

    @Test
    void shouldRefuseTablesThatOnlyNewerVersionsMayUse() throws Exception {
        new PostgresSettingStore(database()).revision(SettingKind.POLICY);
        postgres.query(url, "UPDATE dane_version SET version = 99, oldest_reader = 98");

        assertThatThrownBy(() -> new PostgresSettingStore(database()).load(SettingKind.POLICY)).isInstanceOf(StoreException.class)
            .hasMessageContaining("tables have version 99, and only an extension that knows version 98 may use them");
    }

    @Test
    void shouldPassOverKindsActionsAndWordsOfANewerVersion() throws Exception {
        SettingStore store = new PostgresSettingStore(database());
        store.put(Entries.set(Entries.policy("old.example", "may", null)));
        postgres.query(url, "INSERT INTO dane_revision VALUES ('mta-sts', 7); "
            + "INSERT INTO dane_entry VALUES ('mta-sts', 'x', 'y', 'why', 'who', NULL, now()), "
            + "('policies', 'new.example', 'dane-pinned', 'why', 'who', NULL, '2026-11-01T12:00:00Z'); "
            + "INSERT INTO dane_history (at, action, kind, key, value, reason, owner, since) "
            + "VALUES (now(), 'pinned', 'policies', 'new.example', 'dane-pinned', 'why', 'who', now())");

        assertThat(store.load(SettingKind.POLICY)).extracting(Setting::policy).containsExactly(Policy.DANE_ONLY, Policy.MAY);
        assertThat(store.history(SettingKind.POLICY, Optional.empty())).hasSize(1);
        assertThat(store.remove(new SettingChange(Entries.START, SettingChange.Action.REMOVED, store.load(SettingKind.POLICY).get(0))))
            .isTrue();
    }

    @Test
    void shouldSayWhoseTheDatabaseHasToBe() {
        String database = url.substring(url.lastIndexOf('/') + 1);
        postgres.query(url, "DROP ROLE IF EXISTS guest");
        postgres.query(url, "CREATE ROLE guest LOGIN PASSWORD 'guest'; GRANT CONNECT ON DATABASE " + database + " TO guest");
        PostgresDatabase guest = new PostgresDatabase(url, Optional.of("guest"), Optional.of("guest"));
        open.add(guest);

        assertThatThrownBy(() -> new PostgresSettingStore(guest).load(SettingKind.POLICY)).isInstanceOf(StoreException.class)
            .hasMessageContaining("may not make tables").hasMessageContaining("ALTER DATABASE");
        postgres.query(url, "ALTER DATABASE " + database + " OWNER TO guest");
        assertThatNoException().isThrownBy(() -> new PostgresSettingStore(guest).load(SettingKind.POLICY));
    }

    @Test
    void shouldGoOnWhenTheServerIsBackAndNeverTellThePassword() throws Exception {
        SettingStore store = new PostgresSettingStore(database());
        store.put(Entries.set(Entries.policy("example.com", "may", null)));

        postgres.stop();
        try {
            assertThatThrownBy(() -> store.load(SettingKind.POLICY)).isInstanceOf(StoreException.class)
                .hasMessageContaining("PostgreSQL at 127.0.0.1, database test").hasMessageContaining("SQL state")
                .satisfies(error -> assertThat(error.toString()).doesNotContain(TestPostgres.PASSWORD));
        } finally {
            postgres.resume();
        }

        assertThat(store.load(SettingKind.POLICY)).extracting(Setting::key).containsExactly("example.com");
    }

    @Test
    void shouldNotRepeatAWrongPassword() {
        PostgresDatabase wrong = new PostgresDatabase(url, Optional.of(TestPostgres.USER), Optional.of("another-secret"));

        assertThatThrownBy(() -> new PostgresSettingStore(wrong).load(SettingKind.POLICY)).isInstanceOf(StoreException.class)
            .hasMessageContaining("28P01").hasStackTraceContaining("PSQLException")
            .satisfies(error -> assertThat(error.toString()).doesNotContain("another-secret"));
    }

    @Test
    void shouldGiveUpOnAServerThatSaysNothing() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            PostgresDatabase database = new PostgresDatabase("jdbc:postgresql://127.0.0.1:" + silent.getLocalPort() + "/mail",
                Optional.of(TestPostgres.USER), Optional.of(TestPostgres.PASSWORD), 1);

            assertThatThrownBy(() -> new PostgresSettingStore(database).load(SettingKind.POLICY)).isInstanceOf(StoreException.class)
                .hasMessageContaining("can't be used");
        }
    }

    @Test
    void shouldNotChangeHalfWhenTheHistoryCannotBeWritten() throws Exception {
        SettingStore store = new PostgresSettingStore(database());
        store.revision(SettingKind.POLICY);
        postgres.query(url, "ALTER TABLE dane_history ADD CONSTRAINT full_disk CHECK (key <> 'example.com')");

        assertThatThrownBy(() -> store.put(Entries.set(Entries.policy("example.com", "may", null)))).isInstanceOf(StoreException.class);

        assertThat(store.load(SettingKind.POLICY)).isEmpty();
        assertThat(store.revision(SettingKind.POLICY)).isEqualTo("0");
    }

    private PostgresDatabase over(CutConnection way) {
        PostgresDatabase database = new PostgresDatabase(url.replaceFirst(":\\d+/", ":" + way.port() + "/"),
            Optional.of(TestPostgres.USER), Optional.of(TestPostgres.PASSWORD));
        open.add(database);
        return database;
    }

    @Test
    void shouldKnowThatAChangeIsStoredThoughTheAnswerIsLost() throws Exception {
        try (CutConnection way = new CutConnection(URI.create(url.substring("jdbc:".length())).getPort())) {
            SettingStore store = new PostgresSettingStore(over(way));
            Setting entry = Entries.policy("example.com", "may", null);
            store.revision(SettingKind.POLICY);

            way.cutNext(CutConnection.Cut.BEFORE_ANSWER);
            store.put(Entries.set(entry));

            assertThat(new PostgresSettingStore(database()).load(SettingKind.POLICY)).containsExactly(entry);
            way.cutNext(CutConnection.Cut.BEFORE_ANSWER);
            assertThat(store.remove(new SettingChange(Entries.START, SettingChange.Action.REMOVED, entry))).isTrue();
            assertThat(store.load(SettingKind.POLICY)).isEmpty();
        }
    }

    @Test
    void shouldKnowThatAChangeIsNotStoredWhoseCommitIsLost() throws Exception {
        try (CutConnection way = new CutConnection(URI.create(url.substring("jdbc:".length())).getPort())) {
            SettingStore store = new PostgresSettingStore(over(way));
            store.revision(SettingKind.POLICY);

            way.cutNext(CutConnection.Cut.BEFORE_COMMIT);
            assertThatThrownBy(() -> store.put(Entries.set(Entries.policy("example.com", "may", null))))
                .isInstanceOfSatisfying(StoreException.class, error -> assertThat(error.kind()).isEqualTo(StoreException.Kind.REFUSED));

            assertThat(store.load(SettingKind.POLICY)).isEmpty();
        }
    }

    @Test
    void shouldKeepDeliveringByTheLastKnownPoliciesOverAnOutage(@TempDir Path directory) throws Exception {
        Entries.MovedClock clock = new Entries.MovedClock();
        NextHop nextHop = NextHop.ofRecipientDomain("example.com", 25);
        try (Stores stores = new Stores(new Stores.Location(directory, Optional.of(database())), Policy.DANE, clock, "one")) {
            stores.start();
            stores.settings().put(Entries.policy("example.com", "dane-only", null));
            postgres.stop();
            try {
                clock.forward(Duration.ofHours(1));
                stores.settings().refresh();
                assertThat(stores.settings().policies().select(nextHop, clock.instant()).policy()).isEqualTo(Policy.DANE_ONLY);
                assertThat(stores.settings().problem()).isPresent();
                try (Stores restarted = new Stores(new Stores.Location(directory, Optional.of(database())), Policy.DANE, clock, "two")) {
                    restarted.start();
                    assertThat(restarted.settings().policies().select(nextHop, clock.instant()).policy()).isEqualTo(Policy.DANE_ONLY);
                }
            } finally {
                postgres.resume();
            }
            stores.settings().refresh();
            assertThat(stores.settings().problem()).isEmpty();
        }
    }
}
