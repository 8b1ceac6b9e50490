/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tls;

import java.io.IOException;
import java.security.SecureRandom;

import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.CertificateType;
import org.bouncycastle.tls.EncryptionAlgorithm;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsCipher;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.TlsDHConfig;
import org.bouncycastle.tls.crypto.TlsDHDomain;
import org.bouncycastle.tls.crypto.TlsECConfig;
import org.bouncycastle.tls.crypto.TlsECDomain;
import org.bouncycastle.tls.crypto.TlsKemConfig;
import org.bouncycastle.tls.crypto.TlsKemDomain;
import org.bouncycastle.tls.crypto.TlsNonceGenerator;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsDHDomain;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCrypto;

/**
 * The cryptography of all handshakes: the Java platform's where it has the algorithm, the library's own for the rest. Thread-safe; a
 * connection keeps nothing here.
 */
final class TlsCryptography extends JcaTlsCrypto {
    /** The platform's key agreement takes primes of whole blocks of this many bits. */
    private static final int PRIME_BLOCK = 64;
    /** Bits of the longest prime for which the platform makes keys. */
    private static final int LONGEST_PRIME = 8192;

    static final TlsCryptography INSTANCE = new TlsCryptography(new SecureRandom());

    private final BcTlsCrypto library;

    private TlsCryptography(SecureRandom random) {
        super(new PlatformProviders(), random, random);
        library = new BcTlsCrypto(random);
    }

    /** Octets of the peer are kept as they are; the key is read from them when a signature has to be checked. */
    @Override
    public TlsCertificate createCertificate(short type, byte[] encoding) throws IOException {
        if (type != CertificateType.X509 && type != CertificateType.RawPublicKey) {
            throw new TlsFatalAlert(AlertDescription.unsupported_certificate);
        }
        return new LeafCertificate(this, encoding, type == CertificateType.RawPublicKey);
    }

    @Override
    public TlsCipher createCipher(TlsCryptoParameters parameters, int encryptionAlgorithm, int macAlgorithm) throws IOException {
        return switch (encryptionAlgorithm) {
            case EncryptionAlgorithm.AES_128_GCM, EncryptionAlgorithm.AES_256_GCM, EncryptionAlgorithm.AES_128_CBC,
                EncryptionAlgorithm.AES_256_CBC -> super.createCipher(parameters, encryptionAlgorithm, macAlgorithm);
            case EncryptionAlgorithm.CHACHA20_POLY1305, EncryptionAlgorithm.AES_128_CCM, EncryptionAlgorithm.AES_256_CCM,
                EncryptionAlgorithm.AES_128_CCM_8, EncryptionAlgorithm.AES_256_CCM_8, EncryptionAlgorithm.CAMELLIA_128_CBC,
                EncryptionAlgorithm.CAMELLIA_256_CBC, EncryptionAlgorithm.CAMELLIA_128_GCM, EncryptionAlgorithm.CAMELLIA_256_GCM ->
                library.createCipher(parameters, encryptionAlgorithm, macAlgorithm);
            // Only what can be offered: TlsCipherSuite has no other, and no NULL above all.
            default -> throw new TlsFatalAlert(AlertDescription.internal_error);
        };
    }

    @Override
    public boolean hasEncryptionAlgorithm(int encryptionAlgorithm) {
        return library.hasEncryptionAlgorithm(encryptionAlgorithm);
    }

    @Override
    public boolean hasNamedGroup(int namedGroup) {
        return library.hasNamedGroup(namedGroup);
    }

    @Override
    public TlsDHDomain createDHDomain(TlsDHConfig config) {
        int bits = BcTlsDHDomain.getDomainParameters(config).getP().bitLength();
        return bits % PRIME_BLOCK == 0 && bits <= LONGEST_PRIME ? super.createDHDomain(config) : library.createDHDomain(config);
    }

    /** The library's own curves: the platform's X25519 takes twice as long, and its others have keys of whatever provider is first. */
    @Override
    public TlsECDomain createECDomain(TlsECConfig config) {
        return library.createECDomain(config);
    }

    /** ML-KEM, which the platform has from Java 24 on only. */
    @Override
    public TlsKemDomain createKemDomain(TlsKemConfig config) {
        return library.createKemDomain(config);
    }

    /** The random numbers of the platform need no generator of their own for each connection. */
    @Override
    public TlsNonceGenerator createNonceGenerator(byte[] additionalSeedMaterial) {
        return size -> {
            byte[] nonce = new byte[size];
            getSecureRandom().nextBytes(nonce);
            return nonce;
        };
    }
}
