/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.pkix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

import org.jamesdane.dane.CertificateZoo;
import org.jamesdane.dane.ConformanceCases;
import org.jamesdane.dane.channel.DaneVerifier;
import org.jamesdane.dane.channel.Verification;
import org.jamesdane.dane.tlsa.TlsaUsability;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.TlsaRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeerCertificateTest {
    private static final CertificateZoo ZOO = ConformanceCases.certificates();
    private static final List<DomainName> NAMES = List.of(DomainName.of("mx.example.com"));
    private static final PeerCertificate LEAF = PeerCertificate.of(ZOO.certificate("leaf"));
    private static final PeerCertificate CA = PeerCertificate.of(ZOO.certificate("ca"));
    private static final byte[] KEY = ZOO.certificate("leaf").getPublicKey().getEncoded();

    private static Verification verify(List<PeerCertificate> chain, TlsaRecord record) {
        return DaneVerifier.verify(chain, TlsaUsability.of(List.of(record)).usable().orElseThrow(), NAMES, CertificateZoo.NOW);
    }

    private static Verification verify(List<PeerCertificate> chain, String record) {
        return verify(chain, ZOO.record(record));
    }

    private static byte[] sha256(byte[] octets) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(octets);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Five empty sequences, of which none is a serial number, an issuer or a time, and a key at the place of a key. */
    private static PeerCertificate emptyCertificateAround(byte[] publicKeyInfo) {
        byte[] empty = Der.encode(Der.SEQUENCE, new byte[0]);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int i = 0; i < 5; i++) {
            body.writeBytes(empty);
        }
        body.writeBytes(publicKeyInfo);
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.writeBytes(Der.encode(Der.SEQUENCE, body.toByteArray()));
        whole.writeBytes(empty);
        return PeerCertificate.x509(Der.encode(Der.SEQUENCE, whole.toByteArray()));
    }

    @Test
    void shouldMatchALeafThatCannotBeParsedUnderDaneEe() {
        List<PeerCertificate> chain = List.of(emptyCertificateAround(KEY), CA);

        assertThat(chain.get(0).parsed()).isEmpty();
        // RFC 7672 §3.1.1: the key matches; nothing else counts.
        assertThat(verify(chain, "3 1 1 leaf")).isInstanceOf(Verification.Verified.class);
        assertThat(verify(chain, "3 1 1 other")).isInstanceOf(Verification.NoMatch.class);
        assertThat(verify(chain, "3 0 1 leaf")).isInstanceOf(Verification.NoMatch.class);
        assertThat(verify(chain, new TlsaRecord(3, 0, 1, sha256(chain.get(0).octets())))).isInstanceOf(Verification.Verified.class);
    }

    @Test
    void shouldSayThatALeafCannotBeReadUnderDaneTa() {
        Verification result = verify(List.of(emptyCertificateAround(KEY), CA), "2 1 1 ca");

        assertThat(((Verification.NoMatch) result).verdicts()).singleElement()
            .satisfies(verdict -> assertThat(verdict.text()).isEqualTo("the server's certificate cannot be read"));
    }

    @Test
    void shouldSayThatOctetsWithoutAKeyCannotBeRead() {
        assertThat(verify(List.of(PeerCertificate.x509(new byte[] {0x30, 0x00}), CA), "3 1 1 leaf"))
            .isInstanceOf(Verification.Malformed.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 70, 40_000})
    void shouldNotBeSpoiltByAStrangerThatCannotBeRead(int length) {
        PeerCertificate stranger = PeerCertificate.x509(new byte[length]);
        List<PeerCertificate> chain = List.of(LEAF, stranger, CA);

        for (String record : List.of("2 1 1 ca", "2 0 1 ca", "2 0 0 ca", "3 1 1 leaf", "3 0 1 leaf")) {
            assertThat(verify(chain, record)).isInstanceOf(Verification.Verified.class);
        }
        assertThat(verify(chain, new TlsaRecord(2, 0, 1, sha256(stranger.octets())))).isInstanceOf(Verification.NoMatch.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"3 1 0 leaf", "3 1 1 leaf", "3 1 2 leaf"})
    void shouldMatchARawKeyWithTheKeySelector(String record) {
        assertThat(verify(List.of(PeerCertificate.rawPublicKey(KEY)), record)).isInstanceOf(Verification.Verified.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"3 1 1 other", "2 1 1 leaf", "2 1 0 leaf", "2 1 1 ca", "2 1 0 ca", "2 0 0 ca"})
    void shouldNotMatchARawKeyWithAnyOtherRecord(String record) {
        assertThat(verify(List.of(PeerCertificate.rawPublicKey(KEY)), record)).isInstanceOf(Verification.NoMatch.class);
    }

    @Test
    void shouldNotTakeARawKeyForACertificate() {
        PeerCertificate key = PeerCertificate.rawPublicKey(KEY);

        // RFC 7671 §5.1: selector Cert(0) speaks of a certificate, which a raw key is not, whatever its octets.
        assertThat(verify(List.of(key), new TlsaRecord(3, 0, 1, sha256(KEY)))).isInstanceOf(Verification.NoMatch.class);
        assertThat(key.parsed()).isEmpty();
        assertThat(key).isNotEqualTo(PeerCertificate.x509(KEY)).isEqualTo(PeerCertificate.rawPublicKey(KEY));
    }
}
