/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.pkix;

import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.security.spec.PSSParameterSpec;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.jamesdane.text.PrintableText;

/**
 * Rules for a path whose signatures are verified (RFC 5280 §6.1). Policies are left out, and so is revocation, which RFC 7672 §4 does not
 * expect of mail servers.
 *
 * <p>The constraints of the trust anchor's own certificate apply too (RFC 7672 §3.1.2, RFC 7671 §5.2.1). Its unknown critical extensions do
 * not, for an anchor is a name and a key (RFC 5280 §6.1.1).
 */
public final class PathValidation {
    private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
    private static final String ANY_USAGE = "2.5.29.37.0";
    private static final String RSASSA_PSS = "1.2.840.113549.1.1.10";
    /** The JCA's name of a key with that identifier. */
    private static final String PSS_KEY = "RSASSA-PSS";

    /**
     * Extensions that are taken into account. Certificate policies (32), policy mappings (33) and inhibit anyPolicy (54) change nothing
     * where no policy is asked for.
     */
    private static final Set<Integer> KNOWN_EXTENSIONS = Set.of(CertificateExtensions.KEY_USAGE,
        CertificateExtensions.SUBJECT_ALTERNATIVE_NAME, CertificateExtensions.BASIC_CONSTRAINTS, CertificateExtensions.NAME_CONSTRAINTS,
            CertificateExtensions.EXTENDED_KEY_USAGE, 32, 33, 54);

    /**
     * RFC 6698 §4.1 leaves it to the client what is too weak. Signatures over MD5 or SHA-1 can be made to fit two certificates; what
     * is here are SHA-2 with RSA and ECDSA, and EdDSA.
     */
    private static final Set<String> SOUND_SIGNATURES = Set.of(
        "1.2.840.113549.1.1.11", "1.2.840.113549.1.1.12", "1.2.840.113549.1.1.13",
        "1.2.840.10045.4.3.2", "1.2.840.10045.4.3.3", "1.2.840.10045.4.3.4",
        "1.3.101.112", "1.3.101.113");
    private static final Set<String> SOUND_DIGESTS = Set.of("SHA-256", "SHA-384", "SHA-512");

    private static final int DIGITAL_SIGNATURE = 0;
    private static final int KEY_ENCIPHERMENT = 2;
    private static final int KEY_AGREEMENT = 4;
    private static final int KEY_CERT_SIGN = 5;

    /** The trust anchors whose dates are checked. */
    enum AnchorDates {
        /** All of them. */
        OF_ALL,
        /**
         * Trust anchors whose issuer is their subject. RFC 5280 §6.1 takes only the name and the key of an anchor. Servers often still send
         * a root's cross-certificate that expired long ago; the record that names the root's key must suffice.
         */
        OF_SELF_ISSUED
    }

    private final List<X509Certificate> path;
    private final Instant now;
    private final Demands demands;
    private final NameConstraints nameConstraints = new NameConstraints();
    private int allowedIntermediates = Integer.MAX_VALUE;

    /**
     * Demands that differ with who names the trust anchors.
     *
     * @param rsaBits bits of the shortest RSA key
     * @param veto asked where all else is in order and the anchor is a certificate
     */
    record Demands(AnchorDates anchorDates, int rsaBits, Authorities.Veto veto) {
        /** Anchors that TLSA records name. */
        static final Demands OF_DANE = new Demands(AnchorDates.OF_SELF_ISSUED, RsaNumbers.MIN_PROVING_BITS, Authorities.NONE.veto());

        /** Anchors that are CAs of a list. */
        static Demands of(Authorities authorities) {
            return new Demands(AnchorDates.OF_ALL, authorities.rsaBits(), authorities.veto());
        }
    }

    /**
     * The rules for one path.
     *
     * @param path from the leaf upwards, without the anchor
     */
    PathValidation(List<X509Certificate> path, Instant now, Demands demands) {
        this.path = List.copyOf(path);
        this.now = now;
        this.demands = demands;
    }

    /** Checks a path below an anchor that is a certificate. */
    void check(X509Certificate anchor) throws PathViolation {
        try {
            CertificateExtensions extensions = CertificateExtensions.of(anchor);
            if (demands.anchorDates() == AnchorDates.OF_ALL || isSelfIssued(anchor)) {
                checkDates(anchor);
            }
            checkAnchor(anchor, extensions);
            allowedIntermediates = pathLength(anchor);
            nameConstraints.add(extensions);
            check(anchor.getPublicKey());
        } catch (CertificateParsingException e) {
            throw unreadable(e);
        }
        Optional<String> objection = demands.veto().against(path, anchor);
        if (objection.isPresent()) {
            throw PathViolation.chain(objection.get());
        }
    }

    /** Checks a path below an anchor that is a bare key. */
    void check(PublicKey anchor) throws PathViolation {
        try {
            PublicKey issuer = anchor;
            for (int i = path.size() - 1; i > 0; i--) {
                X509Certificate each = path.get(i);
                CertificateExtensions extensions = CertificateExtensions.of(each);
                checkAny(each, extensions, issuer);
                checkIntermediate(each, extensions);
                issuer = each.getPublicKey();
            }
            X509Certificate leaf = path.get(0);
            CertificateExtensions extensions = CertificateExtensions.of(leaf);
            checkAny(leaf, extensions, issuer);
            checkLeaf(leaf, extensions);
        } catch (CertificateParsingException e) {
            throw unreadable(e);
        }
    }

    private static PathViolation unreadable(CertificateParsingException e) {
        return PathViolation.chain("a certificate cannot be read: " + e.getMessage());
    }

    private void checkAny(X509Certificate each, CertificateExtensions extensions, PublicKey issuer)
            throws PathViolation, CertificateParsingException {
        checkStrength(each, issuer);
        checkDates(each);
        checkExtendedKeyUsage(each, extensions);
        // RFC 5280 §4.2: a certificate with a critical extension that is not processed is rejected.
        Optional<String> unknown = extensions.criticalBeside(KNOWN_EXTENSIONS);
        if (unknown.isPresent()) {
            throw PathViolation.chain("critical extension " + unknown.get() + " of " + shown(each) + " is unknown");
        }
    }

    /** RFC 5280 §6.1.3 (a)(2), RFC 5280 §4.1.2.5: both ends inclusive. */
    private void checkDates(X509Certificate each) throws PathViolation {
        Instant from = each.getNotBefore().toInstant();
        if (now.isBefore(from)) {
            throw new PathViolation(RecordVerdict.Mismatch.DATES, shown(each) + " is not valid before " + from);
        }
        Instant until = each.getNotAfter().toInstant();
        if (now.isAfter(until)) {
            throw new PathViolation(RecordVerdict.Mismatch.DATES, shown(each) + " expired at " + until);
        }
    }

    private void checkStrength(X509Certificate each, PublicKey issuer) throws PathViolation {
        boolean sound = each.getSigAlgOID().equals(RSASSA_PSS) ? hasSoundPssDigest(each) : SOUND_SIGNATURES.contains(each.getSigAlgOID());
        if (!sound) {
            throw PathViolation.chain("the signature algorithm of " + shown(each) + ", " + each.getSigAlgName() + ", is too weak");
        }
        checkLength(issuer, "the RSA key that signed " + shown(each));
        // RFC 4055 §1.2: a key of id-RSASSA-PSS is for that signature alone.
        if (issuer.getAlgorithm().equals(PSS_KEY) && !each.getSigAlgOID().equals(RSASSA_PSS)) {
            throw PathViolation.chain("the key that signed " + shown(each) + " is for RSASSA-PSS alone, and its signature is "
                + each.getSigAlgName());
        }
    }

    private void checkLength(PublicKey key, String shown) throws PathViolation {
        if (key instanceof RSAKey rsa && rsa.getModulus().bitLength() < demands.rsaBits()) {
            throw PathViolation.chain(shown + " has only " + rsa.getModulus().bitLength() + " bits");
        }
    }

    private static boolean hasSoundPssDigest(X509Certificate each) {
        try {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance(PSS_KEY);
            parameters.init(each.getSigAlgParams());
            return SOUND_DIGESTS.contains(parameters.getParameterSpec(PSSParameterSpec.class).getDigestAlgorithm());
        } catch (GeneralSecurityException | IOException e) {
            return false;
        }
    }

    /** RFC 5280 §4.2.1.12 for the leaf; for issuers the same, as a limit on what they may certify. */
    private static void checkExtendedKeyUsage(X509Certificate each, CertificateExtensions extensions)
            throws PathViolation, CertificateParsingException {
        if (!extensions.has(CertificateExtensions.EXTENDED_KEY_USAGE)) {
            return;
        }
        List<String> usages = each.getExtendedKeyUsage();
        if (usages == null || (!usages.contains(SERVER_AUTH) && !usages.contains(ANY_USAGE))) {
            throw PathViolation.chain("the extended key usage of " + shown(each) + " does not include TLS servers");
        }
    }

    private static void checkAnchor(X509Certificate anchor, CertificateExtensions extensions) throws PathViolation,
        CertificateParsingException {
        checkExtendedKeyUsage(anchor, extensions);
        // RFC 6698 §2.1.1: a trust anchor need not have basic constraints; one that has them must be a CA.
        if (extensions.has(CertificateExtensions.BASIC_CONSTRAINTS) && anchor.getBasicConstraints() < 0) {
            throw PathViolation.chain("the trust anchor " + shown(anchor) + " is no CA by its basic constraints");
        }
        checkMaySign(anchor, extensions);
    }

    private void checkIntermediate(X509Certificate each, CertificateExtensions extensions) throws PathViolation,
        CertificateParsingException {
        // RFC 5280 §6.1.4 (k)
        if (each.getBasicConstraints() < 0) {
            throw PathViolation.chain(shown(each) + " is no CA");
        }
        checkMaySign(each, extensions);
        if (!isSelfIssued(each)) {
            // RFC 5280 §6.1.3 (b) and (c): self-issued intermediates are exempt from name constraints.
            nameConstraints.check(each, extensions, false);
            // RFC 5280 §6.1.4 (l)
            if (allowedIntermediates == 0) {
                throw PathViolation.chain("more issuers stand below one another than the path length allows, at " + shown(each));
            }
            allowedIntermediates--;
        }
        // RFC 5280 §6.1.4 (m) and (g)
        allowedIntermediates = Math.min(allowedIntermediates, pathLength(each));
        nameConstraints.add(extensions);
    }

    /** RFC 5280 §3.2: issuer and subject are the same entity. */
    private static boolean isSelfIssued(X509Certificate each) {
        return each.getSubjectX500Principal().equals(each.getIssuerX500Principal());
    }

    private static void checkMaySign(X509Certificate each, CertificateExtensions extensions) throws PathViolation {
        // RFC 5280 §6.1.4 (n)
        if (extensions.has(CertificateExtensions.KEY_USAGE) && !allows(each, KEY_CERT_SIGN)) {
            throw PathViolation.chain("the key usage of " + shown(each) + " does not include signing certificates");
        }
    }

    private void checkLeaf(X509Certificate leaf, CertificateExtensions extensions) throws PathViolation, CertificateParsingException {
        // RFC 5280 §4.2.1.3: a TLS server signs, decrypts a key, or agrees on one.
        if (extensions.has(CertificateExtensions.KEY_USAGE) && !allows(leaf, DIGITAL_SIGNATURE) && !allows(leaf, KEY_ENCIPHERMENT)
                && !allows(leaf, KEY_AGREEMENT)) {
            throw PathViolation.chain("the key usage of " + shown(leaf) + " does not include TLS");
        }
        // Whoever has its private key is the server, so a key that can be had from the public one is no proof of that.
        checkLength(leaf.getPublicKey(), "the RSA key of " + shown(leaf));
        nameConstraints.check(leaf, extensions, true);
    }

    /** An extension that is there and cannot be read allows nothing. */
    private static boolean allows(X509Certificate each, int bit) {
        boolean[] bits = each.getKeyUsage();
        return bits != null && bits[bit];
    }

    /** RFC 5280 §4.2.1.9; without the extension or the field there is no limit. */
    private static int pathLength(X509Certificate issuer) {
        return issuer.getBasicConstraints() < 0 ? Integer.MAX_VALUE : issuer.getBasicConstraints();
    }

    private static String shown(X509Certificate each) {
        return "\"" + PrintableText.of(each.getSubjectX500Principal().getName()) + "\"";
    }
}
