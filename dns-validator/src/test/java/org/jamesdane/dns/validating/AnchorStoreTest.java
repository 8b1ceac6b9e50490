/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import org.jamesdane.dns.Lookup;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Name;

class AnchorStoreTest {
    private static final String OLD = ". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D\n";
    private static final String NEW = ". IN DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16\n";

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path directory;

    private final List<TrustAnchors> checked = new ArrayList<>();
    private Optional<LookupFailure> rootFailure = Optional.empty();
    @SuppressWarnings("NullAway.Init") // set before each test
    private Path file;
    @SuppressWarnings("NullAway.Init") // set before each test
    private AnchorStore store;

    @BeforeEach
    void startWithTheOldAnchor() throws IOException {
        file = directory.resolve("root.ds");
        Files.writeString(file, OLD);
        store = new AnchorStore(Optional.of(file), TrustAnchors.builtIn());
    }

    private CompletableFuture<?> checkRoot(TrustAnchors anchors) {
        checked.add(anchors);
        return rootFailure.<CompletableFuture<?>>map(CompletableFuture::failedFuture).orElse(CompletableFuture.completedFuture(null));
    }

    private boolean look() {
        return store.refresh(this::checkRoot).join();
    }

    private List<Integer> tagsInForce() {
        return store.current().all().stream().map(TrustAnchor::keyTag).toList();
    }

    @Test
    void shouldUseTheFileInPlaceOfTheBuiltInAnchors() {
        assertThat(tagsInForce()).containsExactly(20326);
        assertThat(look()).isFalse();
        assertThat(store.problem()).isEmpty();
    }

    @Test
    void shouldTakeAnotherSetOnceItWasReadTwiceAlike() throws IOException {
        Files.writeString(file, OLD + NEW);

        assertThat(look()).as("it may be half written").isFalse();
        assertThat(tagsInForce()).containsExactly(20326);
        assertThat(look()).isTrue();
        assertThat(tagsInForce()).containsExactly(20326, 38696);
        assertThat(look()).as("nothing is new").isFalse();
        assertThat(checked).hasSize(1);
    }

    @Test
    void shouldKeepTheLastGoodSetWhileTheFileIsEmptyTruncatedOrGone() throws IOException {
        for (String content : List.of("", OLD.substring(0, 40), "not a trust anchor\n",
                "internal.example. IN DS 1 13 2 " + "ab".repeat(32))) {
            Files.writeString(file, content);

            assertThat(look()).isFalse();
            assertThat(look()).isFalse();
            assertThat(tagsInForce()).containsExactly(20326);
            assertThat(store.problem()).hasValueSatisfying(problem ->
                assertThat(problem).startsWith("The trust anchor file " + file + " cannot be used: "));
        }
        Files.delete(file);

        assertThat(look()).isFalse();
        assertThat(store.problem()).contains("The trust anchor file " + file + " does not exist");
        assertThat(tagsInForce()).containsExactly(20326);
        assertThat(checked).isEmpty();
    }

    @Test
    void shouldBeWellAgainWhenTheFileIs() throws IOException {
        Files.writeString(file, "");
        look();
        look();
        Files.writeString(file, OLD);
        look();
        look();

        assertThat(store.problem()).isEmpty();
    }

    @Test
    void shouldNotTakeASetThatDoesNotProveTheKeysOfTheRoot() throws IOException {
        rootFailure = Optional.of(LookupFailure.bogus(Name.root, "none of the zone's keys is the one its DS records name"));
        Files.writeString(file, NEW);

        look();
        assertThat(look()).isFalse();

        assertThat(tagsInForce()).containsExactly(20326);
        assertThat(store.problem()).hasValueSatisfying(problem ->
            assertThat(problem).startsWith("The root's keys are not proved by the trust anchors in " + file));
    }

    @Test
    void shouldTryAgainWhereTheRootCouldNotBeAsked() throws IOException {
        rootFailure = Optional.of(LookupFailure.of(Lookup.Reason.TIMEOUT, "no reply came in time"));
        Files.writeString(file, NEW);
        look();
        look();
        assertThat(store.problem()).hasValueSatisfying(problem -> assertThat(problem).contains("could not be tried yet"));
        rootFailure = Optional.empty();

        assertThat(look()).isTrue();
        assertThat(tagsInForce()).containsExactly(38696);
        assertThat(store.problem()).isEmpty();
    }

    /** A check that waits for a slow resolver; what it finds out later must not take the place of something newer. */
    @Test
    void shouldNotTryTheRootTwiceAtOnce() throws IOException {
        CompletableFuture<Object> slow = new CompletableFuture<>();
        List<TrustAnchors> tried = new ArrayList<>();
        Files.writeString(file, NEW);
        look();
        CompletableFuture<Boolean> first = store.refresh(anchors -> {
            tried.add(anchors);
            return slow;
        });
        Files.writeString(file, OLD + NEW);
        assertThat(look()).isFalse();
        assertThat(look()).isFalse();
        assertThat(tried).hasSize(1);
        assertThat(checked).isEmpty();

        slow.complete("proved");
        assertThat(first.join()).isTrue();
        assertThat(tagsInForce()).containsExactly(38696);
        look();
        assertThat(look()).as("the newer one follows").isTrue();
        assertThat(tagsInForce()).containsExactly(20326, 38696);
    }

    @Test
    void shouldTryAgainAfterACheckThatCouldNotEvenBegin() throws IOException {
        Files.writeString(file, NEW);
        look();
        assertThat(store.refresh(anchors -> {
            throw new IllegalStateException("a defect");
        }).join()).isFalse();
        assertThat(tagsInForce()).containsExactly(20326);

        assertThat(look()).isTrue();
        assertThat(tagsInForce()).containsExactly(38696);
    }

    @Test
    void shouldRefuseToStartWithABrokenFile() throws IOException {
        Files.writeString(file, OLD.substring(0, 30));

        assertThatThrownBy(() -> new AnchorStore(Optional.of(file), TrustAnchors.builtIn())).isInstanceOf(IllegalArgumentException.class)
            .hasMessageStartingWith("The trust anchor file " + file + " cannot be used: Line 1 of the trust anchors");
        assertThatThrownBy(() -> new AnchorStore(Optional.of(directory.resolve("none")), TrustAnchors.builtIn()))
            .hasMessageContaining("does not exist");
    }

    @Test
    void shouldNotReadAnEndlessOrBinaryFile() throws IOException {
        Files.writeString(file, "; ".repeat(40_000));
        look();
        assertThat(store.problem()).hasValueSatisfying(problem -> assertThat(problem).contains("has more than 65536 octets"));

        Files.write(file, new byte[] {(byte) 0xFF, (byte) 0xFE, 0});
        look();
        assertThat(store.problem()).hasValueSatisfying(problem -> assertThat(problem).contains("is no text"));
        assertThat(tagsInForce()).containsExactly(20326);
    }

    @Test
    void shouldDoWithoutAFile() {
        AnchorStore builtIn = new AnchorStore(Optional.empty(), TrustAnchors.builtIn());

        assertThat(builtIn.refresh(this::checkRoot).join()).isFalse();
        assertThat(builtIn.current()).isEqualTo(TrustAnchors.builtIn());
    }
}
