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

import org.jamesdane.dane.pkix.PeerCertificate;
import org.jamesdane.dane.tlsa.TlsaAssociation;
import org.jamesdane.dane.tlsa.TlsaUsability;
import org.jamesdane.text.PrintableText;

/**
 * The parts of a certificate that people look at. All texts are made printable and cut, since whoever answers writes them.
 *
 * @param kind the form in which the peer showed its key
 * @param details the parsed parts; empty for a raw public key, and for a certificate that cannot be read
 * @param digest SHA-256 of the certificate in hexadecimal; empty for a raw public key
 * @param keyDigest SHA-256 of its subject public key info, the data of a TLSA record "3 1 1"; empty if it cannot be found
 */
public record CertificateSummary(Kind kind, Optional<Details> details, Optional<String> digest, Optional<String> keyDigest) {
    private static final int MAX_NAMES = 10;
    /** dNSName in the list of {@link X509Certificate#getSubjectAlternativeNames()}. */
    private static final Integer DNS_NAME = 2;

    /** The form in which a peer shows its key. */
    public enum Kind {
        /** A certificate that can be read. */
        CERTIFICATE("certificate"),
        /** Octets that are no certificate for our parser; a DANE-EE record may match them all the same. */
        UNREADABLE("certificate that cannot be read"),
        /** RFC 7250. */
        RAW_PUBLIC_KEY("raw public key");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    /**
     * The parsed parts of a certificate.
     *
     * @param subject the subject's name
     * @param issuer the issuer's name
     * @param names the alternative names that are domain names, a few at most
     * @param notBefore the begin of its time
     * @param notAfter the end of its time
     * @param key the algorithm of its key
     */
    public record Details(String subject, String issuer, List<String> names, Instant notBefore, Instant notAfter, String key) {
        public Details {
            names = List.copyOf(names);
        }

        private static Details of(X509Certificate certificate) {
            return new Details(PrintableText.of(certificate.getSubjectX500Principal().getName()),
                PrintableText.of(certificate.getIssuerX500Principal().getName()), domainNames(certificate).limit(MAX_NAMES).toList(),
                certificate.getNotBefore().toInstant(), certificate.getNotAfter().toInstant(), certificate.getPublicKey().getAlgorithm());
        }
    }

    /** Reads an entry of a chain. */
    public static CertificateSummary of(PeerCertificate certificate) {
        Optional<Details> details = certificate.parsed().map(Details::of);
        Kind kind = certificate.isRawPublicKey() ? Kind.RAW_PUBLIC_KEY : details.isPresent() ? Kind.CERTIFICATE : Kind.UNREADABLE;
        return new CertificateSummary(kind, details, digest(certificate, TlsaUsability.CERT), digest(certificate, TlsaUsability.SPKI));
    }

    private static Stream<String> domainNames(X509Certificate certificate) {
        try {
            Optional<Collection<List<?>>> all = Optional.ofNullable(certificate.getSubjectAlternativeNames());
            return all.stream().flatMap(Collection::stream).filter(name -> DNS_NAME.equals(name.get(0)))
                .map(name -> PrintableText.of(String.valueOf(name.get(1))));
        } catch (CertificateParsingException e) {
            return Stream.empty();
        }
    }

    private static Optional<String> digest(PeerCertificate certificate, int selector) {
        return TlsaAssociation.of(certificate, TlsaUsability.DANE_EE, selector, TlsaUsability.SHA2_256)
            .map(tlsa -> HexFormat.of().formatHex(tlsa.associationData()));
    }

    Map<String, Object> toTree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("kind", kind.toString());
        details.ifPresent(each -> {
            tree.put("subject", each.subject());
            tree.put("issuer", each.issuer());
            tree.put("names", each.names());
            tree.put("notBefore", each.notBefore().toString());
            tree.put("notAfter", each.notAfter().toString());
            tree.put("key", each.key());
        });
        digest.ifPresent(hex -> tree.put("sha256", hex));
        keyDigest.ifPresent(hex -> tree.put("spkiSha256", hex));
        return tree;
    }

    /** Line for people. */
    @Override
    public String toString() {
        return details.map(each -> kind + " " + each.subject() + ", until " + each.notAfter()).orElse(kind.toString());
    }
}
