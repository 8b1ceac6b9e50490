/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.RecordType;
import org.jamesdane.testing.dns.Question;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.SignedWorld;
import org.jamesdane.testing.dns.SignedZone;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Cost of a validation: questions that go upstream, and signatures that are computed. */
class CostTest {
    private static final List<String> COLD_DOMAIN = List.of("cold.example MX", "mx.cold.example A", "mx.cold.example AAAA",
        "_25._tcp.mx.cold.example TLSA", "cold.example DS", "cold.example DNSKEY");

    private final SignedWorld world = SignedDns.world();
    @SuppressWarnings("NullAway.Init") // started before each test
    private Lab lab;

    @BeforeEach
    void start() {
        mailDomain("warm.example");
        mailDomain("cold.example");
        world.zone("plain.example").unsigned().mx(10, "mx.plain.example").a("mx", "127.0.0.2");
        lab = Lab.of(world);
        lab.ask("warm.example", "MX");
        lab.dns().forgetQuestions();
    }

    @AfterEach
    void stop() {
        lab.close();
    }

    private SignedZone mailDomain(String name) {
        return world.zone(name).mx(10, "mx." + name).a("mx", "127.0.0.2").aaaa("mx", "::1").tlsa("_25._tcp.mx", 3, 1, 1, new byte[32]);
    }

    private List<String> upstream() {
        return lab.dns().questions().stream().map(Question::toString).toList();
    }

    @Test
    void shouldAskSixQuestionsForAColdDomainUnderAKnownTopLevelDomain() {
        askAllOfTheColdDomain();

        assertThat(upstream()).containsExactlyInAnyOrderElementsOf(COLD_DOMAIN);
    }

    @Test
    void shouldAskNoMoreWhereAllIsAskedAtOnce() {
        CompletableFuture.allOf(Stream.of(
            lab.validator().lookup(DomainName.of("cold.example"), RecordType.MX),
            lab.validator().lookup(DomainName.of("mx.cold.example"), RecordType.A),
            lab.validator().lookup(DomainName.of("mx.cold.example"), RecordType.AAAA),
            lab.validator().lookup(DomainName.of("_25._tcp.mx.cold.example"), RecordType.TLSA))
            .map(stage -> stage.toCompletableFuture()).toArray(CompletableFuture<?>[]::new)).join();

        assertThat(upstream()).containsExactlyInAnyOrderElementsOf(COLD_DOMAIN);
    }

    @Test
    void shouldAskOnceWhereManyAskTheSame() {
        CompletableFuture.allOf(Stream.generate(() -> lab.validator().lookup(DomainName.of("cold.example"), RecordType.MX)).limit(64)
            .map(stage -> stage.toCompletableFuture()).toArray(CompletableFuture<?>[]::new)).join();

        assertThat(upstream()).containsExactlyInAnyOrder("cold.example MX", "cold.example DS", "cold.example DNSKEY");
    }

    @Test
    void shouldAskNothingTwice() {
        lab.ask("cold.example", "MX");
        lab.ask("no.cold.example", "A");
        lab.ask("plain.example", "MX");
        lab.dns().forgetQuestions();

        assertThat(lab.ask("cold.example", "MX")).isEqualTo("found secure");
        assertThat(lab.ask("no.cold.example", "A")).isEqualTo("nxdomain secure");
        assertThat(lab.ask("plain.example", "MX")).isEqualTo("found insecure UNSIGNED_DELEGATION");
        assertThat(upstream()).isEmpty();
    }

    @Test
    void shouldAskOneDsQuestionForAnUnsignedDomain() {
        lab.ask("plain.example", "MX");
        lab.ask("mx.plain.example", "A");

        assertThat(upstream()).containsExactly("plain.example MX", "plain.example DS", "mx.plain.example A");
    }

    @Test
    void shouldVerifyEachRrsetOnce() {
        long before = signatures();
        // DS, DNSKEY and the four answers.
        askAllOfTheColdDomain();
        assertThat(signatures() - before).isEqualTo(6);
        askAllOfTheColdDomain();
        assertThat(signatures() - before).isEqualTo(6);

        // The NSEC of "mx" denies both names, that of the apex the wildcard.
        assertThat(lab.ask("na.cold.example", "A")).isEqualTo("nxdomain secure");
        assertThat(lab.ask("nb.cold.example", "A")).isEqualTo("nxdomain secure");
        assertThat(signatures() - before).isEqualTo(8);
    }

    private void askAllOfTheColdDomain() {
        assertThat(List.of(lab.ask("cold.example", "MX"), lab.ask("mx.cold.example", "A"), lab.ask("mx.cold.example", "AAAA"),
            lab.ask("_25._tcp.mx.cold.example", "TLSA"))).containsOnly("found secure");
    }

    private long signatures() {
        return lab.validator().status().work().signatures();
    }
}
