/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.dns;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The DNSSEC algorithms that a zone can be signed with (the numbers are IANA's, RFC 8624 §3.1). */
public enum KeyAlgorithm {
    RSASHA1(5, "RSA", "SHA1withRSA"),
    RSASHA1_NSEC3_SHA1(7, "RSA", "SHA1withRSA"),
    /** RSA with 2048 bits: slow to make, quickest to verify. */
    RSASHA256(8, "RSA", "SHA256withRSA"),
    RSASHA512(10, "RSA", "SHA512withRSA"),
    /** The default: quick to make. */
    ECDSA_P256(13, "secp256r1", "SHA256withECDSAinP1363Format"),
    ECDSA_P384(14, "secp384r1", "SHA384withECDSAinP1363Format"),
    ED25519(15, "Ed25519", "Ed25519"),
    ED448(16, "Ed448", "Ed448");

    private static final int RSA_BITS = 2048;
    /** RSA key pairs take up to a second to make, so zones share this many of them; neighbours get different ones. */
    private static final int RSA_POOL = 8;
    private static final ConcurrentMap<Integer, KeyPair> RSA_PAIRS = new ConcurrentHashMap<>();
    private static final AtomicInteger NEXT_RSA = new AtomicInteger();

    private final int number;
    private final String keys;
    private final String signature;

    KeyAlgorithm(int number, String keys, String signature) {
        this.number = number;
        this.keys = keys;
        this.signature = signature;
    }

    /** The number of the algorithm in DNSKEY, DS and RRSIG records. */
    public int number() {
        return number;
    }

    KeyPair generate() {
        if (keys.equals("RSA")) {
            return RSA_PAIRS.computeIfAbsent(NEXT_RSA.getAndIncrement() % RSA_POOL, i -> generateNew());
        }
        return generateNew();
    }

    private KeyPair generateNew() {
        try {
            if (keys.equals("RSA")) {
                KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
                generator.initialize(RSA_BITS);
                return generator.generateKeyPair();
            }
            if (keys.startsWith("secp")) {
                KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
                generator.initialize(new ECGenParameterSpec(keys));
                return generator.generateKeyPair();
            }
            return KeyPairGenerator.getInstance(keys).generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java runtime makes no " + this + " keys", e);
        }
    }

    byte[] sign(PrivateKey key, byte[] data) {
        try {
            Signature signer = Signature.getInstance(signature);
            signer.initSign(key);
            signer.update(data);
            return signer.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java runtime does not sign with " + this, e);
        }
    }
}
