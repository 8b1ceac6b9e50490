/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.pki;

import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;

/** A certificate for Java's TLS server, which asks it for its key and sends its encoding: half of the octets, which is none. */
final class UndecodableCertificate extends CertificateWrapper {
    private static final long serialVersionUID = 1;

    UndecodableCertificate(X509Certificate meant) {
        super(meant);
    }

    @Override
    public byte[] getEncoded() throws CertificateEncodingException {
        byte[] whole = super.getEncoded();
        return Arrays.copyOf(whole, whole.length / 2);
    }

    @Override
    public String toString() {
        return "undecodable on the wire, meant to be " + super.toString();
    }
}
