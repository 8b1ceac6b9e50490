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
import java.util.Set;

import org.jamesdane.dane.policy.NextHop;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.policy.PolicySelection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OperatorSettingsTest {
    private static final Duration TWO_DAYS = Duration.ofDays(2);
    private static final Setting EXCEPTION = Entries.policy("example.com", "may", Entries.START.plus(TWO_DAYS));

    private final Path directory;
    private final Entries.MovedClock clock = new Entries.MovedClock();
    private final List<StoreThread> threads = new ArrayList<>();

    OperatorSettingsTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @AfterEach
    void endThreads() {
        threads.forEach(StoreThread::close);
    }

    /** A node with a local disk of its own; what it does by itself from time to time is done by calling refresh. */
    private OperatorSettings node(String name, SettingStore store) {
        StoreThread thread = new StoreThread(Duration.ofMillis(500));
        threads.add(thread);
        return new OperatorSettings(store, new LastKnownSettings(directory.resolve(name)),
            new OperatorSettings.Rules(Policy.DANE, false, clock::nanos), thread, clock);
    }

    private FailingStore store() {
        return new FailingStore(new FileSettingStore(directory.resolve("shared")));
    }

    private PolicySelection select(OperatorSettings settings, String domain) {
        return settings.policies().select(NextHop.ofRecipientDomain(domain, 25), clock.instant());
    }

    @Test
    void shouldApplyTheStrictestPolicyForAWordOfANewerVersion() throws Exception {
        FailingStore store = store();
        store.put(Entries.set(Entries.policy("new.example", "dane-pinned", null)));
        store.put(Entries.set(Entries.policy("old.example", "may", null)));
        OperatorSettings settings = node("one", store);
        settings.start();

        assertThat(select(settings, "new.example").policy()).isEqualTo(Policy.DANE_ONLY);
        assertThat(select(settings, "old.example").policy()).isEqualTo(Policy.MAY);
        assertThat(settings.problem()).isEmpty();
        assertThat(settings.remove(SettingKind.POLICY, "new.example")).isTrue();
        assertThat(select(settings, "new.example").policy()).isEqualTo(Policy.DANE);
    }

    @Test
    void shouldRefuseAnUnknownPolicyNamingTheKnownOnes() {
        OperatorSettings settings = node("one", store());

        assertThatThrownBy(() -> settings.put(Entries.policy("example.com", "audit+encrypt", null)))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("none, may, encrypt, audit, dane, dane-encrypt, authenticated, dane-only");
    }

    private static void refresh(OperatorSettings... nodes) {
        for (OperatorSettings node : nodes) {
            node.refresh();
        }
    }

    @Test
    void shouldApplyAnExceptionHereAtOnceAndElsewhereAtReading() throws Exception {
        OperatorSettings here = node("here", store());
        OperatorSettings there = node("there", store());
        here.start();
        there.start();

        here.put(EXCEPTION);

        assertThat(select(here, "example.com")).isEqualTo(new PolicySelection(Policy.MAY, "domain example.com until 2026-11-03T12:00:00Z"));
        refresh(there);
        assertThat(select(there, "example.com").policy()).isEqualTo(Policy.MAY);
        assertThat(here.remove(SettingKind.POLICY, "example.com")).isTrue();
        assertThat(select(here, "example.com").source()).isEqualTo("default");
        refresh(there);
        assertThat(select(there, "example.com").source()).isEqualTo("default");
        assertThat(there.remove(SettingKind.POLICY, "example.com")).isFalse();
    }

    @Test
    void shouldReturnToTheDefaultAtTheMomentAnExceptionEnds() throws Exception {
        OperatorSettings settings = node("here", store());
        settings.start();
        settings.put(EXCEPTION);

        clock.forward(TWO_DAYS.minusMillis(1));
        assertThat(select(settings, "example.com").policy()).isEqualTo(Policy.MAY);
        clock.forward(Duration.ofMillis(1));

        assertThat(select(settings, "example.com")).isEqualTo(new PolicySelection(Policy.DANE, "default"));
        assertThat(settings.find(SettingKind.POLICY, "example.com")).isEmpty();
        assertThat(settings.entries(SettingKind.POLICY)).isEmpty();
        assertThat(settings.findEnded(SettingKind.POLICY, "example.com")).contains(EXCEPTION);
        refresh(settings);
        assertThat(settings.history(SettingKind.POLICY, Optional.empty())).extracting(SettingChange::action)
            .containsExactly(SettingChange.Action.SET);
    }

    @Test
    void shouldEndAnExceptionOnceThoughTwoNodesSeeItEnd() throws Exception {
        OperatorSettings here = node("here", store());
        OperatorSettings there = node("there", store());
        here.start();
        here.put(EXCEPTION);
        there.start();

        clock.forward(TWO_DAYS);
        refresh(here, there, here);
        clock.forward(Endings.REMOVED_AFTER);
        refresh(here, there, here);

        assertThat(here.history(SettingKind.POLICY, Optional.empty())).extracting(SettingChange::action)
            .containsExactly(SettingChange.Action.SET, SettingChange.Action.EXPIRED);
    }

    @Test
    void shouldSayThatNothingIsKnownWhileNeitherStoreNorCopyCanBeRead() throws Exception {
        FailingStore store = store();
        store.fail("The store is away");
        OperatorSettings settings = node("here", store);
        settings.start();
        assertThat(settings.knowledge().hold()).isPresent();
        assertThat(settings.problem()).hasValueSatisfying(problem -> assertThat(problem).contains("mail is held"));

        store.repair();
        refresh(settings);
        assertThat(settings.knowledge().hold()).isEmpty();
        settings.acceptEmpty();

        store.fail("The store is away");
        OperatorSettings restarted = node("here", store);
        restarted.start();
        assertThat(restarted.knowledge().hold()).isEmpty();
    }

    @Test
    void shouldKeepTheLastKnownPoliciesWhileTheStoreFails() throws Exception {
        FailingStore store = store();
        OperatorSettings settings = node("here", store);
        settings.start();
        settings.put(EXCEPTION);
        assertThat(settings.problem()).isEmpty();

        store.fail("The store is down");
        refresh(settings);

        assertThat(select(settings, "example.com").policy()).isEqualTo(Policy.MAY);
        assertThat(settings.problem()).hasValueSatisfying(sentence -> assertThat(sentence).contains("The store is down", "applies"));
        assertThatThrownBy(() -> settings.put(Entries.policy("b.example", "may", null))).isInstanceOf(StoreException.class)
            .hasMessageContaining("The store is down");
        assertThat(select(settings, "b.example").source()).as("what was not stored does not apply").isEqualTo("default");
        store.repair();
        refresh(settings);
        assertThat(settings.problem()).isEmpty();
    }

    @Test
    void shouldEndAnExceptionForGoodWhileTheStoreFails() throws Exception {
        FailingStore store = store();
        OperatorSettings settings = node("here", store);
        settings.start();
        settings.put(EXCEPTION);
        Setting anchor = Entries.anchor("broken.example", Entries.START.plus(TWO_DAYS));
        settings.put(anchor);

        store.fail("The store is down");
        clock.forward(TWO_DAYS);
        refresh(settings, settings);
        assertThat(settings.entries(SettingKind.NEGATIVE_TRUST_ANCHOR)).isEmpty();
        store.repair();
        refresh(settings);

        assertThat(select(settings, "example.com").source()).isEqualTo("default");
        assertThat(settings.entries(SettingKind.POLICY)).isEmpty();
    }

    @Test
    void shouldAnswerAtOnceWhileTheStoreHangs() throws Exception {
        FailingStore store = store();
        OperatorSettings settings = node("here", store);
        settings.start();
        settings.put(EXCEPTION);

        store.hang();
        assertThatThrownBy(() -> settings.put(Entries.policy("b.example", "may", null)))
            .isInstanceOfSatisfying(StoreException.class, error -> {
                assertThat(error.kind()).isEqualTo(StoreException.Kind.IN_DOUBT);
                assertThat(error.sentence()).contains("was not confirmed within");
            });
        assertThatThrownBy(() -> settings.put(Entries.policy("c.example", "may", null)))
            .isInstanceOfSatisfying(StoreException.class, error -> {
                assertThat(error.kind()).isEqualTo(StoreException.Kind.REFUSED);
                assertThat(error.sentence()).contains("was not begun");
            });

        assertThat(select(settings, "example.com").policy()).isEqualTo(Policy.MAY);
        clock.forward(Duration.ofSeconds(31));
        assertThat(settings.problem()).hasValueSatisfying(sentence -> assertThat(sentence).contains("has not answered since"));
        store.repair();
        assertThat(settings.history(SettingKind.POLICY, Optional.empty())).extracting(change -> change.entry().key())
            .as("what had begun is done, and nothing that was called not begun").containsExactly("example.com", "b.example");
    }

    @Test
    void shouldConfirmWhatIsStoredThoughTheStoreFailsRightAfter() throws Exception {
        FailingStore store = store();
        OperatorSettings settings = node("here", store);
        settings.start();

        store.afterChange(() -> store.fail("The store is down"));
        settings.put(EXCEPTION);

        assertThat(select(settings, "example.com").policy()).isEqualTo(Policy.MAY);
        assertThat(settings.problem()).hasValueSatisfying(sentence -> assertThat(sentence).contains("The store is down"));
        store.repair();
        assertThat(settings.remove(SettingKind.POLICY, "example.com")).isTrue();
        assertThat(select(settings, "example.com").source()).isEqualTo("default");
    }

    @Test
    void shouldShowWhatAnotherNodeSetWhenAConditionIsNotMet() throws Exception {
        OperatorSettings here = node("here", store());
        OperatorSettings there = node("there", store());
        here.start();
        there.start();
        here.put(EXCEPTION);
        Expectation seenHere = new Expectation(Optional.of(Set.of(EXCEPTION.tag())), Optional.empty());
        there.put(Entries.policy("example.com", "encrypt", null));

        assertThatThrownBy(() -> here.put(EXCEPTION, seenHere)).isInstanceOf(StoreException.class).hasMessageContaining("was set at");
        assertThat(select(here, "example.com").policy()).isEqualTo(Policy.ENCRYPT);
        assertThatThrownBy(() -> here.remove(SettingKind.POLICY, "example.com", seenHere, Optional.empty()))
            .isInstanceOf(StoreException.class);
        assertThat(select(there, "example.com").policy()).isEqualTo(Policy.ENCRYPT);
    }

    @Test
    void shouldStartWithWhatWasKnownLastWhenTheStoreIsDown() throws Exception {
        FailingStore store = store();
        OperatorSettings before = node("here", store);
        before.start();
        before.put(Entries.policy(".example.com", "dane-only", null));
        before.put(EXCEPTION);
        before.put(Entries.anchor("broken.example", Entries.START.plus(TWO_DAYS)));

        store.fail("The store is down");
        OperatorSettings after = node("here", store);
        after.start();

        assertThat(select(after, "mx.example.com").policy()).isEqualTo(Policy.DANE_ONLY);
        assertThat(select(after, "example.com").policy()).isEqualTo(Policy.MAY);
        assertThat(after.entries(SettingKind.NEGATIVE_TRUST_ANCHOR)).hasSize(1);
        assertThat(after.problem()).isPresent();
        clock.forward(TWO_DAYS);
        OperatorSettings later = node("here", store);
        later.start();
        assertThat(select(later, "example.com").source()).isEqualTo("default");
        assertThat(later.entries(SettingKind.NEGATIVE_TRUST_ANCHOR)).isEmpty();
    }

    @Test
    void shouldKeepTheLastGoodPoliciesOverADamagedFile() throws Exception {
        OperatorSettings settings = node("here", new FileSettingStore(directory.resolve("shared")));
        settings.start();
        settings.put(Entries.policy("example.com", "dane-only", null));
        Path file = directory.resolve("shared/policies.json");

        Files.writeString(file, Files.readString(file).substring(0, 60));
        refresh(settings);
        OperatorSettings restarted = node("here", new FileSettingStore(directory.resolve("shared")));
        restarted.start();

        for (OperatorSettings each : List.of(settings, restarted)) {
            assertThat(select(each, "example.com").policy()).isEqualTo(Policy.DANE_ONLY);
            assertThat(each.problem()).hasValueSatisfying(sentence -> assertThat(sentence).contains("policies.json", "repair it"));
        }
    }

    /** RFC 7646 §4: at most a week. */
    @Test
    void shouldRefuseTimesThatAreOverOrTooFarAway() {
        OperatorSettings settings = node("here", store());
        settings.start();

        assertThatThrownBy(() -> settings.put(Entries.anchor("broken.example", Entries.START.plus(Duration.ofDays(7)).plusSeconds(1))))
            .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("a time in the next 7 days is allowed (RFC 7646 §4)");
        assertThatThrownBy(() -> settings.put(Entries.policy("example.com", "may", Entries.START)))
            .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("would end at");
        assertThatThrownBy(() -> settings.put(Entries.policy("example.com", "may", Entries.START.plus(Duration.ofDays(4000)))))
            .isInstanceOf(IllegalArgumentException.class);
        assertThat(settings.entries(SettingKind.POLICY)).isEmpty();
    }

    @Test
    void shouldNotReviveAnAnchorWhoseZoneRecoveredMeanwhile() throws Exception {
        FailingStore store = store();
        OperatorSettings settings = node("here", store);
        settings.start();
        Setting anchor = Entries.anchor("broken.example", Entries.START.plus(TWO_DAYS));
        settings.put(anchor);
        List<SettingKind> told = new ArrayList<>();
        settings.onChange((kind, keys, now) -> told.add(kind));

        store.fail("The store is down");
        settings.recovered("broken.example", Entries.START.plus(TWO_DAYS));
        store.repair();
        refresh(settings, settings);

        assertThat(settings.entries(SettingKind.NEGATIVE_TRUST_ANCHOR)).isEmpty();
        assertThat(told).containsExactly(SettingKind.NEGATIVE_TRUST_ANCHOR);
    }

    @Test
    void shouldTellListenersOfChangesAndSurviveTheirFaults() throws Exception {
        OperatorSettings settings = node("here", store());
        settings.start();
        List<String> told = new ArrayList<>();
        settings.onChange((kind, keys, now) -> {
            throw new IllegalStateException("a listener's own fault");
        });
        settings.onChange((kind, keys, now) -> told.add(kind + " " + keys + " of " + now.size()));

        settings.put(Entries.policy("a.example", "may", null));
        settings.put(Entries.policy("b.example", "may", null));
        settings.remove(SettingKind.POLICY, "a.example");

        assertThat(told).containsExactly("policy [a.example] of 1", "policy [b.example] of 2", "policy [a.example] of 1");
    }
}
