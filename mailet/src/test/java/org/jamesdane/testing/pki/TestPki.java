/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.pki;

import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Base64;

/** The entry to certificates by wish. */
public final class TestPki {
    private TestPki() {
    }

    /** A self-signed root authority, valid around the present. */
    public static Authority authority(String commonName) {
        return authority(commonName, Clock.systemUTC());
    }

    /** A self-signed root authority, valid around the clock's present; what it issues is valid around the same instant. */
    public static Authority authority(String commonName, Clock clock) {
        return Authority.root(commonName, clock.instant());
    }

    /** Certificates in PEM, as they stand in a file. */
    public static String pem(X509Certificate... certificates) {
        StringBuilder pem = new StringBuilder();
        try {
            for (X509Certificate each : certificates) {
                pem.append("-----BEGIN CERTIFICATE-----\n").append(Base64.getMimeEncoder().encodeToString(each.getEncoded()))
                    .append("\n-----END CERTIFICATE-----\n");
            }
        } catch (CertificateEncodingException e) {
            throw new IllegalArgumentException(e);
        }
        return pem.toString();
    }

    /** An end-entity certificate that signs itself, valid around the present. */
    public static Leaf selfSigned(String dnsName) {
        return selfSigned(dnsName, Clock.systemUTC());
    }

    /** An end-entity certificate that signs itself, valid around the clock's present. */
    public static Leaf selfSigned(String dnsName, Clock clock) {
        return Leaf.selfSigned(dnsName, clock.instant());
    }
}
