/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.tlsa;

import java.security.cert.CertificateParsingException;
import java.util.Optional;

import org.jamesdane.dane.pkix.PeerCertificate;
import org.jamesdane.dns.TlsaRecord;

/** Makes the TLSA record to publish for a certificate (RFC 6698 §2.1). */
public final class TlsaAssociation {
    private TlsaAssociation() {
    }

    /**
     * The record of a certificate.
     *
     * @param usage {@link TlsaUsability#DANE_TA} or {@link TlsaUsability#DANE_EE}; decides nothing about the data
     * @param selector {@link TlsaUsability#CERT} or {@link TlsaUsability#SPKI}
     * @param matchingType {@link TlsaUsability#FULL}, {@link TlsaUsability#SHA2_256} or {@link TlsaUsability#SHA2_512}
     * @return empty if the certificate cannot be read
     */
    public static Optional<TlsaRecord> of(PeerCertificate certificate, int usage, int selector, int matchingType) {
        if (selector < TlsaUsability.CERT || selector > TlsaUsability.SPKI || matchingType < TlsaUsability.FULL
                || matchingType > TlsaUsability.SHA2_512) {
            throw new IllegalArgumentException("There is no selector " + selector + " with matching type " + matchingType);
        }
        try {
            byte[] data = new AssociationData(certificate).form(selector, matchingType);
            return Optional.of(new TlsaRecord(usage, selector, matchingType, data));
        } catch (CertificateParsingException e) {
            return Optional.empty();
        }
    }
}
