/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

import org.jamesdane.dns.DomainName;
import org.jamesdane.mtasts.CachedPolicy;
import org.jamesdane.mtasts.StsPolicy;
import org.jamesdane.mtasts.StsState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StsPoliciesTest {
    static final DomainName ONE = DomainName.of("one.example");
    static final DomainName TWO = DomainName.of("two.example");

    private final Path main;
    private final Path copy;
    private Instant now = Instant.parse("2026-12-01T12:00:00Z");
    private int most = 100;

    StsPoliciesTest(@TempDir Path directory) {
        main = directory.resolve("main");
        copy = directory.resolve("copy");
    }

    private StsPolicies opened() {
        StsPolicies policies = new StsPolicies(new FileStsPolicies(main), new FileStsPolicies(copy), most, () -> now);
        policies.start();
        return policies;
    }

    private CachedPolicy policy(String mode, String id) {
        return policy(mode, id, now);
    }

    static CachedPolicy policy(String mode, String id, Instant now) {
        String text = "version: STSv1\nmode: " + mode + "\r\nmx: mx.example.com\nmax_age: 604800\nnew_field: \u00e4\n";
        StsPolicy read = ((StsPolicy.Read) StsPolicy.read(text.getBytes(StandardCharsets.UTF_8))).policy();
        return new CachedPolicy(id, read, now, now.plus(Duration.ofHours(20)), Optional.empty(), now);
    }

    static String kept(StsPolicies policies, DomainName domain) {
        StsState.Kept kept = policies.kept(domain);
        return kept instanceof StsState.Policy policy ? policy.policy().id() : kept.getClass().getSimpleName();
    }

    private Path file(Path directory) {
        return directory.resolve("mta-sts-policies.jsonl");
    }

    @Test
    void shouldKeepPoliciesOverARestart() {
        CachedPolicy failed = new CachedPolicy("A1", policy("enforce", "A1").policy(), now, now.plusSeconds(1), Optional.of(now), now);
        opened().keep(ONE, failed, now);
        opened().keep(TWO, policy("testing", "B1"), now);

        assertThat(opened().kept(ONE)).isEqualTo(new StsState.Policy(failed));
        assertThat(kept(opened(), TWO)).isEqualTo("B1");
        assertThat(kept(opened(), DomainName.of("three.example"))).isEqualTo("Nothing");
    }

    @Test
    void shouldReplaceAPolicyOnlyByALaterFetch() {
        StsPolicies policies = opened();
        CachedPolicy early = policy("enforce", "A1");
        now = now.plusSeconds(60);
        policies.keep(ONE, policy("none", "A2"), now);
        policies.keep(ONE, early, now);

        assertThat(kept(policies, ONE)).isEqualTo("A2");
        assertThat(kept(opened(), ONE)).isEqualTo("A2");
    }

    @Test
    void shouldPassOverALineThatAKillCutOff() throws IOException {
        opened().keep(ONE, policy("enforce", "A1"), now);
        Files.writeString(file(main), "{\"domain\":\"two.exa", StandardOpenOption.APPEND);
        StsPolicies policies = opened();
        policies.keep(TWO, policy("enforce", "B1"), now);

        assertThat(kept(opened(), ONE)).isEqualTo("A1");
        assertThat(kept(opened(), TWO)).isEqualTo("B1");
        assertThat(policies.problems()).isEmpty();
    }

    @Test
    void shouldTakeTheCopyWhenThePoliciesAreDamaged() throws IOException {
        StsPolicies before = opened();
        before.keep(ONE, policy("enforce", "A1"), now);
        before.keep(TWO, policy("enforce", "B1"), now);
        Files.writeString(file(main), Files.readString(file(main)).replace("\"id\":\"A1\"", "\"id\":7"));

        assertThat(kept(opened(), ONE)).isEqualTo("A1");
        assertThat(kept(opened(), TWO)).isEqualTo("B1");
        assertThat(main.resolve("mta-sts-policies.jsonl.damaged")).exists();
    }

    @Test
    void shouldTakeTheCopyWhenThePoliciesAreGone() throws IOException {
        opened().keep(ONE, policy("enforce", "A1"), now);
        Files.delete(file(main));

        assertThat(kept(opened(), ONE)).isEqualTo("A1");
        assertThat(kept(opened(), ONE)).isEqualTo("A1");
    }

    @Test
    void shouldKnowNothingWhenNeitherPoliciesNorCopyCanBeRead() throws IOException {
        opened().keep(ONE, policy("enforce", "A1"), now);
        String good = Files.readString(file(main));
        Files.writeString(file(main), "rubbish\n");
        Files.writeString(file(copy), "rubbish\n");
        StsPolicies policies = opened();
        policies.keep(TWO, policy("enforce", "B1"), now);
        policies.lookAgain();

        assertThat(kept(policies, ONE)).isEqualTo("Unreadable");
        assertThat(kept(policies, TWO)).isEqualTo("Unreadable");
        assertThat(policies.problems()).singleElement().asString().contains("can't be read");
        assertThat(Files.readString(file(main))).isEqualTo("rubbish\n");

        Files.writeString(file(main), good);
        policies.lookAgain();
        assertThat(kept(policies, ONE)).isEqualTo("A1");
        assertThat(policies.problems()).isEmpty();
    }

    @Test
    void shouldNoteOnceADayWhenAPolicyWasAskedFor() {
        StsPolicies policies = opened();
        policies.keep(ONE, policy("enforce", "A1"), now);
        Instant fetched = now;
        now = now.plus(Duration.ofHours(23));
        policies.used(ONE, now);
        assertThat(policies.kept(ONE)).isEqualTo(new StsState.Policy(policy("enforce", "A1", fetched)));

        now = now.plus(Duration.ofHours(2));
        policies.used(ONE, now);
        assertThat(policies.kept(ONE)).isEqualTo(new StsState.Policy(policy("enforce", "A1", fetched).usedAt(now)));
    }

    @Test
    void shouldGiveUpNoPolicyInForceForOneOfAnotherDomain() {
        most = 2;
        StsPolicies policies = opened();
        policies.keep(ONE, policy("enforce", "A1"), now);
        policies.keep(TWO, policy("testing", "B1"), now);
        policies.keep(DomainName.of("three.example"), policy("testing", "C1"), now);
        assertThat(kept(policies, TWO)).isEqualTo("B1");
        assertThat(policies.problems()).singleElement().asString().contains("no more MTA-STS policies can be kept");

        policies.keep(DomainName.of("four.example"), policy("enforce", "D1"), now);
        assertThat(kept(policies, TWO)).isEqualTo("Nothing");
        assertThat(kept(policies, DomainName.of("four.example"))).isEqualTo("D1");
        assertThat(policies.problems()).isEmpty();

        policies.keep(DomainName.of("five.example"), policy("enforce", "E1"), now);
        assertThat(kept(policies, ONE)).isEqualTo("A1");
        assertThat(kept(policies, DomainName.of("five.example"))).isEqualTo("Nothing");
    }

    @Test
    void shouldForgetPoliciesWhoseLifetimeIsOver() throws IOException {
        opened().keep(ONE, policy("enforce", "A1"), now);
        now = now.plus(Duration.ofDays(8));

        assertThat(kept(opened(), ONE)).isEqualTo("Nothing");
        assertThat(Files.readString(file(main))).doesNotContain("one.example");
    }

    @Test
    void shouldSayWhenARefreshIsOverdue() {
        StsPolicies policies = opened();
        CachedPolicy fresh = policy("enforce", "A1");
        policies.keep(ONE, new CachedPolicy("A1", fresh.policy(), now, now, Optional.of(now), now), now);
        assertThat(policies.problems()).isEmpty();
        assertThat(policies.due(now, 10)).containsOnlyKeys(ONE);

        now = now.plus(CachedPolicy.OVERDUE);
        assertThat(policies.problems()).singleElement().asString().contains("one.example since 2026-12-01T12:00:00Z");
        assertThat(policies.count(policy -> policy.policy().mode() == StsPolicy.Mode.ENFORCE)).isEqualTo(1);
    }

    @Test
    void shouldSayWhenAPolicyCannotBeWritten() throws IOException {
        StsPolicies policies = opened();
        Files.delete(file(main));
        Files.createDirectory(file(main));
        policies.keep(ONE, policy("enforce", "A1"), now);

        assertThat(kept(policies, ONE)).isEqualTo("A1");
        assertThat(policies.problems()).singleElement().asString().contains("can't be kept for the next start");
    }

    @Test
    void shouldWriteAgainWhatTheStoreDidNotTake() throws IOException {
        StsPolicies policies = opened();
        Files.delete(file(main));
        Files.createDirectories(file(main).resolve("in-the-way"));
        policies.keep(ONE, policy("enforce", "A1"), now);
        assertThat(Files.readString(file(copy))).contains("\"id\":\"A1\"");

        policies.lookAgain();
        assertThat(Files.readString(file(main))).contains("\"id\":\"A1\"");
        assertThat(policies.problems()).noneMatch(problem -> problem.contains("can't be kept"));
    }

    @Test
    void shouldKeepInTheStoreWhatTheCopyDoesNotTake() throws IOException {
        StsPolicies policies = opened();
        Files.delete(file(copy));
        Files.createDirectory(file(copy));
        policies.keep(ONE, policy("enforce", "A1"), now);
        assertThat(Files.readString(file(main))).contains("\"id\":\"A1\"");
        policies.keep(TWO, policy("enforce", "B1"), now);
        assertThat(policies.problems()).singleElement().asString().contains("can't be kept for the next start");

        Files.delete(file(copy));
        policies.lookAgain();
        assertThat(Files.readString(file(copy))).contains("\"id\":\"A1\"", "\"id\":\"B1\"");
        assertThat(policies.problems()).isEmpty();
    }

    @Test
    void shouldTakeFromTheCopyWhatTheStoreDidNotTake() throws IOException {
        opened().keep(TWO, policy("enforce", "B1"), now);
        String early = Files.readString(file(main));
        opened().keep(ONE, policy("enforce", "A1"), now);
        Files.writeString(file(main), early);

        assertThat(kept(opened(), ONE)).isEqualTo("A1");
        assertThat(kept(opened(), TWO)).isEqualTo("B1");
        assertThat(Files.readString(file(main))).contains("\"id\":\"A1\"");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 13})
    void shouldTakeTheCopyWhenThePoliciesAreCutOff(int octets) throws IOException {
        opened().keep(ONE, policy("enforce", "A1"), now);
        Files.writeString(file(main), Files.readString(file(main)).substring(0, octets));
        StsPolicies policies = opened();

        assertThat(kept(policies, ONE)).isEqualTo("A1");
        assertThat(policies.problems()).singleElement().asString().contains("taken from the copy");
        assertThat(Files.readString(file(copy))).contains("\"id\":\"A1\"");
        assertThat(kept(opened(), ONE)).isEqualTo("A1");
    }

    @Test
    void shouldMergeTheCopyWhenThePoliciesWereRemovedWhileRunning() throws IOException {
        StsPolicies policies = opened();
        policies.keep(ONE, policy("enforce", "A1"), now);
        Files.delete(file(main));
        policies.keep(TWO, policy("enforce", "B1"), now);

        assertThat(kept(opened(), ONE)).isEqualTo("A1");
        assertThat(kept(opened(), TWO)).isEqualTo("B1");
    }

    @Test
    void shouldNotTakeFromTheCopyWhatWasReplaced() throws IOException {
        opened().keep(ONE, policy("enforce", "A1"), now);
        String early = Files.readString(file(copy));
        now = now.plusSeconds(60);
        opened().keep(ONE, policy("none", "A2"), now);
        Files.writeString(file(copy), early);

        assertThat(kept(opened(), ONE)).isEqualTo("A2");
        assertThat(Files.readString(file(copy))).doesNotContain("one.example");
    }

    @Test
    void shouldPassOverALineThatIsCutInsideACharacter() throws IOException {
        opened().keep(ONE, policy("enforce", "A1"), now);
        Files.write(file(main), new byte[] {'{', (byte) 0xc3}, StandardOpenOption.APPEND);

        StsPolicies policies = opened();
        assertThat(kept(policies, ONE)).isEqualTo("A1");
        assertThat(policies.problems()).isEmpty();
    }
}
