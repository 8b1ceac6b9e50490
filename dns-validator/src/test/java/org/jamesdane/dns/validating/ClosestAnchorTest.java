/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.RecordType;
import org.jamesdane.testing.dns.SignedDns;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Name;

/** A name is proved from its closest trust anchor, in the time its question has. */
class ClosestAnchorTest extends WireTestBase {
    private static final String WRONG = "zone.example. IN DS 12345 13 2 " + "ab".repeat(32);

    private static TrustAnchors withWrongAnchorBelow(SignedDns dns) {
        List<String> lines = new ArrayList<>(dns.trustAnchor().lines().toList());
        lines.add(WRONG);
        return TrustAnchors.parse(lines);
    }

    @Test
    void shouldNotProveByTheRootWhatTheClosestAnchorDoesNot() {
        try (SignedDns dns = world.start();
                Resolving resolving = Resolving.by(Clock.systemUTC(), builder -> builder.trustAnchors(withWrongAnchorBelow(dns)), dns)) {
            Lookup<?> lookup = resolving.lookup(WWW, RecordType.A);

            assertThat(Lab.verdict(lookup)).isEqualTo("failed BOGUS");
            assertThat(dns.questions()).noneMatch(question -> question.type().equals("DS") && question.name().equals("zone.example"));
        }
    }

    /** Signer above the closest anchor: signatures of the root's zone prove nothing about a name below another anchor. */
    @Test
    void shouldNotSeekTheKeysOfASignerAboveTheClosestAnchor() {
        try (SignedDns dns = world.start();
                Resolving resolving = Resolving.by(Clock.systemUTC(), builder -> builder.trustAnchors(withWrongAnchorBelow(dns)), dns)) {
            dns.rewrite(new Attack().answerWith(WWW, "A", List.of(), world.denial("example", "no.example", "A")));

            assertThat(Lab.verdict(resolving.lookup(WWW, RecordType.A))).isEqualTo("failed BOGUS");
            assertThat(dns.questions()).noneMatch(question -> question.name().equals("example"));
        }
    }

    @Test
    void shouldStartNoStepWhenTheTimeOfTheQuestionIsOver() {
        Clock clock = Clock.systemUTC();
        List<Question> asked = new ArrayList<>();
        Resolver resolvers = (question, mode, budget) -> {
            asked.add(question);
            return CompletableFuture.failedFuture(LookupFailure.of(Lookup.Reason.REFUSED, "not expected"));
        };
        DelegationWalk walk = new ValidationParts(clock, Duration.ZERO, SignatureComputation.ofJdk())
            .walk(resolvers, new ZoneCache(100_000, clock), TrustAnchors::builtIn);

        assertThatThrownBy(() -> walk.to(Name.root, Attempt.first(clock.instant()), Budget.of(Duration.ZERO)).join())
            .isInstanceOf(CompletionException.class).cause().isInstanceOfSatisfying(LookupFailure.class,
                failure -> assertThat(failure.reason()).isEqualTo(Lookup.Reason.TIMEOUT));
        assertThat(asked).isEmpty();
    }
}
