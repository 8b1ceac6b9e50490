/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DomainNameTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        .                   | .
        example             | example
        MX.Example.COM.     | mx.example.com
        _25._tcp.mx.example | _25._tcp.mx.example
        *.example           | *.example
        a\\.b.example       | a\\.b.example
        a\\046b.example     | a\\.b.example
        a\\\\.example       | a\\\\.example
        a\\007.example      | a\\007.example
        a\\032b.example     | a\\032b.example
        bücher.example      | xn--bcher-kva.example
        """)
    void shouldWriteANameInOneWay(String text, String written) {
        assertThat(DomainName.of(text)).hasToString(written);
        assertThat(DomainName.of(written)).isEqualTo(DomainName.of(text));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        a..b                | it has an empty label
        .a                  | it has an empty label
        a\\                 | it ends in a backslash
        a\\25.b             | a backslash and a digit must be followed by two more digits
        a\\256.b            | \\256 is no octet
        straße.example      | it has a letter that can be read in two ways; write it as an A-label (xn--…)
        """)
    void shouldSayWhyANameIsNone(String text, String why) {
        assertThatThrownBy(() -> DomainName.of(text)).isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("is no domain name: " + why);
        assertThat(DomainName.parse(text)).isEqualTo(Optional.empty());
    }

    /** RFC 1035 §2.3.4. */
    @Test
    void shouldHoldToTheLengthsOfTheDns() {
        assertThat(DomainName.of("a".repeat(63) + ".example").labels()).hasSize(2);
        assertThatThrownBy(() -> DomainName.of("a".repeat(64) + ".example"))
            .hasMessageContaining("a label has 64 octets, at most 63 are allowed");
        assertThat(DomainName.of("a.".repeat(127)).labels()).hasSize(127);
        assertThatThrownBy(() -> DomainName.of("a.".repeat(128))).hasMessageContaining("it has 257 octets, at most 255 are allowed");
        assertThatThrownBy(() -> DomainName.of("")).hasMessage("A domain name must not be empty");
        assertThatThrownBy(() -> DomainName.of("a\n".repeat(300))).hasMessageContaining("?").hasMessageContaining("…");
    }

    @Test
    void shouldKnowWhatIsBelowWhat() {
        DomainName example = DomainName.of("example");

        assertThat(DomainName.of("mx.example").isAtOrBelow(example)).isTrue();
        assertThat(example.isAtOrBelow(example)).isTrue();
        assertThat(example.isAtOrBelow(DomainName.ROOT)).isTrue();
        assertThat(DomainName.ROOT.isAtOrBelow(DomainName.ROOT)).isTrue();
        assertThat(DomainName.ROOT.isAtOrBelow(example)).isFalse();
        assertThat(DomainName.of("myexample").isAtOrBelow(example)).isFalse();
        // One label that has a dot in it, and two labels of which the first ends in a backslash.
        assertThat(DomainName.of("mx\\.example").isAtOrBelow(example)).isFalse();
        assertThat(DomainName.of("mx\\\\.example").isAtOrBelow(example)).isTrue();
    }

    @Test
    void shouldOrderByLabelsFromTheRight() {
        List<DomainName> names = new ArrayList<>(List.of(DomainName.of("b.example"), DomainName.of("a.b.example"), DomainName.of("zone"),
            DomainName.of("example"), DomainName.ROOT, DomainName.of("a.example")));
        names.sort(null);

        assertThat(names).extracting(DomainName::toString).containsExactly(".", "example", "a.example", "b.example", "a.b.example", "zone");
    }

    @Provide
    static Arbitrary<List<String>> labels() {
        return Arbitraries.strings().withChars("aB-_*\\.,\u0007 ").ofMinLength(1).ofMaxLength(6).list().ofMinSize(1).ofMaxSize(8);
    }

    /** The name of these octets, each of which is written as the DNS library would. */
    private static DomainName named(List<String> labels) {
        StringBuilder text = new StringBuilder();
        for (String label : labels) {
            text.append(text.length() == 0 ? "" : ".");
            label.chars().forEach(octet -> text.append(String.format("\\%03d", octet)));
        }
        return DomainName.of(text.toString());
    }

    @Property
    void shouldTakeApartWhatItPutTogether(@ForAll("labels") List<String> octets) {
        DomainName name = named(octets);

        assertThat(name.labels()).hasSameSizeAs(octets);
        assertThat(DomainName.of(String.join(".", name.labels()))).isEqualTo(name);
        List<String> left = name.labels();
        for (DomainName above = name; !above.isRoot(); above = above.parent().orElseThrow()) {
            assertThat(above.labels()).isEqualTo(left);
            assertThat(name.isAtOrBelow(above)).isTrue();
            assertThat(above.isAtOrBelow(name)).isEqualTo(above.equals(name));
            left = left.subList(1, left.size());
        }
        assertThat(left).isEmpty();
        assertThat(DomainName.ROOT.parent()).isEqualTo(Optional.empty());
    }

    @Property
    void shouldBeBelowAnotherExactlyWhereItsLabelsEndInThose(@ForAll("labels") List<String> octets, @ForAll("labels") List<String> others) {
        DomainName name = named(octets);
        DomainName other = named(others);
        List<String> mine = name.labels();
        List<String> theirs = other.labels();
        boolean below = mine.size() >= theirs.size() && mine.subList(mine.size() - theirs.size(), mine.size()).equals(theirs);

        assertThat(name.isAtOrBelow(other)).isEqualTo(below);
        assertThat(name.compareTo(other) == 0).isEqualTo(name.equals(other));
    }
}
