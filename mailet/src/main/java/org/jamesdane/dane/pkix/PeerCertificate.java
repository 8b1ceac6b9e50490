/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.pkix;

import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

import org.jamesdane.dane.tlsa.TlsaUsability;
import org.jspecify.annotations.Nullable;

/**
 * Entry of the peer's Certificate message, held as its octets. A DANE-EE match needs no more than these (RFC 7672 §3.1.1); the certificate
 * is parsed only where DANE-TA, PKIX or a person asks for it.
 */
public final class PeerCertificate {
    private final byte[] octets;
    private final boolean rawPublicKey;
    /** The result of parsing; null before the first request. Several threads may compute it, with equal results. */
    private volatile @Nullable Parsed parsed;

    /** Result of parsing: the certificate, or nothing. */
    private record Parsed(Optional<X509Certificate> certificate) {
    }

    private PeerCertificate(byte[] octets, boolean rawPublicKey) {
        this.octets = octets.clone();
        this.rawPublicKey = rawPublicKey;
    }

    /** An X.509 certificate, whatever those octets are. */
    public static PeerCertificate x509(byte[] octets) {
        return new PeerCertificate(octets, false);
    }

    /** A raw public key (RFC 7250 §3): a subject public key info without a certificate around it. */
    public static PeerCertificate rawPublicKey(byte[] publicKeyInfo) {
        return new PeerCertificate(publicKeyInfo, true);
    }

    /**
     * A certificate that was parsed elsewhere.
     *
     * @throws IllegalArgumentException if the certificate has no octets
     */
    public static PeerCertificate of(X509Certificate certificate) {
        try {
            PeerCertificate entry = x509(certificate.getEncoded());
            entry.parsed = new Parsed(Optional.of(certificate));
            return entry;
        } catch (CertificateEncodingException e) {
            throw new IllegalArgumentException("a certificate without its octets", e);
        }
    }

    /** A chain that was parsed elsewhere, in the same order. */
    public static List<PeerCertificate> of(List<X509Certificate> chain) {
        return chain.stream().map(PeerCertificate::of).toList();
    }

    /** True for a raw public key, false for an X.509 certificate. */
    public boolean isRawPublicKey() {
        return rawPublicKey;
    }

    /** A copy of the octets as the peer sent them. */
    public byte[] octets() {
        return octets.clone();
    }

    /** The certificate, if the octets are exactly one and can be read; empty for a raw public key. */
    public Optional<X509Certificate> parsed() {
        Parsed known = parsed;
        if (known == null) {
            known = new Parsed(rawPublicKey ? Optional.empty() : CertificateBytes.parse(octets));
            parsed = known;
        }
        return known.certificate();
    }

    /** The subject public key info as it stands in the octets; empty if there is none at its place. */
    public Optional<byte[]> publicKeyInfo() {
        try {
            return Optional.of(selected(TlsaUsability.SPKI));
        } catch (CertificateParsingException e) {
            return Optional.empty();
        }
    }

    /**
     * The octets that a TLSA selector names (RFC 6698 §2.1.2), never re-encoded.
     *
     * @throws CertificateParsingException if these octets have no such part
     */
    public byte[] selected(int selector) throws CertificateParsingException {
        if (selector == TlsaUsability.CERT) {
            // RFC 7671 §5.1: a raw public key matches selector SPKI(1) only, since there is no certificate.
            if (rawPublicKey) {
                throw new CertificateParsingException("a raw public key is no certificate");
            }
            return octets.clone();
        }
        return rawPublicKey ? octets.clone() : CertificateBytes.publicKeyInfo(octets);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PeerCertificate that && rawPublicKey == that.rawPublicKey && Arrays.equals(octets, that.octets);
    }

    @Override
    public int hashCode() {
        return Objects.hash(Arrays.hashCode(octets), rawPublicKey);
    }

    @Override
    public String toString() {
        return (rawPublicKey ? "raw public key of " : "certificate of ") + octets.length + " octets";
    }
}
