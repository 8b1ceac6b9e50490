/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.pki;

import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.KeyPurposeId;

/** Purpose that an extended key usage extension allows (RFC 5280 §4.2.1.12). */
public enum Purpose {
    /** TLS server; what a mail host's certificate has. */
    SERVER_AUTH(KeyPurposeId.id_kp_serverAuth),
    /** TLS client. */
    CLIENT_AUTH(KeyPurposeId.id_kp_clientAuth),
    /** Signing and encrypting mail. */
    EMAIL_PROTECTION(KeyPurposeId.id_kp_emailProtection),
    /** Everything. */
    ANY(KeyPurposeId.anyExtendedKeyUsage);

    private final String id;

    Purpose(KeyPurposeId id) {
        this.id = id.getId();
    }

    KeyPurposeId id() {
        return KeyPurposeId.getInstance(new ASN1ObjectIdentifier(id));
    }
}
