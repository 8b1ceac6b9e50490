/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.testing.dns.Fault;
import org.jamesdane.testing.dns.Signatures;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.SignedZone;
import org.junit.jupiter.api.Test;

/** The part of a chain that was verified before a lookup failed. */
class PartialChainTest {
    private static final String NAME = "www.zone.example";
    private static final List<String> DOWN_TO_THE_ZONE = List.of(". DNSKEY", "example DS", "example DNSKEY", "zone.example DS");

    private final SignedZone zone = SignedDns.world().zone("zone.example").a("www", "127.0.0.2");

    @Test
    void shouldEndAtTheKeysWhereTheAnswerIsBogus() {
        zone.typeSignatures("A", Signatures.MISSING);
        try (Lab lab = Lab.of(zone)) {
            assertThat(proved(lab)).containsExactlyElementsOf(with("zone.example DNSKEY"));
        }
    }

    @Test
    void shouldEndAtTheDelegationWhereTheKeysAreWrong() {
        zone.wrongDs();
        try (Lab lab = Lab.of(zone)) {
            assertThat(proved(lab)).containsExactlyElementsOf(DOWN_TO_THE_ZONE);
        }
    }

    @Test
    void shouldEndAtTheDelegationWhereTheKeysDoNotCome() {
        try (Lab lab = Lab.of(zone, Duration.ofSeconds(5), Clock.systemUTC())) {
            lab.dns().fault("zone.example", "DNSKEY", Fault.silent());

            assertThat(proved(lab)).containsExactlyElementsOf(DOWN_TO_THE_ZONE);
        }
    }

    @Test
    void shouldBeKeptWithTheFailure() {
        zone.typeSignatures("A", Signatures.MISSING);
        try (Lab lab = Lab.of(zone)) {
            List<String> first = proved(lab);

            assertThat(proved(lab)).isEqualTo(first).isNotEmpty();
        }
    }

    @Test
    void shouldBeEmptyWhereNothingWasProved() {
        try (Lab lab = Lab.of(zone)) {
            lab.validator().flush(DomainName.ROOT);
            lab.dns().fault(".", "DNSKEY", Fault.servFail());

            assertThat(proved(lab)).isEmpty();
        }
    }

    private static List<String> with(String last) {
        return Stream.concat(DOWN_TO_THE_ZONE.stream(), Stream.of(last)).toList();
    }

    private static List<String> proved(Lab lab) {
        return ((Lookup.Failed<?>) lab.lookup(NAME, "A")).proved().stream().map(link -> link.owner() + " " + link.type()).toList();
    }
}
