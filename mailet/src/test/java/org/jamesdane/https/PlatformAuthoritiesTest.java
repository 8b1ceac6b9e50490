/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.https;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import javax.net.ssl.X509TrustManager;

import org.bouncycastle.asn1.x509.KeyUsage;
import org.jamesdane.dane.pkix.Authorities;
import org.jamesdane.testing.pki.Authority;
import org.jamesdane.testing.pki.Leaf;
import org.jamesdane.testing.pki.TestPki;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlatformAuthoritiesTest {
    private static final Authority ROOT = TestPki.authority("Root");
    private static final Leaf LEAF = ROOT.leaf("mx.example");

    private static Optional<String> objection(Leaf leaf) throws Exception {
        return PlatformAuthorities.vetoOf(PlatformAuthorities.managerOf(Set.of(ROOT.certificate())))
            .against(List.of(leaf.certificate()), ROOT.certificate());
    }

    private static Optional<String> objection(Exception thrown) {
        X509TrustManager manager = new X509TrustManager() {
            @Override
            public void checkClientTrusted(X509Certificate[] chain, String authType) {
                throw new AssertionError("nobody asks about clients");
            }

            @Override
            public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
                if (thrown instanceof CertificateException e) {
                    throw e;
                }
                throw (RuntimeException) thrown;
            }

            @Override
            public X509Certificate[] getAcceptedIssuers() {
                return new X509Certificate[0];
            }
        };
        return PlatformAuthorities.vetoOf(manager).against(List.of(LEAF.certificate()), ROOT.certificate());
    }

    @Test
    void shouldKnowThePublicCas() throws Exception {
        Authorities authorities = PlatformAuthorities.read();

        assertThat(authorities.certificates()).hasSizeGreaterThan(20);
        assertThat(authorities.rsaBits()).isEqualTo(2048);
        // Of a CA that is not the platform's.
        assertThat(authorities.veto().against(List.of(LEAF.certificate()), ROOT.certificate())).isPresent();
    }

    /** The platform asks for one of the bits by the way in which the server proves its key, which the path does not show. */
    @ParameterizedTest
    @ValueSource(ints = {KeyUsage.digitalSignature, KeyUsage.keyEncipherment, KeyUsage.keyAgreement,
        KeyUsage.digitalSignature | KeyUsage.keyEncipherment})
    void shouldAcceptEveryKeyUsageOfServers(int bits) throws Exception {
        assertThat(objection(LEAF.keyUsage(bits))).isEmpty();
    }

    @Test
    void shouldAcceptAPathOfThePlatformsRoots() throws Exception {
        assertThat(objection(LEAF)).isEmpty();
        assertThat(objection(LEAF.withoutKeyUsage())).isEmpty();
    }

    @Test
    void shouldObjectToWhatThePlatformRefuses() throws Exception {
        assertThat(objection(LEAF.expired())).isPresent();
        assertThat(objection(new CertificateException("issued after\n2026-12-01")))
            .contains("the Java platform refuses the path: issued after?2026-12-01");
        assertThat(objection(new IllegalStateException("odd octets"))).contains("the Java platform refuses the path: odd octets");
    }
}
