/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

import org.jamesdane.dane.pkix.CertificationPath;
import org.jamesdane.dane.pkix.PresentedIdentifiers;
import org.jamesdane.dane.tlsa.TlsaUsability;
import org.jamesdane.dns.TlsaRecord;
import org.jamesdane.testing.pki.Authority;
import org.jamesdane.testing.pki.Leaf;
import org.jamesdane.testing.pki.TestPki;
import org.junit.jupiter.api.Test;

/** Bounds of the work that a server's certificates can cause. */
class VerifierBoundsTest extends VerifierBed {
    @Test
    void shouldCheckABoundedNumberOfSignatures() {
        Authority root = TestPki.authority("Many", CLOCK);
        Leaf leaf = root.intermediate("Twin").leaf("mx.example.com");
        List<X509Certificate> chain = new ArrayList<>(List.of(leaf.certificate()));
        // Namesakes with the right key that are certified by one another: without a limit the number of paths explodes.
        Authority twin = root.intermediate("Twin");
        for (int i = 0; i < CertificationPath.MAX_CERTIFICATES - 2; i++) {
            chain.add(twin.certifiedBy(twin).certificate());
        }
        chain.add(root.certificate());

        Verification result = verify(chain, of(2, 0, 1, root.certificate()));

        assertThat(((Verification.NoMatch) result).verdicts().get(0).text())
            .isEqualTo("more than " + CertificationPath.MAX_SIGNATURES + " signatures would have to be checked");
    }

    @Test
    void shouldCountSignaturesOfAnchorsNotSent() {
        Authority root = TestPki.authority("Root", CLOCK);
        List<X509Certificate> anchors = new ArrayList<>();
        for (int i = 0; i < CertificationPath.MAX_SIGNATURES; i++) {
            anchors.add(TestPki.authority("Root", CLOCK).keyLabel("namesake " + i % 3).certificate());
        }
        X509Certificate leaf = root.leaf("mx.example.com").certificate();
        anchors.add(root.certificate());

        assertThat(path(leaf, anchors)).isInstanceOf(CertificationPath.NotFound.class);
        assertThat(path(leaf, anchors.subList(1, anchors.size()))).isInstanceOf(CertificationPath.Found.class);
    }

    @Test
    void shouldLookAtABoundedNumberOfCertificates() {
        List<X509Certificate> chain = new ArrayList<>(ZOO.chain("leaf"));
        while (chain.size() < CertificationPath.MAX_CERTIFICATES - 1) {
            chain.add(ZOO.certificate("stranger"));
        }
        List<X509Certificate> within = new ArrayList<>(chain);
        within.add(ZOO.certificate("ca"));
        chain.add(ZOO.certificate("stranger"));
        chain.add(ZOO.certificate("ca"));

        assertThat(verify(within, records("2 0 1 ca"))).isInstanceOf(Verification.Verified.class);
        assertThat(verify(chain, records("2 0 1 ca"))).isInstanceOf(Verification.NoMatch.class);
        assertThat(verify(chain, records("2 0 0 root"))).isInstanceOf(Verification.NoMatch.class);
    }

    @Test
    void shouldFollowPathsOfABoundedLength() {
        Authority top = TestPki.authority("Top", CLOCK);
        Authority issuer = top;
        List<X509Certificate> issuers = new ArrayList<>();
        for (int i = 0; i < CertificationPath.MAX_INTERMEDIATES; i++) {
            issuer = issuer.intermediate("I" + i);
            issuers.add(0, issuer.certificate());
        }
        List<X509Certificate> longest = new ArrayList<>(issuers);
        longest.add(0, issuer.leaf("mx.example.com").certificate());
        longest.add(top.certificate());
        Authority oneMore = issuer.intermediate("One more");
        List<X509Certificate> tooLong = new ArrayList<>(issuers);
        tooLong.add(0, oneMore.certificate());
        tooLong.add(0, oneMore.leaf("mx.example.com").certificate());
        tooLong.add(top.certificate());

        assertThat(verify(longest, of(2, 0, 1, top.certificate()))).isInstanceOf(Verification.Verified.class);
        assertThat(verify(tooLong, of(2, 0, 1, top.certificate()))).isInstanceOf(Verification.NoMatch.class);
    }

    @Test
    void shouldCompareABoundedNumberOfNames() {
        Authority many = TestPki.authority("Many names", CLOCK);
        for (int i = 0; i < 300; i++) {
            many = many.excludedName("x" + i + ".example");
        }
        String[] names = new String[200];
        for (int i = 0; i < names.length; i++) {
            names[i] = i == 0 ? "mx.example.com" : "n" + i + ".example.com";
        }
        X509Certificate few = many.leaf("mx.example.com").certificate();
        X509Certificate lots = many.leaf("mx.example.com").dnsNames(names).certificate();

        assertThat(verify(List.of(few, many.certificate()), of(2, 0, 1, many.certificate()))).isInstanceOf(Verification.Verified.class);
        assertThat(((Verification.NoMatch) verify(List.of(lots, many.certificate()), of(2, 0, 1,
            many.certificate()))).verdicts().get(0).text())
            .isEqualTo("there are too many names under name constraints");
    }

    @Test
    void shouldMatchABoundedNumberOfRecords() {
        List<TlsaRecord> records = new ArrayList<>();
        for (int i = 0; i < TlsaUsability.MAX_RECORDS; i++) {
            byte[] data = new byte[32];
            data[0] = (byte) i;
            records.add(new TlsaRecord(3, 1, 1, data));
        }
        records.add(ZOO.record("3 1 1 leaf"));

        TlsaUsability sorted = TlsaUsability.of(records);

        assertThat(sorted.usable().orElseThrow().records()).hasSize(TlsaUsability.MAX_RECORDS);
        assertThat(sorted.unusable()).singleElement().satisfies(each -> {
            assertThat(each.reason()).isEqualTo("more than 100 records are not matched");
            assertThat(each.record()).isEqualTo(ZOO.record("3 1 1 leaf"));
        });
        assertThat(sorted.usable().orElseThrow().leftOut()).isEqualTo(sorted.unusable());
    }

    @Test
    void shouldShowTheNamesOfACertificateInBounds() {
        assertThat(PresentedIdentifiers.of(ZOO.certificate("namesleaf"))).hasToString("no domain name");
        assertThat(PresentedIdentifiers.of(ZOO.certificate("bothnames"))).hasToString("other.example, example.com");
        X509Certificate six = TestPki.selfSigned("x").dnsNames("a", "b", "c\0", "d", "e", "f").certificate();
        assertThat(PresentedIdentifiers.of(six)).hasToString("a, b, c?, d, e and 1 more");
        X509Certificate five = TestPki.selfSigned("x").dnsNames("a", "b", "c", "d", "e").certificate();
        assertThat(PresentedIdentifiers.of(five)).hasToString("a, b, c, d, e");
    }
}
