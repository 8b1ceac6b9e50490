/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.jamesdane.dns.DomainName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrustAnchorsTest {
    private static final String ROOT = ". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D";
    private static final String OTHER = "internal.example. 3600 IN DS 1 13 2 " + "ab".repeat(32);

    @Test
    void shouldKnowBothKeysOfTheRootAndNotTheRevokedOne() {
        assertThat(TrustAnchors.builtIn().all()).extracting(TrustAnchor::keyTag).containsExactly(20326, 38696);
        assertThat(TrustAnchors.builtIn().all()).allMatch(anchor -> anchor.zone().isRoot());
    }

    @Test
    void shouldReadTheFormsThatFilesHave() {
        TrustAnchors anchors = TrustAnchors.parse(List.of("; the root", "", "  .\t172800 IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D084 "
            + "58E880409BBC683457104237C7F8EC8D ; of 2017", OTHER));

        assertThat(anchors.all()).hasSize(2);
        assertThat(anchors.of(DomainName.ROOT)).containsExactly(TrustAnchors.builtIn().all().get(0));
    }

    /** The key of 2017 as IANA publishes it; its digest is the built-in anchor. */
    @Test
    void shouldTakeAKeyForItsDigest() {
        TrustAnchors anchors = TrustAnchors.parse(List.of(". IN DNSKEY 257 3 8 AwEAAaz/tAm8yTn4Mfeh5eyI96WSVexTBAvkMgJzkKTOiW1vkIbzxeF3"
            + "+/4RgWOq7HrxRixHlFlExOLAJr5emLvN7SWXgnLh4+B5xQlNVz8Og8kvArMtNROxVQuCaSnIDdD5LKyWbRd2n9WGe2R8PzgCmr3EgVLrjyBxWezF0jLHwVN8"
            + "efS3rCj/EWgvIWgb9tarpVUDK/b58Da+sqqls3eNbuv7pr+eoZG+SrDK6nWeL3c6H5Apxz7LjVc1uTIdsIXxuOLYA4/ilBmSVIzuDWfdRUfhHdY6+cn8HFRm"
            + "+2hM8AnXGXws9555KrUB5qihylGa8subX2Nn6UwNR1AkUTV74bU="));

        assertThat(anchors.all()).containsExactly(TrustAnchors.builtIn().all().get(0));
    }

    @Test
    void shouldFindTheDeepestZoneWithAnAnchor() {
        TrustAnchors anchors = TrustAnchors.parse(List.of(ROOT, OTHER));

        assertThat(anchors.closestZone(DomainName.of("mx.internal.example"))).isEqualTo(DomainName.of("internal.example"));
        assertThat(anchors.closestZone(DomainName.of("internal.example"))).isEqualTo(DomainName.of("internal.example"));
        assertThat(anchors.closestZone(DomainName.of("xinternal.example"))).isEqualTo(DomainName.ROOT);
        assertThat(anchors.closestZone(DomainName.ROOT)).isEqualTo(DomainName.ROOT);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        . IN DS 20326 8 2 E06D44B8                      | the record's data cannot be read (<none>:1: Expected 32 bytes for SHA-256, got 4)
        . IN DS 20326 8 2 E06D44B8G                     | the record's data cannot be read
        . IN DS 20326 8                                 | the record's data cannot be read
        . IN DS 99999 8 2 E06D                          | the record's data cannot be read
        . IN A 192.0.2.1                                | "A" is neither DS nor DNSKEY
        . IN                                            | a name, the word DS or DNSKEY and the record's data are expected
        a..b. IN DS 1 8 2 00                            | the name before the type is no domain name
        . IN DNSKEY 1 3 8 AwEAAQ==                      | the key is no zone key (flag 256)
        . IN DNSKEY 385 3 8 AwEAAQ==                    | the key is revoked (flag 128)
        <TrustAnchor id="380DC50D">                     | a name, the word DS or DNSKEY and the record's data are expected
        """)
    void shouldSayWhatIsWrongWithALine(String line, String why) {
        assertThatThrownBy(() -> TrustAnchors.parse(List.of(ROOT, line))).isInstanceOf(IllegalArgumentException.class)
            .hasMessageStartingWith("Line 2 of the trust anchors, \"").hasMessageContaining(why);
    }

    @Test
    void shouldNotDoWithoutAUsableAnchorOfTheRoot() {
        String unknownDigest = ". IN DS 20326 8 99 00";
        String unknownAlgorithm = ". IN DS 20326 250 2 " + "ab".repeat(32);

        for (String line : List.of(OTHER, unknownDigest, unknownAlgorithm)) {
            assertThatThrownBy(() -> TrustAnchors.parse(List.of(line))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("No trust anchor is for the root with a supported algorithm and digest type");
        }
        assertThatThrownBy(() -> TrustAnchors.parse(List.of("; nothing", ""))).hasMessageContaining("There is no trust anchor");
    }

    /** All names of such a zone would be bogus, beside a root that works. */
    @Test
    void shouldSayWhichZoneHasNoUsableAnchor() {
        List<String> lines = List.of(ROOT, "corp.example. IN DS 1 250 2 " + "ab".repeat(32), "corp.example. IN DS 2 8 99 00");

        assertThatThrownBy(() -> TrustAnchors.parse(lines)).isInstanceOf(IllegalArgumentException.class).hasMessage("No trust anchor is "
            + "for corp.example with a supported algorithm and digest type (there is algorithm 250 with digest type 2, algorithm 8 with "
            + "digest type 99): a line like \"corp.example IN DS <key tag> 8 2 <digest>\" is needed");
        assertThat(TrustAnchors.parse(List.of(ROOT, lines.get(1), "corp.example. IN DS 3 8 2 " + "ab".repeat(32))).all()).hasSize(3);
    }

    @Test
    void shouldNotReadEndlessLists() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i <= 200; i++) {
            lines.add(". IN DS " + i + " 8 2 " + "ab".repeat(32));
        }

        assertThatThrownBy(() -> TrustAnchors.parse(lines)).hasMessageContaining("at most 200 are allowed");
        assertThat(TrustAnchors.parse(Collections.nCopies(1000, ROOT)).all()).hasSize(1);
    }
}
