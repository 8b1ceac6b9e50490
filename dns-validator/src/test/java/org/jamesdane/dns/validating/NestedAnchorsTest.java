/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.RecordType;
import org.jamesdane.dns.Security;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.SignedWorld;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DNSKEYRecord;

/** Trust anchors below the root (RFC 6840 §5.10, Appendix C.1): the closest one above a name decides. */
class NestedAnchorsTest {
    private static final String WRONG = "ab".repeat(32);

    private static SignedWorld world() {
        return SignedDns.world()
            .zone("island.example").withoutDs().a("mx", "127.0.0.2")
            .zone("good.example").a("mx", "127.0.0.3")
            .world();
    }

    private static String anchorOf(SignedDns dns, String zone) {
        return dns.served().signed(zone, zone + ".", "DNSKEY").stream().filter(DNSKEYRecord.class::isInstance).findFirst()
            .map(key -> zone + ". IN DNSKEY " + key.rdataToString()).orElseThrow();
    }

    private static Resolving with(SignedDns dns, String... more) {
        List<String> lines = new ArrayList<>(dns.trustAnchor().lines().toList());
        lines.addAll(List.of(more));
        return Resolving.by(Clock.systemUTC(), builder -> builder.trustAnchors(TrustAnchors.parse(lines)), dns);
    }

    @Test
    void shouldProveAnIslandByItsOwnAnchor() {
        try (SignedDns dns = world().start(); Resolving resolving = with(dns, anchorOf(dns, "island.example"))) {
            Lookup<?> answer = resolving.lookup("mx.island.example", RecordType.A);

            assertThat(answer.security()).contains(Security.SECURE);
            assertThat(((Lookup.Answer<?>) answer).proof().chain()).extracting(link -> link.owner() + " " + link.type())
                .containsExactly("island.example DNSKEY", "mx.island.example A");
        }
    }

    @Test
    void shouldNotGoRoundAWrongAnchorByTheRoot() {
        try (SignedDns dns = world().start(); Resolving resolving = with(dns, "good.example. IN DS 1 13 2 " + WRONG)) {
            assertThat(resolving.lookup("mx.good.example", RecordType.A)).isInstanceOfSatisfying(Lookup.Failed.class,
                failed -> assertThat(failed.reason()).isEqualTo(Lookup.Reason.BOGUS));
        }
    }

    @Test
    void shouldNotLetTheZoneAboveProveInsecureWhatHasAnAnchor() {
        try (SignedDns dns = world().start(); Resolving resolving = with(dns, "island.example. IN DS 1 13 2 " + WRONG)) {
            for (int i = 0; i < 2; i++) {
                assertThat(resolving.lookup("mx.island.example", RecordType.A)).isInstanceOfSatisfying(Lookup.Failed.class,
                    failed -> assertThat(failed.reason()).isEqualTo(Lookup.Reason.BOGUS));
                resolving.lookup("other.island.example", RecordType.A);
            }
        }
    }
}
