/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;

import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.TxtRecord;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.SignedZone;
import org.junit.jupiter.api.Test;

/** TXT records as MTA-STS (RFC 8461 §3.1) and TLS reports (RFC 8460 §3) publish them. */
class TxtLookupTest {
    private static final String NAME = "_mta-sts.zone.example";

    private final SignedZone zone = SignedDns.world().zone("zone.example");

    @Test
    void shouldJoinTheStringsWithoutBlanks() {
        zone.record("_mta-sts", "TXT", "\"v=STSv1; id=2026\" \"1201;\"");
        try (Lab lab = Lab.of(zone)) {
            Lookup<?> lookup = lab.lookup(NAME, "TXT");

            assertThat(Lab.verdict(lookup)).isEqualTo("found secure");
            TxtRecord record = (TxtRecord) ((Lookup.Found<?>) lookup).records().get(0);
            assertThat(record.text()).isEqualTo("v=STSv1; id=20261201;");
            assertThat(record.strings()).hasSize(2);
            assertThat(record).hasToString("\"v=STSv1; id=20261201;\"");
        }
    }

    @Test
    void shouldHandOutAnAliasOfATxtRecord() {
        zone.cname("_mta-sts", "provider.example.").zone("provider.example").txt("@", "v=STSv1; id=1;");
        try (Lab lab = Lab.of(zone)) {
            assertThat(lab.lookup(NAME, "TXT")).isInstanceOfSatisfying(Lookup.Alias.class,
                alias -> assertThat(alias.target()).isEqualTo(DomainName.of("provider.example")));
        }
    }

    @Test
    void shouldRefuseARecordAboveTheLimit() {
        zone.record("_mta-sts", "TXT", String.join(" ", Collections.nCopies(17, "x".repeat(250))));
        zone.record("_smtp._tls", "TXT", String.join(" ", Collections.nCopies(16, "x".repeat(250))));
        try (Lab lab = Lab.of(zone)) {
            assertThat(lab.ask(NAME, "TXT")).isEqualTo("failed BUDGET");
            assertThat(lab.ask("_smtp._tls.zone.example", "TXT")).isEqualTo("found secure");
        }
    }

    @Test
    void shouldTellRecordsApartByTheBordersOfTheirStrings() {
        TxtRecord one = of("ab", "c");

        assertThat(one).isNotEqualTo(of("a", "bc")).isEqualTo(of("ab", "c")).hasSameHashCodeAs(of("ab", "c"));
        assertThat(one.octets()).isEqualTo(of("a", "bc").octets());
    }

    @Test
    void shouldShowWhateverIsInATextAsAscii() {
        assertThat(of("a\"\\\r\n\u00e4" + "b".repeat(300)).toString())
            .isEqualTo("\"a\\\"\\\\\\013\\010\\228" + "b".repeat(250) + "\"…");
    }

    @Test
    void shouldRefuseToBeMadeOfTooManyOctets() {
        List<byte[]> strings = List.of(new byte[TxtRecord.MAX_OCTETS], new byte[1]);

        assertThatThrownBy(() -> new TxtRecord(strings)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("4097 octets");
    }

    private static TxtRecord of(String... strings) {
        return new TxtRecord(List.of(strings).stream().map(string -> string.getBytes(StandardCharsets.ISO_8859_1)).toList());
    }
}
