/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.ProviderException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.jamesdane.dane.pkix.CertificationPath;
import org.jamesdane.dane.pkix.PresentedIdentifiers;
import org.jamesdane.dane.pkix.RecordVerdict;
import org.jamesdane.dane.tlsa.TlsaUsability;
import org.jamesdane.dane.tlsa.UsableTlsaSet;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.TlsaRecord;
import org.jamesdane.testing.pki.Authority;
import org.jamesdane.testing.pki.CertificateWrapper;
import org.jamesdane.testing.pki.TestPki;
import org.junit.jupiter.api.Test;

class VerifierTest extends VerifierBed {
    private static List<RecordVerdict> verdicts(String chain, String... records) {
        return ((Verification.NoMatch) verify(ZOO.chain(chain), records(records))).verdicts();
    }

    @Test
    void shouldGiveAVerdictForEveryRecordTheMostTellingFirst() {
        List<RecordVerdict> verdicts = verdicts("wrongname ca", "3 1 1 leaf", "2 0 1 stranger", "2 1 1 ca", "2 0 1 ca");

        assertThat(verdicts).extracting(RecordVerdict::mismatch).containsExactly(RecordVerdict.Mismatch.NAME, RecordVerdict.Mismatch.NAME,
            RecordVerdict.Mismatch.DIFFERENT, RecordVerdict.Mismatch.DIFFERENT);
        assertThat(verdicts).extracting(RecordVerdict::text).containsExactly(
            "the certificate is for mx.other.example and not for mx.example.com or example.com",
            "the certificate is for mx.other.example and not for mx.example.com or example.com",
            "the server's certificate is another one", "no issuer certificate sent by the server is this trust anchor");
        assertThat(verdicts.get(2)).hasToString(ZOO.record("3 1 1 leaf") + ": the server's certificate is another one");
    }

    @Test
    void shouldSayWhatIsWrongWithAPath() {
        assertThat(verdicts("expired ca", "2 0 1 ca").get(0).text()).isEqualTo("\"CN=mx.example.com\" expired at 2026-11-14T12:00:00Z");
        assertThat(verdicts("future ca", "2 0 1 ca").get(0).text())
            .isEqualTo("\"CN=mx.example.com\" is not valid before 2026-11-16T12:00:00Z");
        assertThat(verdicts("leaf root", "2 0 1 root").get(0).text())
            .isEqualTo("no chain of signatures leads from the certificate to the trust anchor");
        assertThat(verdicts("notcaleaf notca root", "2 0 1 root").get(0).text()).isEqualTo("\"CN=NotCA\" is no CA");
        assertThat(verdicts("notcarleaf notcaroot", "2 0 1 notcaroot").get(0).text())
            .isEqualTo("the trust anchor \"CN=NotCARoot\" is no CA by its basic constraints");
        assertThat(verdicts("nosignleaf nosign root", "2 0 1 root").get(0).text())
            .isEqualTo("the key usage of \"CN=NoSign\" does not include signing certificates");
        assertThat(verdicts("crlleaf ca",
            "2 0 1 ca").get(0).text()).isEqualTo("the key usage of \"CN=mx.example.com\" does not include TLS");
        assertThat(verdicts("clientleaf ca", "2 0 1 ca").get(0).text())
            .isEqualTo("the extended key usage of \"CN=mx.example.com\" does not include TLS servers");
        assertThat(verdicts("critleaf ca", "2 0 1 ca").get(0).text())
            .isEqualTo("critical extension 1.3.6.1.4.1.32473.1 of \"CN=mx.example.com\" is unknown");
        assertThat(verdicts("plen0deep plen0sub plen0 root", "2 0 1 root").get(0).text())
            .isEqualTo("more issuers stand below one another than the path length allows, at \"CN=Plen0Sub\"");
        assertThat(verdicts("permitoleaf permitother root", "2 0 1 root").get(0).text())
            .isEqualTo("name constraints do not allow a name of \"CN=mx.example.com\"");
        assertThat(verdicts("sha1leaf ca", "2 0 1 ca").get(0).text())
            .isEqualTo("the signature algorithm of \"CN=mx.example.com\", SHA1withECDSA, is too weak");
        assertThat(verdicts("minleaf minnames root", "2 0 1 root").get(0).text())
            .isEqualTo("a certificate cannot be read: name constraints with a minimum or maximum");
        assertThat(verdicts("badnmleaf badnames root", "2 0 1 root").get(0).text())
            .isEqualTo("a certificate cannot be read: name constraints of an unknown kind");
    }

    @Test
    void shouldKeepTheMostTellingViolationOfSeveralPaths() {
        // One issuer of that name is expired, the other is no CA; whichever is tried first, the date is the one to tell.
        Authority root = TestPki.authority("Two paths", CLOCK);
        Authority expired = root.intermediate("Twin").expired();
        Authority noCa = root.intermediate("Twin").notAnAuthority();
        X509Certificate leaf = expired.leaf("mx.example.com").certificate();

        for (List<X509Certificate> order : List.of(List.of(leaf, expired.certificate(), noCa.certificate(), root.certificate()),
                List.of(leaf, noCa.certificate(), expired.certificate(), root.certificate()))) {
            assertThat(((Verification.NoMatch) verify(order, of(2, 0, 1, root.certificate()))).verdicts().get(0).mismatch())
                .isEqualTo(RecordVerdict.Mismatch.DATES);
        }
    }

    @Test
    void shouldKeepTheFirstOfEquallyTellingViolations() {
        Authority root = TestPki.authority("Two paths", CLOCK);
        Authority first = root.intermediate("Twin").withoutKeyCertSign();
        Authority second = root.intermediate("Twin").notAnAuthority();
        X509Certificate leaf = first.leaf("mx.example.com").certificate();

        Verification result = verify(List.of(leaf, first.certificate(), second.certificate(), root.certificate()),
            of(2, 0, 1, root.certificate()));

        assertThat(((Verification.NoMatch) result).verdicts().get(0).text()).contains("key usage");
    }

    @Property(tries = 60)
    void shouldNotMindOrderAndStrangers(@ForAll("strangers") List<String> strangers, @ForAll @IntRange(max = 1000) int seed) {
        List<X509Certificate> others = new ArrayList<>(ZOO.chain("subca ca root " + String.join(" ", strangers)));
        Collections.shuffle(others, new Random(seed));
        others.add(0, ZOO.certificate("deepleaf"));

        assertThat(verify(others, records("2 0 1 root")))
            .isEqualTo(new Verification.Verified(ZOO.record("2 0 1 root"), 3, Optional.of(NAMES.get(0))));
        assertThat(verify(others, records("2 0 1 wrongname"))).isInstanceOf(Verification.NoMatch.class);
    }

    @Provide
    Arbitrary<List<String>> strangers() {
        return Arbitraries.of("stranger", "strangeca", "thief", "oldca", "crossca", "plen0", "leaf", "self", "expired").list().ofMaxSize(6);
    }

    @Property(tries = 100)
    void shouldNotMatchWithAnyBitTurned(@ForAll("usableRecords") String record, @ForAll @IntRange(max = 100_000) int bit) {
        TlsaRecord right = ZOO.record(record);
        byte[] data = right.associationData();
        data[bit / 8 % data.length] ^= (byte) (1 << (bit % 8));
        TlsaRecord wrong = new TlsaRecord(right.usage(), right.selector(), right.matchingType(), data);

        assertThat(verify(ZOO.chain("leaf ca root"), records(record))).isInstanceOf(Verification.Verified.class);
        TlsaUsability.of(List.of(wrong)).usable().ifPresent(set ->
            assertThat(verify(ZOO.chain("leaf ca root"), set)).isInstanceOf(Verification.NoMatch.class));
    }

    @Provide
    Arbitrary<String> usableRecords() {
        return Arbitraries.of("3 0 1 leaf", "3 1 1 leaf", "3 0 2 leaf", "3 1 2 leaf", "2 0 1 ca", "2 1 1 ca", "2 0 2 root", "2 1 2 root");
    }

    @Test
    void shouldTakeASetWhateverTheOrderOfItsRecords() {
        List<String> texts = new ArrayList<>(List.of("3 1 1 other", "2 0 1 stranger", "3 0 1 leaf", "2 1 1 strangeca"));
        for (int seed = 0; seed < 10; seed++) {
            Collections.shuffle(texts, new Random(seed));
            assertThat(verify(ZOO.chain("leaf ca"), records(texts.toArray(String[]::new))))
                .isEqualTo(new Verification.Verified(ZOO.record("3 0 1 leaf"), 0, Optional.empty()));
        }
    }

    @Test
    void shouldTakeAnUncheckedExceptionOfAProviderForABadSignature() {
        X509Certificate throwing = new CertificateWrapper(ZOO.certificate("leaf")) {
            private static final long serialVersionUID = 1;

            @Override
            public void verify(PublicKey key) {
                throw new ProviderException("what a key");
            }
        };

        assertThat(path(throwing, List.of(ZOO.certificate("ca")))).isInstanceOf(CertificationPath.NotFound.class);
    }

    @Test
    void shouldSayWhatMakesARecordUnusable() {
        TlsaUsability sorted = TlsaUsability.of(List.of(ZOO.record("1 1 1 leaf"), ZOO.record("9 1 1 octets:32"),
            ZOO.record("3 5 1 octets:32"),
            ZOO.record("3 1 7 octets:32"), ZOO.record("3 1 1 octets:31"), ZOO.record("3 0 0 octets:9"), ZOO.record("3 1 0 octets:9"),
            ZOO.record("3 1 1 leaf"), ZOO.record("3 1 2 leaf")));

        assertThat(sorted.unusable()).extracting(TlsaUsability.Unusable::reason).containsExactly(
            "certificate usage 1 needs a public CA and is not used for SMTP", "certificate usage 9 is unknown", "selector 5 is unknown",
            "matching type 7 is unknown", "its digest has 31 octets instead of 32", "its data is no certificate",
            "its data is no subject public key info", "there is a stronger digest for the same usage and selector");
        assertThat(sorted.unusable().get(7).section()).hasToString("RFC 7671 §9");
        assertThat(sorted.usable().orElseThrow()).hasToString("[" + ZOO.record("3 1 2 leaf") + "]");
        assertThat(sorted.unusable().get(0)).hasToString(ZOO.record("1 1 1 leaf")
            + " (certificate usage 1 needs a public CA and is not used for SMTP)");
    }

    @Property
    void shouldNotLetUnusableRecordsChangeWhatIsMatched(@ForAll("recordTexts") List<String> texts,
        @ForAll("unusableTexts") List<String> more) {
        List<TlsaRecord> alone = texts.stream().map(ZOO::record).toList();
        List<TlsaRecord> together = new ArrayList<>(more.stream().map(ZOO::record).toList());
        together.addAll(alone);

        assertThat(TlsaUsability.of(together).usable().map(UsableTlsaSet::records))
            .isEqualTo(TlsaUsability.of(alone).usable().map(UsableTlsaSet::records));
    }

    @Provide
    Arbitrary<List<String>> recordTexts() {
        return Arbitraries.of("3 1 1 leaf", "3 1 2 leaf", "3 1 0 leaf", "3 0 1 leaf", "2 0 1 ca", "2 0 2 ca",
            "2 1 1 ca").list().ofMaxSize(6);
    }

    @Provide
    Arbitrary<List<String>> unusableTexts() {
        return Arbitraries.of("1 1 2 leaf", "3 1 2 octets:63", "3 7 2 octets:64", "3 1 9 octets:64", "2 0 0 octets:70").list().ofMaxSize(4);
    }

    @Property(tries = 200)
    void shouldMatchANameOnlyIfItIsOrCoversIt(@ForAll("dnsNames") String presented, @ForAll("hostNames") String reference) {
        PresentedIdentifiers names = PresentedIdentifiers.of(TestPki.selfSigned("x").dnsNames(presented).certificate());
        DomainName host = DomainName.of(reference);

        boolean same = presented.equalsIgnoreCase(reference);
        boolean covers = presented.startsWith("*.") && host.parent().isPresent()
            && presented.substring(2).equalsIgnoreCase(host.parent().orElseThrow().toString()) && !host.parent().orElseThrow().isRoot();
        assertThat(names.match(host)).isEqualTo(same || covers);
    }

    @Provide
    Arbitrary<String> hostNames() {
        return Arbitraries.of("a", "b", "xn--a", "_c", "A").list().ofMinSize(1).ofMaxSize(3).map(labels -> String.join(".", labels));
    }

    @Provide
    Arbitrary<String> dnsNames() {
        return Arbitraries.of("a", "b", "xn--a", "_c", "A", "*").list().ofMinSize(1).ofMaxSize(3).map(labels -> String.join(".", labels));
    }
}
