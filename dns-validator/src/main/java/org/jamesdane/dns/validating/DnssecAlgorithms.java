/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Signature;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import org.xbill.DNS.DNSSEC;

/**
 * The signature and digest algorithms this validator computes.
 *
 * <p>The set is fixed when the class is loaded. Afterwards an algorithm of the set that cannot be computed is a failure of that
 * signature, never a reason to call a zone unsigned.
 */
final class DnssecAlgorithms {
    /** RFC 8624 §3.1, the algorithms a validator must or should support; the RSASHA1 ones as long as zones are signed with them. */
    private static final Map<Integer, SignatureNames> KNOWN_SIGNATURES = Map.of(
        DNSSEC.Algorithm.RSASHA1, new SignatureNames("SHA1withRSA", "RSA"),
        DNSSEC.Algorithm.RSA_NSEC3_SHA1, new SignatureNames("SHA1withRSA", "RSA"),
        DNSSEC.Algorithm.RSASHA256, new SignatureNames("SHA256withRSA", "RSA"),
        DNSSEC.Algorithm.RSASHA512, new SignatureNames("SHA512withRSA", "RSA"),
        // RFC 6605 §4: r and s side by side, which is what P1363 names.
        DNSSEC.Algorithm.ECDSAP256SHA256, new SignatureNames("SHA256withECDSAinP1363Format", "EC"),
        DNSSEC.Algorithm.ECDSAP384SHA384, new SignatureNames("SHA384withECDSAinP1363Format", "EC"),
        DNSSEC.Algorithm.ED25519, new SignatureNames("Ed25519", "EdDSA"),
        DNSSEC.Algorithm.ED448, new SignatureNames("Ed448", "EdDSA"));

    /** RFC 8624 §3.3: digests of DS records. */
    private static final Map<Integer, DigestNames> KNOWN_DIGESTS = Map.of(
        DNSSEC.Digest.SHA1, new DigestNames("SHA-1", 20),
        DNSSEC.Digest.SHA256, new DigestNames("SHA-256", 32),
        DNSSEC.Digest.SHA384, new DigestNames("SHA-384", 48));

    private static final Map<Integer, SignatureNames> SIGNATURES = availableSignatures();
    private static final Map<Integer, DigestNames> DIGESTS = availableDigests();

    private DnssecAlgorithms() {
    }

    private record SignatureNames(String signature, String key) {
    }

    private record DigestNames(String name, int octets) {
    }

    private static Map<Integer, SignatureNames> availableSignatures() {
        Map<Integer, SignatureNames> available = new TreeMap<>(KNOWN_SIGNATURES);
        available.values().removeIf(names -> {
            try {
                Signature.getInstance(names.signature());
                KeyFactory.getInstance(names.key());
                return false;
            } catch (NoSuchAlgorithmException e) {
                return true;
            }
        });
        return Map.copyOf(available);
    }

    private static Map<Integer, DigestNames> availableDigests() {
        Map<Integer, DigestNames> available = new TreeMap<>(KNOWN_DIGESTS);
        available.values().removeIf(names -> {
            try {
                MessageDigest.getInstance(names.name());
                return false;
            } catch (NoSuchAlgorithmException e) {
                return true;
            }
        });
        return Map.copyOf(available);
    }

    static boolean isSupported(int algorithm) {
        return SIGNATURES.containsKey(algorithm);
    }

    /** The algorithms of signatures, ascending. */
    static Set<Integer> supported() {
        return new TreeSet<>(SIGNATURES.keySet());
    }

    /** A fresh object for signatures of a supported algorithm. */
    static Signature signature(int algorithm) throws NoSuchAlgorithmException {
        return Signature.getInstance(names(algorithm).signature());
    }

    /** The same of this provider, which need not be registered. */
    static Signature signature(int algorithm, Provider provider) throws NoSuchAlgorithmException {
        return Signature.getInstance(names(algorithm).signature(), provider);
    }

    /** The name of the keys of a supported algorithm. */
    static String keyName(int algorithm) throws NoSuchAlgorithmException {
        return names(algorithm).key();
    }

    private static SignatureNames names(int algorithm) throws NoSuchAlgorithmException {
        SignatureNames names = SIGNATURES.get(algorithm);
        if (names == null) {
            throw new NoSuchAlgorithmException("algorithm " + algorithm + " is not supported");
        }
        return names;
    }

    /** The octets of a digest of this type; 0 if it is not supported. */
    static int digestLength(int digestType) {
        DigestNames names = DIGESTS.get(digestType);
        return names == null ? 0 : names.octets();
    }

    /** A fresh object for digests of a supported type. */
    static MessageDigest digest(int digestType) throws NoSuchAlgorithmException {
        DigestNames names = DIGESTS.get(digestType);
        if (names == null) {
            throw new NoSuchAlgorithmException("digest type " + digestType + " is not supported");
        }
        return MessageDigest.getInstance(names.name());
    }
}
