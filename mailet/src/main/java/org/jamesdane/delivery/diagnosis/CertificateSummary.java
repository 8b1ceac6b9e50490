/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.delivery.diagnosis;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import org.jamesdane.dane.ShownText;
import org.jamesdane.dane.TlsaAssociation;
import org.jamesdane.dane.TlsaUsability;

/**
 * What people want to know of a certificate. All texts are made printable and cut, since whoever answers writes them.
 *
 * @param subject the subject's name
 * @param issuer the issuer's name
 * @param names the alternative names that are domain names, a few at most
 * @param notBefore the begin of its time
 * @param notAfter the end of its time
 * @param key the kind of its key
 * @param digest SHA-256 of the certificate in hexadecimal; empty if it cannot be read
 * @param keyDigest SHA-256 of its subject public key info, the data of a TLSA record "3 1 1"; empty if it cannot be read
 */
public record CertificateSummary(String subject, String issuer, List<String> names, Instant notBefore, Instant notAfter, String key,
        Optional<String> digest, Optional<String> keyDigest) {
    private static final int MAX_NAMES = 10;
    /** dNSName in the list of {@link X509Certificate#getSubjectAlternativeNames()}. */
    private static final Integer DNS_NAME = 2;

    public CertificateSummary {
        names = List.copyOf(names);
    }

    /** Reads a certificate. */
    public static CertificateSummary of(X509Certificate certificate) {
        return new CertificateSummary(ShownText.of(certificate.getSubjectX500Principal().getName()),
            ShownText.of(certificate.getIssuerX500Principal().getName()), domainNames(certificate).limit(MAX_NAMES).toList(),
            certificate.getNotBefore().toInstant(), certificate.getNotAfter().toInstant(), certificate.getPublicKey().getAlgorithm(),
            digest(certificate, TlsaUsability.CERT), digest(certificate, TlsaUsability.SPKI));
    }

    private static Stream<String> domainNames(X509Certificate certificate) {
        try {
            Optional<Collection<List<?>>> all = Optional.ofNullable(certificate.getSubjectAlternativeNames());
            return all.stream().flatMap(Collection::stream).filter(name -> DNS_NAME.equals(name.get(0)))
                .map(name -> ShownText.of(String.valueOf(name.get(1))));
        } catch (CertificateParsingException e) {
            return Stream.empty();
        }
    }

    private static Optional<String> digest(X509Certificate certificate, int selector) {
        return TlsaAssociation.of(certificate, TlsaUsability.DANE_EE, selector, TlsaUsability.SHA2_256)
            .map(tlsa -> HexFormat.of().formatHex(tlsa.associationData()));
    }

    Map<String, Object> toTree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("subject", subject);
        tree.put("issuer", issuer);
        tree.put("names", names);
        tree.put("notBefore", notBefore.toString());
        tree.put("notAfter", notAfter.toString());
        tree.put("key", key);
        digest.ifPresent(hex -> tree.put("sha256", hex));
        keyDigest.ifPresent(hex -> tree.put("spkiSha256", hex));
        return tree;
    }
}
