/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.ECPublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

import org.jamesdane.dns.Lookup;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.DNSKEYRecord;
import org.xbill.DNS.DNSSEC;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRSIGRecord;
import org.xbill.DNS.RRset;
import org.xbill.DNS.Record;

/** The rules of RFC 4035 §5.3.1 about which signature may be tried at all, with signatures that are right in all else. */
class RrsetVerifierTest {
    private static final Name ZONE = Name.fromConstantString("example.");
    private static final Name HOST = Name.fromConstantString("mx.example.");
    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");
    private static final int ZONE_KEY = 256;

    private final KeyPair pair = newPair();
    private final DNSKEYRecord key = key(pair, ZONE_KEY, 3);

    private static KeyPair newPair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return generator.generateKeyPair();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static DNSKEYRecord key(KeyPair pair, int flags, int protocol) {
        try {
            return new DNSKEYRecord(ZONE, DClass.IN, 300, flags, protocol, DNSSEC.Algorithm.ECDSAP256SHA256, pair.getPublic());
        } catch (DNSSEC.DNSSECException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Record address(Name owner, long ttl) {
        try {
            return new ARecord(owner, DClass.IN, ttl, InetAddress.getByName("192.0.2.1"));
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private RRSIGRecord sign(RRset records, Instant inception, Instant expiration) {
        try {
            return DNSSEC.sign(records, key, pair.getPrivate(), on32Bits(inception), on32Bits(expiration));
        } catch (DNSSEC.DNSSECException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The time in the 32 bits of the record. */
    private static Instant on32Bits(Instant time) {
        return Instant.ofEpochSecond(time.getEpochSecond() & 0xFFFFFFFFL);
    }

    private SignedRrset signed(Name owner, Instant inception, Instant expiration) {
        Record record = address(owner, 300);
        return SignedRrset.collect(List.of(record, sign(new RRset(record), inception, expiration))).get(0);
    }

    private SignedRrset signed(Name owner) {
        return signed(owner, NOW.minusSeconds(3600), NOW.plusSeconds(3600));
    }

    private VerifiedRrset verify(SignedRrset set, Name apex, DNSKEYRecord... keys) {
        return verify(set, apex, NOW, Duration.ZERO, keys);
    }

    private static VerifiedRrset verify(SignedRrset set, Name apex, Instant now, Duration skew, DNSKEYRecord... keys) {
        List<ZoneKey> usable = List.of(keys).stream().flatMap(record -> ZoneKey.of(record).stream()).toList();
        return new RrsetVerifier(new SignatureCheck(SignatureComputation.ofJdk()), Clock.fixed(now, ZoneOffset.UTC), skew)
            .verify(set, apex, usable, Budget.of(Duration.ofMinutes(1)));
    }

    @Test
    void shouldVerifyASignatureOfTheZone() {
        VerifiedRrset verified = verify(signed(HOST), ZONE, key);

        assertThat(verified.isExpanded()).isFalse();
        assertThat(verified.link().keyTag()).isEqualTo(key.getFootprint());
        assertThat(verified.expiration()).isEqualTo(NOW.plusSeconds(3600));
        assertThat(verified.ttl()).isEqualTo(300);
    }

    @Test
    void shouldNotTakeTheKeysOfOneZoneForAnother() {
        assertThatThrownBy(() -> verify(signed(HOST), HOST, key)).hasMessageContaining("no signature over mx.example. A is by this zone");
        assertThatThrownBy(() -> verify(signed(HOST), Name.root, key)).hasMessageContaining("is by this zone");
    }

    @Test
    void shouldNotVerifyWhatTheSignerDoesNotEnclose() {
        SignedRrset foreign = signed(Name.fromConstantString("mx.other."));

        assertThatThrownBy(() -> verify(foreign, ZONE, key)).hasMessageContaining("no signature over mx.other. A is by this zone");
    }

    @Test
    void shouldOnlyUseKeysThatMaySignZones() {
        assertThat(ZoneKey.of(key(pair, 0, 3))).as("not a zone key").isEmpty();
        assertThat(ZoneKey.of(key(pair, ZONE_KEY, 2))).as("another protocol").isEmpty();
        assertThat(ZoneKey.of(key(pair, ZONE_KEY | 0x80, 3))).as("revoked").isEmpty();
        assertThat(ZoneKey.of(key(pair, ZONE_KEY | 1, 3))).as("a key-signing key").isPresent();
        assertThatThrownBy(() -> verify(signed(HOST), ZONE, key(pair, ZONE_KEY | 0x80, 3))).isInstanceOf(LookupFailure.class);
    }

    @Test
    void shouldSeeAWildcardByTheLabelsOfItsSignature() {
        Name wildcard = Name.fromConstantString("*.sub.example.");
        SignedRrset expanded = RfcZone.expanded(signed(wildcard), "a.b.sub.example.");

        assertThat(verify(signed(wildcard), ZONE, key).isExpanded()).as("the wildcard itself").isFalse();
        assertThat(verify(expanded, ZONE, key).wildcardEncloser()).contains(Name.fromConstantString("sub.example."));
    }

    @Test
    void shouldNotTakeMoreLabelsThanTheOwnerHasOrFewerThanTheZone() {
        RRSIGRecord good = signed(HOST).signatures().get(0);

        for (int labels : new int[] {3, 0}) {
            RRSIGRecord other = new RRSIGRecord(HOST, DClass.IN, 300, good.getTypeCovered(), good.getAlgorithm(), good.getOrigTTL(),
                good.getExpire(), good.getTimeSigned(), good.getFootprint(), ZONE, good.getSignature());
            byte[] wire = other.rdataToWireCanonical();
            wire[3] = (byte) labels;
            SignedRrset set = SignedRrset.collect(List.of(address(HOST, 300),
                Record.newRecord(HOST, other.getType(), DClass.IN, 300, wire))).get(0);

            assertThatThrownBy(() -> verify(set, ZONE, key)).hasMessageContaining("counts other labels than the name has");
        }
    }

    @Test
    void shouldAllowForTheClockSkewAndNoMore() {
        SignedRrset set = signed(HOST);
        Duration skew = Duration.ofMinutes(5);

        assertThat(verify(set, ZONE, NOW.plusSeconds(3600 + 300), skew, key).ttl()).as("expired within the skew").isZero();
        assertThat(verify(set, ZONE, NOW.minusSeconds(3600 + 300), skew, key)).isNotNull();
        assertThatThrownBy(() -> verify(set, ZONE, NOW.plusSeconds(3600 + 301), skew, key)).hasMessageContaining("has expired");
        assertThatThrownBy(() -> verify(set, ZONE, NOW.minusSeconds(3600 + 301), skew, key)).hasMessageContaining("not yet valid");
        // As far ahead as 32 bits can say: the skew does not make it the past.
        SignedRrset longest = signed(HOST, NOW.minusSeconds(60), NOW.plusSeconds(Integer.MAX_VALUE - 60));
        assertThat(verify(longest, ZONE, NOW, skew, key)).isNotNull();
    }

    /** RFC 4034 §3.1.5: the times are serial numbers, so that they go on after 2106. */
    @Test
    void shouldCountTimesAsSerialNumbers() {
        Instant wrap = Instant.ofEpochSecond(1L << 32);
        SignedRrset set = signed(HOST, wrap.minusSeconds(1000), wrap.plusSeconds(1000));

        VerifiedRrset before = verify(set, ZONE, wrap.minusSeconds(1), Duration.ZERO, key);
        VerifiedRrset after = verify(set, ZONE, wrap.plusSeconds(1), Duration.ZERO, key);

        assertThat(before.expiration()).isEqualTo(wrap.plusSeconds(1000));
        assertThat(after.expiration()).isEqualTo(wrap.plusSeconds(1000));
        assertThatThrownBy(() -> verify(set, ZONE, wrap.plusSeconds(1001), Duration.ZERO, key)).hasMessageContaining("has expired");
    }

    @Test
    void shouldNotTakeASignatureThatEndsBeforeItBegins() {
        SignedRrset set = signed(HOST, NOW.plusSeconds(10), NOW.minusSeconds(10));

        assertThatThrownBy(() -> verify(set, ZONE, NOW, Duration.ofMinutes(1), key)).hasMessageContaining("has expired");
    }

    /** RFC 4035 §5.3.3. */
    @Test
    void shouldClampTheTtlToTheOriginalTtlAndTheExpiration() {
        Record record = address(HOST, 300);
        RRSIGRecord signature = sign(new RRset(record), NOW.minusSeconds(3600), NOW.plusSeconds(100_000));
        SignedRrset raised = SignedRrset.collect(List.of(address(HOST, 80_000), signature)).get(0);
        SignedRrset lowered = SignedRrset.collect(List.of(address(HOST, 20), signature)).get(0);
        SignedRrset brief = signed(HOST, NOW.minusSeconds(3600), NOW.plusSeconds(60));

        assertThat(verify(raised, ZONE, key).ttl()).isEqualTo(300);
        assertThat(verify(lowered, ZONE, key).ttl()).isEqualTo(20);
        assertThat(verify(brief, ZONE, key).ttl()).isEqualTo(60);
    }

    /** RFC 6840 §5.4. */
    @Test
    void shouldTakeOneGoodSignatureAmongWrongOnes() {
        SignedRrset good = signed(HOST);
        List<RRSIGRecord> signatures = new ArrayList<>();
        for (int i = 1; i < RrsetVerifier.MAX_SIGNATURES_PER_SET; i++) {
            signatures.add(garbage(good.signatures().get(0), (byte) i));
        }
        signatures.add(good.signatures().get(0));

        assertThat(verify(new SignedRrset(HOST, good.type(), good.records(), signatures), ZONE, key)).isNotNull();

        Collections.addAll(signatures, garbage(good.signatures().get(0), (byte) 100));
        Collections.reverse(signatures);
        assertThat(verify(new SignedRrset(HOST, good.type(), good.records(), signatures), ZONE, key)).isNotNull();
    }

    @Test
    void shouldNotTryMoreSignaturesThanTheLimit() {
        SignedRrset good = signed(HOST);
        List<RRSIGRecord> signatures = new ArrayList<>();
        for (int i = 0; i < RrsetVerifier.MAX_SIGNATURES_PER_SET; i++) {
            signatures.add(garbage(good.signatures().get(0), (byte) i));
        }
        signatures.add(good.signatures().get(0));

        assertThatThrownBy(() -> verify(new SignedRrset(HOST, good.type(), good.records(), signatures), ZONE, key))
            .isInstanceOfSatisfying(LookupFailure.class, failure -> assertThat(failure.reason()).isEqualTo(Lookup.Reason.BOGUS));
    }

    /** RFC 6840 §5.12: they are passed over, and so they take no place of those that can be tried. */
    @Test
    void shouldNotCountSignaturesOfUnknownKeys() {
        SignedRrset good = signed(HOST);
        List<RRSIGRecord> signatures = new ArrayList<>();
        for (int i = 1; i <= 10 * RrsetVerifier.MAX_SIGNATURES_PER_SET; i++) {
            signatures.add(garbage(good.signatures().get(0), (byte) i, key.getFootprint() ^ i));
        }
        signatures.add(good.signatures().get(0));

        assertThat(verify(new SignedRrset(HOST, good.type(), good.records(), signatures), ZONE, key)).isNotNull();
    }

    /** CVE-2022-21449: zeros satisfy the equation under every key; they are not even computed. */
    @Test
    void shouldNotComputeAnEcdsaSignatureOfZeros() {
        SignedRrset good = signed(HOST);
        byte[] octets = good.signatures().get(0).getSignature();
        byte[] withoutR = octets.clone();
        Arrays.fill(withoutR, 0, 32, (byte) 0);
        byte[] withoutS = octets.clone();
        Arrays.fill(withoutS, 32, 64, (byte) 0);
        SignatureCheck check = new SignatureCheck(SignatureComputation.ofJdk());
        ZoneKey usable = ZoneKey.of(key).orElseThrow();

        for (byte[] forged : List.of(new byte[64], withoutR, withoutS, new byte[0], Arrays.copyOf(octets, 63), Arrays.copyOf(octets, 65))) {
            assertThat(check.verifies(good, with(good.signatures().get(0), forged, key.getFootprint()), usable)).isFalse();
        }
        assertThat(check.computed()).isZero();
        assertThat(check.verifies(good, good.signatures().get(0), usable)).isTrue();
        assertThat(check.computed()).isEqualTo(1);
    }

    @Test
    void shouldTakeEcdsaNumbersFromOneToTheOrderLessOne() {
        BigInteger order = ((ECPublicKey) pair.getPublic()).getParams().getOrder();

        assertThat(SignatureCheck.isWithinOrder(sideBySide(BigInteger.ONE, order.subtract(BigInteger.ONE)), order)).isTrue();
        for (BigInteger wrong : List.of(BigInteger.ZERO, order, order.add(BigInteger.ONE))) {
            assertThat(SignatureCheck.isWithinOrder(sideBySide(wrong, BigInteger.ONE), order)).isFalse();
            assertThat(SignatureCheck.isWithinOrder(sideBySide(BigInteger.ONE, wrong), order)).isFalse();
        }
    }

    private static byte[] sideBySide(BigInteger r, BigInteger s) {
        return HexFormat.of().parseHex(String.format(Locale.ROOT, "%064x%064x", r, s));
    }

    private static RRSIGRecord garbage(RRSIGRecord good, byte fill) {
        return garbage(good, fill, good.getFootprint());
    }

    private static RRSIGRecord garbage(RRSIGRecord good, byte fill, int tag) {
        byte[] signature = new byte[good.getSignature().length];
        Arrays.fill(signature, fill);
        return with(good, signature, tag);
    }

    private static RRSIGRecord with(RRSIGRecord good, byte[] signature, int tag) {
        return new RRSIGRecord(good.getName(), DClass.IN, 300, good.getTypeCovered(), good.getAlgorithm(), good.getOrigTTL(),
            good.getExpire(), good.getTimeSigned(), tag, good.getSigner(), signature);
    }

    @Test
    void shouldVerifyTheSameSignatureOnlyOnce() {
        SignatureCheck check = new SignatureCheck(SignatureComputation.ofJdk());
        RrsetVerifier verifier = new RrsetVerifier(check, Clock.fixed(NOW, ZoneOffset.UTC), Duration.ZERO);
        List<ZoneKey> keys = ZoneKey.of(key).stream().toList();
        SignedRrset set = signed(HOST);

        verifier.verify(set, ZONE, keys, Budget.of(Duration.ofMinutes(1)));
        verifier.verify(set, ZONE, keys, Budget.of(Duration.ofMinutes(1)));

        assertThat(check.computed()).isEqualTo(1);
    }

    /** Memory of octets that verified; the rules about the times are checked anew. */
    @Test
    void shouldNotRememberThatATimeWasRight() {
        SignatureCheck check = new SignatureCheck(SignatureComputation.ofJdk());
        List<ZoneKey> keys = ZoneKey.of(key).stream().toList();
        SignedRrset set = signed(HOST);
        new RrsetVerifier(check, Clock.fixed(NOW, ZoneOffset.UTC), Duration.ZERO).verify(set, ZONE, keys, Budget.of(Duration.ofMinutes(1)));
        RrsetVerifier later = new RrsetVerifier(check, Clock.fixed(NOW.plusSeconds(7200), ZoneOffset.UTC), Duration.ZERO);

        assertThatThrownBy(() -> later.verify(set, ZONE, keys, Budget.of(Duration.ofMinutes(1)))).hasMessageContaining("has expired");
    }

    @Test
    void shouldNotComputeWithAnOversizedRsaKey() {
        byte[] exponentOf65Bits = new byte[1 + 9 + 256];
        exponentOf65Bits[0] = 9;
        exponentOf65Bits[1] = 1;
        exponentOf65Bits[9] = 1;
        Arrays.fill(exponentOf65Bits, 10, exponentOf65Bits.length, (byte) 0xFF);
        DNSKEYRecord large = new DNSKEYRecord(ZONE, DClass.IN, 300, ZONE_KEY, 3, DNSSEC.Algorithm.RSASHA256, exponentOf65Bits);

        assertThat(ZoneKey.of(large)).hasValueSatisfying(usable -> assertThat(usable.publicKey()).isEmpty());
    }

    @Test
    void shouldTakeUnreadableKeysForKeysThatVerifyNothing() {
        for (int algorithm : DnssecAlgorithms.supported()) {
            DNSKEYRecord broken = new DNSKEYRecord(ZONE, DClass.IN, 300, ZONE_KEY, 3, algorithm, new byte[] {1, 2, 3});

            assertThat(ZoneKey.of(broken)).as("algorithm " + algorithm).isPresent();
            assertThatThrownBy(() -> verify(signed(HOST), ZONE, broken)).isInstanceOf(LookupFailure.class);
        }
    }
}
