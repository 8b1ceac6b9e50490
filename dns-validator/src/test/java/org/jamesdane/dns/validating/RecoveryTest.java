/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;

import org.jamesdane.dns.RecordType;
import org.jamesdane.testing.dns.KeyAlgorithm;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.SigningKey;
import org.jamesdane.testing.dns.Transport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/**
 * Recovery from a fault: one spoofed packet, one stale server or one changed key must not make a domain bogus (RFC 4035 §5.5 allows to try
 * again).
 */
class RecoveryTest extends WireTestBase {
    @ParameterizedTest
    @CsvSource({"www.zone.example,A", "zone.example,DNSKEY", "zone.example,DS", "example,DNSKEY"})
    void shouldRecoverFromOneForgedReply(String name, String type) {
        Lab lab = lab();
        lab.dns().rewrite(once((query, reply) -> asks(query, name, Type.value(type))
            ? Attack.with(reply, Rcode.NOERROR, List.of(Attack.record(name, "A", "127.0.0.66")), List.of()) : null));

        assertThat(lab.ask(WWW, "A")).isEqualTo("found secure");
        assertThat(addresses(lab.lookup(WWW, "A"))).containsExactly("127.0.0.2");
    }

    /** The first change that the function makes is sent, everything else goes unchanged. */
    private static SignedDns.Rewrite once(BiFunction<Message, Message, @Nullable Message> change) {
        AtomicBoolean done = new AtomicBoolean();
        return (query, reply, transport) -> {
            Message changed = done.get() ? null : change.apply(query, reply);
            if (changed == null) {
                return reply;
            }
            done.set(true);
            return changed;
        };
    }

    /** The keys over UDP are old ones with a good signature, so that it is the answer that comes out bogus and not they. */
    @Test
    void shouldFetchKeysAnewThatWereFetchedDuringTheSameQuestion() {
        SigningKey old = SigningKey.keySigning(KeyAlgorithm.ECDSA_P256);
        world.zone("zone.example").keys(old, SigningKey.zoneSigning(KeyAlgorithm.ECDSA_P256));
        List<Record> stale = List.copyOf(world.signed("zone.example", "@", "DNSKEY"));
        world.zone("zone.example").keys(old, SigningKey.zoneSigning(KeyAlgorithm.ECDSA_P256));
        Lab lab = lab();
        lab.dns().rewrite((query, reply, transport) -> transport == Transport.UDP && asks(query, "zone.example", Type.DNSKEY)
            ? Attack.with(reply, Rcode.NOERROR, stale, List.of()) : reply);

        assertThat(lab.ask(WWW, "A")).isEqualTo("found secure");
    }

    @ParameterizedTest
    @ValueSource(ints = {Rcode.SERVFAIL, Rcode.REFUSED, Rcode.FORMERR})
    void shouldAskOverTcpBeforeAnErrorCodeCounts(int rcode) {
        Lab lab = lab();
        lab.dns().rewrite((query, reply, transport) -> transport == Transport.UDP
            ? Attack.with(reply, rcode, List.of(), List.of()) : reply);

        assertThat(lab.ask(WWW, "A")).isEqualTo("found secure");
    }

    @Test
    void shouldRecoverOverTcpWhereUdpIsForgedForEver() {
        Lab lab = lab();
        lab.dns().rewrite((query, reply, transport) -> transport == Transport.UDP && asks(query, WWW, Type.A)
            ? Attack.with(reply, Rcode.NOERROR, List.of(Attack.record(WWW, "A", "127.0.0.66")), List.of()) : reply);

        assertThat(lab.ask(WWW, "A")).isEqualTo("found secure");
    }

    @Test
    void shouldRecoverWithoutCdWhereTheResolversCacheIsPoisoned() {
        Lab lab = lab();
        lab.dns().rewrite((query, reply, transport) -> query.getHeader().getFlag(Flags.CD) && asks(query, WWW, Type.A)
            ? Attack.with(reply, Rcode.NOERROR, List.of(Attack.record(WWW, "A", "127.0.0.66")), List.of()) : reply);

        assertThat(lab.ask(WWW, "A")).isEqualTo("found secure");
    }

    /** Whoever forges UDP may also be the reason why the resolver finds the answer bogus; TCP with CD is what is left. */
    @Test
    void shouldAskOverTcpWithCdBeforeAnAnswerIsBogus() {
        Lab lab = lab();
        lab.dns().rewrite((query, reply, transport) -> asks(query, WWW, Type.A)
            && (transport == Transport.UDP || !query.getHeader().getFlag(Flags.CD))
            ? Attack.with(reply, Rcode.NOERROR, List.of(Attack.record(WWW, "A", "127.0.0.66")), List.of()) : reply);

        assertThat(lab.ask(WWW, "A")).isEqualTo("found secure");
        assertThat(lab.dns().questions()).filteredOn(question -> question.name().equals(WWW) && question.type().equals("A"))
            .extracting(question -> question.transport()).containsExactly(Transport.UDP, Transport.TCP);
    }

    /** The second one answers questions with CD only, so that the last attempt is not what helps. */
    @Test
    void shouldAskAnotherUpstreamWithCdBeforeAnAnswerIsBogus() {
        SignedDns bad = world.start();
        SignedDns good = world.start();
        open.add(bad);
        open.add(good);
        try (ValidatingDns validator = Lab.validator(good, List.of(bad.address(), good.address()), Duration.ofSeconds(20),
                Clock.systemUTC())) {
            validator.firstSelfTest().toCompletableFuture().join();
            bad.rewrite((query, reply, transport) -> asks(query, WWW, Type.A)
                ? Attack.with(reply, Rcode.NOERROR, List.of(Attack.record(WWW, "A", "127.0.0.66")), List.of()) : reply);
            good.rewrite((query, reply, transport) -> query.getHeader().getFlag(Flags.CD) ? reply
                : Attack.with(reply, Rcode.SERVFAIL, List.of(), List.of()));

            assertThat(Lab.verdict(Lab.await(validator, WWW, RecordType.A))).isEqualTo("found secure");
        }
    }

    @Test
    void shouldRecoverFromAnotherUpstreamWhereOneIsStale() {
        SignedDns stale = world.start();
        SignedDns good = world.start();
        open.add(stale);
        open.add(good);
        List<Record> old = new ArrayList<>(world.signed("zone.example", "www", "A"));
        world.zone("zone.example").algorithm(KeyAlgorithm.ECDSA_P256);
        stale.rewrite((query, reply, transport) -> asks(query, WWW, Type.A)
            ? Attack.with(reply, Rcode.NOERROR, old, List.of()) : reply);
        ValidatingDns validator = Lab.validator(good, List.of(stale.address(), good.address()), Duration.ofSeconds(20), Clock.systemUTC());
        open.add(validator);

        assertThat(Lab.verdict(Lab.await(validator, WWW, RecordType.A))).isEqualTo("found secure");
    }

    @ParameterizedTest
    @ValueSource(strings = {"silent", "servfail", "refused", "gone", "strips"})
    void shouldUseTheOtherUpstreamWhereOneIsNoGood(String how) {
        SignedDns bad = world.start();
        SignedDns good = world.start();
        open.add(bad);
        open.add(good);
        List<InetSocketAddress> upstreams = List.of(bad.address(), good.address());
        switch (how) {
            case "silent" -> bad.rewrite((query, reply, transport) -> null);
            case "servfail" -> bad.rewrite((query, reply, transport) -> Attack.with(reply, Rcode.SERVFAIL, List.of(), List.of()));
            case "refused" -> bad.rewrite((query, reply, transport) -> Attack.with(reply, Rcode.REFUSED, List.of(), List.of()));
            case "strips" -> bad.rewrite((query, reply, transport) -> Attack.stripped(reply));
            default -> bad.close();
        }
        ValidatingDns validator = Lab.validator(good, upstreams, Duration.ofSeconds(20), Clock.systemUTC());
        open.add(validator);

        assertThat(Lab.verdict(Lab.await(validator, WWW, RecordType.A))).isEqualTo("found secure");
        assertThat(Lab.verdict(Lab.await(validator, "www.plain.example", RecordType.A))).isEqualTo("found insecure UNSIGNED_DELEGATION");
    }

    @Test
    void shouldFollowARollOverWhileTheOldKeysAreCached() {
        Lab lab = lab();
        assertThat(lab.ask(WWW, "A")).isEqualTo("found secure");

        world.zone("zone.example").algorithm(KeyAlgorithm.ED25519);
        assertThat(lab.ask("mx.zone.example", "A")).isEqualTo("found secure");

        world.zone("example").algorithm(KeyAlgorithm.ED25519);
        assertThat(lab.ask("_25._tcp.mx.zone.example", "TLSA")).isEqualTo("found secure");
        assertThat(lab.ask("no.example", "A")).isEqualTo("nxdomain secure");
    }

    @Test
    void shouldSeeThatAZoneIsNoLongerSigned() {
        Lab lab = lab();
        assertThat(lab.ask(WWW, "A")).isEqualTo("found secure");

        // Its keys and its DS are still in the cache; that there is a DS no more is proved when the answer is asked for again.
        world.zone("zone.example").unsigned();
        assertThat(lab.ask("mx.zone.example", "A")).isEqualTo("found insecure UNSIGNED_DELEGATION");
    }
}
