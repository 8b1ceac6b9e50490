/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.tlsa;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateParsingException;
import java.util.HashMap;
import java.util.Map;

import org.jamesdane.dane.pkix.PeerCertificate;
import org.jamesdane.dns.TlsaRecord;

/**
 * Content that TLSA records are compared with: a certificate or its key, in full or as a digest (RFC 6698 §6, RFC 7671 §2). Each form is
 * computed once, however many records there are.
 */
public final class AssociationData {
    private static final int MATCHING_TYPES = 3;

    private final PeerCertificate certificate;
    private final Map<Integer, byte[]> forms = new HashMap<>();

    /** Takes a certificate or raw public key; its digests are computed when a record asks for them. */
    public AssociationData(PeerCertificate certificate) {
        this.certificate = certificate;
    }

    /** Tests whether a usable record speaks of this certificate, whatever the record's usage. */
    public boolean matches(TlsaRecord usable) throws CertificateParsingException {
        // RFC 7671 §5.1: a raw public key has no certificate for selector Cert(0) to speak of.
        if (certificate.isRawPublicKey() && usable.selector() == TlsaUsability.CERT) {
            return false;
        }
        return usable.associationDataEquals(form(usable.selector(), usable.matchingType()));
    }

    /** The octets that a record of that selector and matching type has to have. */
    public byte[] form(int selector, int matchingType) throws CertificateParsingException {
        int index = selector * MATCHING_TYPES + matchingType;
        byte[] known = forms.get(index);
        if (known == null) {
            known = matchingType == TlsaUsability.FULL ? certificate.selected(selector)
                : digest(matchingType, form(selector, TlsaUsability.FULL));
            forms.put(index, known);
        }
        return known;
    }

    /** RFC 6698 §2.1.3: matching type 1 is SHA-256, 2 is SHA-512. */
    private static byte[] digest(int matchingType, byte[] octets) {
        String algorithm = matchingType == TlsaUsability.SHA2_256 ? "SHA-256" : "SHA-512";
        try {
            return MessageDigest.getInstance(algorithm).digest(octets);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + algorithm, e);
        }
    }
}
