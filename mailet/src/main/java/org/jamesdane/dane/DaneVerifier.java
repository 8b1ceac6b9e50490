/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.TlsaRecord;

/**
 * Authenticates a server by the certificates it sent and the TLSA records of its base domain (RFC 7672 §3, RFC 7671 §5).
 */
public final class DaneVerifier {
    private final List<X509Certificate> chain;
    private final Collection<DomainName> names;
    private final Instant now;
    private final List<RecordVerdict> verdicts = new ArrayList<>();

    private DaneVerifier(List<X509Certificate> chain, Collection<DomainName> names, Instant now) {
        this.chain = chain;
        this.names = names;
        this.now = now;
    }

    /**
     * Looks for a record that authenticates the server; one is enough (RFC 7671 §8).
     *
     * @param chain the certificates as the server sent them, the leaf first, the others in any order
     * @param names the reference identifiers for DANE-TA records (RFC 7672 §3.2.2)
     */
    public static Verification verify(List<X509Certificate> chain, UsableTlsaSet records, Collection<DomainName> names, Instant now) {
        if (chain.isEmpty()) {
            return new Verification.Malformed("the server sent no certificate");
        }
        try {
            return new DaneVerifier(chain, names, now).verify(records.records());
        } catch (CertificateParsingException e) {
            return new Verification.Malformed("a certificate of the server cannot be read: " + e.getMessage());
        }
    }

    private Verification verify(List<TlsaRecord> records) throws CertificateParsingException {
        for (TlsaRecord each : records) {
            if (each.usage() == TlsaUsability.DANE_EE && matches(each, chain.get(0))) {
                // RFC 7672 §3.1.1 and §3.2.1: the match of the leaf is all; its names and dates must not be looked at.
                return new Verification.Verified(each, 0, Optional.empty());
            }
        }
        List<TlsaRecord> anchors = new ArrayList<>();
        for (TlsaRecord each : records) {
            if (each.usage() == TlsaUsability.DANE_TA) {
                anchors.add(each);
            } else {
                verdicts.add(new RecordVerdict(each, RecordVerdict.Mismatch.DIFFERENT, "the server's certificate is another one"));
            }
        }
        return anchors.isEmpty() ? noMatch() : underAnchors(anchors);
    }

    private Verification underAnchors(List<TlsaRecord> records) throws CertificateParsingException {
        Map<X509Certificate, TlsaRecord> certificates = new LinkedHashMap<>();
        Map<PublicKey, TlsaRecord> keys = new LinkedHashMap<>();
        for (TlsaRecord each : records) {
            if (!addFromChain(each, certificates) && !addFromRecord(each, certificates, keys)) {
                verdicts.add(new RecordVerdict(each, RecordVerdict.Mismatch.DIFFERENT,
                    "no issuer certificate sent by the server is this trust anchor"));
            }
        }
        TrustPath.Result result = new TrustPath(chain, certificates.keySet(), keys.keySet(), now).find();
        if (result instanceof TrustPath.Found found) {
            TlsaRecord matched = found.anchor().map(certificates::get).orElseGet(() -> found.key().map(keys::get).orElseThrow());
            return named(matched, found.depth());
        }
        TrustPath.NotFound none = (TrustPath.NotFound) result;
        certificates.values().forEach(each -> verdicts.add(new RecordVerdict(each, none.mismatch(), none.text())));
        keys.values().forEach(each -> verdicts.add(new RecordVerdict(each, none.mismatch(), none.text())));
        return noMatch();
    }

    /** RFC 7672 §3.2.2: with DANE-TA the leaf must bear one of the names. */
    private Verification named(TlsaRecord matched, int depth) {
        PresentedNames presented = PresentedNames.of(chain.get(0));
        Optional<DomainName> name = names.stream().filter(presented::match).findFirst();
        if (name.isPresent()) {
            return new Verification.Verified(matched, depth, name);
        }
        String wanted = String.join(" or ", names.stream().map(DomainName::toString).toList());
        verdicts.add(new RecordVerdict(matched, RecordVerdict.Mismatch.NAME,
            "the certificate is for " + presented + " and not for " + wanted));
        return noMatch();
    }

    /** Takes the certificates above the leaf that the record speaks of as trust anchors. */
    private boolean addFromChain(TlsaRecord each, Map<X509Certificate, TlsaRecord> anchors) throws CertificateParsingException {
        boolean added = false;
        for (X509Certificate certificate : chain.subList(1, Math.min(chain.size(), TrustPath.MAX_CERTIFICATES))) {
            // A copy of the leaf further up in the chain is still the leaf: its issuer it is not.
            if (!certificate.equals(chain.get(0)) && matches(each, certificate)) {
                anchors.putIfAbsent(certificate, each);
                added = true;
            }
        }
        return added;
    }

    /** Takes the trust anchor from the record itself, where that holds it in full and the server did not send it. */
    private boolean addFromRecord(TlsaRecord each, Map<X509Certificate, TlsaRecord> anchors, Map<PublicKey, TlsaRecord> keys)
            throws CertificateParsingException {
        if (each.matchingType() != TlsaUsability.FULL || matches(each, chain.get(0))) {
            return false;
        }
        if (each.selector() == TlsaUsability.CERT) {
            // RFC 7671 §5.2.2: a "2 0 0" record must do even if the server does not send the certificate.
            Optional<X509Certificate> anchor = CertificateBytes.parse(each.associationData());
            anchor.ifPresent(certificate -> anchors.putIfAbsent(certificate, each));
            return anchor.isPresent();
        }
        // RFC 7671 §5.2.3: a bare key is tried if no certificate of the chain has it.
        Optional<PublicKey> anchor = CertificateBytes.publicKey(each.associationData());
        anchor.ifPresent(key -> keys.putIfAbsent(key, each));
        return anchor.isPresent();
    }

    private Verification noMatch() {
        verdicts.sort(Comparator.comparing(RecordVerdict::mismatch));
        return new Verification.NoMatch(verdicts);
    }

    private static boolean matches(TlsaRecord each, X509Certificate certificate) throws CertificateParsingException {
        // RFC 6698 §2.1.2: selector 0 is the certificate, 1 its subject public key info.
        byte[] selected = each.selector() == TlsaUsability.CERT
            ? CertificateBytes.encoded(certificate) : CertificateBytes.publicKeyInfo(certificate);
        // RFC 6698 §2.1.3: matching type 0 is the content itself, 1 its SHA-256, 2 its SHA-512.
        return switch (each.matchingType()) {
            case TlsaUsability.FULL -> each.associationDataEquals(selected);
            case TlsaUsability.SHA2_256 -> each.associationDataEquals(digest("SHA-256", selected));
            default -> each.associationDataEquals(digest("SHA-512", selected));
        };
    }

    private static byte[] digest(String algorithm, byte[] octets) {
        try {
            return MessageDigest.getInstance(algorithm).digest(octets);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + algorithm, e);
        }
    }
}
