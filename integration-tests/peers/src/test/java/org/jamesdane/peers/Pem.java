/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.util.Base64;

import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.jamesdane.testing.pki.Credential;

/** Keys and certificates in the form that mail servers read (RFC 7468). */
public final class Pem {
    private static final int LINE = 64;

    private Pem() {
    }

    /** The key, with the public one beside it: without that, which Java leaves out, GnuTLS does not take one of an elliptic curve. */
    public static String key(Credential credential) {
        if (!(credential.privateKey() instanceof ECPrivateKey key)) {
            return block("PRIVATE KEY", credential.privateKey().getEncoded());
        }
        SubjectPublicKeyInfo subject = SubjectPublicKeyInfo.getInstance(credential.certificate().getPublicKey().getEncoded());
        try {
            return block("PRIVATE KEY", new PrivateKeyInfo(subject.getAlgorithm(), new org.bouncycastle.asn1.sec.ECPrivateKey(
                key.getParams().getOrder().bitLength(), key.getS(), subject.getPublicKeyData(), subject.getAlgorithm().getParameters()))
                .getEncoded());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static String chain(Credential credential) {
        StringBuilder text = new StringBuilder();
        for (X509Certificate certificate : credential.chain()) {
            try {
                text.append(block("CERTIFICATE", certificate.getEncoded()));
            } catch (CertificateEncodingException e) {
                throw new IllegalArgumentException("this certificate has no encoding", e);
            }
        }
        return text.toString();
    }

    private static String block(String label, byte[] octets) {
        String body = Base64.getMimeEncoder(LINE, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(octets);
        return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
    }
}
