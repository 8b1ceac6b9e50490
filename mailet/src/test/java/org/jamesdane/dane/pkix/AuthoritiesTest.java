/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.pkix;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.jamesdane.testing.pki.Authority;
import org.jamesdane.testing.pki.KeyKind;
import org.jamesdane.testing.pki.TestPki;
import org.junit.jupiter.api.Test;

class AuthoritiesTest {
    private static final Instant NOW = Instant.parse("2031-05-06T07:08:09Z");
    private static final Authority ROOT = TestPki.authority("Root", Clock.fixed(NOW, ZoneOffset.UTC));
    private static final Authorities.Veto CONTENT = (path, anchor) -> Optional.empty();

    private static CertificationPath.Result find(List<X509Certificate> chain, Authorities authorities) {
        return new CertificationPath(chain, authorities, NOW).find();
    }

    private static Authorities ofPublic(Authority root) {
        return Authorities.ofPublic(Set.of(root.certificate()), CONTENT);
    }

    private static Authorities own(Authority root) {
        return Authorities.own(Set.of(root.certificate()));
    }

    @Test
    void shouldAskForLongKeysBelowPublicCas() {
        List<X509Certificate> leaf = ROOT.leaf("mx.example").key(KeyKind.RSA_1024).issue().chain();
        List<X509Certificate> middle = ROOT.intermediate("Middle").key(KeyKind.RSA_1024).leaf("mx.example").issue().chain();
        Authority small = ROOT.key(KeyKind.RSA_1024);
        List<X509Certificate> root = small.leaf("mx.example").issue().chain();

        assertThat(find(leaf, ofPublic(ROOT))).isEqualTo(new CertificationPath.NotFound(RecordVerdict.Mismatch.CHAIN,
            "the RSA key of \"CN=mx.example\" has only 1024 bits"));
        assertThat(find(middle, ofPublic(ROOT))).isEqualTo(new CertificationPath.NotFound(RecordVerdict.Mismatch.CHAIN,
            "the RSA key that signed \"CN=mx.example\" has only 1024 bits"));
        assertThat(find(root, ofPublic(small))).isInstanceOf(CertificationPath.NotFound.class);
        assertThat(find(ROOT.leaf("mx.example").key(KeyKind.RSA_2048).issue().chain(), ofPublic(ROOT)))
            .isInstanceOf(CertificationPath.Found.class);
    }

    @Test
    void shouldLeaveKeysBelowOwnCasToTheOperator() {
        assertThat(find(ROOT.leaf("mx.example").key(KeyKind.RSA_1024).issue().chain(), own(ROOT)))
            .isInstanceOf(CertificationPath.Found.class);
        assertThat(find(ROOT.leaf("mx.example").key(KeyKind.RSA_1023).issue().chain(), own(ROOT)))
            .isInstanceOf(CertificationPath.NotFound.class);
    }

    @Test
    void shouldRefuseWhatThePlatformDistrusts() {
        List<X509Certificate> chain = ROOT.intermediate("Middle").leaf("mx.example").issue().chain();
        Authorities authorities = Authorities.ofPublic(Set.of(ROOT.certificate()), (path, anchor) -> {
            assertThat(path).isEqualTo(chain.subList(0, 2));
            assertThat(anchor).isEqualTo(ROOT.certificate());
            return Optional.of("it is distrusted");
        });

        assertThat(find(chain, authorities)).isEqualTo(new CertificationPath.NotFound(RecordVerdict.Mismatch.CHAIN, "it is distrusted"));
    }

    @Test
    void shouldTakeAnotherPathWhereOneIsDistrusted() {
        Authority other = TestPki.authority("Other", Clock.fixed(NOW, ZoneOffset.UTC));
        Authority middle = ROOT.intermediate("Middle");
        List<X509Certificate> chain = List.of(middle.leaf("mx.example").certificate(), middle.certificate(),
            middle.certifiedBy(other).certificate());
        Authorities authorities = Authorities.ofPublic(Set.of(ROOT.certificate(), other.certificate()),
            (path, anchor) -> anchor.equals(ROOT.certificate()) ? Optional.of("it is distrusted") : Optional.empty());

        assertThat(find(chain, authorities)).isEqualTo(new CertificationPath.Found(Optional.of(other.certificate()), Optional.empty(), 2));
    }

    @Test
    void shouldAskForNoSecondOpinionOnABrokenPath() {
        Authorities authorities = Authorities.ofPublic(Set.of(ROOT.certificate()), (path, anchor) -> Optional.of("it was asked"));

        assertThat(find(ROOT.leaf("mx.example").expired().issue().chain(), authorities))
            .extracting(result -> ((CertificationPath.NotFound) result).mismatch()).isEqualTo(RecordVerdict.Mismatch.DATES);
    }

    @Test
    void shouldProveNothingWithoutACa() {
        assertThat(find(ROOT.leaf("mx.example").issue().chain(), Authorities.NONE)).isInstanceOf(CertificationPath.NotFound.class);
    }
}
