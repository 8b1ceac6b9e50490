/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tls;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateParsingException;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsFatalAlert;
import org.jamesdane.dane.pkix.Der;
import org.jamesdane.dane.pkix.RsaNumbers;

/**
 * The public key of the peer, from the octets of its subject public key info, and the signatures it may make in a handshake.
 *
 * @param kind the algorithm, and the curve where there is one
 * @param publicKey the key for the Java platform
 * @param pss the parameters that an RSASSA-PSS key is bound to; empty for all others, and for such a key without any
 */
record LeafKey(Kind kind, PublicKey publicKey, Optional<Pss> pss) {
    /**
     * Bits of the shortest RSA key that the platform has, enough for one signature with SHA-256. It proves nobody: the verifier asks for
     * {@link RsaNumbers#MIN_PROVING_BITS}. Without TLSA records TLS with such a key is better than clear text (RFC 7672 §2.2).
     */
    static final int MIN_RSA_BITS = 512;
    /** Bits of the longest RSA key, which costs as much time as a handshake may take. */
    static final int MAX_RSA_BITS = 16_384;
    private static final int MAX_EXPONENT_BITS = 64;

    // RFC 3279 §2.3, RFC 4055 §1.2, RFC 5480 §2.1 and RFC 8410 §3: the content octets of the object identifier.
    private static final String RSA_ENCRYPTION = "2a864886f70d010101";
    private static final String RSASSA_PSS = "2a864886f70d01010a";
    private static final String EC_PUBLIC_KEY = "2a8648ce3d0201";
    private static final String ED25519 = "2b6570";
    private static final String ED448 = "2b6571";

    /** A kind of key that a handshake can be signed with. */
    enum Kind { RSA, RSA_PSS, P_256, P_384, P_521, ED25519, ED448 }

    /**
     * The parameters of an RSASSA-PSS key (RFC 4055 §3.1).
     *
     * @param hash the digest of the message
     * @param mask the digest of the mask generation function
     * @param minimumSalt octets of salt at least
     */
    record Pss(String hash, String mask, int minimumSalt) {
    }

    /**
     * The key of a subject public key info.
     *
     * @throws TlsFatalAlert with a clause that says what is wrong with it
     */
    static LeafKey of(byte[] publicKeyInfo) throws TlsFatalAlert {
        try {
            List<Der> fields = Der.of(publicKeyInfo).expect(Der.SEQUENCE).children();
            List<Der> algorithm = fields.get(0).expect(Der.SEQUENCE).children();
            String identifier = HexFormat.of().formatHex(algorithm.get(0).expect(Der.OBJECT_IDENTIFIER).content());
            byte[] key = bits(fields.get(1));
            return switch (identifier) {
                case RSA_ENCRYPTION -> new LeafKey(Kind.RSA, rsa(key), Optional.empty());
                case RSASSA_PSS -> new LeafKey(Kind.RSA_PSS, rsa(key), PssParameters.of(algorithm.subList(1, algorithm.size())));
                case EC_PUBLIC_KEY -> EcPoint.key(algorithm.get(1), key);
                case ED25519 -> new LeafKey(Kind.ED25519, edwards("Ed25519", publicKeyInfo), Optional.empty());
                case ED448 -> new LeafKey(Kind.ED448, edwards("Ed448", publicKeyInfo), Optional.empty());
                default -> throw new TlsFatalAlert(AlertDescription.unsupported_certificate, "its key is of an unknown algorithm, "
                    + algorithm.get(0).identifierText());
            };
        } catch (GeneralSecurityException | IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException e) {
            throw new TlsFatalAlert(AlertDescription.bad_certificate, "the key of its certificate cannot be read", e);
        }
    }

    /** The content of a BIT STRING of whole octets. */
    private static byte[] bits(Der field) throws CertificateParsingException {
        byte[] content = field.expect(Der.BIT_STRING).content();
        if (content.length < 2 || content[0] != 0) {
            throw new CertificateParsingException("no key of whole octets");
        }
        return java.util.Arrays.copyOfRange(content, 1, content.length);
    }

    private static PublicKey rsa(byte[] key) throws CertificateParsingException, GeneralSecurityException, TlsFatalAlert {
        RsaNumbers numbers = RsaNumbers.of(key);
        BigInteger modulus = numbers.modulus();
        BigInteger exponent = numbers.exponent();
        int bits = modulus.bitLength();
        if (modulus.signum() <= 0 || bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) {
            throw new TlsFatalAlert(AlertDescription.insufficient_security, "its RSA key has " + bits + " bits; taken are " + MIN_RSA_BITS
                + " to " + MAX_RSA_BITS);
        }
        if (exponent.compareTo(BigInteger.valueOf(3)) < 0 || !exponent.testBit(0) || exponent.bitLength() > MAX_EXPONENT_BITS) {
            throw new TlsFatalAlert(AlertDescription.bad_certificate, "its RSA key has an exponent of " + exponent.bitLength() + " bits");
        }
        return TlsCryptography.INSTANCE.getHelper().createKeyFactory("RSA").generatePublic(new RSAPublicKeySpec(modulus, exponent));
    }

    private static PublicKey edwards(String algorithm, byte[] publicKeyInfo) throws GeneralSecurityException {
        return TlsCryptography.INSTANCE.getHelper().createKeyFactory(algorithm).generatePublic(new X509EncodedKeySpec(publicKeyInfo));
    }

    /**
     * A verifier for signatures of that scheme by this key.
     *
     * @param scheme the number in the registry of TLS
     * @param tls13 true binds a curve to its digest and rules out PKCS #1 (RFC 8446 §4.2.3)
     * @throws TlsFatalAlert if the scheme is not for this kind of key
     */
    Signature verifier(int scheme, boolean tls13) throws TlsFatalAlert {
        HandshakeSignature wanted = HandshakeSignature.of(scheme);
        if (!wanted.fits(this, tls13)) {
            throw new TlsFatalAlert(AlertDescription.illegal_parameter, "a handshake signed by scheme " + Integer.toHexString(scheme)
                + " with a key that is " + this);
        }
        try {
            Signature signature = TlsCryptography.INSTANCE.getHelper().createSignature(wanted.algorithm());
            if (wanted.isPss()) {
                String mask = pss.map(Pss::mask).orElse(wanted.digest());
                signature.setParameter(new PSSParameterSpec(wanted.digest(), "MGF1", new MGF1ParameterSpec(mask), wanted.digestOctets(),
                    PSSParameterSpec.TRAILER_FIELD_BC));
            }
            signature.initVerify(publicKey);
            return signature;
        } catch (GeneralSecurityException e) {
            throw new TlsFatalAlert(AlertDescription.internal_error, e);
        }
    }

    /** The kind and the size, {@code RSA-2048} or {@code P-256} for example. */
    @Override
    public String toString() {
        if (publicKey instanceof RSAKey rsa) {
            return (kind == Kind.RSA ? "RSA-" : "RSA-PSS-") + rsa.getModulus().bitLength();
        }
        if (publicKey instanceof ECPublicKey) {
            return kind.name().replace('_', '-');
        }
        return kind == Kind.ED25519 ? "Ed25519" : "Ed448";
    }
}
