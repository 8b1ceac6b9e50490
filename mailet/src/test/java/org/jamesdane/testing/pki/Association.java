/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.pki;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;

/**
 * The fields of a TLSA record (RFC 6698 §2.1), computed from a certificate's octets.
 *
 * @param data the certificate association data, in hexadecimal
 */
public record Association(int usage, int selector, int matchingType, String data) {

    /**
     * The record that names this certificate or its key.
     *
     * @param usage any certificate usage; it does not change the data
     * @param selector 0 for the whole certificate, 1 for its SubjectPublicKeyInfo
     * @param matchingType 0 for the octets themselves, 1 for SHA-256, 2 for SHA-512
     */
    public static Association of(int usage, int selector, int matchingType, X509Certificate certificate) {
        byte[] selected = select(selector, encoded(certificate));
        return new Association(usage, selector, matchingType, HexFormat.of().formatHex(match(matchingType, selected)));
    }

    /** The association data as octets. */
    public byte[] octets() {
        return HexFormat.of().parseHex(data);
    }

    /** The same record with the last bit of its data turned, so that it names nothing. */
    public Association mismatching() {
        byte[] octets = octets();
        octets[octets.length - 1] ^= 1;
        return new Association(usage, selector, matchingType, HexFormat.of().formatHex(octets));
    }

    /** The presentation format of the record's data (RFC 6698 §2.2). */
    @Override
    public String toString() {
        return usage + " " + selector + " " + matchingType + " " + data;
    }

    private static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (CertificateEncodingException e) {
            throw new IllegalArgumentException("this certificate has no encoding", e);
        }
    }

    private static byte[] select(int selector, byte[] certificate) {
        return switch (selector) {
            case 0 -> certificate;
            case 1 -> Der.subjectPublicKeyInfo(certificate);
            default -> throw new IllegalArgumentException("selector " + selector + " selects nothing known; 0 and 1 do");
        };
    }

    private static byte[] match(int matchingType, byte[] selected) {
        return switch (matchingType) {
            case 0 -> selected;
            case 1 -> digest("SHA-256", selected);
            case 2 -> digest("SHA-512", selected);
            default -> throw new IllegalArgumentException("matching type " + matchingType + " is not known; 0, 1 and 2 are");
        };
    }

    private static byte[] digest(String algorithm, byte[] octets) {
        try {
            return MessageDigest.getInstance(algorithm).digest(octets);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + algorithm, e);
        }
    }
}
