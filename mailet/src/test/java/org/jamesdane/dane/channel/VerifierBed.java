/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.channel;

import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

import org.jamesdane.dane.CertificateZoo;
import org.jamesdane.dane.ConformanceCases;
import org.jamesdane.dane.pkix.CertificationPath;
import org.jamesdane.dane.pkix.PeerCertificate;
import org.jamesdane.dane.tlsa.TlsaUsability;
import org.jamesdane.dane.tlsa.UsableTlsaSet;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.TlsaRecord;

/** Records and chains of the conformance tables' certificates. */
abstract class VerifierBed {
    static final CertificateZoo ZOO = ConformanceCases.certificates();
    static final List<DomainName> NAMES = List.of(DomainName.of("mx.example.com"), DomainName.of("example.com"));
    static final Clock CLOCK = Clock.fixed(CertificateZoo.NOW, ZoneOffset.UTC);

    static UsableTlsaSet records(String... texts) {
        List<TlsaRecord> records = new ArrayList<>();
        for (String text : texts) {
            records.add(ZOO.record(text));
        }
        return TlsaUsability.of(records).usable().orElseThrow();
    }

    static Verification verify(List<X509Certificate> chain, UsableTlsaSet records) {
        return DaneVerifier.verify(PeerCertificate.of(chain), records, NAMES, CertificateZoo.NOW);
    }

    static UsableTlsaSet of(int usage, int selector, int matchingType, X509Certificate certificate) {
        byte[] data = org.jamesdane.testing.pki.Association.of(usage, selector, matchingType, certificate).octets();
        return TlsaUsability.of(List.of(new TlsaRecord(usage, selector, matchingType, data))).usable().orElseThrow();
    }

    static CertificationPath.Result path(X509Certificate leaf, List<X509Certificate> anchors) {
        return new CertificationPath(List.of(leaf), new LinkedHashSet<>(anchors), List.of(), CertificateZoo.NOW).find();
    }
}
