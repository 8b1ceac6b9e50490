/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.validating.AnchorKey;
import org.jamesdane.dns.validating.AnchorSource;
import org.jamesdane.dns.validating.AnchorState;
import org.jamesdane.dns.validating.FileAnchorJournal;
import org.jamesdane.dns.validating.TrackedKey;
import org.jamesdane.dns.validating.TrustAnchors;
import org.jamesdane.dns.validating.TrustPoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnchorsCommandTest {
    private static final String OLD = "E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D";
    private static final String NEW = "683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16";
    private static final Instant SEEN = Instant.parse("2026-12-01T00:00:00Z");

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path directory;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    private int run(String... arguments) {
        PrintStream out = new PrintStream(printed, true, UTF_8);
        return DaneCheck.run(arguments, InputStream.nullInputStream(), out, out, Terminal.ofProcess(Map.of()));
    }

    private String printed() {
        return printed.toString(UTF_8);
    }

    private static String digest(int tag, String digest, String times) {
        return "<KeyDigest id=\"K" + tag + "\" " + times + "><KeyTag>" + tag + "</KeyTag><Algorithm>8</Algorithm>"
            + "<DigestType>2</DigestType><Digest>" + digest + "</Digest></KeyDigest>";
    }

    private String list(String... digests) throws IOException {
        Path file = directory.resolve("root-anchors.xml");
        Files.writeString(file, "<?xml version=\"1.0\" encoding=\"UTF-8\"?><TrustAnchor id=\"1\" source=\"s\"><Zone>.</Zone>"
            + String.join("", digests) + "</TrustAnchor>");
        return "--root-anchors=" + file;
    }

    private static final String SINCE_2017 = "validFrom=\"2017-02-02T00:00:00+00:00\"";

    private void keep(AnchorState state) throws IOException {
        AnchorKey key = new AnchorKey(DomainName.ROOT, 257, 13, "AAAA");
        Optional<TrackedKey.HoldDown> wait = state == AnchorState.PENDING
            ? Optional.of(new TrackedKey.HoldDown(Duration.ofDays(30), Duration.ofDays(10), TrustAnchors.builtIn().all()))
            : Optional.empty();
        TrackedKey tracked = new TrackedKey(key, state, AnchorSource.LEARNED, new TrackedKey.Sights(SEEN, SEEN, SEEN), wait);
        new FileAnchorJournal(directory).write(List.of(new TrustPoint(DomainName.ROOT, TrustAnchors.builtIn().all(), List.of(tracked),
            Optional.of(new TrustPoint.LastSight(SEEN, Duration.ofDays(1))))));
    }

    @Test
    void shouldPrintTheBuiltInAnchors() {
        assertThat(run("anchors")).isZero();
        assertThat(printed()).isEqualTo("""
            . IN DS 20326 8 2 e06d44b80b8f1d39a95c0b0d7c65d08458e880409bbc683457104237c7f8ec8d ; valid, built-in
            . IN DS 38696 8 2 683d2d0acb8c9b712a1948b27f741219298d0a450d612c483af444a4c0fb2b16 ; valid, built-in
            """);
    }

    @Test
    void shouldPrintWhatAServerKeeps() throws IOException {
        keep(AnchorState.PENDING);

        assertThat(run("anchors", directory.toString())).isZero();
        assertThat(printed()).contains("; valid, built-in, not seen yet\n",
            "; pending, learned, first seen 2026-12-01T00:00:00Z, last seen 2026-12-01T00:00:00Z, trusted from 2026-12-21T00:00:00Z at the "
                + "earliest\n");
    }

    @Test
    void shouldAgreeWithAListOfTheSameKeys() throws IOException {
        assertThat(run("anchors", list(digest(20326, OLD, SINCE_2017), digest(38696, NEW, SINCE_2017)))).isZero();
        assertThat(printed()).contains("; SHA-256 of ", "; the trust anchors of the root are those of the list\n");
    }

    @Test
    void shouldTellOfAKeyWhoseTimeIsOver() throws IOException {
        String over = SINCE_2017 + " validUntil=\"2020-01-01T00:00:00+00:00\"";

        assertThat(run("anchors", list(digest(20326, OLD, over), digest(38696, NEW, SINCE_2017)))).isEqualTo(1);
        assertThat(printed()).contains("; 20326 is trusted here and not in the list today\n").doesNotContain("are those of the list");
    }

    @Test
    void shouldTellOfAKeyThatIsNotTrustedYet() throws IOException {
        keep(AnchorState.PENDING);
        AnchorKey key = new AnchorKey(DomainName.ROOT, 257, 13, "AAAA");
        String third = digest(key.anchor().keyTag(), key.anchor().digest(), SINCE_2017).replace("<Algorithm>8", "<Algorithm>13");

        assertThat(run("anchors", list(digest(20326, OLD, SINCE_2017), digest(38696, NEW, SINCE_2017), third), directory.toString()))
            .isEqualTo(1);
        assertThat(printed()).contains("; " + key.anchor().keyTag() + " is in the list today and not trusted here: it is pending\n");
    }

    @Test
    void shouldSayWhatIsWrongWithAListOrADirectory() throws IOException {
        Path file = directory.resolve("evil.xml");
        Files.writeString(file, "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><TrustAnchor><Zone>&x;</Zone></TrustAnchor>");

        assertThat(run("anchors", "--root-anchors=" + file)).isEqualTo(3);
        assertThat(run("anchors", "--root-anchors=" + directory)).isEqualTo(3);
        assertThat(run("anchors", directory.resolve("none").toString())).isEqualTo(3);
        assertThat(run("anchors", directory.toString())).isEqualTo(3);
        assertThat(printed()).contains("DOCTYPE is disallowed", "it is a file of at most 1 MiB", "There is no directory ",
            "There is no trust-anchors.json in ").doesNotContain("root:");
    }

    @Test
    void shouldShowADamagedJournal() throws IOException {
        Files.writeString(directory.resolve(FileAnchorJournal.FILE), "{\"schema\":1,");

        assertThat(run("anchors", directory.toString())).isEqualTo(3);
        assertThat(printed()).contains("is damaged: it ends early", "There is no journal that can be used.");
    }
}
