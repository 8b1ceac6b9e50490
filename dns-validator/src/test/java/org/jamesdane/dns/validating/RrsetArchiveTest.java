/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.Proof;
import org.jamesdane.dns.RecordType;
import org.jamesdane.dns.RrsetId;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.SignedZone;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DNSInput;
import org.xbill.DNS.DNSKEYRecord;
import org.xbill.DNS.DSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;

/** Octets that an archive gets while answers are verified, which are enough to verify the answers once more. */
class RrsetArchiveTest {
    private final SignedZone zone = SignedDns.world().zone("zone.example").a("www", "127.0.0.2").a("www", "127.0.0.1")
        .a("*.wild", "127.0.0.3").ttl(200);
    private final SignedDns dns = zone.start();
    private final Map<RrsetId, byte[]> kept = new ConcurrentHashMap<>();
    private final List<ValidatingDns> open = new ArrayList<>();

    @AfterEach
    void close() {
        open.forEach(ValidatingDns::close);
        dns.close();
    }

    @Test
    void shouldKeepWhatVerifiesEveryLinkAgain() {
        assertThat(verifiedAgain(answer(validator(kept::put), "WWW.zone.example"))).isEqualTo(6);
    }

    @Test
    void shouldKeepAnExpansionOfAWildcardUnderTheNameAsked() {
        Lookup.Answer<?> answer = answer(validator(kept::put), "a.wild.zone.example");

        // The expansion, and the denial of the name itself.
        assertThat(verifiedAgain(answer)).isGreaterThanOrEqualTo(6);
        assertThat(answer.proof().chain()).anySatisfy(link -> assertThat(link.owner()).isEqualTo(DomainName.of("a.wild.zone.example")));
    }

    @Test
    void shouldKeepTheDenialOfAnUnsignedDelegation() {
        zone.delegation("child", "ns.child.zone.example.").zone("child.zone.example").unsigned().a("www", "127.0.0.4");
        Lookup.Answer<?> answer = answer(validator(kept::put), "www.child.zone.example");

        assertThat(answer.proof()).isInstanceOf(Proof.Insecure.class);
        assertThat(verifiedAgain(answer)).isGreaterThanOrEqualTo(6);
    }

    @Test
    void shouldNameTheSameRecordsTheSameWay() {
        ValidatingDns validator = validator(kept::put);
        List<Proof.Link> first = answer(validator, "www.zone.example").proof().chain();
        validator.flush(DomainName.ROOT);

        assertThat(answer(validator, "www.zone.example").proof().chain()).isEqualTo(first);
    }

    @Test
    void shouldGoOnWithoutAnIdWhereTheArchiveFails() {
        ValidatingDns validator = validator((id, octets) -> {
            throw new StackOverflowError("a test");
        });

        assertThat(answer(validator, "www.zone.example").proof().chain()).isNotEmpty().allSatisfy(link -> assertThat(link.id()).isEmpty());
    }

    @Test
    void shouldGiveNoIdWhereNobodyCollects() {
        assertThat(answer(validator(RrsetArchive.NONE), "www.zone.example").proof().chain()).isNotEmpty()
            .allSatisfy(link -> assertThat(link.id()).isEmpty());
    }

    private ValidatingDns validator(RrsetArchive archive) {
        ValidatorConfig config = ValidatorConfig.builder().upstreams(List.of(dns.address())).archive(archive)
            .trustAnchors(TrustAnchors.parse(dns.trustAnchor().lines().toList())).build();
        ValidatingDns validator = ValidatingDns.create(config, Clock.systemUTC(), new SecureRandom());
        open.add(validator);
        return validator;
    }

    private static Lookup.Answer<?> answer(ValidatingDns validator, String name) {
        return (Lookup.Answer<?>) Lab.await(validator, name, RecordType.A);
    }

    /** Verifies the chain of an answer from the archived octets and the trust anchor alone, and counts its links. */
    private int verifiedAgain(Lookup.Answer<?> answer) {
        RrsetVerifier verifier = new RrsetVerifier(new SignatureCheck(SignatureComputation.ofJdk()), Clock.systemUTC(), Duration.ZERO);
        List<DSRecord> delegation = DelegationJudge.asDs(TrustAnchors.parse(dns.trustAnchor().lines().toList()).of(DomainName.ROOT));
        List<ZoneKey> keys = List.of();
        for (Proof.Link link : answer.proof().chain()) {
            SignedRrset set = read(Objects.requireNonNull(kept.get(link.id().orElseThrow())));
            assertThat(WireNames.fromWire(set.owner())).isEqualTo(link.owner());
            assertThat(set.signatures()).hasSize(1);
            // The TTL that was signed, whatever was left of it.
            assertThat(set.ttl()).isEqualTo(set.signatures().get(0).getOrigTTL());
            if (link.type().equals("DNSKEY")) {
                keys = DelegationKeys.vouchedFor(set.owner(), delegation, set);
            }
            Proof.Link again = verifier.verify(set, set.signatures().get(0).getSigner(), keys, Budget.of(Duration.ofMinutes(1))).link();
            assertThat(again).isEqualTo(new Proof.Link(link.zone(), link.owner(), link.type(), link.keyTag(), link.algorithm(),
                link.inception(), link.expiration()));
            if (link.type().equals("DNSKEY")) {
                keys = set.records().stream().map(DNSKEYRecord.class::cast).map(ZoneKey::of).flatMap(Optional::stream).toList();
            } else if (link.type().equals("DS")) {
                delegation = set.records().stream().map(DSRecord.class::cast).toList();
            }
        }
        return answer.proof().chain().size();
    }

    private static SignedRrset read(byte[] octets) {
        try {
            DNSInput in = new DNSInput(octets);
            List<Record> records = new ArrayList<>();
            while (in.remaining() > 0) {
                Name owner = new Name(in);
                int type = in.readU16();
                int dclass = in.readU16();
                long ttl = in.readU32();
                byte[] data = in.readByteArray(in.readU16());
                records.add(Record.newRecord(owner, type, dclass, ttl, data));
            }
            return SignedRrset.collect(records).get(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
