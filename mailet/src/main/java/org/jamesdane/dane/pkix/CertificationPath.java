/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.pkix;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Looks for a valid path from a leaf certificate to a trust anchor, among certificates in any order and with strangers in between.
 *
 * <p>The anchors are those of TLSA records (or, for a gateway, of a configured store); no other certificate is trusted. Signatures
 * tried and certificates looked at are bounded, whatever the server sends.
 */
public final class CertificationPath {
    /** Certificates looked at, the leaf included. Public chains have 2 to 4; RFC 5280 sets no limit, TLS stacks stop at about 10. */
    public static final int MAX_CERTIFICATES = 20;
    /** Certificates between leaf and anchor on one path. */
    public static final int MAX_INTERMEDIATES = 8;
    /** Signatures checked for one leaf; a chain in order needs one for each certificate below the anchor. */
    public static final int MAX_SIGNATURES = 32;

    private final X509Certificate leaf;
    private final Set<X509Certificate> anchors;
    private final Collection<PublicKey> anchorKeys;
    private final Instant now;
    private final PathValidation.Demands demands;
    private final Set<X509Certificate> candidates = new LinkedHashSet<>();
    private int signatures;
    private PathViolation violation = PathViolation.chain("no chain of signatures leads from the certificate to the trust anchor");
    private boolean violated;

    /**
     * A search below trust anchors that TLSA records name.
     *
     * @param chain the certificates as the server sent them, the leaf first
     * @param anchors certificates that are trust anchors, sent by the server or not
     * @param anchorKeys keys that are trust anchors without a certificate
     */
    public CertificationPath(List<X509Certificate> chain, Set<X509Certificate> anchors, Collection<PublicKey> anchorKeys, Instant now) {
        this(chain, anchors, anchorKeys, now, PathValidation.Demands.OF_DANE);
    }

    /**
     * A search below CAs, whose own dates count as well.
     *
     * @param chain the certificates as the server sent them, the leaf first
     */
    public CertificationPath(List<X509Certificate> chain, Authorities authorities, Instant now) {
        this(chain, authorities.certificates(), List.of(), now, PathValidation.Demands.of(authorities));
    }

    private CertificationPath(List<X509Certificate> chain, Set<X509Certificate> anchors, Collection<PublicKey> anchorKeys, Instant now,
            PathValidation.Demands demands) {
        this.leaf = chain.get(0);
        this.anchors = anchors;
        this.anchorKeys = anchorKeys;
        this.now = now;
        this.demands = demands;
        candidates.addAll(anchors);
        chain.stream().limit(MAX_CERTIFICATES).skip(1).filter(certificate -> !certificate.equals(leaf)).forEach(candidates::add);
    }

    /** The certificates of a chain that can be read; a stranger that cannot leaves the others as they are. */
    public static List<X509Certificate> readable(List<PeerCertificate> chain) {
        return chain.stream().limit(MAX_CERTIFICATES).map(PeerCertificate::parsed).flatMap(Optional::stream).toList();
    }

    /** Result of the search. */
    public sealed interface Result {
    }

    /**
     * A path to a trust anchor.
     *
     * @param anchor the trust anchor, if it is a certificate
     * @param key the trust anchor, if it is a bare key
     * @param depth how far above the leaf the anchor stands
     */
    public record Found(Optional<X509Certificate> anchor, Optional<PublicKey> key, int depth) implements Result {
    }

    /** No path, and the violation that is the most telling. */
    public record NotFound(RecordVerdict.Mismatch mismatch, String text) implements Result {
    }

    /** Searches for a path, within the limits on certificates and signatures; without a path the result names the violation. */
    public Result find() {
        List<X509Certificate> path = new ArrayList<>();
        path.add(leaf);
        return above(path).<Result>map(found -> found).orElseGet(() -> new NotFound(violation.mismatch(), violation.text()));
    }

    /** Looks for an anchor above the last certificate of a path that starts with the leaf. */
    private Optional<Found> above(List<X509Certificate> path) {
        X509Certificate last = path.get(path.size() - 1);
        List<X509Certificate> issuers = new ArrayList<>();
        for (X509Certificate candidate : candidates) {
            if (!path.contains(candidate) && names(last, candidate) && signed(last, candidate.getPublicKey())) {
                issuers.add(candidate);
            }
        }
        for (X509Certificate issuer : issuers) {
            if (anchors.contains(issuer) && isValid(path, rules -> rules.check(issuer))) {
                return Optional.of(new Found(Optional.of(issuer), Optional.empty(), path.size()));
            }
        }
        for (PublicKey key : anchorKeys) {
            // RFC 7671 §5.2.3: the chain counts if its topmost certificate is signed by the key of a "2 1 0" record.
            if (signed(last, key) && isValid(path, rules -> rules.check(key))) {
                return Optional.of(new Found(Optional.empty(), Optional.of(key), path.size()));
            }
        }
        if (path.size() > MAX_INTERMEDIATES) {
            return Optional.empty();
        }
        for (X509Certificate issuer : issuers) {
            path.add(issuer);
            Optional<Found> found = above(path);
            if (found.isPresent()) {
                return found;
            }
            path.remove(path.size() - 1);
        }
        return Optional.empty();
    }

    /**
     * Tests whether the issuer of one certificate is the subject of the other. The octets are compared first, because mostly they are the
     * same. Making names comparable as RFC 5280 §7.1 says takes a good part of the time of checking a signature.
     */
    private static boolean names(X509Certificate certificate, X509Certificate issuer) {
        try {
            return Arrays.equals(CertificateBytes.issuerName(certificate), CertificateBytes.subjectName(issuer))
                || certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal());
        } catch (CertificateParsingException e) {
            return false;
        }
    }

    private interface Check {
        void on(PathValidation rules) throws PathViolation;
    }

    private boolean isValid(List<X509Certificate> path, Check check) {
        try {
            check.on(new PathValidation(path, now, demands));
            return true;
        } catch (PathViolation e) {
            remember(e);
            return false;
        }
    }

    /** Keeps the first violation of the most telling kind. */
    private void remember(PathViolation found) {
        if (!violated || found.mismatch().compareTo(violation.mismatch()) < 0) {
            violation = found;
            violated = true;
        }
    }

    private boolean signed(X509Certificate certificate, PublicKey issuer) {
        if (signatures == MAX_SIGNATURES) {
            remember(PathViolation.chain("more than " + MAX_SIGNATURES + " signatures would have to be checked"));
            return false;
        }
        signatures++;
        try {
            certificate.verify(issuer);
            return true;
        } catch (GeneralSecurityException | RuntimeException e) {
            // Providers answer to malformed keys with unchecked exceptions as well.
            return false;
        }
    }
}
