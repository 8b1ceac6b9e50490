/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

import org.jamesdane.testing.postgres.TestPostgres;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Policies of MTA-STS that nodes share, each with a copy of its own. */
abstract class StsPoliciesContract {
    private Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);

    /** A connection of one more node; to another place than the test's database, if one is named. */
    abstract PostgresDatabase database(Optional<String> other);

    abstract TestPostgres postgres();

    abstract String query(String statement);

    private StsPolicies node(Path copy) {
        return node(database(Optional.empty()), copy);
    }

    private StsPolicies node(PostgresDatabase shared, Path copy) {
        StsPolicies node = new StsPolicies(new PostgresStsPolicies(shared, () -> now), new FileStsPolicies(copy), 100, () -> now);
        node.start();
        return node;
    }

    @Test
    void shouldSeeThePoliciesOfOtherNodes(@TempDir Path copies) {
        StsPolicies one = node(copies.resolve("one"));
        StsPolicies two = node(copies.resolve("two"));
        one.keep(StsPoliciesTest.ONE, StsPoliciesTest.policy("enforce", "A1", now.minusSeconds(60)), now);
        two.lookAgain();
        assertThat(StsPoliciesTest.kept(two, StsPoliciesTest.ONE)).isEqualTo("A1");

        two.keep(StsPoliciesTest.ONE, StsPoliciesTest.policy("none", "A2", now.minusSeconds(30)), now);
        one.keep(StsPoliciesTest.TWO, StsPoliciesTest.policy("testing", "B1", now.plusSeconds(900)), now);
        one.lookAgain();
        assertThat(StsPoliciesTest.kept(one, StsPoliciesTest.ONE)).isEqualTo("A2");
        assertThat(StsPoliciesTest.kept(node(copies.resolve("three")), StsPoliciesTest.ONE)).isEqualTo("A2");
        assertThat(query("SELECT count(*) FROM dane_sts_policy WHERE fetched > clock_timestamp()")).isEqualTo("0");
    }

    @Test
    void shouldLetOneNodeAtATimeFetchAPolicyAnew(@TempDir Path copies) {
        StsPolicies one = node(copies.resolve("one"));
        StsPolicies two = node(copies.resolve("two"));
        one.keep(StsPoliciesTest.ONE, StsPoliciesTest.policy("enforce", "A1", now.minusSeconds(86_400)), now);
        two.lookAgain();

        assertThat(List.of(two.claim(StsPoliciesTest.ONE), one.claim(StsPoliciesTest.ONE), two.claim(StsPoliciesTest.ONE)))
            .containsExactly(true, false, false);
        assertThat(one.claim(StsPoliciesTest.TWO)).as("a policy that could not be written is anybody's").isTrue();
        // The other node learns when its turn may come.
        one.lookAgain();
        assertThat(one.due(now.plusSeconds(60), 10)).isEmpty();
        assertThat(one.due(now.plusSeconds(180), 10)).containsKey(StsPoliciesTest.ONE);
    }

    @Test
    void shouldNotLetAnEarlierFetchReplaceALaterOne(@TempDir Path copies) {
        StsPolicies late = node(copies.resolve("one"));
        StsPolicies early = node(copies.resolve("two"));
        late.keep(StsPoliciesTest.ONE, StsPoliciesTest.policy("enforce", "A2", now.minusSeconds(30)), now);
        early.keep(StsPoliciesTest.ONE, StsPoliciesTest.policy("none", "A1", now.minusSeconds(60)), now);
        early.lookAgain();

        assertThat(StsPoliciesTest.kept(early, StsPoliciesTest.ONE)).isEqualTo("A2");
        assertThat(StsPoliciesTest.kept(node(copies.resolve("three")), StsPoliciesTest.ONE)).isEqualTo("A2");
    }

    @Test
    void shouldTakeTheCopyWhileTheDatabaseIsDown(@TempDir Path copies) {
        node(copies.resolve("one")).keep(StsPoliciesTest.ONE, StsPoliciesTest.policy("enforce", "A1", now), now);
        PostgresDatabase nowhere = database(Optional.of("jdbc:postgresql://127.0.0.1:1/nothing"));
        StsPolicies node = node(nowhere, copies.resolve("one"));
        assertThat(StsPoliciesTest.kept(node, StsPoliciesTest.ONE)).isEqualTo("A1");
        assertThat(node.problems()).singleElement().asString().contains("taken from the copy");

        StsPolicies other = node(nowhere, copies.resolve("new"));
        assertThat(StsPoliciesTest.kept(other, StsPoliciesTest.ONE)).isEqualTo("Unreadable");
    }

    @Test
    void shouldRestoreADatabaseThatWasLost(@TempDir Path copies) {
        node(copies).keep(StsPoliciesTest.ONE, StsPoliciesTest.policy("enforce", "A1", now), now);
        query("DELETE FROM dane_sts_policy");

        assertThat(StsPoliciesTest.kept(node(copies), StsPoliciesTest.ONE)).isEqualTo("A1");
        assertThat(query("SELECT domain, id, mode FROM dane_sts_policy")).isEqualTo("one.example|A1|enforce");
    }

    @Test
    void shouldWriteWhatItKeptWhileTheDatabaseWasDown(@TempDir Path copies) throws Exception {
        StsPolicies running = node(copies);
        running.keep(StsPoliciesTest.TWO, StsPoliciesTest.policy("enforce", "B1", now), now);
        postgres().stop();
        try {
            running.keep(StsPoliciesTest.ONE, StsPoliciesTest.policy("enforce", "A1", now), now);
        } finally {
            postgres().resume();
        }

        assertThat(StsPoliciesTest.kept(node(copies), StsPoliciesTest.ONE)).as("after a restart").isEqualTo("A1");
        query("DELETE FROM dane_sts_policy WHERE domain = 'one.example'");
        assertThat(StsPoliciesTest.kept(node(copies), StsPoliciesTest.ONE)).as("given up by another node").isEqualTo("Nothing");
        running.lookAgain();
        assertThat(query("SELECT id FROM dane_sts_policy ORDER BY id")).isEqualTo("A1\nB1");
        assertThat(running.problems()).isEmpty();
    }

    @Test
    void shouldCopyThePoliciesOfOtherNodes(@TempDir Path copies) {
        StsPolicies one = node(copies.resolve("one"));
        StsPolicies two = node(copies.resolve("two"));
        PostgresDatabase nowhere = database(Optional.of("jdbc:postgresql://127.0.0.1:1/nothing"));
        one.keep(StsPoliciesTest.ONE, StsPoliciesTest.policy("enforce", "A1", now.minusSeconds(60)), now);
        one.keep(StsPoliciesTest.TWO, StsPoliciesTest.policy("enforce", "B1", now.minusSeconds(60)), now);
        two.lookAgain();
        assertThat(StsPoliciesTest.kept(node(nowhere, copies.resolve("two")), StsPoliciesTest.ONE)).isEqualTo("A1");

        one.keep(StsPoliciesTest.ONE, StsPoliciesTest.policy("none", "A2", now.minusSeconds(30)), now);
        two.lookAgain();
        assertThat(StsPoliciesTest.kept(node(nowhere, copies.resolve("two")), StsPoliciesTest.ONE)).isEqualTo("A2");
        assertThat(StsPoliciesTest.kept(node(nowhere, copies.resolve("two")), StsPoliciesTest.TWO)).isEqualTo("B1");
    }

    @Test
    void shouldReadAllAfterATimeWithoutTheDatabase(@TempDir Path copies) {
        StsPolicies one = node(copies.resolve("one"));
        StsPolicies two = node(copies.resolve("two"));
        one.keep(StsPoliciesTest.ONE, StsPoliciesTest.policy("enforce", "A1", now.minusSeconds(60)), now);
        query("UPDATE dane_sts_policy SET written = written - interval '10 minutes'");
        now = now.plusSeconds(60);
        two.lookAgain();
        assertThat(StsPoliciesTest.kept(two, StsPoliciesTest.ONE)).isEqualTo("Nothing");

        now = now.plusSeconds(61);
        two.lookAgain();
        assertThat(StsPoliciesTest.kept(two, StsPoliciesTest.ONE)).isEqualTo("A1");
    }
}
