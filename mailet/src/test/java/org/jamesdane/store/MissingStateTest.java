/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.Policy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Policies that should be there and are not. */
class MissingStateTest {
    private static final Setting STRICT = Entries.policy("example.com", "dane-only", null);

    private final Path directory;
    private final Path copy;
    private final Entries.MovedClock clock = new Entries.MovedClock();
    private final List<StoreThread> threads = new ArrayList<>();

    MissingStateTest(@TempDir Path root) {
        this.directory = root.resolve("dane");
        this.copy = root.resolve("copy");
    }

    @AfterEach
    void endThreads() {
        threads.forEach(StoreThread::close);
    }

    private OperatorSettings started(boolean requireState) {
        StoreThread thread = new StoreThread();
        threads.add(thread);
        OperatorSettings settings = new OperatorSettings(new FileSettingStore(directory),
            new LastKnownSettings(copy, Optional.of(directory.resolve("last-known"))),
            new OperatorSettings.Rules(Policy.DANE, requireState, clock::nanos), thread, clock);
        settings.start();
        return settings;
    }

    private OperatorSettings started() {
        return started(false);
    }

    private Policy policy(OperatorSettings settings) {
        return settings.policies().select(NextHop.ofRecipientDomain("example.com", 25), clock.instant()).policy();
    }

    private void move(Path from, Path to) throws Exception {
        Files.move(from, to);
    }

    private void assertLost(OperatorSettings settings) {
        assertThat(settings.knowledge().state()).isEqualTo(PolicyKnowledge.State.LOST);
        assertThat(policy(settings)).isEqualTo(Policy.DANE_ONLY);
        assertThat(settings.knowledge().hold()).isEmpty();
        assertThat(settings.problem()).hasValueSatisfying(problem -> assertThat(problem)
            .startsWith("The policies are gone from the store").contains(copy.toString(), "accept-empty"));
    }

    @Test
    void shouldApplyWhatIsKnownWhenTheDirectoryGoesWhileRunning() throws Exception {
        OperatorSettings settings = started();
        settings.put(STRICT);

        move(directory, directory.resolveSibling("elsewhere"));
        settings.refresh();

        assertLost(settings);
        assertThatThrownBy(() -> settings.put(Entries.policy("b.example", "may", null))).isInstanceOf(StoreException.class)
            .hasMessageContaining("nothing was changed");
        assertThatThrownBy(() -> settings.remove(SettingKind.POLICY, "example.com")).isInstanceOf(StoreException.class);
        assertThat(directory).doesNotExist();
        move(directory.resolveSibling("elsewhere"), directory);
        settings.refresh();
        assertThat(settings.problem()).isEmpty();
        assertThat(settings.knowledge().state()).isEqualTo(PolicyKnowledge.State.PRESENT);
    }

    @Test
    void shouldRefuseAChangeThoughTheLossWasNotNoticedYet() throws Exception {
        OperatorSettings settings = started();
        settings.put(STRICT);
        move(directory, directory.resolveSibling("elsewhere"));

        assertThatThrownBy(() -> settings.put(Entries.policy("b.example", "may", null))).isInstanceOf(StoreException.class);

        assertThat(policy(settings)).isEqualTo(Policy.DANE_ONLY);
    }

    @Test
    void shouldApplyTheCopyWhenTheDirectoryIsGoneAtTheStart() throws Exception {
        started().put(STRICT);
        move(directory, directory.resolveSibling("elsewhere"));

        OperatorSettings restarted = started(true);

        assertLost(restarted);
        Files.createDirectories(directory);
        Files.copy(copy.resolve("policies.json"), directory.resolve("policies.json"));
        restarted.refresh();
        assertThat(restarted.problem()).isEmpty();
        assertThat(policy(restarted)).isEqualTo(Policy.DANE_ONLY);
    }

    @Test
    void shouldForgetWhatIsLostOnAnOperatorsWord() throws Exception {
        started().put(STRICT);
        move(directory, directory.resolveSibling("elsewhere"));
        OperatorSettings restarted = started();

        assertThat(restarted.acceptEmpty()).isTrue();

        assertThat(policy(restarted)).isEqualTo(Policy.DANE);
        assertThat(restarted.problem()).isEmpty();
        assertThat(policy(started())).isEqualTo(Policy.DANE);
    }

    @Test
    void shouldCountTheCopyOfAnEarlierVersion() throws Exception {
        Path old = directory.resolve("last-known");
        assertThat(new LastKnownSettings(old).save(SettingKind.POLICY, List.of())).isTrue();
        assertThat(started().knowledge().state()).as("nobody had set any").isEqualTo(PolicyKnowledge.State.UNCONFIRMED);
        assertThat(new LastKnownSettings(old).save(SettingKind.POLICY, List.of(STRICT))).isTrue();

        OperatorSettings settings = started();

        assertThat(settings.knowledge().state()).isEqualTo(PolicyKnowledge.State.LOST);
        assertThat(policy(settings)).isEqualTo(Policy.DANE_ONLY);
    }

    @Test
    void shouldBeAProblemUntilAFirstStartIsConfirmed() throws Exception {
        OperatorSettings settings = started();
        assertThat(settings.knowledge().state()).isEqualTo(PolicyKnowledge.State.UNCONFIRMED);
        assertThat(settings.knowledge().hold()).isEmpty();
        assertThat(settings.problem()).hasValueSatisfying(
            problem -> assertThat(problem).contains("No policy was ever set", "accept-empty"));
        assertThat(started().problem()).as("a second start changes nothing").isPresent();

        assertThat(settings.acceptEmpty()).isTrue();

        assertThat(settings.problem()).isEmpty();
        assertThat(settings.acceptEmpty()).as("there is nothing to confirm any more").isFalse();
        assertThat(started(true).problem()).isEmpty();
    }

    @Test
    void shouldBeConfirmedByAFirstPolicy() throws Exception {
        OperatorSettings settings = started(true);
        assertThat(settings.knowledge().hold()).isPresent();

        settings.put(STRICT);

        assertThat(settings.knowledge().hold()).isEmpty();
        assertThat(settings.problem()).isEmpty();
    }

    @Test
    void shouldHoldMailWhereStateIsRequiredUntilItIsConfirmed() throws Exception {
        OperatorSettings settings = started(true);
        assertThat(settings.knowledge().hold()).hasValueSatisfying(reason -> assertThat(reason).contains("accept-empty"));
        assertThat(settings.problem()).hasValueSatisfying(problem -> assertThat(problem).contains("Mail is held until then"));

        settings.acceptEmpty();

        assertThat(settings.knowledge().hold()).isEmpty();
    }

    @Test
    void shouldHoldMailWhenMailOfAnEarlierTimeWaits() throws Exception {
        clock.forward(Duration.ofDays(1));
        OperatorSettings settings = started();
        settings.knowledge().waits(clock.instant().plusSeconds(1));
        assertThat(settings.knowledge().hold()).as("mail of this life").isEmpty();

        settings.knowledge().waits(Entries.START);

        assertThat(settings.knowledge().hold()).isPresent();
        OperatorSettings restarted = started();
        assertThat(restarted.knowledge().hold()).as("also after a restart").isPresent();
        restarted.acceptEmpty();
        assertThat(restarted.knowledge().hold()).isEmpty();
    }

    @Test
    void shouldNotTakeMailOfTheFirstLifeForAnEarlierOneAfterARestart() throws Exception {
        started();
        clock.forward(Duration.ofHours(1));
        OperatorSettings restarted = started();

        restarted.knowledge().waits(clock.instant().minus(Duration.ofMinutes(30)));

        assertThat(restarted.knowledge().hold()).isEmpty();
    }
}
