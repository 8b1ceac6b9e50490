/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;

import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.DigitallySigned;
import org.bouncycastle.tls.SignatureScheme;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.crypto.Tls13Verifier;
import org.bouncycastle.tls.crypto.TlsEncryptor;
import org.bouncycastle.tls.crypto.TlsStreamVerifier;
import org.bouncycastle.tls.crypto.TlsVerifier;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCertificate;
import org.jamesdane.dane.pkix.PeerCertificate;
import org.jspecify.annotations.Nullable;

/**
 * Entry of the peer's chain as the handshake sees it: octets, and a key once a signature has to be checked. Nothing else of the certificate
 * is looked at, so that nothing else of it decides (RFC 7672 §3.1.1).
 */
final class LeafCertificate extends JcaTlsCertificate {
    private final PeerCertificate entry;
    private @Nullable LeafKey key;

    LeafCertificate(TlsCryptography crypto, byte[] octets, boolean rawPublicKey) {
        super(crypto, (X509Certificate) null);
        entry = rawPublicKey ? PeerCertificate.rawPublicKey(octets) : PeerCertificate.x509(octets);
    }

    PeerCertificate entry() {
        return entry;
    }

    LeafKey key() throws TlsFatalAlert {
        if (key == null) {
            byte[] publicKeyInfo = entry.publicKeyInfo().orElseThrow(() -> new TlsFatalAlert(AlertDescription.bad_certificate,
                "its certificate cannot be read"));
            key = LeafKey.of(publicKeyInfo);
        }
        return key;
    }

    @Override
    protected PublicKey getPublicKey() throws IOException {
        return key().publicKey();
    }

    /** RFC 5246 §7.4.2 leaves key usage to PKIX, and RFC 7672 §3.1.1 asks nothing of it. */
    @Override
    protected boolean supportsKeyUsageBit(int keyUsageBit) {
        return true;
    }

    @Override
    public TlsEncryptor createEncryptor(int role) throws IOException {
        if (key().kind() != LeafKey.Kind.RSA) {
            throw new TlsFatalAlert(AlertDescription.illegal_parameter, "key transport by RSA with a key that is " + key());
        }
        return super.createEncryptor(role);
    }

    @Override
    public TlsVerifier createVerifier(short signatureAlgorithm) {
        return new TlsVerifier() {
            @Override
            public TlsStreamVerifier getStreamVerifier(DigitallySigned signed) throws IOException {
                SignatureStream stream = new SignatureStream(key().verifier(SignatureScheme.from(signed.getAlgorithm()), false));
                return new TlsStreamVerifier() {
                    @Override
                    public SignatureStream getOutputStream() {
                        return stream;
                    }

                    @Override
                    public boolean isVerified() {
                        return stream.verifies(signed.getSignature());
                    }
                };
            }

            @Override
            public boolean verifyRawSignature(DigitallySigned signed, byte[] hash) {
                return false;
            }
        };
    }

    @Override
    public Tls13Verifier createVerifier(int signatureScheme) throws IOException {
        SignatureStream stream = new SignatureStream(key().verifier(signatureScheme, true));
        return new Tls13Verifier() {
            @Override
            public SignatureStream getOutputStream() {
                return stream;
            }

            @Override
            public boolean verifySignature(byte[] signature) {
                return stream.verifies(signature);
            }
        };
    }

    /** The octets that a signature is over. */
    private static final class SignatureStream extends java.io.OutputStream {
        private final Signature signature;

        SignatureStream(Signature signature) {
            this.signature = signature;
        }

        @Override
        public void write(int octet) throws IOException {
            write(new byte[] {(byte) octet}, 0, 1);
        }

        @Override
        public void write(byte[] octets, int offset, int length) throws IOException {
            try {
                signature.update(octets, offset, length);
            } catch (GeneralSecurityException e) {
                throw new TlsFatalAlert(AlertDescription.internal_error, e);
            }
        }

        boolean verifies(byte[] claimed) {
            try {
                return signature.verify(claimed);
            } catch (GeneralSecurityException | RuntimeException e) {
                // Octets of strangers: whatever the platform throws at them, the signature is not good.
                return false;
            }
        }
    }

    @Override
    public byte[] getEncoded() {
        return entry.octets();
    }

    @Override
    public byte @Nullable [] getExtension(ASN1ObjectIdentifier extension) {
        return null;
    }

    @Override
    public java.math.@Nullable BigInteger getSerialNumber() {
        return null;
    }

    @Override
    public @Nullable String getSigAlgOID() {
        return null;
    }

    @Override
    public @Nullable ASN1Encodable getSigAlgParams() {
        return null;
    }
}
