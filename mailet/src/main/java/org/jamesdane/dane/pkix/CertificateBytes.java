/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.pkix;

import java.io.ByteArrayInputStream;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The octets that TLSA records speak of: a certificate, and its subject public key info (RFC 6698 §2.1.2). */
public final class CertificateBytes {
    /** RFC 3279 §2.3, RFC 4055 §1.2, RFC 5480 §2.1 and RFC 8410 §3: the content octets of the object identifier. */
    private static final Map<String, String> KEY_ALGORITHMS = Map.of(
        "2a864886f70d010101", "RSA",
        "2a864886f70d01010a", "RSASSA-PSS",
        "2a8648ce3d0201", "EC",
        "2b6570", "Ed25519",
        "2b6571", "Ed448");

    // RFC 5280 §4.1: [0] version OPTIONAL, serialNumber, signature, issuer, validity, subject, subjectPublicKeyInfo, counted without
    // the version, then [1] and [2] unique identifiers and [3] extensions, all OPTIONAL.
    private static final int ISSUER = 2;
    private static final int SUBJECT = 4;
    private static final int KEY_INFO = 5;
    private static final int EXTENSIONS = Der.CONTEXT_CONSTRUCTED | 3;

    private CertificateBytes() {
    }

    /** The certificate those octets are, if they are exactly one. */
    public static Optional<X509Certificate> parse(byte[] octets) {
        try {
            Der.of(octets).expect(Der.SEQUENCE);
            X509Certificate parsed = (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(octets));
            return Arrays.equals(parsed.getEncoded(), octets) ? Optional.of(parsed) : Optional.empty();
        } catch (CertificateException | RuntimeException e) {
            // Octets of strangers: an unchecked exception says no more than that they cannot be read.
            return Optional.empty();
        }
    }

    /** The certificate as it came. */
    static byte[] encoded(X509Certificate certificate) throws CertificateParsingException {
        try {
            return certificate.getEncoded();
        } catch (CertificateEncodingException e) {
            throw new CertificateParsingException("a certificate without its octets", e);
        }
    }

    /** The subject public key info as it stands in the octets of a certificate, never re-encoded. */
    public static byte[] publicKeyInfo(byte[] certificate) throws CertificateParsingException {
        return bodyField(certificate, KEY_INFO).expect(Der.SEQUENCE).encoded();
    }

    /** The relative distinguished names of the subject as they stand in the certificate. */
    static List<Der> subject(X509Certificate certificate) throws CertificateParsingException {
        return bodyField(encoded(certificate), SUBJECT).expect(Der.SEQUENCE).children();
    }

    /** The subject as it stands in the certificate. */
    static byte[] subjectName(X509Certificate certificate) throws CertificateParsingException {
        return bodyField(encoded(certificate), SUBJECT).encoded();
    }

    /** The issuer as it stands in the certificate. */
    static byte[] issuerName(X509Certificate certificate) throws CertificateParsingException {
        return bodyField(encoded(certificate), ISSUER).encoded();
    }

    /** The extensions, if it has any. */
    static Optional<Der> extensions(X509Certificate certificate) throws CertificateParsingException {
        for (Der field : Der.of(encoded(certificate)).expect(Der.SEQUENCE).child(0).expect(Der.SEQUENCE).children()) {
            if (field.tag() == EXTENSIONS) {
                return Optional.of(field.child(0));
            }
        }
        return Optional.empty();
    }

    private static Der bodyField(byte[] certificate, int index) throws CertificateParsingException {
        Der body = Der.of(certificate).expect(Der.SEQUENCE).child(0).expect(Der.SEQUENCE);
        return body.child(body.child(0).tag() == Der.CONTEXT_CONSTRUCTED ? index + 1 : index);
    }

    /** Tells if those octets have the form of a certificate: its body, an algorithm and a signature (RFC 5280 §4.1). */
    public static boolean isCertificate(byte[] octets) {
        try {
            List<Integer> parts = Der.of(octets).expect(Der.SEQUENCE).children().stream().map(Der::tag).toList();
            return parts.equals(List.of(Der.SEQUENCE, Der.SEQUENCE, Der.BIT_STRING));
        } catch (CertificateParsingException e) {
            return false;
        }
    }

    /** Tests whether the octets have the form of a subject public key info. */
    public static boolean isPublicKeyInfo(byte[] octets) {
        try {
            List<Der> parts = Der.of(octets).expect(Der.SEQUENCE).children();
            return parts.size() == 2 && parts.get(0).expect(Der.SEQUENCE).child(0).tag() == Der.OBJECT_IDENTIFIER
                && parts.get(1).tag() == Der.BIT_STRING;
        } catch (CertificateParsingException e) {
            return false;
        }
    }

    /** The key of a subject public key info, if it is of a kind we know. */
    public static Optional<PublicKey> publicKey(byte[] keyInfo) {
        try {
            Der oid = Der.of(keyInfo).child(0).child(0).expect(Der.OBJECT_IDENTIFIER);
            String algorithm = KEY_ALGORITHMS.get(HexFormat.of().formatHex(oid.content()));
            return algorithm == null ? Optional.empty()
                : Optional.of(KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(keyInfo)));
        } catch (CertificateParsingException | InvalidKeySpecException | NoSuchAlgorithmException e) {
            return Optional.empty();
        }
    }
}
