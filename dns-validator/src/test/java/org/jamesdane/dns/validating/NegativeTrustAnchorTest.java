/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.Proof;
import org.jamesdane.dns.RecordType;
import org.jamesdane.dns.Security;
import org.jamesdane.testing.dns.Signatures;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.SignedWorld;
import org.junit.jupiter.api.Test;

class NegativeTrustAnchorTest {
    private static final DomainName BROKEN = DomainName.of("broken.example");

    private static SignedWorld world() {
        return SignedDns.world()
            .zone("broken.example").signatures(Signatures.EXPIRED).a("mx", "127.0.0.2")
            .zone("child.broken.example").a("mx", "127.0.0.3")
            .zone("good.example").a("mx", "127.0.0.4")
            .world();
    }

    private static NegativeTrustAnchor anchor(DomainName zone, Duration lifetime) {
        return new NegativeTrustAnchor(zone, Instant.now().plus(lifetime), "their roll-over went wrong, ticket 17");
    }

    private static Proof.Cause cause(Lookup<?> lookup) {
        assertThat(lookup).isInstanceOf(Lookup.Answer.class);
        assertThat(((Lookup.Answer<?>) lookup).proof()).isInstanceOf(Proof.Insecure.class);
        return ((Proof.Insecure) ((Lookup.Answer<?>) lookup).proof()).cause();
    }

    @Test
    void shouldTakeABrokenDomainAsInsecureAsLongAsTheAnchorIsThere() {
        try (SignedDns dns = world().start(); Resolving resolving = Resolving.by(dns)) {
            assertThat(resolving.lookup("mx.broken.example", RecordType.A)).isInstanceOf(Lookup.Failed.class);

            resolving.dns().putNegativeTrustAnchor(anchor(BROKEN, Duration.ofDays(1)));
            assertThat(cause(resolving.lookup("mx.broken.example", RecordType.A))).isEqualTo(Proof.Cause.NEGATIVE_TRUST_ANCHOR);
            assertThat(cause(resolving.lookup("mx.child.broken.example", RecordType.A))).isEqualTo(Proof.Cause.NEGATIVE_TRUST_ANCHOR);
            assertThat(resolving.lookup("mx.good.example", RecordType.A).security()).contains(Security.SECURE);

            assertThat(resolving.dns().removeNegativeTrustAnchor(BROKEN)).isTrue();
            assertThat(resolving.lookup("mx.broken.example", RecordType.A)).as("nothing of the time before is left")
                .isInstanceOf(Lookup.Failed.class);
            assertThat(resolving.dns().removeNegativeTrustAnchor(BROKEN)).isFalse();
        }
    }

    @Test
    void shouldNotKeepAnAnswerLongerThanTheAnchor() {
        try (SignedDns dns = world().start(); Resolving resolving = Resolving.by(dns)) {
            resolving.dns().putNegativeTrustAnchor(anchor(BROKEN, Duration.ofSeconds(100)));

            Lookup<?> answer = resolving.lookup("mx.broken.example", RecordType.A);

            assertThat(((Lookup.Answer<?>) answer).ttl()).isLessThanOrEqualTo(Duration.ofSeconds(100));
        }
    }

    @Test
    void shouldListWhatIsInForce() {
        try (SignedDns dns = world().start(); Resolving resolving = Resolving.by(dns)) {
            NegativeTrustAnchor set = anchor(BROKEN, Duration.ofDays(7).minusSeconds(60));
            resolving.dns().putNegativeTrustAnchor(set);

            assertThat(resolving.dns().negativeTrustAnchors()).containsExactly(set);
            assertThat(resolving.dns().status().negativeTrustAnchors()).containsExactly(set);
        }
    }

    @Test
    void shouldHoldToTheLimitsOfRfc7646() {
        Instant now = Instant.parse("2026-11-01T00:00:00Z");
        NegativeTrustAnchors anchors = new NegativeTrustAnchors(Clock.fixed(now, ZoneOffset.UTC));
        Instant tomorrow = now.plus(Duration.ofDays(1));

        for (String zone : List.of(".", "com")) {
            assertThatThrownBy(() -> anchors.put(new NegativeTrustAnchor(DomainName.of(zone), tomorrow, "why")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("\"" + zone + "\" cannot have a negative trust anchor");
        }
        for (Instant expiry : List.of(now, now.minusSeconds(1), now.plus(Duration.ofDays(7)).plusSeconds(1))) {
            assertThatThrownBy(() -> anchors.put(new NegativeTrustAnchor(BROKEN, expiry, "why")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a time in the next 7 days is allowed");
        }
        assertThatThrownBy(() -> anchors.put(new NegativeTrustAnchor(BROKEN, tomorrow, " "))).hasMessageContaining("The reason");
        assertThatThrownBy(() -> anchors.put(new NegativeTrustAnchor(BROKEN, tomorrow, "x".repeat(501))))
            .hasMessageContaining("has 501 characters; 1 to 500 are needed");
        assertThat(anchors.list()).isEmpty();
    }

    @Test
    void shouldNotTakeEndlesslyMany() {
        Instant now = Instant.parse("2026-11-01T00:00:00Z");
        NegativeTrustAnchors anchors = new NegativeTrustAnchors(Clock.fixed(now, ZoneOffset.UTC));
        Instant tomorrow = now.plus(Duration.ofDays(1));
        for (int i = 0; i < NegativeTrustAnchors.MAX_ANCHORS; i++) {
            anchors.put(new NegativeTrustAnchor(DomainName.of("d" + i + ".example"), tomorrow, "why"));
        }

        assertThatThrownBy(() -> anchors.put(new NegativeTrustAnchor(BROKEN, tomorrow, "why"))).isInstanceOf(IllegalArgumentException.class)
            .hasMessage("There are already 1000 negative trust anchors; remove others first");
        anchors.put(new NegativeTrustAnchor(DomainName.of("d7.example"), tomorrow, "in place of the one before"));
    }

    @Test
    void shouldEndWhenItsTimeIsOver() {
        Instant now = Instant.parse("2026-11-01T00:00:00Z");
        MovableClock clock = new MovableClock(now);
        NegativeTrustAnchors anchors = new NegativeTrustAnchors(clock);
        NegativeTrustAnchor anchor = new NegativeTrustAnchor(BROKEN, now.plusSeconds(10), "why");
        anchors.put(anchor);

        clock.set(now.plusSeconds(10));

        assertThat(anchors.at(BROKEN, clock.instant())).isEmpty();
        assertThat(anchors.list()).isEmpty();
        assertThat(anchors.removeExpired()).containsExactly(anchor);
        assertThat(anchors.removeExpired()).isEmpty();
    }

    @Test
    void shouldEndWhenTheZoneValidatesAgain() {
        try (SignedDns dns = world().start(); Resolving resolving = Resolving.by(dns)) {
            List<NegativeTrustAnchor> ended = new CopyOnWriteArrayList<>();
            resolving.dns().onNegativeTrustAnchorEnded(ended::add);
            NegativeTrustAnchor anchor = anchor(BROKEN, Duration.ofDays(1));
            resolving.dns().putNegativeTrustAnchor(anchor);

            resolving.dns().tryNegativeTrustAnchors().toCompletableFuture().join();
            assertThat(ended).as("it is still broken").isEmpty();
            dns.zone("broken.example").signatures(Signatures.VALID);
            resolving.dns().tryNegativeTrustAnchors().toCompletableFuture().join();

            assertThat(ended).containsExactly(anchor);
            assertThat(resolving.dns().negativeTrustAnchors()).isEmpty();
            assertThat(resolving.lookup("mx.broken.example", RecordType.A).security()).contains(Security.SECURE);
        }
    }

    @Test
    void shouldTakeConfiguredDomainsAsInsecureAndNoOthers() {
        try (SignedDns dns = world().start(); Resolving resolving = Resolving.by(Clock.systemUTC(),
                builder -> builder.insecureDomains(List.of(DomainName.of("child.broken.example"))), dns)) {
            assertThat(cause(resolving.lookup("mx.child.broken.example", RecordType.A))).isEqualTo(Proof.Cause.CONFIGURED_INSECURE);
            assertThat(resolving.lookup("mx.broken.example", RecordType.A)).isInstanceOf(Lookup.Failed.class);
        }
    }

    /** RFC 7646 §1.1: validation starts again at a positive trust anchor further down. */
    @Test
    void shouldValidateBelowATrustAnchorInsideOfAnInsecureDomain() {
        TrustAnchors anchors = TrustAnchors.parse(List.of(". IN DS 1 8 2 " + "ab".repeat(32), "child.broken.example. IN DS 1 8 2 "
            + "ab".repeat(32)));
        Clock clock = Clock.fixed(Instant.parse("2026-11-01T00:00:00Z"), ZoneOffset.UTC);
        InsecureOverrides exceptions = new InsecureOverrides(Set.of(BROKEN), new NegativeTrustAnchors(clock), clock);

        assertThat(exceptions.covering(DomainName.of("mx.broken.example"), anchors)).isPresent();
        assertThat(exceptions.covering(DomainName.of("mx.child.broken.example"), anchors)).isEmpty();
        assertThat(exceptions.covering(DomainName.of("good.example"), anchors)).isEmpty();
    }
}
