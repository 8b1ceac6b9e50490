/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SignatureException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TestPkiTest {
    private static final Instant NOW = Instant.parse("2031-05-06T07:08:09Z");
    private static final Authority ROOT = TestPki.authority("Test CA", Clock.fixed(NOW, ZoneOffset.UTC));

    private static void validate(Credential credential) throws Exception {
        List<X509Certificate> chain = credential.chain();
        X509Certificate root = chain.get(chain.size() - 1);
        PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(NOW));
        CertPathValidator.getInstance("PKIX").validate(
            CertificateFactory.getInstance("X.509").generateCertPath(chain.subList(0, chain.size() - 1)), parameters);
    }

    private static List<String> dnsNames(X509Certificate certificate) throws Exception {
        return certificate.getSubjectAlternativeNames().stream().map(name -> name.get(0) + ":" + name.get(1)).toList();
    }

    @Test
    void shouldMakeAValidChainOfAnyDepth() throws Exception {
        Credential credential = ROOT.intermediate("A").intermediate("B").intermediate("C").leaf("mx.example").issue();

        assertThat(credential.chain()).hasSize(5);
        validate(credential);
    }

    // The others are too short for any path.
    @ParameterizedTest
    @EnumSource(value = KeyKind.class, mode = EnumSource.Mode.EXCLUDE, names = {"RSA_512", "RSA_768", "RSA_1023"})
    void shouldMakeAValidChainWithEveryKindOfKey(KeyKind kind) throws Exception {
        validate(ROOT.key(kind).leaf("mx.example").key(kind).issue());
    }

    @Test
    void shouldSignWithTheHashWished() {
        assertThat(ROOT.leaf("mx.example").signedWith(SignatureHash.SHA1).certificate().getSigAlgName()).isEqualTo("SHA1withECDSA");
        assertThat(ROOT.leaf("mx.example").certificate().getSigAlgName()).isEqualTo("SHA256withECDSA");
    }

    @Test
    void shouldMakeDefectsThatAPathValidatorSees() throws Exception {
        List<Credential> bad = List.of(
            ROOT.leaf("mx.example").expired().issue(),
            ROOT.leaf("mx.example").notYetValid().issue(),
            ROOT.leaf("mx.example").brokenSignature().issue(),
            ROOT.leaf("mx.example").unknownCriticalExtension().issue(),
            ROOT.intermediate("I").expired().leaf("mx.example").issue(),
            ROOT.intermediate("I").withoutBasicConstraints().leaf("mx.example").issue(),
            ROOT.intermediate("I").notAnAuthority().leaf("mx.example").issue(),
            ROOT.intermediate("I").withoutKeyCertSign().leaf("mx.example").issue(),
            ROOT.intermediate("I").pathLength(0).intermediate("J").leaf("mx.example").issue(),
            ROOT.intermediate("I").permittedName("other.example").leaf("mx.example").issue(),
            ROOT.intermediate("I").excludedName("example").leaf("mx.example").issue());

        for (Credential credential : bad) {
            assertThatThrownBy(() -> validate(credential)).isInstanceOf(CertPathValidatorException.class);
        }
        validate(ROOT.intermediate("I").pathLength(0).permittedName("example").leaf("mx.example").issue());
    }

    @Test
    void shouldHaveTheNamesWished() throws Exception {
        assertThat(dnsNames(ROOT.leaf("mx.example").certificate())).containsExactly("2:mx.example");
        assertThat(dnsNames(ROOT.leaf("x").dnsNames("*.a.example", "_b.example", "nul\0.example").certificate()))
            .containsExactly("2:*.a.example", "2:_b.example", "2:nul\0.example");
        assertThat(dnsNames(ROOT.leaf("x").onlyIpAddress("127.0.0.9").certificate())).containsExactly("7:127.0.0.9");
        X509Certificate commonNameOnly = ROOT.leaf("mx.example").withoutAlternativeNames().certificate();
        assertThat(commonNameOnly.getSubjectAlternativeNames()).isNull();
        assertThat(commonNameOnly.getSubjectX500Principal().getName()).isEqualTo("CN=mx.example");
        assertThat(ROOT.leaf("mx.example").withoutNames().certificate().getSubjectX500Principal().getName()).isEqualTo("O=Nameless");
    }

    @Test
    void shouldPutOddOctetsIntoDnsNames() throws Exception {
        byte[] octets = {'a', 0, (byte) 0xe4, '.', 'b'};

        byte[] der = ROOT.leaf("x").dnsNames().dnsNameOctets(octets).certificate().getEncoded();

        assertThat(HexFormat.of().formatHex(der)).contains("8205" + HexFormat.of().formatHex(octets));
    }

    @Test
    void shouldEncodeTheCommonNameAsWished() throws Exception {
        byte[] der = ROOT.leaf("mx").commonName("mx", StringEncoding.BMP).certificate().getEncoded();

        // 1e: BMPString
        assertThat(HexFormat.of().formatHex(der)).contains("1e04006d0078");
    }

    @Test
    void shouldComputeAssociationsFromTheOctetsOfTheCertificate() throws Exception {
        X509Certificate certificate = ROOT.leaf("mx.example").certificate();

        assertThat(Association.of(3, 0, 0, certificate).octets()).isEqualTo(certificate.getEncoded());
        assertThat(Association.of(3, 1, 0, certificate).octets()).isEqualTo(certificate.getPublicKey().getEncoded());
        assertThat(Association.of(3, 1, 1, certificate).octets())
            .isEqualTo(MessageDigest.getInstance("SHA-256").digest(certificate.getPublicKey().getEncoded()));
        assertThat(Association.of(2, 0, 2, certificate).octets())
            .isEqualTo(MessageDigest.getInstance("SHA-512").digest(certificate.getEncoded()));
        assertThat(Association.of(3, 1, 1, certificate)).hasToString("3 1 1 " + Association.of(3, 1, 1, certificate).data());
        assertThat(Association.of(3, 1, 1, certificate).mismatching()).isNotEqualTo(Association.of(3, 1, 1, certificate));
    }

    @Test
    void shouldKeepAKeyWithoutParametersAsItIsInTheAssociation() {
        X509Certificate certificate = ROOT.leaf("mx.example").key(KeyKind.RSA_2048).keyWithoutParameters().certificate();

        String keyInfo = Association.of(3, 1, 0, certificate).data();

        // SEQUENCE { rsaEncryption } without the NULL that Java writes when it encodes the key again
        assertThat(keyInfo).contains("300b06092a864886f70d01010103");
        assertThat(HexFormat.of().formatHex(certificate.getPublicKey().getEncoded())).contains("0500");
    }

    @Test
    void shouldKeepOddBooleansOnTheWire() throws Exception {
        Credential credential = ROOT.leaf("mx.example").oddBooleans().issue();

        assertThat(HexFormat.of().formatHex(credential.certificate().getEncoded())).contains("01010104");
        validate(credential);
    }

    @Test
    void shouldNotBeReadableWhenUndecodable() throws Exception {
        byte[] octets = ROOT.leaf("mx.example").undecodable().certificate().getEncoded();

        assertThatThrownBy(() -> CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(octets)))
            .isInstanceOf(CertificateException.class);
    }

    @Test
    void shouldGiveOneCertificateForOneWishAndAnotherForAChangedOne() {
        Leaf leaf = ROOT.leaf("mx.example");

        assertThat(leaf.certificate()).isSameAs(leaf.certificate());
        assertThat(ROOT.leaf("mx.example").certificate()).isNotEqualTo(leaf.certificate());
        assertThat(ROOT.leaf("mx.example").privateKey()).isSameAs(leaf.privateKey());
        assertThat(leaf.keyLabel("other").privateKey()).isNotEqualTo(leaf.privateKey());
    }

    @Test
    void shouldLetStrangersOfTheSameNameBeForged() {
        Credential forged = TestPki.authority("Test CA").at(NOW).keyLabel("thief").leaf("mx.example").withoutKeyIdentifiers().issue();
        Credential passedOff = forged.showing(List.of(forged.certificate(), ROOT.certificate()));

        assertThat(forged.certificate().getIssuerX500Principal()).isEqualTo(ROOT.certificate().getSubjectX500Principal());
        assertThatThrownBy(() -> validate(passedOff)).hasRootCauseInstanceOf(SignatureException.class);
    }

    @Test
    void shouldShowChainsInAnyOrder() {
        Credential credential = ROOT.intermediate("I").leaf("mx.example").issue();
        X509Certificate stranger = TestPki.authority("Stranger").certificate();
        List<X509Certificate> chain = credential.chain();

        assertThat(credential.leafOnly().chain()).containsExactly(chain.get(0));
        assertThat(credential.withoutRoot().chain()).containsExactly(chain.get(0), chain.get(1));
        assertThat(credential.issuersReversed().chain()).containsExactly(chain.get(0), chain.get(2), chain.get(1));
        assertThat(credential.withStrangers(stranger).chain()).endsWith(stranger);
        assertThat(credential.withStrangersBehindLeaf(stranger).chain().get(1)).isEqualTo(stranger);
        assertThat(credential.without(chain.get(1)).chain()).containsExactly(chain.get(0), chain.get(2));
    }

    @Test
    void shouldCertifyAnAuthorityCrosswise() throws Exception {
        Authority old = TestPki.authority("Old CA").at(NOW);
        Authority cross = ROOT.certifiedBy(old);
        X509Certificate leaf = ROOT.leaf("mx.example").certificate();

        validate(new Credential(ROOT.leaf("mx.example").privateKey(), List.of(leaf, cross.certificate(), old.certificate())));
        assertThat(Arrays.asList(cross.certificate().getPublicKey())).containsExactly(ROOT.certificate().getPublicKey());
    }

    @Test
    void shouldPutAnOddNameOfItsOwnBytesIntoTheSubject() {
        X509Certificate certificate = ROOT.leaf("x").commonName("mx.example\0.evil").certificate();

        assertThat(new String(certificate.getSubjectX500Principal().getEncoded(), StandardCharsets.ISO_8859_1))
            .contains("mx.example\0.evil");
    }
}
