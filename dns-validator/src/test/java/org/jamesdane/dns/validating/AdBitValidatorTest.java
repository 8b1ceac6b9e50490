/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.Proof;
import org.jamesdane.dns.RecordType;
import org.jamesdane.dns.Security;
import org.jamesdane.testing.dns.Fault;
import org.jamesdane.testing.dns.Question;
import org.jamesdane.testing.dns.Signatures;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.SignedWorld;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;

class AdBitValidatorTest {
    private static SignedWorld world() {
        return SignedDns.world()
            .zone("good.example").a("mx", "127.0.0.2").cname("alias", "mx.plain.example")
            .zone("plain.example").unsigned().a("mx", "127.0.0.3").cname("alias", "mx.good.example")
            .zone("broken.example").signatures(Signatures.EXPIRED).a("mx", "127.0.0.4")
            .world();
    }

    private static Resolving trusting(SignedDns dns) {
        return Resolving.by(Clock.systemUTC(), builder -> builder.mode(ValidatorConfig.Mode.TRUST_AD), dns);
    }

    private static Proof proof(Lookup<?> lookup) {
        assertThat(lookup).isInstanceOf(Lookup.Answer.class);
        return ((Lookup.Answer<?>) lookup).proof();
    }

    @Test
    void shouldTakeTheWordOfAValidatingResolverAndSaySo() {
        try (SignedDns dns = world().start().validating(true); Resolving resolving = trusting(dns)) {
            Proof secure = proof(resolving.lookup("mx.good.example", RecordType.A));
            Proof insecure = proof(resolving.lookup("mx.plain.example", RecordType.A));

            assertThat(secure).isEqualTo(new Proof.Secure(Proof.Source.TRUST_AD, List.of()));
            assertThat(insecure).isInstanceOfSatisfying(Proof.Insecure.class,
                proof -> assertThat(proof.cause()).isEqualTo(Proof.Cause.TRUST_AD));
        }
    }

    @Test
    void shouldFailWhereTheResolverFindsAnAnswerBogus() {
        try (SignedDns dns = world().start().validating(true); Resolving resolving = trusting(dns)) {
            assertThat(resolving.lookup("mx.broken.example", RecordType.A)).isInstanceOfSatisfying(Lookup.Failed.class,
                failed -> assertThat(failed.reason()).isEqualTo(Lookup.Reason.SERVFAIL));
        }
    }

    /** RFC 7672 §2.1.3: AD is about the whole chain, so the alias has to be asked for by itself. */
    @Test
    void shouldAskForAnAliasItselfToLearnItsSecurity() {
        try (SignedDns dns = world().start().validating(true); Resolving resolving = trusting(dns)) {
            Lookup<?> secureAlias = resolving.lookup("alias.good.example", RecordType.A);
            Lookup<?> insecureAlias = resolving.lookup("alias.plain.example", RecordType.A);

            assertThat(secureAlias).isInstanceOf(Lookup.Alias.class);
            assertThat(secureAlias.security()).as("into an insecure zone, but itself secure").contains(Security.SECURE);
            assertThat(insecureAlias).isInstanceOf(Lookup.Alias.class);
            assertThat(insecureAlias.security()).contains(Security.INSECURE);
        }
    }

    /** The AD bit of one reply says nothing about the data of another. */
    @Test
    void shouldTakeTheAliasFromTheReplyWhoseAdItHas() {
        try (SignedDns dns = world().start().validating(true); Resolving resolving = trusting(dns)) {
            dns.rewrite(new Attack().on("alias.good.example", "A", reply -> {
                reply.getHeader().unsetFlag(Flags.AD);
                return Attack.with(reply, 0, List.of(Attack.record("alias.good.example", "CNAME", "evil.example.")), List.of());
            }).on("alias.plain.example", "CNAME", reply -> Attack.with(reply, 0, List.of(), List.of())));

            assertThat(resolving.lookup("alias.good.example", RecordType.A)).isInstanceOfSatisfying(Lookup.Alias.class,
                alias -> assertThat(alias.target()).isEqualTo(DomainName.of("mx.plain.example")));
            assertThat(resolving.lookup("alias.plain.example", RecordType.A)).isInstanceOf(Lookup.Failed.class);
        }
    }

    @Test
    void shouldAnswerNothingWhileTheResolverDoesNotValidate() {
        try (SignedDns dns = world().start(); Resolving resolving = trusting(dns)) {
            for (String name : List.of("mx.good.example", "mx.plain.example")) {
                assertThat(resolving.lookup(name, RecordType.A)).isInstanceOfSatisfying(Lookup.Failed.class,
                    failed -> assertThat(failed.reason()).isEqualTo(Lookup.Reason.NOT_READY));
            }
            assertThat(resolving.dns().status().ready()).isFalse();
            assertThat(resolving.dns().status().problems()).singleElement().asString()
                .contains("does not show that it validates").contains("turn on its DNSSEC validation");
        }
    }

    @Test
    void shouldAnswerOnceTheResolverValidates() {
        try (SignedDns dns = world().start(); Resolving resolving = trusting(dns)) {
            dns.validating(true);
            assertThat(resolving.dns().selfTest().toCompletableFuture().join().healthy()).isTrue();

            assertThat(resolving.lookup("mx.good.example", RecordType.A).security()).contains(Security.SECURE);
        }
    }

    /** A resolver that was reconfigured would make everything insecure; it is believed for a minute at most. */
    @Test
    void shouldBelieveAProbeForAMinute() {
        AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1);
        ExecutorService executor = Executors.newSingleThreadExecutor();
        try (SignedDns dns = world().start().validating(true); DnsTransport transport = new DnsTransport(executor)) {
            transport.start();
            Upstream upstream = new Upstream(dns.address());
            ValidationParts engine = new ValidationParts(Clock.systemUTC(), Duration.ZERO, SignatureComputation.ofJdk());
            AdBitValidator resolver = new AdBitValidator(new UpstreamPool(List.of(upstream), transport, new SecureRandom()),
                engine.answers(), new InsecureOverrides(Set.of(), new NegativeTrustAnchors(Clock.systemUTC()), Clock.systemUTC()),
                Duration.ofSeconds(20), nanos::get);
            resolver.selfTest(upstream).join();
            dns.validating(false);

            nanos.addAndGet(AdBitValidator.PROBE_VALIDITY.toNanos() - 1);
            assertThat(ask(resolver).proof().security()).as("AD is clear, and the probe is fresh").isEqualTo(Security.INSECURE);
            nanos.addAndGet(1);
            assertThatThrownBy(() -> ask(resolver)).cause().isInstanceOfSatisfying(LookupFailure.class, failure -> {
                assertThat(failure.reason()).isEqualTo(Lookup.Reason.NOT_READY);
                assertThat(failure.text()).contains("does not set AD for the root");
            });
        } finally {
            executor.shutdown();
        }
    }

    private static Answer ask(AdBitValidator resolver) {
        return resolver.answer(new org.jamesdane.dns.validating.Question(Name.fromConstantString("mx.good.example."), Type.A),
            Budget.of(Duration.ofSeconds(20))).join();
    }

    @Test
    void shouldNotAskForSignatures() {
        try (SignedDns dns = world().start().validating(true); Resolving resolving = trusting(dns)) {
            resolving.lookup("mx.good.example", RecordType.A);

            assertThat(dns.questions()).extracting(Question::toString)
                .containsExactly(". NS without CD", "mx.good.example A without CD");
            assertThat(dns.questions()).noneMatch(Question::dnssecOk);
        }
    }

    @Test
    void shouldTryTheNextResolver() {
        try (SignedDns dns = world().start().validating(true); SignedDns other = dns.served().start().validating(true);
                Resolving resolving = Resolving.by(Clock.systemUTC(), builder -> builder.mode(ValidatorConfig.Mode.TRUST_AD), dns, other)) {
            dns.fault("mx.good.example", "A", Fault.refused());

            assertThat(resolving.lookup("mx.good.example", RecordType.A).security()).contains(Security.SECURE);
        }
    }

    @Test
    void shouldNotTrustAResolverOnAnotherHostUnlessTold() {
        ValidatorConfig.Builder remote = ValidatorConfig.builder().mode(ValidatorConfig.Mode.TRUST_AD)
            .upstreams(List.of(new InetSocketAddress("192.0.2.1", 53)));

        assertThatThrownBy(remote::build).isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("192.0.2.1 is on another host: its AD bit can be forged on the way");
        assertThat(remote.trustRemoteAd(true).build().mode()).isEqualTo(ValidatorConfig.Mode.TRUST_AD);
    }
}
