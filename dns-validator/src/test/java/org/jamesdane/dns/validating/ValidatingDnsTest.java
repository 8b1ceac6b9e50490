/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

import org.jamesdane.dns.AddressRecord;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.Lookup.Failed;
import org.jamesdane.dns.Lookup.Found;
import org.jamesdane.dns.Lookup.NoData;
import org.jamesdane.dns.Lookup.NxDomain;
import org.jamesdane.dns.Proof;
import org.jamesdane.dns.RecordType;
import org.jamesdane.dns.Security;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.SignedWorld;
import org.junit.jupiter.api.Test;

class ValidatingDnsTest {
    private static final byte[] DIGEST = new byte[32];

    private static SignedWorld world() {
        return SignedDns.world()
            .zone("good.example").mx(10, "mx.good.example").a("mx", "127.0.0.2").tlsa("_25._tcp.mx", 3, 1, 1, DIGEST)
            .zone("plain.example").unsigned().mx(10, "mx.plain.example").a("mx", "127.0.0.3")
            .zone("island.plain.example").withoutDs().a("www", "127.0.0.5")
            .zone("hashed.example").nsec3().mx(10, "mx.hashed.example").a("mx", "127.0.0.6").a("*.wild", "127.0.0.7")
            .zone("optout.example").optOut().a("mx", "127.0.0.8")
            .zone("plain.optout.example").unsigned().a("mx", "127.0.0.9")
            .zone("good.optout.example").a("mx", "127.0.0.10")
            .world();
    }

    @Test
    void shouldFindSecureRecordsOfASignedZone() {
        try (SignedDns dns = world().start(); Resolving resolving = Resolving.by(dns)) {
            Lookup<AddressRecord> answer = resolving.lookup("mx.good.example", RecordType.A);

            assertThat(answer).isInstanceOf(Found.class);
            assertThat(answer.security()).contains(Security.SECURE);
            assertThat(((Found<AddressRecord>) answer).proof().chain()).extracting(Proof.Link::type)
                .containsExactly("DNSKEY", "DS", "DNSKEY", "DS", "DNSKEY", "A");
        }
    }

    @Test
    void shouldCallInsecureOnlyWhatIsBelowAnUnsignedDelegation() {
        try (SignedDns dns = world().start(); Resolving resolving = Resolving.by(dns)) {
            assertThat(insecurity(resolving.lookup("mx.plain.example", RecordType.A)))
                .isEqualTo(Proof.Cause.UNSIGNED_DELEGATION);
            assertThat(insecurity(resolving.lookup("www.island.plain.example", RecordType.A)))
                .isEqualTo(Proof.Cause.UNSIGNED_DELEGATION);
            assertThat(insecurity(resolving.lookup("mx.plain.optout.example", RecordType.A)))
                .isEqualTo(Proof.Cause.OPT_OUT);
            assertThat(resolving.lookup("mx.good.optout.example", RecordType.A).security()).contains(Security.SECURE);
        }
    }

    private static Proof.Cause insecurity(Lookup<?> lookup) {
        assertThat(lookup).isInstanceOf(Lookup.Answer.class);
        Proof proof = ((Lookup.Answer<?>) lookup).proof();
        assertThat(proof).isInstanceOf(Proof.Insecure.class);
        return ((Proof.Insecure) proof).cause();
    }

    @Test
    void shouldProveAbsence() {
        try (SignedDns dns = world().start(); Resolving resolving = Resolving.by(dns)) {
            for (String zone : List.of("good.example", "hashed.example")) {
                Lookup<?> noData = resolving.lookup("mx." + zone, RecordType.AAAA);
                Lookup<?> emptyNonTerminal = resolving.lookup("_tcp.mx.good.example", RecordType.A);
                Lookup<?> noName = resolving.lookup("no.such." + zone, RecordType.A);

                assertThat(noData).isInstanceOf(NoData.class);
                assertThat(noData.security()).contains(Security.SECURE);
                assertThat(emptyNonTerminal).isInstanceOf(NoData.class);
                assertThat(emptyNonTerminal.security()).contains(Security.SECURE);
                assertThat(noName).isInstanceOf(NxDomain.class);
                assertThat(noName.security()).contains(Security.SECURE);
            }
        }
    }

    @Test
    void shouldProveAWildcardAnswer() {
        try (SignedDns dns = world().start(); Resolving resolving = Resolving.by(dns)) {
            Lookup<?> answer = resolving.lookup("any.wild.hashed.example", RecordType.A);

            assertThat(answer).isInstanceOf(Found.class);
            assertThat(answer.security()).contains(Security.SECURE);
        }
    }

    @Test
    void shouldFailWhereSignaturesAreStripped() {
        try (SignedDns dns = world().start(); Resolving resolving = Resolving.by(dns)) {
            dns.rewrite(Replies::withoutDnssec);

            Lookup<?> answer = resolving.lookup("mx.good.example", RecordType.A);

            assertThat(answer).isInstanceOf(Failed.class);
            assertThat(((Failed<?>) answer).reason()).isEqualTo(Lookup.Reason.BOGUS);
            assertThat(((Failed<?>) answer).zone()).contains(DomainName.ROOT);
        }
    }
}
