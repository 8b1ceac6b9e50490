/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.channel;

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
import java.util.OptionalInt;

import org.jamesdane.dane.pkix.CertificateBytes;
import org.jamesdane.dane.pkix.CertificationPath;
import org.jamesdane.dane.pkix.PeerCertificate;
import org.jamesdane.dane.pkix.PresentedIdentifiers;
import org.jamesdane.dane.pkix.RecordVerdict;
import org.jamesdane.dane.pkix.RsaNumbers;
import org.jamesdane.dane.tlsa.AssociationData;
import org.jamesdane.dane.tlsa.TlsaUsability;
import org.jamesdane.dane.tlsa.UsableTlsaSet;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.TlsaRecord;

/**
 * Authenticates a server by the certificates it sent and the TLSA records of its base domain (RFC 7672 §3, RFC 7671 §5).
 *
 * <p>Certificate Transparency is not asked for (RFC 7671 §4.2), nor is revocation (RFC 7672 §4).
 */
public final class DaneVerifier {
    private final List<PeerCertificate> chain;
    private final AssociationData leaf;
    /** Reason for which the key of the leaf proves nobody, as a clause; under every usage. */
    private final Optional<String> weakness;
    private final Map<PeerCertificate, AssociationData> issuers = new LinkedHashMap<>();
    private final Collection<DomainName> names;
    private final Instant now;
    private final List<RecordVerdict> verdicts = new ArrayList<>();
    private final Map<X509Certificate, TlsaRecord> anchors = new LinkedHashMap<>();
    private final Map<PublicKey, TlsaRecord> anchorKeys = new LinkedHashMap<>();

    private DaneVerifier(List<PeerCertificate> chain, Collection<DomainName> names, Instant now) {
        this.chain = chain;
        this.leaf = new AssociationData(chain.get(0));
        this.weakness = weakness(chain.get(0));
        this.names = names;
        this.now = now;
        // A copy of the leaf further up in the chain is still the leaf: its own issuer it is not.
        chain.stream().limit(CertificationPath.MAX_CERTIFICATES).filter(certificate -> !certificate.equals(chain.get(0)))
            .forEach(certificate -> issuers.put(certificate, new AssociationData(certificate)));
    }

    /**
     * Looks for a record that authenticates the server; one is enough (RFC 7671 §8).
     *
     * @param chain the certificates as the server sent them, the leaf first, the others in any order
     * @param names the reference identifiers for DANE-TA records (RFC 7672 §3.2.2)
     */
    public static Verification verify(List<PeerCertificate> chain, UsableTlsaSet records, Collection<DomainName> names, Instant now) {
        if (chain.isEmpty()) {
            return new Verification.Malformed("the server sent no certificate");
        }
        try {
            return new DaneVerifier(chain, names, now).verify(records.records());
        } catch (CertificateParsingException e) {
            return new Verification.Malformed("the server's certificate cannot be read: " + e.getMessage());
        }
    }

    private Verification verify(List<TlsaRecord> records) throws CertificateParsingException {
        for (TlsaRecord each : records) {
            // RFC 7672 §3.1.1 and §3.2.1: the match of the leaf is all; its names and dates must not be looked at.
            if (each.usage() == TlsaUsability.DANE_EE && weakness.isEmpty() && matches(leaf, each)) {
                return new Verification.Verified(each, 0, Optional.empty());
            }
        }
        if (!chain.get(0).isRawPublicKey()) {
            for (TlsaRecord each : records) {
                // A leaf in which no key can be found is malformed, unless its octets as a whole are what a record names.
                leaf.form(each.selector(), each.matchingType());
            }
        }
        List<TlsaRecord> anchored = new ArrayList<>();
        for (TlsaRecord each : records) {
            if (each.usage() == TlsaUsability.DANE_EE) {
                verdicts.add(weakness.filter(weak -> matches(leaf, each))
                    .map(weak -> new RecordVerdict(each, RecordVerdict.Mismatch.CHAIN, weak))
                    .orElseGet(() -> new RecordVerdict(each, RecordVerdict.Mismatch.DIFFERENT,
                        "the server's certificate is another one")));
                continue;
            }
            boolean sent = addFromChain(each);
            if (addFromRecord(each) || sent) {
                anchored.add(each);
            } else {
                verdicts.add(new RecordVerdict(each, RecordVerdict.Mismatch.DIFFERENT,
                    "no issuer certificate sent by the server is this trust anchor"));
            }
        }
        return anchored.isEmpty() ? noMatch() : underAnchors(anchored);
    }

    /**
     * Finds what makes the key of the leaf prove nobody. RFC 6698 §4.1 leaves it to the client what is too weak. Anybody can compute the
     * private key of a short public one, so the floor holds for DANE-EE too, against the letter of RFC 7672 §3.1.1.
     */
    private static Optional<String> weakness(PeerCertificate leaf) {
        OptionalInt bits = leaf.publicKeyInfo().map(RsaNumbers::bits).orElse(OptionalInt.empty());
        return bits.isEmpty() || bits.getAsInt() >= RsaNumbers.MIN_PROVING_BITS ? Optional.empty()
            : Optional.of("its RSA key has " + bits.getAsInt() + " bits; DANE asks for " + RsaNumbers.MIN_PROVING_BITS);
    }

    private Verification underAnchors(List<TlsaRecord> anchored) {
        if (weakness.isPresent()) {
            anchored.forEach(each -> verdicts.add(new RecordVerdict(each, RecordVerdict.Mismatch.CHAIN, weakness.get())));
            return noMatch();
        }
        // DANE-TA is the first to need more of a certificate than its octets.
        Optional<X509Certificate> readable = chain.get(0).parsed();
        if (readable.isEmpty()) {
            anchored.forEach(each -> verdicts.add(new RecordVerdict(each, RecordVerdict.Mismatch.CHAIN,
                "the server's certificate cannot be read")));
            return noMatch();
        }
        CertificationPath.Result result = new CertificationPath(CertificationPath.readable(chain), anchors.keySet(), anchorKeys.keySet(),
            now).find();
        if (result instanceof CertificationPath.NotFound none) {
            anchored.forEach(each -> verdicts.add(new RecordVerdict(each, none.mismatch(), none.text())));
            return noMatch();
        }
        // RFC 7672 §3.2.2, RFC 7671 §10.2: with DANE-TA the leaf must bear one of the names.
        PresentedIdentifiers presented = PresentedIdentifiers.of(readable.get());
        Optional<DomainName> name = names.stream().filter(presented::match).findFirst();
        if (name.isPresent()) {
            return verified((CertificationPath.Found) result, name);
        }
        String wanted = String.join(" or ", names.stream().map(DomainName::toString).toList());
        anchored.forEach(each -> verdicts.add(new RecordVerdict(each, RecordVerdict.Mismatch.NAME,
            "the certificate is for " + presented + " and not for " + wanted)));
        return noMatch();
    }

    private Verification verified(CertificationPath.Found path, Optional<DomainName> name) {
        TlsaRecord matched = path.anchor().map(anchors::get).or(() -> path.key().map(anchorKeys::get)).orElseThrow();
        return new Verification.Verified(matched, path.depth(), name);
    }

    /** Takes the certificates above the leaf that the record speaks of as trust anchors. */
    private boolean addFromChain(TlsaRecord each) {
        boolean added = false;
        for (Map.Entry<PeerCertificate, AssociationData> issuer : issuers.entrySet()) {
            Optional<X509Certificate> anchor = matches(issuer.getValue(), each) ? issuer.getKey().parsed() : Optional.empty();
            anchor.ifPresent(certificate -> anchors.putIfAbsent(certificate, each));
            added |= anchor.isPresent();
        }
        return added;
    }

    /** A certificate that cannot be read does not match, and does not spoil the others, nor one record the next. */
    private static boolean matches(AssociationData certificate, TlsaRecord each) {
        try {
            return certificate.matches(each);
        } catch (CertificateParsingException e) {
            return false;
        }
    }

    /** Takes the trust anchor from the record itself, where that holds it in full. */
    private boolean addFromRecord(TlsaRecord each) throws CertificateParsingException {
        if (each.matchingType() != TlsaUsability.FULL || leaf.matches(each)) {
            return false;
        }
        if (each.selector() == TlsaUsability.CERT) {
            // RFC 7671 §5.2.2: a "2 0 0" record must do even if the server does not send the certificate.
            Optional<X509Certificate> anchor = CertificateBytes.parse(each.associationData());
            anchor.ifPresent(certificate -> anchors.putIfAbsent(certificate, each));
            return anchor.isPresent();
        }
        // RFC 7671 §5.2.3: the bare key is tried beside a certificate that has it, which may be expired or constrained.
        Optional<PublicKey> anchor = CertificateBytes.publicKey(each.associationData());
        anchor.ifPresent(key -> anchorKeys.putIfAbsent(key, each));
        return anchor.isPresent();
    }

    private Verification noMatch() {
        verdicts.sort(Comparator.comparing(RecordVerdict::mismatch));
        return new Verification.NoMatch(verdicts);
    }
}
