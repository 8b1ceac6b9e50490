/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DNSKEYRecord;
import org.xbill.DNS.DSRecord;
import org.xbill.DNS.Master;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/** Keys, signatures and digests as the RFCs of the algorithms print them. */
class AlgorithmVectorsTest {
    /** RFC 5702 §6.1. */
    private static final String RSA_SHA256 = """
        example.net.     3600  IN  DNSKEY  256 3 8 ( AwEAAcFcGsaxxdgiuuGmCkVI
            my4h99CqT7jwY3pexPGcnUFtR2Fh36BponcwtkZ4cAgtvd4Qs8P kxUdp6p/DlUmObdk= )
        www.example.net. 3600  IN  A  192.0.2.91
        www.example.net. 3600  IN  RRSIG  A 8 3 3600 20300101000000 20000101000000 9033 example.net. ( kRCOH6u7l0QGy9qpC9
            l1sLncJcOKFLJ7GhiUOibu4teYp5VE9RncriShZNz85mwlMgNEa cFYK/lPtPiVYP4bwg== )
        """;
    /** RFC 5702 §6.2. */
    private static final String RSA_SHA512 = """
        example.net.    3600  IN  DNSKEY  256 3 10 ( AwEAAdHoNTOW+et86KuJOWRD
            p1pndvwb6Y83nSVXXyLA3DLroROUkN6X0O6pnWnjJQujX/AyhqFD xj13tOnD9u/1kTg7cV6rklMrZDtJCQ5PCl/D7QNPsgVsMu1J2Q8g
            pMpztNFLpPBz1bWXjDtaR7ZQBlZ3PFY12ZTSncorffcGmhOL )
        www.example.net. 3600  IN  A  192.0.2.91
        www.example.net. 3600  IN  RRSIG  A 10 3 3600 20300101000000 20000101000000 3740 example.net. ( tsb4wnjRUDnB1BUi+t
            6TMTXThjVnG+eCkWqjvvjhzQL1d0YRoOe0CbxrVDYd0xDtsuJRa eUw1ep94PzEWzr0iGYgZBWm/zpq+9fOuagYJRfDqfReKBzMweOL
            DiNa8iP5g9vMhpuv6OPlvpXwm9Sa9ZXIbNl1MBGk0fthPgxdDLw = )
        """;
    /** RFC 6605 §6.1. */
    private static final String P256 = """
        example.net. 3600 IN DNSKEY 257 3 13 ( GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edb
            krSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA== )
        example.net. 3600 IN DS 55648 13 2 ( b4c8c1fe2e7477127b27115656ad6256f424625bf5c1 e2770ce6d6e37df61d17 )
        www.example.net. 3600 IN A 192.0.2.1
        www.example.net. 3600 IN RRSIG A 13 3 3600 ( 20100909100439 20100812100439 55648 example.net.
            qx6wLYqmh+l9oCKTN6qIc+bw6ya+KJ8oMz0YP107epXA yGmt+3SNruPFKG7tZoLBLlUzGGus7ZwmwWep666VCw== )
        """;
    /** RFC 6605 §6.2. */
    private static final String P384 = """
        example.net. 3600 IN DNSKEY 257 3 14 ( xKYaNhWdGOfJ+nPrL8/arkwf2EY3MDJ+SErKivBVSum1
            w/egsXvSADtNJhyem5RCOpgQ6K8X1DRSEkrbYQ+OB+v8 /uX45NBwY8rp65F6Glur8I/mlVNgF6W/qTI37m40 )
        example.net. 3600 IN DS 10771 14 4 ( 72d7b62976ce06438e9c0bf319013cf801f09ecc84b8
            d7e9495f27e305c6a9b0563a9b5f4d288405c3008a94 6df983d6 )
        www.example.net. 3600 IN A 192.0.2.1
        www.example.net. 3600 IN RRSIG A 14 3 3600 ( 20100909102025 20100812102025 10771 example.net.
            /L5hDKIvGDyI1fcARX3z65qrmPsVz73QD1Mr5CEqOiLP 95hxQouuroGCeZOvzFaxsT8Glr74hbavRKayJNuydCuz
            WTSSPdz7wnqXL5bdcJzusdnI0RSMROxxwGipWcJm )
        """;
    /** RFC 8080 §6.1. */
    private static final String ED25519 = """
        example.com. 3600 IN DNSKEY 257 3 15 ( l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4= )
        example.com. 3600 IN DS 3613 15 2 ( 3aa5ab37efce57f737fc1627013fee07bdf241bd10f3b1964ab55c78e79 a304b )
        """;
    /** RFC 8080 §6.2. */
    private static final String ED448 = """
        example.com. 3600 IN DNSKEY 257 3 16 ( 3kgROaDjrh0H2iuixWBrc8g2EpBBLCdGzHmn+G2MpTPhpj/OiBVHHSfPodx
            1FYYUcJKm1MDpJtIA )
        example.com. 3600 IN DS 9713 16 2 ( 6ccf18d5bc5d7fc2fceb1d59d17321402f2aa8d368048db93dd811f5cb2 b19c7 )
        """;

    private static final Instant IN_2010 = Instant.parse("2010-09-01T00:00:00Z");

    private static List<Record> parse(String text) throws IOException {
        List<Record> records = new ArrayList<>();
        try (Master master = new Master(new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII)), Name.root)) {
            Record next;
            while ((next = master.nextRecord()) != null) {
                records.add(next);
            }
        }
        return records;
    }

    private static SignedRrset set(List<Record> records, int type) {
        return SignedRrset.collect(records).stream().filter(set -> set.type() == type).findFirst().orElseThrow();
    }

    private static VerifiedRrset verify(List<Record> records, Instant now) {
        List<ZoneKey> keys = set(records, Type.DNSKEY).records().stream()
            .flatMap(key -> ZoneKey.of((DNSKEYRecord) key).stream())
            .toList();
        SignatureCheck check = new SignatureCheck(SignatureProviders.by(ValidatorConfig.Signatures.AUTO));
        return new RrsetVerifier(check, Clock.fixed(now, ZoneOffset.UTC), Duration.ZERO)
            .verify(set(records, Type.A), Name.fromConstantString("example.net."), keys, Budget.of(Duration.ofMinutes(1)));
    }

    @ParameterizedTest
    @ValueSource(strings = {RSA_SHA256, RSA_SHA512, P256, P384})
    void shouldVerifyTheExampleOfTheRfc(String example) throws IOException {
        assertThat(verify(parse(example), IN_2010).owner()).hasToString("www.example.net.");
    }

    @ParameterizedTest
    @ValueSource(strings = {RSA_SHA256, RSA_SHA512, P256, P384})
    void shouldNotVerifyTheExampleWithOneOtherAddress(String example) throws IOException {
        List<Record> forged = parse(example.replace("IN  A  192.0.2.91", "IN  A  192.0.2.92").replace("IN A 192.0.2.1", "IN A 192.0.2.2"));

        assertThatThrownBy(() -> verify(forged, IN_2010)).isInstanceOf(LookupFailure.class)
            .hasMessage("the signature over www.example.net. A does not verify");
    }

    @ParameterizedTest
    @ValueSource(strings = {P256, P384, ED25519, ED448})
    void shouldFindTheKeyThatTheDsOfTheRfcNames(String example) throws IOException {
        List<Record> records = parse(example);
        SignedRrset keys = set(records, Type.DNSKEY);

        List<ZoneKey> vouched = DelegationKeys.vouchedFor(keys.owner(), List.of((DSRecord) set(records, Type.DS).records().get(0)), keys);

        assertThat(vouched).extracting(ZoneKey::record).containsExactly((DNSKEYRecord) keys.records().get(0));
    }

    @Test
    void shouldSayThatASignatureHasExpiredOrIsNotYetValid() throws IOException {
        List<Record> records = parse(P256);

        assertThatThrownBy(() -> verify(records, Instant.parse("2010-09-09T10:04:40Z"))).hasMessageContaining("has expired");
        assertThatThrownBy(() -> verify(records, Instant.parse("2010-08-12T10:04:38Z"))).hasMessageContaining("is not yet valid");
        assertThat(verify(records, Instant.parse("2010-09-09T10:04:39Z")).ttl()).isZero();
        assertThat(verify(records, Instant.parse("2010-08-12T10:04:39Z")).ttl()).isEqualTo(3600);
    }

    @Test
    void shouldSupportWhatARfc8624ValidatorMustAndShould() {
        assertThat(DnssecAlgorithms.supported()).containsExactly(5, 7, 8, 10, 13, 14, 15, 16);
        assertThat(DnssecAlgorithms.isSupported(1)).isFalse();
        assertThat(DnssecAlgorithms.isSupported(3)).isFalse();
        assertThat(DnssecAlgorithms.digestLength(3)).isZero();
    }
}
