/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.pki;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;

/** A kind of key pair. */
public enum KeyKind {
    /** RSA of 1024 bits: too short for PKIX policies, yet met in the field. */
    RSA_1024("RSA", "RSA"),
    /** RSA of 1023 bits, one too few. */
    RSA_1023("RSA", "RSA"),
    /** RSA of 768 bits, too short to prove anything. */
    RSA_768("RSA", "RSA"),
    /** RSA of 512 bits, the fewest that the platform has. */
    RSA_512("RSA", "RSA"),
    /** RSA of 2048 bits, whose identifier says that it is for RSASSA-PSS alone (RFC 4055 §1.2); it signs by PKCS #1 all the same. */
    RSA_PSS_2048("RSASSA-PSS", "RSA"),
    /** RSA of 2048 bits. */
    RSA_2048("RSA", "RSA"),
    /** ECDSA on P-256; the default, because it is fast to make. */
    P_256("EC", "ECDSA"),
    /** Ed25519 (RFC 8410). */
    ED25519("Ed25519", "");

    private final String generator;
    private final String signature;

    KeyKind(String generator, String signature) {
        this.generator = generator;
        this.signature = signature;
    }

    KeyPair generate() {
        try {
            KeyPairGenerator keys = KeyPairGenerator.getInstance(generator);
            keys.initialize(parameters());
            return keys.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java cannot make keys of kind " + this, e);
        }
    }

    private AlgorithmParameterSpec parameters() {
        return switch (this) {
            case RSA_1024 -> new RSAKeyGenParameterSpec(1024, RSAKeyGenParameterSpec.F4);
            case RSA_1023 -> new RSAKeyGenParameterSpec(1023, RSAKeyGenParameterSpec.F4);
            case RSA_768 -> new RSAKeyGenParameterSpec(768, RSAKeyGenParameterSpec.F4);
            case RSA_512 -> new RSAKeyGenParameterSpec(512, RSAKeyGenParameterSpec.F4);
            case RSA_2048, RSA_PSS_2048 -> new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F4);
            case P_256 -> new ECGenParameterSpec("secp256r1");
            case ED25519 -> NamedParameterSpec.ED25519;
        };
    }

    /** The JCA name of the signature a key of this kind makes; Ed25519 brings its own hash. */
    String signatureAlgorithm(SignatureHash hash) {
        return this == ED25519 ? "Ed25519" : hash.name() + "with" + signature;
    }
}
