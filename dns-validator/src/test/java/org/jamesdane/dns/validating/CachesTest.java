/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

import org.jamesdane.dns.DnsRecord;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.MxRecord;
import org.jamesdane.dns.Proof;
import org.jamesdane.dns.RecordType;
import org.jamesdane.dns.TlsaRecord;
import org.jamesdane.testing.dns.Fault;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.SignedWorld;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.DNSKEYRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;

class CachesTest {
    private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");
    private static final Proof PROOF = new Proof.Secure(Proof.Source.VALIDATED, List.of());

    private final MovableClock clock = new MovableClock(NOW);
    private final Question question = new Question(Name.fromConstantString("mx.example."), Type.A);

    private static SignedWorld world() {
        return SignedDns.world()
            .zone("good.example").a("mx", "127.0.0.2").a("other", "127.0.0.4")
            .zone("plain.example").unsigned().a("mx", "127.0.0.3")
            .world();
    }

    private static Answer answer(Instant expiry) {
        return Answer.negative(true, PROOF, expiry);
    }

    @Test
    void shouldNeverGiveAnAnswerAfterItsTime() {
        AnswerCache cache = new AnswerCache(1_000_000, clock);
        cache.put(question, new AnswerCache.Entry.Answered(answer(NOW.plusSeconds(10))), cache.epoch());

        clock.set(NOW.plusSeconds(9));
        assertThat(cache.get(question)).isPresent();
        clock.set(NOW.plusSeconds(10));
        assertThat(cache.get(question)).isEmpty();
    }

    @Test
    void shouldNotKeepWhatHasNoTime() {
        AnswerCache cache = new AnswerCache(1_000_000, clock);
        cache.put(question, new AnswerCache.Entry.Answered(answer(NOW)), cache.epoch());

        assertThat(cache.size()).isZero();
    }

    @Test
    void shouldNotKeepWhatWasBegunBeforeAFlush() {
        AnswerCache cache = new AnswerCache(1_000_000, clock);
        long begun = cache.epoch();
        cache.flush(Name.fromConstantString("example."));

        cache.put(question, new AnswerCache.Entry.Answered(answer(NOW.plusSeconds(10))), begun);

        assertThat(cache.get(question)).isEmpty();
    }

    @Test
    void shouldStayWithinItsWeight() {
        AnswerCache cache = new AnswerCache(100 * HeapWeigher.ANSWER, clock);
        for (int i = 0; i < 5000; i++) {
            cache.put(new Question(Name.fromConstantString("n" + i + ".example."), Type.A),
                new AnswerCache.Entry.Answered(answer(NOW.plusSeconds(10))), cache.epoch());
        }

        assertThat(cache.size()).isBetween(100L, 500L);
    }

    /** Each of these is what an attacker would fill a cache with. */
    @Test
    void shouldWeighWhatIsLargeByWhatItTakes() {
        DomainName long120 = DomainName.of("a.".repeat(120) + "example");
        Proof.Link link = new Proof.Link(long120, long120, "DNSKEY", 1, 13, NOW, NOW);
        Proof deep = new Proof.Secure(Proof.Source.VALIDATED, Collections.nCopies(40, link));
        Proof deepInsecure = new Proof.Insecure(Proof.Cause.OPT_OUT, long120, Collections.nCopies(40, link));
        List<Answer> large = List.of(
            Answer.found(IntStream.range(0, 100).<DnsRecord>mapToObj(i -> new MxRecord(i, long120)).toList(), PROOF, NOW.plusSeconds(10)),
            Answer.found(IntStream.range(0, 100).<DnsRecord>mapToObj(i -> new TlsaRecord(3, 0, 0, new byte[4000])).toList(), PROOF,
                NOW.plusSeconds(10)),
            Answer.negative(true, deep, NOW.plusSeconds(10)),
            Answer.negative(false, deepInsecure, NOW.plusSeconds(10)));
        for (Answer answer : large) {
            AnswerCache cache = new AnswerCache(5 * HeapWeigher.ANSWER, clock);
            for (int i = 0; i < 10; i++) {
                cache.put(new Question(Name.fromConstantString("n" + i + ".example."), Type.MX), new AnswerCache.Entry.Answered(answer),
                    cache.epoch());
            }

            // Each takes more than ten thousand octets, and all may take ten thousand.
            assertThat(cache.size()).isZero();
        }
    }

    @Test
    void shouldWeighZonesByTheirKeysAndTheirChains() {
        ZoneKey key = ZoneKey.of(new DNSKEYRecord(Name.root, DClass.IN, 300, 256, 3, 8, new byte[512])).orElseThrow();
        ZoneCache cache = new ZoneCache(100 * HeapWeigher.ZONE, clock);
        for (int i = 0; i < 1000; i++) {
            cache.put(Name.fromConstantString("z" + i + ".example."), new ZoneStatus.SecureZone(Name.root, Collections.nCopies(40, key),
                List.of(), NOW.plusSeconds(10), NOW), cache.epoch());
        }
        assertThat(cache.size()).isOne();
        for (int i = 0; i < 1000; i++) {
            cache.put(Name.fromConstantString("z" + i + ".example."), new ZoneStatus.NoCut(NOW.plusSeconds(10), NOW), cache.epoch());
        }
        assertThat(cache.size()).isBetween(100L, 300L);
    }

    @Test
    void shouldFailWhereThereAreMoreRecordsThanAreUsed() {
        SignedWorld world = world();
        IntStream.rangeClosed(1, RecordMapping.MAX_ADDRESSES).forEach(i -> world.zone("good.example").a("full", "127.0.1." + i)
            .a("more", "127.0.1." + i));
        world.zone("good.example").a("more", "127.0.2.1");
        try (SignedDns dns = world.start(); Resolving resolving = Resolving.by(dns)) {
            assertThat(resolving.lookup("full.good.example", RecordType.A)).isInstanceOf(Lookup.Found.class);
            assertThat(resolving.lookup("more.good.example", RecordType.A)).isInstanceOfSatisfying(Lookup.Failed.class,
                failed -> assertThat(failed.reason()).isEqualTo(Lookup.Reason.BUDGET));
        }
    }

    @Test
    void shouldShowAndForgetByName() {
        try (SignedDns dns = world().start(); Resolving resolving = Resolving.by(dns)) {
            resolving.lookup("mx.good.example", RecordType.A);
            resolving.lookup("mx.plain.example", RecordType.A);
            DomainName good = DomainName.of("good.example");

            assertThat(resolving.dns().cachedAnswers(DomainName.ROOT)).extracting(CachedAnswer::outcome)
                .containsExactly("1 records", "1 records");
            assertThat(resolving.dns().cachedZones(DomainName.ROOT)).extracting(zone -> zone.name() + " " + zone.finding())
                .containsExactly(". secure", "example secure", "good.example secure", "plain.example insecure");
            assertThat(resolving.dns().cachedZones(good)).singleElement().satisfies(zone -> {
                assertThat(zone.keyTags()).hasSize(1);
                assertThat(zone.chain()).extracting(Proof.Link::type).endsWith("DS", "DNSKEY");
                assertThat(zone.expiry()).isAfter(Instant.now());
            });

            resolving.dns().flush(good);
            dns.forgetQuestions();

            assertThat(resolving.dns().cachedAnswers(good)).isEmpty();
            assertThat(resolving.dns().cachedAnswers(DomainName.ROOT)).hasSize(1);
            resolving.lookup("mx.good.example", RecordType.A);
            assertThat(dns.questions()).hasSize(3);
        }
    }

    @Test
    void shouldShowAFailureAndKeepItForSecondsOnly() {
        MovableClock now = new MovableClock(Instant.now());
        try (SignedDns dns = world().start(); Resolving resolving = Resolving.by(now, builder -> builder, dns)) {
            dns.fault("mx.good.example", "A", Fault.servFail());
            assertThat(resolving.lookup("mx.good.example", RecordType.A)).isInstanceOf(Lookup.Failed.class);
            dns.heal();

            assertThat(resolving.lookup("mx.good.example", RecordType.A)).as("not asked again at once").isInstanceOf(Lookup.Failed.class);
            assertThat(resolving.dns().cachedAnswers(DomainName.ROOT)).singleElement().satisfies(cached -> {
                assertThat(cached.outcome()).startsWith("servfail: the resolver 127.0.0.1 port");
                assertThat(cached.proof()).isEqualTo(Optional.empty());
            });
            now.set(now.instant().plus(ValidatingDns.FAILURE_TTL));
            assertThat(resolving.lookup("mx.good.example", RecordType.A)).isInstanceOf(Lookup.Found.class);
        }
    }

    @Test
    void shouldGiveTheTimeThatIsLeft() {
        MovableClock now = new MovableClock(Instant.now());
        try (SignedDns dns = world().start(); Resolving resolving = Resolving.by(now, builder -> builder, dns)) {
            Duration first = ((Lookup.Answer<?>) resolving.lookup("mx.good.example", RecordType.A)).ttl();
            now.set(now.instant().plusSeconds(100));
            Duration later = ((Lookup.Answer<?>) resolving.lookup("mx.good.example", RecordType.A)).ttl();

            assertThat(first).isEqualTo(Duration.ofMinutes(5));
            assertThat(later).isEqualTo(Duration.ofSeconds(200));
        }
    }

    @Test
    void shouldDescribeAProof() {
        try (SignedDns dns = world().start(); Resolving resolving = Resolving.by(dns)) {
            Proof secure = ((Lookup.Answer<?>) resolving.lookup("mx.good.example", RecordType.A)).proof();
            Proof insecure = ((Lookup.Answer<?>) resolving.lookup("mx.plain.example", RecordType.A)).proof();

            assertThat(secure.describe().lines()).hasSize(7)
                .first().isEqualTo("secure, by signatures from a trust anchor down");
            assertThat(secure.describe()).contains("\n  good.example DS (signed by example, key ").contains(", algorithm 13, until 2");
            assertThat(insecure.describe().lines()).first()
                .isEqualTo("insecure from plain.example on, because the zone above proves that it is not signed");
            assertThat(insecure.describe()).contains("\n  plain.example NSEC (signed by example, key ");
            assertThat(secure.soonestExpiry()).hasValueSatisfying(expiry -> assertThat(expiry).isAfter(Instant.now()));
        }
    }
}
