/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tls;

import java.security.AlgorithmParameterGenerator;
import java.security.AlgorithmParameters;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;
import java.security.Signature;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.NoSuchPaddingException;

import org.bouncycastle.jcajce.util.DefaultJcaJceHelper;

/**
 * The Java platform's own cryptography, whatever other providers the virtual machine has registered and in whatever order. The offer of a
 * handshake must not depend on the host program.
 */
final class PlatformProviders extends DefaultJcaJceHelper {
    private static final List<Provider> PROVIDERS = Stream.of("SunJCE", "SunEC", "SunRsaSign", "SUN").map(Security::getProvider)
        .filter(Objects::nonNull).toList();

    private static Provider providerOf(String service, String algorithm) throws NoSuchAlgorithmException {
        for (Provider provider : PROVIDERS) {
            if (provider.getService(service, algorithm) != null) {
                return provider;
            }
        }
        throw new NoSuchAlgorithmException("the Java platform has no " + service + " " + algorithm);
    }

    /** A cipher goes by its transformation, of which providers register the algorithm alone. */
    @Override
    public Cipher createCipher(String transformation) throws NoSuchAlgorithmException, NoSuchPaddingException {
        return Cipher.getInstance(transformation, providerOf("Cipher", "AES"));
    }

    @Override
    public Mac createMac(String algorithm) throws NoSuchAlgorithmException {
        return Mac.getInstance(algorithm, providerOf("Mac", algorithm));
    }

    @Override
    public KeyAgreement createKeyAgreement(String algorithm) throws NoSuchAlgorithmException {
        return KeyAgreement.getInstance(algorithm, providerOf("KeyAgreement", algorithm));
    }

    @Override
    public AlgorithmParameterGenerator createAlgorithmParameterGenerator(String algorithm) throws NoSuchAlgorithmException {
        return AlgorithmParameterGenerator.getInstance(algorithm, providerOf("AlgorithmParameterGenerator", algorithm));
    }

    @Override
    public AlgorithmParameters createAlgorithmParameters(String algorithm) throws NoSuchAlgorithmException {
        return AlgorithmParameters.getInstance(algorithm, providerOf("AlgorithmParameters", algorithm));
    }

    @Override
    public KeyFactory createKeyFactory(String algorithm) throws NoSuchAlgorithmException {
        return KeyFactory.getInstance(algorithm, providerOf("KeyFactory", algorithm));
    }

    @Override
    public KeyPairGenerator createKeyPairGenerator(String algorithm) throws NoSuchAlgorithmException {
        return KeyPairGenerator.getInstance(algorithm, providerOf("KeyPairGenerator", algorithm));
    }

    /** The name under which the library still asks for digests. */
    @Override
    @SuppressWarnings("deprecation")
    public MessageDigest createDigest(String algorithm) throws NoSuchAlgorithmException {
        return createMessageDigest(algorithm);
    }

    @Override
    public MessageDigest createMessageDigest(String algorithm) throws NoSuchAlgorithmException {
        return MessageDigest.getInstance(algorithm, providerOf("MessageDigest", algorithm));
    }

    @Override
    public Signature createSignature(String algorithm) throws NoSuchAlgorithmException {
        return Signature.getInstance(algorithm, providerOf("Signature", algorithm));
    }
}
