/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.cert.CertificateParsingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.jamesdane.dane.RecordedChain;
import org.jamesdane.dane.pkix.Authorities;
import org.jamesdane.dane.pkix.CertificateBytes;
import org.jamesdane.dane.pkix.Der;
import org.jamesdane.dane.pkix.DerFuzzTest;
import org.jamesdane.dane.pkix.PeerCertificate;
import org.jamesdane.dane.routing.MxHost;
import org.jamesdane.dane.tlsa.TlsaAssociation;
import org.jamesdane.dane.tlsa.TlsaUsability;
import org.jamesdane.dane.tlsa.UsableTlsaSet;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.TlsaRecord;
import org.jamesdane.testing.fuzz.FuzzInput;
import org.junit.jupiter.api.Test;

/**
 * Certificates of a stranger against the TLSA records of a genuine chain. The verifier never throws, and never finds a match without the
 * octets that the records stand for: those of the leaf, of its key, or of the part that the genuine issuer signed.
 */
class VerifierFuzzTest {
    private static final List<byte[]> GENUINE = RecordedChain.load();
    private static final byte[] LEAF = GENUINE.get(0);
    private static final List<DomainName> NAMES = List.of(DomainName.of("mx.example"));
    private static final MxHost HOST = new MxHost.Named(NAMES.get(0), 10);
    private static final int MAX_CHAIN = 8;
    private static final int ISSUERS = 3;

    @FuzzTest
    void shouldMatchOnlyTheGenuine(byte[] octets) throws CertificateParsingException {
        FuzzInput input = new FuzzInput(octets);
        List<TlsaRecord> wanted = records(input.octet());
        List<PeerCertificate> chain = new ArrayList<>();
        for (int i = 1 + input.below(MAX_CHAIN); i > 0; i--) {
            chain.add(certificate(input));
        }
        Optional<UsableTlsaSet> usable = TlsaUsability.of(wanted).usable();
        assertThat(usable).isPresent();

        Verification verification = DaneVerifier.verify(chain, usable.get(), NAMES, RecordedChain.NOW);

        if (verification instanceof Verification.Verified verified) {
            byte[] leaf = chain.get(0).octets();
            TlsaRecord record = verified.record();
            assertThat(wanted).contains(record);
            if (record.usage() == TlsaUsability.DANE_TA) {
                assertThat(DerFuzzTest.contains(leaf, Der.of(LEAF).child(0).encoded())).as("signed by the genuine issuer").isTrue();
            } else if (record.selector() == TlsaUsability.CERT) {
                assertThat(leaf).isEqualTo(LEAF);
            } else {
                assertThat(DerFuzzTest.contains(leaf, CertificateBytes.publicKeyInfo(LEAF))).as("with the genuine key").isTrue();
            }
        }
        requirePkix(chain);
    }

    private static void requirePkix(List<PeerCertificate> chain) throws CertificateParsingException {
        TlsRequirement.Pkix requirement = new TlsRequirement.Pkix(HOST, NAMES.get(0), Authorities.own(Set.of(
            CertificateBytes.parse(GENUINE.get(GENUINE.size() - 2)).orElseThrow())));
        if (PkixVerifier.problem(chain, requirement, RecordedChain.NOW).isEmpty()) {
            assertThat(DerFuzzTest.contains(chain.get(0).octets(), Der.of(LEAF).child(0).encoded())).isTrue();
        }
    }

    private static PeerCertificate certificate(FuzzInput input) {
        int which = input.octet();
        byte[] octets = which < 0x80 ? input.patched(GENUINE.get(which % GENUINE.size())) : input.take(which - 0x70);
        return which >= 0xf0 ? PeerCertificate.rawPublicKey(octets) : PeerCertificate.x509(octets);
    }

    /** Records of the genuine chain: of its leaf, of its issuer, of its root, or of several of them. */
    private static List<TlsaRecord> records(int choice) {
        List<TlsaRecord> records = new ArrayList<>();
        for (int i = 0; i < ISSUERS; i++) {
            boolean all = choice >= 0xe0;
            if (all || choice % ISSUERS == i) {
                int form = choice / ISSUERS;
                PeerCertificate certificate = PeerCertificate.x509(GENUINE.get(i));
                records.add(TlsaAssociation.of(certificate, i == 0 ? TlsaUsability.DANE_EE : TlsaUsability.DANE_TA, form % 2, form / 2 % 3)
                    .orElseThrow());
            }
        }
        return records;
    }

    /** Without a change every one of the records matches: else no match under change would mean anything. */
    @Test
    void shouldMatchTheGenuineChainByEveryRecord() {
        for (int choice = 0; choice < 0x100; choice++) {
            assertThat(DaneVerifier.verify(GENUINE.stream().map(PeerCertificate::x509).toList(),
                TlsaUsability.of(records(choice)).usable().orElseThrow(), NAMES, RecordedChain.NOW))
                .as("%s", records(choice)).isInstanceOf(Verification.Verified.class);
        }
    }
}
