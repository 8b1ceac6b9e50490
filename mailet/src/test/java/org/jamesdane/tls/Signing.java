/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tls;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.RSAPrivateKeySpec;
import java.util.Map;

import org.jamesdane.testing.pki.Credential;

/** Signatures by any scheme, also by those that the key is not for and nobody should take. */
final class Signing {
    private static final Map<Integer, String> DIGESTS = Map.of(1, "MD5", 2, "SHA1", 3, "SHA224", 4, "SHA256", 5, "SHA384", 6, "SHA512");
    private static final Map<Integer, String> PSS = Map.of(0x0804, "SHA-256", 0x0805, "SHA-384", 0x0806, "SHA-512", 0x0809, "SHA-256",
        0x080a, "SHA-384", 0x080b, "SHA-512");
    private static final int RSA = 1;
    private static final int ECDSA = 3;

    private Signing() {
    }

    /** The signature by that scheme; where the key cannot sign so, a good one by SHA-256 or that the key has. */
    static byte[] sign(int scheme, Credential signer, byte[] octets) throws GeneralSecurityException {
        PrivateKey key = signer.privateKey();
        String digest = DIGESTS.getOrDefault(scheme >> 8, "SHA256");
        Signature signature;
        if (key instanceof RSAPrivateKey rsa) {
            // Whatever its certificate says the key is for.
            key = KeyFactory.getInstance("RSA").generatePrivate(new RSAPrivateKeySpec(rsa.getModulus(), rsa.getPrivateExponent()));
            if (PSS.containsKey(scheme)) {
                String hash = PSS.get(scheme);
                signature = Signature.getInstance("RSASSA-PSS");
                signature.setParameter(new PSSParameterSpec(hash, "MGF1", new MGF1ParameterSpec(hash),
                    Integer.parseInt(hash.substring(4)) / 8, 1));
            } else {
                signature = Signature.getInstance(((scheme & 0xff) == RSA ? digest : "SHA256") + "withRSA");
            }
        } else if (key.getAlgorithm().equals("EC")) {
            signature = Signature.getInstance(((scheme & 0xff) == ECDSA ? digest : "SHA256") + "withECDSA");
        } else {
            signature = Signature.getInstance(key.getAlgorithm());
        }
        signature.initSign(key);
        signature.update(octets);
        return signature.sign();
    }
}
