/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.RecordType;
import org.jamesdane.dns.Security;
import org.jamesdane.testing.dns.Fault;
import org.jamesdane.testing.dns.Signatures;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.SignedWorld;
import org.jamesdane.testing.dns.Transport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Message;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

class SelfTestTest {
    private static final SelfTestNames NAMES = new SelfTestNames(Optional.of(DomainName.of("good.example")),
        Optional.of(DomainName.of("absent.good.example")), Optional.of(DomainName.of("plain.hashed.example")),
        Optional.of(DomainName.of("www.bogus.example")), true);

    private static SignedWorld world() {
        return SignedDns.world()
            .zone("good.example").a("mx", "127.0.0.2")
            .zone("hashed.example").nsec3()
            .zone("plain.hashed.example").unsigned()
            .zone("bogus.example").signatures(Signatures.EXPIRED).a("www", "127.0.0.3")
            .world();
    }

    private static Resolving testing(SignedDns... servers) {
        return Resolving.by(Clock.systemUTC(), builder -> builder.selfTestNames(NAMES).timeout(Duration.ofSeconds(3)), servers);
    }

    @Test
    void shouldUseAResolverThatPassesOnAllThatIsNeeded() {
        for (boolean validating : new boolean[] {false, true}) {
            try (SignedDns dns = world().start().validating(validating); Resolving resolving = testing(dns)) {
                ValidatorStatus status = resolving.dns().status();

                assertThat(status.problems()).isEmpty();
                assertThat(status.healthy()).isTrue();
                assertThat(status.upstreams()).singleElement().satisfies(upstream -> assertThat(upstream.usable()).isTrue());
            }
        }
    }

    private static Consumer<SignedDns> withoutTypes(int... types) {
        return dns -> dns.rewrite((query, reply, transport) -> without(reply, types));
    }

    private static Message without(Message reply, int... types) {
        for (int section : new int[] {Section.ANSWER, Section.AUTHORITY}) {
            for (Record record : List.copyOf(reply.getSection(section))) {
                for (int type : types) {
                    if (record.getType() == type) {
                        reply.removeRecord(record, section);
                    }
                }
            }
        }
        return reply;
    }

    private static Consumer<SignedDns> fault(String name, String type, Fault fault) {
        return dns -> dns.fault(name, type, fault);
    }

    static Stream<Arguments> defects() {
        return Stream.of(
            Arguments.of("strips signatures", withoutTypes(Type.RRSIG), "does not give the keys of the root that the trust anchors name"),
            Arguments.of("never answers", fault(".", "ANY", Fault.silent()), "does not answer"),
            Arguments.of("refuses us", fault(".", "ANY", Fault.refused()), "allows recursive queries from here"),
            Arguments.of("has no TCP", fault(".", "ANY", Fault.silent().only(Transport.TCP)), "allow TCP to its port"),
            Arguments.of("drops DS", withoutTypes(Type.DS), "does not pass on the DS and DNSKEY records of good.example"),
            Arguments.of("drops NSEC", fault("absent.good.example", "A", Fault.responseCode(0)).andThen(withoutTypes(Type.NSEC)),
                "drops DNSSEC denial records (asked for absent.good.example)"),
            Arguments.of("drops NSEC3", withoutTypes(Type.NSEC3), "drops DNSSEC denial records of the NSEC3 kind"),
            Arguments.of("ignores CD", fault("www.bogus.example", "A", Fault.servFail().withExtendedError(7, "expired")),
                "does not honour CD"),
            Arguments.of("rejects unknown types", fault(".", "TYPE65280", Fault.refused()), "does not pass on types it does not know"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("defects")
    void shouldSayWhatAResolverLacksAndNotUseIt(String defect, Consumer<SignedDns> broken, String advice) {
        try (SignedDns dns = world().start()) {
            broken.accept(dns);
            try (Resolving resolving = testing(dns)) {
                ValidatorStatus status = resolving.dns().status();
                Lookup<?> answer = resolving.lookup("mx.good.example", RecordType.A);

                assertThat(status.ready()).isFalse();
                assertThat(status.problems()).singleElement().asString().startsWith("The resolver 127.0.0.1 port " + dns.port())
                    .contains(advice).contains("; ");
                assertThat(answer).isInstanceOfSatisfying(Lookup.Failed.class, failed -> {
                    assertThat(failed.reason()).isEqualTo(Lookup.Reason.NOT_READY);
                    assertThat(failed.reason().isOwnFault()).isTrue();
                    assertThat(failed.text()).contains(advice);
                });
            }
        }
    }

    @Test
    void shouldUseTheOtherResolverOnly() {
        try (SignedDns poor = world().start(); SignedDns good = poor.served().start()) {
            withoutTypes(Type.NSEC3).accept(poor);
            try (Resolving resolving = testing(poor, good)) {
                poor.forgetQuestions();

                assertThat(resolving.lookup("mx.good.example", RecordType.A).security()).contains(Security.SECURE);
                assertThat(poor.questions()).isEmpty();
                assertThat(resolving.dns().status().ready()).isTrue();
                assertThat(resolving.dns().status().healthy()).isFalse();
            }
        }
    }

    @Test
    void shouldNotLetQuestionsWaitForAnotherResolverThatIsSlow() {
        try (SignedDns good = world().start(); SignedDns silent = good.served().start()) {
            silent.fault(".", "ANY", Fault.silent());
            try (ValidatingDns dns = Lab.validator(good, List.of(good.address(), silent.address()), Duration.ofMinutes(2),
                    Clock.systemUTC())) {
                assertThat(Lab.verdict(Lab.await(dns, "mx.good.example", RecordType.A))).isEqualTo("found secure");
                assertThat(dns.firstSelfTest().toCompletableFuture()).isNotDone();
            }
        }
    }

    /** The names are someone else's; that one of them is out of order says nothing about the resolver. */
    @Test
    void shouldNotBlameAResolverForANameThatDoesNotResolve() {
        try (SignedDns dns = world().start()) {
            dns.fault("good.example", "DS", Fault.servFail());
            dns.fault("absent.good.example", "A", Fault.servFail());
            dns.fault("plain.hashed.example", "DS", Fault.refused());
            dns.fault("www.bogus.example", "A", Fault.servFail().withExtendedError(22, "No Reachable Authority"));
            try (Resolving resolving = testing(dns)) {
                assertThat(resolving.dns().status().healthy()).isTrue();
            }
        }
    }

    /** A name whose zone is bogus by the fault of those who run it is passed on like any other. */
    @Test
    void shouldNotBlameAResolverForAZoneThatIsBogus() {
        SignedWorld world = world();
        world.zone("good.example").signatures(Signatures.EXPIRED);
        world.zone("hashed.example").signatures(Signatures.CORRUPT);
        try (SignedDns dns = world.start(); Resolving resolving = testing(dns)) {
            assertThat(resolving.dns().status().problems()).isEmpty();
        }
    }

    /** Resolvers answer for special names by themselves, without signatures (RFC 6761 §6). */
    @Test
    void shouldAskThePublicDnsForAnAbsentNameThatTheRootDenies() {
        DomainName absent = SelfTestNames.ofPublicRoot().absentName().orElseThrow();

        assertThat(absent.parent()).contains(DomainName.ROOT);
        assertThat(absent.toString()).isNotIn("invalid", "test", "example", "localhost", "local", "onion", "alt", "internal", "arpa");
    }

    @Test
    void shouldNotGiveUpAResolverForOneForgedPacket() {
        try (SignedDns dns = world().start()) {
            AtomicBoolean forged = new AtomicBoolean();
            dns.rewrite((query, reply, transport) -> forged.compareAndSet(false, true) ? without(reply, Type.RRSIG) : reply);
            try (Resolving resolving = testing(dns)) {
                assertThat(resolving.dns().status().healthy()).isTrue();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Type.NSEC, Type.NSEC3, Type.DS})
    void shouldAskAgainOverTcpBeforeAResolverIsFoundLacking(int type) {
        try (SignedDns dns = world().start()) {
            dns.rewrite((query, reply, transport) -> transport == Transport.UDP ? without(reply, type) : reply);
            try (Resolving resolving = testing(dns)) {
                assertThat(resolving.dns().status().problems()).isEmpty();
            }
        }
    }

    @Test
    void shouldGiveUpAResolverThatHadPassedAfterTwoFailuresInARow() {
        try (SignedDns dns = world().start(); Resolving resolving = testing(dns)) {
            withoutTypes(Type.NSEC3).accept(dns);

            ValidatorStatus once = resolving.dns().selfTest().toCompletableFuture().join();
            ValidatorStatus twice = resolving.dns().selfTest().toCompletableFuture().join();

            assertThat(once.ready()).isTrue();
            assertThat(once.problems()).singleElement().asString().contains("drops DNSSEC denial records of the NSEC3 kind");
            assertThat(twice.ready()).isFalse();
        }
    }

    @Test
    void shouldUseAResolverAgainWhenItIsRepaired() {
        try (SignedDns dns = world().start()) {
            withoutTypes(Type.NSEC3).accept(dns);
            try (Resolving resolving = testing(dns)) {
                dns.heal();

                assertThat(resolving.dns().selfTest().toCompletableFuture().join().healthy()).isTrue();
                assertThat(resolving.lookup("mx.good.example", RecordType.A).security()).contains(Security.SECURE);
            }
        }
    }

    @Test
    void shouldFailWhereTheTrustAnchorsAreNotOfThisRoot(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("anchors");
        Files.writeString(file, ". IN DS 12345 13 2 " + "ab".repeat(32));
        try (SignedDns dns = world().start();
                Resolving resolving = Resolving.by(Clock.systemUTC(), builder -> builder.trustAnchorFile(file), dns)) {
            assertThat(resolving.dns().status().ready()).isFalse();
            assertThat(resolving.dns().status().problems()).singleElement().asString().contains("compare the trust anchors and the clock");
        }
    }
}
