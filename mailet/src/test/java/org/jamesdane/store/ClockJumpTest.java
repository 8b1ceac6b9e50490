/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.Policy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Policies that end, and a clock that is wrong for a while. */
class ClockJumpTest {
    private static final Duration FAR = Duration.ofDays(400);
    private static final Setting STRICT = Entries.policy("example.com", "dane-only", Entries.START.plus(Duration.ofDays(30)));
    private static final Setting ANCHOR = Entries.anchor("broken.example", Entries.START.plus(Duration.ofDays(3)));

    private final Path directory;
    private final Entries.MovedClock clock = new Entries.MovedClock();
    private final List<StoreThread> threads = new ArrayList<>();
    private final SettingStore store;

    ClockJumpTest(@TempDir Path root) {
        this.directory = root;
        this.store = new FileSettingStore(root.resolve("shared"));
    }

    @AfterEach
    void endThreads() {
        threads.forEach(StoreThread::close);
    }

    private OperatorSettings node(String name) {
        StoreThread thread = new StoreThread();
        threads.add(thread);
        OperatorSettings settings = new OperatorSettings(store, new LastKnownSettings(directory.resolve(name)),
            new OperatorSettings.Rules(Policy.DANE, false, clock::nanos), thread, clock);
        settings.start();
        return settings;
    }

    private Policy policy(OperatorSettings settings) {
        return settings.policies().select(NextHop.ofRecipientDomain("example.com", 25), clock.instant()).policy();
    }

    @Test
    void shouldLoseNothingToAClockThatIsAheadForSeconds() throws Exception {
        OperatorSettings here = node("here");
        OperatorSettings there = node("there");
        here.put(STRICT);
        here.put(ANCHOR);
        there.refresh();
        List<String> heard = new ArrayList<>();
        here.onChange((kind, keys, now) -> heard.add(keys + " " + now.size()));

        clock.set(FAR);
        for (int i = 0; i < 4; i++) {
            here.refresh();
            there.refresh();
            clock.forward(Duration.ofSeconds(1));
        }
        assertThat(policy(here)).isEqualTo(Policy.DANE);
        assertThat(here.entries(SettingKind.NEGATIVE_TRUST_ANCHOR)).isEmpty();
        OperatorSettings started = node("started meanwhile");
        clock.set(FAR.negated());
        here.refresh();
        there.refresh();
        started.refresh();

        for (OperatorSettings node : List.of(here, there, started, node("started later"))) {
            assertThat(policy(node)).isEqualTo(Policy.DANE_ONLY);
            assertThat(node.entries(SettingKind.NEGATIVE_TRUST_ANCHOR)).containsExactly(ANCHOR);
        }
        assertThat(heard).containsExactlyInAnyOrder("[example.com] 0", "[broken.example] 0", "[example.com] 1", "[broken.example] 1");
        assertThat(here.history(SettingKind.POLICY, Optional.empty())).extracting(SettingChange::action)
            .containsExactly(SettingChange.Action.SET);
    }

    @Test
    void shouldRemoveWhatIsOverDaysLater() throws Exception {
        OperatorSettings settings = node("here");
        settings.put(STRICT);
        clock.forward(Duration.ofDays(30));
        for (int hour = 0; hour < 71; hour++) {
            settings.refresh();
            clock.forward(Duration.ofHours(1));
        }
        settings.refresh();
        assertThat(store.load(SettingKind.POLICY)).containsExactly(STRICT);

        clock.forward(Duration.ofHours(1));
        settings.refresh();

        assertThat(store.load(SettingKind.POLICY)).isEmpty();
        assertThat(settings.history(SettingKind.POLICY, Optional.empty())).extracting(SettingChange::action)
            .containsExactly(SettingChange.Action.SET, SettingChange.Action.EXPIRED);
    }

    @Test
    void shouldNotRemoveBeforeADayWithoutAJump() throws Exception {
        OperatorSettings settings = node("here");
        settings.put(STRICT);
        clock.set(FAR);
        settings.refresh();
        clock.forward(Duration.ofHours(23));
        settings.refresh();
        clock.set(Duration.ofMinutes(2));
        settings.refresh();
        clock.forward(Duration.ofHours(23));
        settings.refresh();
        assertThat(store.load(SettingKind.POLICY)).containsExactly(STRICT);

        clock.forward(Duration.ofHours(1));
        settings.refresh();

        assertThat(store.load(SettingKind.POLICY)).isEmpty();
    }

    @Test
    void shouldTakeWhatIsOverForNothingWhenACallWantsNothing() throws Exception {
        OperatorSettings settings = node("here");
        settings.put(STRICT);
        clock.forward(Duration.ofDays(31));

        settings.put(new Setting(SettingKind.POLICY, "example.com", "may", "why", "who", Optional.empty(), clock.instant()),
            new Expectation(Optional.empty(), Optional.of(Set.of(Expectation.ANY))));

        assertThat(policy(settings)).isEqualTo(Policy.MAY);
    }
}
