/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.pkix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.cert.CertificateParsingException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DerTest {
    private static Der der(String hex) throws CertificateParsingException {
        return Der.of(HexFormat.of().parseHex(hex));
    }

    private static String hex(byte[] octets) {
        return HexFormat.of().formatHex(octets);
    }

    @Test
    void shouldReadElementsInPlace() throws CertificateParsingException {
        Der sequence = der("3009020101040401020304");

        assertThat(sequence.tag()).isEqualTo(Der.SEQUENCE);
        assertThat(sequence.children()).hasSize(2);
        assertThat(hex(sequence.child(0).encoded())).isEqualTo("020101");
        assertThat(hex(sequence.child(1).content())).isEqualTo("01020304");
        assertThat(hex(sequence.content())).isEqualTo("020101040401020304");
        assertThat(hex(sequence.encoded())).isEqualTo("3009020101040401020304");
        assertThat(sequence.expect(Der.SEQUENCE)).isSameAs(sequence);
    }

    @Test
    void shouldReadEmptyElements() throws CertificateParsingException {
        assertThat(der("3000").children()).isEmpty();
        assertThat(der("0400").content()).isEmpty();
    }

    @Test
    void shouldReadLongLengths() throws CertificateParsingException {
        assertThat(der("04820003" + "010203").content()).hasSize(3);
        assertThat(der("0484000000020102").content()).hasSize(2);
        assertThat(der("048180" + "00".repeat(128)).content()).hasSize(128);
        assertThat(der("048100").content()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "30", "3001", "300130",
        "300302", "30020201", "1f8101", "3080020101", "0485000000000101", "0482ff", "04ffffffffff",
        "04020102ff",
        "0484ffffffff01", "04847fffffff01"})
    void shouldRefuseWhatIsCutOffOrHasNoDefiniteLength(String hex) {
        assertThatThrownBy(() -> der(hex).children()).isInstanceOf(CertificateParsingException.class);
    }

    @Test
    void shouldRefuseAnIndefiniteLengthWhateverFollows() {
        assertThatThrownBy(() -> der("0480" + "00".repeat(128))).isInstanceOf(CertificateParsingException.class);
    }

    @ParameterizedTest
    @CsvSource({"0603551d11, 2.5.29.17", "06032b6570, 1.3.101.112", "06092a864886f70d01010b, 1.2.840.113549.1.1.11",
        "0603883703, 2.999.3", "060100, 0.0", "060127, 0.39", "060128, 1.0", "06014f, 1.39", "060150, 2.0"})
    void shouldReadObjectIdentifiers(String hex, String text) throws CertificateParsingException {
        assertThat(der(hex).expect(Der.OBJECT_IDENTIFIER).identifierText()).isEqualTo(text);
    }

    @Test
    void shouldRefuseAChildThatIsNotThere() throws CertificateParsingException {
        Der sequence = der("3003020101");

        assertThatThrownBy(() -> sequence.child(1)).isInstanceOf(CertificateParsingException.class);
        assertThatThrownBy(() -> sequence.expect(Der.SET)).isInstanceOf(CertificateParsingException.class);
        assertThatThrownBy(() -> der("30040202010a").child(1)).isInstanceOf(CertificateParsingException.class);
    }

    @Property
    void shouldFailInOneWayOnlyOnAnyOctets(@ForAll byte[] octets) {
        try {
            for (Der child : Der.of(octets).children()) {
                assertThat(child.encoded().length).isGreaterThanOrEqualTo(2 + child.content().length);
            }
        } catch (CertificateParsingException e) {
            assertThat(e).hasMessageNotContaining("null");
        }
    }

    @Property
    void shouldReadWhatItWrites(@ForAll @IntRange(max = 70_000) int length) throws CertificateParsingException {
        byte[] content = new byte[length];
        Arrays.fill(content, (byte) 7);

        byte[] encoded = Der.encode(Der.OCTET_STRING, content);

        assertThat(Der.of(encoded).expect(Der.OCTET_STRING).content()).isEqualTo(content);
        int header = length < 0x80 ? 2 : length < 0x100 ? 3 : length < 0x10000 ? 4 : 5;
        assertThat(encoded).hasSize(length + header);
    }

    @Test
    void shouldWriteTheShortestLength() {
        for (int length : List.of(0, 127, 128, 255, 256, 65_535, 65_536)) {
            assertThat(Der.encode(Der.OCTET_STRING, new byte[length]).length - length)
                .isEqualTo(length < 128 ? 2 : length < 256 ? 3 : length < 65_536 ? 4 : 5);
        }
    }
}
