/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tls;

import java.util.Locale;

import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsFatalAlert;

/**
 * A signature scheme that a handshake offers (RFC 8446 §4.2.3, RFC 5246 §7.4.1.4.1), in the order of preference. SHA-1 and MD5 are not
 * among them.
 */
enum HandshakeSignature {
    ECDSA_SHA256(0x0403, "SHA-256"),
    ED25519(0x0807, ""),
    RSA_PSS_RSAE_SHA256(0x0804, "SHA-256"),
    ECDSA_SHA384(0x0503, "SHA-384"),
    ECDSA_SHA512(0x0603, "SHA-512"),
    ED448(0x0808, ""),
    RSA_PSS_RSAE_SHA384(0x0805, "SHA-384"),
    RSA_PSS_RSAE_SHA512(0x0806, "SHA-512"),
    RSA_PSS_PSS_SHA256(0x0809, "SHA-256"),
    RSA_PSS_PSS_SHA384(0x080a, "SHA-384"),
    RSA_PSS_PSS_SHA512(0x080b, "SHA-512"),
    RSA_PKCS1_SHA256(0x0401, "SHA-256"),
    RSA_PKCS1_SHA384(0x0501, "SHA-384"),
    RSA_PKCS1_SHA512(0x0601, "SHA-512"),
    ECDSA_SHA224(0x0303, "SHA-224"),
    RSA_PKCS1_SHA224(0x0301, "SHA-224");

    private final int code;
    private final String digest;

    HandshakeSignature(int code, String digest) {
        this.code = code;
        this.digest = digest;
    }

    static HandshakeSignature of(int code) throws TlsFatalAlert {
        for (HandshakeSignature each : values()) {
            if (each.code == code) {
                return each;
            }
        }
        throw new TlsFatalAlert(AlertDescription.illegal_parameter, "a handshake signed by scheme " + Integer.toHexString(code));
    }

    int code() {
        return code;
    }

    /** The digest of the message; empty for EdDSA, which has its own. */
    String digest() {
        return digest;
    }

    int digestOctets() {
        return Integer.parseInt(digest.substring(digest.indexOf('-') + 1)) / 8;
    }

    boolean isPss() {
        return name().startsWith("RSA_PSS");
    }

    /** The name of the algorithm on the Java platform. */
    String algorithm() {
        if (digest.isEmpty()) {
            return this == ED25519 ? "Ed25519" : "Ed448";
        }
        return isPss() ? "RSASSA-PSS"
            : digest.replace("-", "") + "with" + name().substring(0, name().indexOf('_')).toUpperCase(Locale.ROOT);
    }

    /** Says if the key may sign so: its kind, in TLS 1.3 its curve too, and the parameters it is bound to. */
    boolean fits(LeafKey key, boolean tls13) {
        return switch (this) {
            case ED25519 -> key.kind() == LeafKey.Kind.ED25519;
            case ED448 -> key.kind() == LeafKey.Kind.ED448;
            case RSA_PSS_RSAE_SHA256, RSA_PSS_RSAE_SHA384, RSA_PSS_RSAE_SHA512 -> key.kind() == LeafKey.Kind.RSA;
            // RFC 8446 §4.2.3: PKCS #1 is for certificates in TLS 1.3. RFC 4055 §1.2: a key for PSS makes no other signature.
            case RSA_PKCS1_SHA224, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512 -> !tls13 && key.kind() == LeafKey.Kind.RSA;
            case RSA_PSS_PSS_SHA256, RSA_PSS_PSS_SHA384, RSA_PSS_PSS_SHA512 -> key.kind() == LeafKey.Kind.RSA_PSS
                && key.pss().map(bound -> bound.hash().equals(digest) && bound.minimumSalt() <= digestOctets()).orElse(true);
            case ECDSA_SHA224 -> !tls13 && isEc(key.kind());
            case ECDSA_SHA256 -> key.kind() == LeafKey.Kind.P_256 || (!tls13 && isEc(key.kind()));
            case ECDSA_SHA384 -> key.kind() == LeafKey.Kind.P_384 || (!tls13 && isEc(key.kind()));
            case ECDSA_SHA512 -> key.kind() == LeafKey.Kind.P_521 || (!tls13 && isEc(key.kind()));
        };
    }

    private static boolean isEc(LeafKey.Kind kind) {
        return kind == LeafKey.Kind.P_256 || kind == LeafKey.Kind.P_384 || kind == LeafKey.Kind.P_521;
    }
}
