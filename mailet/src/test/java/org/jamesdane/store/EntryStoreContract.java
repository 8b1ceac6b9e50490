/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Contract of every store of entries. */
abstract class EntryStoreContract {
    /** A store of this test's own, empty at first; each call gives another node's view of the same data. */
    abstract SettingStore node();

    /** Fills the store with as many entries, quickly. */
    abstract void fill(List<Setting> entries) throws Exception;

    @Test
    void shouldBeEmptyAtFirst() throws StoreException {
        for (SettingKind kind : SettingKind.values()) {
            assertThat(node().load(kind)).isEmpty();
            assertThat(node().history(kind, Optional.empty())).isEmpty();
        }
    }

    @Test
    void shouldGiveBackWhatWasSet() throws StoreException {
        Setting temporary = Entries.policy("example.com", "may", Entries.START.plus(Duration.ofDays(2)));
        Setting permanent = new Setting(SettingKind.POLICY, ".example.org", "dane-only", "Auftrag über \"Züge\" \\ 列車 ';--", "who",
            Optional.empty(), Entries.START.plusNanos(123_456_789));
        Setting anchor = Entries.anchor("broken.example", Entries.START.plus(Duration.ofDays(7)));
        SettingStore store = node();

        for (Setting entry : List.of(temporary, permanent, anchor)) {
            store.put(Entries.set(entry));
        }

        assertThat(node().load(SettingKind.POLICY)).containsExactlyInAnyOrder(temporary, permanent);
        assertThat(node().load(SettingKind.NEGATIVE_TRUST_ANCHOR)).containsExactly(anchor);
    }

    @Test
    void shouldPutInPlaceOfWhatIsThere() throws StoreException {
        SettingStore store = node();
        store.put(Entries.set(Entries.policy("example.com", "may", null)));

        store.put(Entries.set(Entries.policy("EXAMPLE.com", "encrypt", null)));

        assertThat(node().load(SettingKind.POLICY)).extracting(Setting::value).containsExactly("encrypt");
        assertThat(node().history(SettingKind.POLICY, Optional.of("example.com"))).extracting(change -> change.entry().value())
            .containsExactly("may", "encrypt");
    }

    @Test
    void shouldPutOnlyInPlaceOfWhatIsExpected() throws StoreException {
        SettingStore store = node();
        Setting first = Entries.policy("example.com", "may", null);
        Setting second = Entries.policy("example.com", "encrypt", null);
        Expectation absent = new Expectation(Optional.empty(), Optional.of(Set.of(Expectation.ANY)));
        Expectation any = new Expectation(Optional.of(Set.of(Expectation.ANY)), Optional.empty());
        Expectation wasFirst = new Expectation(Optional.of(Set.of("other", first.tag())), Optional.empty());

        assertChanged(() -> store.put(Entries.set(first), any));
        assertChanged(() -> store.put(Entries.set(first), wasFirst));
        store.put(Entries.set(first), absent);
        assertChanged(() -> node().put(Entries.set(second), absent));
        node().put(Entries.set(second), wasFirst);
        assertChanged(() -> store.put(Entries.set(first), wasFirst));

        assertThat(node().load(SettingKind.POLICY)).containsExactly(second);
        assertThat(node().history(SettingKind.POLICY, Optional.empty())).hasSize(2);
        store.put(Entries.set(first), any);
    }

    private static void assertChanged(ThrowingCallable change) {
        assertThatThrownBy(change).isInstanceOfSatisfying(StoreException.class,
            error -> assertThat(error.kind()).isEqualTo(StoreException.Kind.CHANGED));
    }

    @Test
    void shouldRemoveExactlyWhatItIsTold() throws StoreException {
        SettingStore store = node();
        Setting first = Entries.policy("example.com", "may", Entries.START.plusSeconds(60));
        Setting second = Entries.policy("example.com", "may", Entries.START.plusSeconds(120));
        store.put(Entries.set(first));
        store.put(Entries.set(second));

        assertThat(node().remove(new SettingChange(Entries.START, SettingChange.Action.EXPIRED, first))).as("another has taken its place")
            .isFalse();
        assertThat(node().load(SettingKind.POLICY)).containsExactly(second);
        assertThat(node().remove(new SettingChange(Entries.START, SettingChange.Action.REMOVED, second))).isTrue();
        assertThat(node().remove(new SettingChange(Entries.START, SettingChange.Action.REMOVED, second))).isFalse();
        assertThat(node().load(SettingKind.POLICY)).isEmpty();
        assertThat(node().history(SettingKind.POLICY, Optional.empty())).extracting(SettingChange::action)
            .containsExactly(SettingChange.Action.SET, SettingChange.Action.SET, SettingChange.Action.REMOVED);
    }

    @Test
    void shouldShowEveryChangeInTheRevisionOfItsKindAlone() throws StoreException {
        SettingStore store = node();
        store.put(Entries.set(Entries.policy("a.example", "may", null)));
        store.put(Entries.set(Entries.anchor("b.example", Entries.START.plusSeconds(60))));
        String policies = node().revision(SettingKind.POLICY);
        String anchors = node().revision(SettingKind.NEGATIVE_TRUST_ANCHOR);

        assertThat(node().revision(SettingKind.POLICY)).isEqualTo(policies);
        store.put(Entries.set(Entries.policy("b.example", "may", null)));

        assertThat(node().revision(SettingKind.POLICY)).isNotEqualTo(policies);
        assertThat(node().revision(SettingKind.NEGATIVE_TRUST_ANCHOR)).isEqualTo(anchors);
    }

    @Test
    void shouldRefuseMoreThanAreAllowed() throws Exception {
        fill(IntStream.range(0, SettingKind.NEGATIVE_TRUST_ANCHOR.max())
            .mapToObj(i -> Entries.anchor("zone" + i + ".example", Entries.START.plusSeconds(60))).toList());
        SettingStore store = node();

        assertThatThrownBy(() -> store.put(Entries.set(Entries.anchor("more.example", Entries.START.plusSeconds(60)))))
            .isInstanceOf(StoreException.class).hasMessageContaining("There are already 1000 negative-trust-anchors");
        store.put(Entries.set(Entries.anchor("zone7.example", Entries.START.plusSeconds(120))));
        assertThat(node().load(SettingKind.NEGATIVE_TRUST_ANCHOR)).hasSize(1000);
    }
}
