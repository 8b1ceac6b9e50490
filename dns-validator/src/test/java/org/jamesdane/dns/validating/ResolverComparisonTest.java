/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.Proof;
import org.jamesdane.dns.RecordType;
import org.jamesdane.testing.dns.Fault;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.SignedWorld;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

/** The resolver's own word beside our verdict: who differs is counted, and nothing follows from it. */
class ResolverComparisonTest {
    private final Instant later = Instant.now().plusSeconds(3600);

    private final SignedDns dns = world().start().validating(true);
    private final ExecutorService executor = Executors.newSingleThreadExecutor();
    private final DnsTransport transport = new DnsTransport(executor);
    private final Upstream upstream = new Upstream(dns.address());
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1);
    private final ResolverComparison comparison = new ResolverComparison(new UpstreamPool(List.of(upstream), transport,
        new SecureRandom()), Duration.ofSeconds(20), Duration.ofSeconds(1), nanos::get);

    private static SignedWorld world() {
        SignedWorld world = SignedDns.world();
        world.zone("good.example").a("mx", "127.0.0.2").cname("alias", "mx.good.example");
        world.zone("plain.example").unsigned().a("mx", "127.0.0.3");
        world.zone("broken.example").a("mx", "127.0.0.4").wrongDs();
        return world;
    }

    @BeforeEach
    void start() {
        transport.start();
        upstream.tested(Optional.empty());
    }

    @AfterEach
    void stop() {
        transport.close();
        executor.shutdown();
        dns.close();
    }

    @ParameterizedTest
    @CsvSource({
        "SECURE, good, 1 0 0 0", "INSECURE, plain, 1 0 0 0", "BOGUS, broken, 1 0 0 0",
        "SECURE, broken, 1 1 0 0", "SECURE, plain, 1 1 0 0",
        "INSECURE, good, 1 0 1 0", "INSECURE, broken, 1 0 1 0",
        "BOGUS, good, 1 0 0 1", "BOGUS, plain, 1 0 0 1"})
    void shouldCountWhatTheResolverContradicts(ResolverComparison.Verdict ours, String theirs, String counts) {
        comparison.compare(question("mx." + theirs + ".example"), entry(ours)).join();

        assertThat(counts()).isEqualTo(counts);
    }

    @Test
    void shouldCompareNothingWithAResolverThatDoesNotValidate() {
        dns.validating(false);
        comparison.compare(question("mx.good.example"), entry(ResolverComparison.Verdict.BOGUS)).join();
        nanos.addAndGet(ResolverComparison.PROBE_VALIDITY.toNanos() - 1);
        dns.validating(true);
        comparison.compare(question("mx.good.example"), entry(ResolverComparison.Verdict.BOGUS)).join();
        assertThat(counts()).isEqualTo("0 0 0 0");

        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        comparison.compare(question("mx.good.example"), entry(ResolverComparison.Verdict.BOGUS)).join();
        assertThat(counts()).isEqualTo("1 0 0 1");
    }

    @Test
    void shouldAskEachResolverThatValidatesInItsTurn() {
        try (SignedDns second = world().start().validating(true); SignedDns third = world().start()) {
            List<Upstream> all = List.of(new Upstream(third.address()), upstream, new Upstream(second.address()));
            all.forEach(each -> each.tested(Optional.empty()));
            second.fault("mx.good.example", "A", Fault.servFail().withExtendedError(6, ""));
            ResolverComparison several = new ResolverComparison(new UpstreamPool(all, transport, new SecureRandom()),
                Duration.ofSeconds(20), Duration.ofSeconds(1), nanos::get);
            for (int i = 0; i < 5; i++) {
                several.compare(question("mx.good.example"), entry(ResolverComparison.Verdict.SECURE)).join();
                nanos.addAndGet(Duration.ofSeconds(1).toNanos());
            }

            assertThat(several.counts()).as("the first does not validate, and the last contradicts")
                .isEqualTo(new ValidatorStatus.Comparison(4, 2, 0, 0));
        }
    }

    @Test
    void shouldPauseBetweenComparisons() {
        comparison.compare(question("mx.good.example"), entry(ResolverComparison.Verdict.SECURE)).join();
        nanos.addAndGet(Duration.ofSeconds(1).toNanos() - 1);
        comparison.compare(question("mx.good.example"), entry(ResolverComparison.Verdict.SECURE)).join();
        assertThat(counts()).isEqualTo("1 0 0 0");

        nanos.addAndGet(1);
        comparison.compare(question("mx.good.example"), entry(ResolverComparison.Verdict.SECURE)).join();
        assertThat(counts()).isEqualTo("2 0 0 0");
    }

    @ParameterizedTest
    @CsvSource({"22, 0 0 0 0", "6, 1 1 0 0", "12, 1 1 0 0", "5, 0 0 0 0", "13, 0 0 0 0"})
    void shouldTakeAServfailForBogusUnlessTheResolverSaysOtherwise(int extendedError, String counts) {
        dns.fault("mx.good.example", "A", Fault.servFail().withExtendedError(extendedError, ""));
        comparison.compare(question("mx.good.example"), entry(ResolverComparison.Verdict.SECURE)).join();

        assertThat(counts()).isEqualTo(counts);
    }

    @Test
    void shouldLeaveOutWhatIsKnownToDiffer() {
        for (Proof.Cause cause : List.of(Proof.Cause.NEGATIVE_TRUST_ANCHOR, Proof.Cause.CONFIGURED_INSECURE,
                Proof.Cause.UNSUPPORTED_ALGORITHMS, Proof.Cause.NSEC3_ITERATIONS)) {
            Proof proof = new Proof.Insecure(cause, DomainName.ROOT, List.of());
            comparison.compare(question("mx.good.example"), new AnswerCache.Entry.Answered(Answer.negative(true, proof, later))).join();
        }
        comparison.compare(question("alias.good.example"), new AnswerCache.Entry.Answered(Answer.alias(DomainName.of("mx.good.example"),
            new Proof.Insecure(Proof.Cause.UNSIGNED_DELEGATION, DomainName.ROOT, List.of()), later))).join();
        comparison.compare(question("mx.good.example"), new AnswerCache.Entry.Failed(
            LookupFailure.of(Lookup.Reason.TIMEOUT, "slow"), later)).join();

        assertThat(counts()).isEqualTo("0 0 0 0");
        assertThat(dns.questions()).isEmpty();
    }

    @Test
    void shouldGoOnAfterAResolverThatDoesNotAnswer() {
        dns.fault(".", "NS", Fault.refused().times(4));
        comparison.compare(question("mx.good.example"), entry(ResolverComparison.Verdict.SECURE)).join();
        dns.heal();
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        comparison.compare(question("mx.good.example"), entry(ResolverComparison.Verdict.SECURE)).join();

        assertThat(counts()).isEqualTo("1 0 0 0");
    }

    /** The validator's answers stay what they are, whatever the resolver says of them. */
    @Test
    @Timeout(60)
    void shouldChangeNoAnswerOfAValidator() {
        ValidatorConfig config = ValidatorConfig.builder().upstreams(List.of(dns.address())).compareWithResolver(true)
            .trustAnchors(TrustAnchors.parse(dns.trustAnchor().lines().toList())).build();
        dns.rewrite((query, reply, udp) -> {
            // The resolver calls everything bogus, and hands it out where it is told not to check.
            if (!query.getHeader().getFlag(Flags.CD) && Objects.requireNonNull(query.getQuestion()).getType() == Type.A) {
                reply.getHeader().setRcode(Rcode.SERVFAIL);
            }
            return reply;
        });
        try (ValidatingDns validator = ValidatingDns.create(config, Clock.systemUTC(), new SecureRandom())) {
            validator.firstSelfTest().toCompletableFuture().join();

            assertThat(Lab.verdict(Lab.await(validator, "mx.good.example", RecordType.A))).isEqualTo("found secure");
            while (validator.status().comparison().compared() == 0) {
                Thread.onSpinWait();
            }
            assertThat(validator.status().comparison()).isEqualTo(new ValidatorStatus.Comparison(1, 1, 0, 0));
            assertThat(Lab.verdict(Lab.await(validator, "mx.good.example", RecordType.A))).isEqualTo("found secure");
        }
    }

    private static Question question(String name) {
        return new Question(Name.fromConstantString(name + "."), Type.A);
    }

    private AnswerCache.Entry entry(ResolverComparison.Verdict ours) {
        return switch (ours) {
            case SECURE -> new AnswerCache.Entry.Answered(Answer.negative(true,
                new Proof.Secure(Proof.Source.VALIDATED, List.of()), later));
            case INSECURE -> new AnswerCache.Entry.Answered(Answer.negative(true,
                new Proof.Insecure(Proof.Cause.UNSIGNED_DELEGATION, DomainName.ROOT, List.of()), later));
            case BOGUS -> new AnswerCache.Entry.Failed(LookupFailure.bogus(Name.root, "forged"), later);
        };
    }

    private String counts() {
        ValidatorStatus.Comparison counts = comparison.counts();
        return counts.compared() + " " + counts.secureDoubted() + " " + counts.insecureDoubted() + " " + counts.bogusDoubted();
    }
}
