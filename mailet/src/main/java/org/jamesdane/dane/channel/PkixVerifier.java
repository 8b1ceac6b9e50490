/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.channel;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.jamesdane.dane.pkix.Authorities;
import org.jamesdane.dane.pkix.CertificationPath;
import org.jamesdane.dane.pkix.PeerCertificate;
import org.jamesdane.dane.pkix.PresentedIdentifiers;
import org.jamesdane.dane.pkix.RecordVerdict;
import org.jamesdane.dns.DomainName;

/**
 * Verifies a certificate against a name and the public CAs. A gateway's configuration or an MTA-STS policy demands that; without either, no
 * mail exchanger is held to it (RFC 7672 §1.3.4). The hosts that serve such policies are always held to it (RFC 8461 §3.3).
 */
public final class PkixVerifier {
    private PkixVerifier() {
    }

    /**
     * Reason for which a certificate is not the host's.
     *
     * @param mismatch how far the check got: to the name, the dates or the chain
     * @param text one clause, for people
     */
    public record Problem(RecordVerdict.Mismatch mismatch, String text) {
        private static Problem chain(String text) {
            return new Problem(RecordVerdict.Mismatch.CHAIN, text);
        }
    }

    /** Finds what is wrong; empty if the certificate is the gateway's. */
    static Optional<Problem> problem(List<PeerCertificate> chain, TlsRequirement.Pkix requirement, Instant now) {
        return problem(chain, requirement.anchors(), now)
            .or(() -> wrongName(PresentedIdentifiers.of(chain.get(0).parsed().orElseThrow()), requirement.name()));
    }

    /** Finds what is wrong; empty if the certificate is one that RFC 8461 §4.2 accepts: the name has to be among its DNS-IDs. */
    static Optional<Problem> problem(List<PeerCertificate> chain, TlsRequirement.Sts requirement, Instant now) {
        return problem(chain, requirement.anchors(), requirement.name(), now);
    }

    /**
     * Finds what is wrong; empty if CAs prove that the certificate is that host's, by a DNS-ID. A common name proves nothing.
     *
     * @param chain the certificates as the host sent them, the leaf first
     */
    public static Optional<Problem> problem(List<PeerCertificate> chain, Authorities authorities, DomainName name, Instant now) {
        return problem(chain, authorities, now)
            .or(() -> wrongName(PresentedIdentifiers.ofDnsIds(chain.get(0).parsed().orElseThrow()), name));
    }

    private static Optional<Problem> problem(List<PeerCertificate> chain, Authorities anchors, Instant now) {
        if (chain.isEmpty()) {
            return Optional.of(Problem.chain("it sent no certificate"));
        }
        if (chain.get(0).parsed().isEmpty()) {
            return Optional.of(Problem.chain("its certificate cannot be read"));
        }
        CertificationPath.Result result = new CertificationPath(CertificationPath.readable(chain), anchors, now).find();
        return result instanceof CertificationPath.NotFound none
            ? Optional.of(new Problem(none.mismatch(), "its certificate is not from a trusted CA: " + none.text())) : Optional.empty();
    }

    private static Optional<Problem> wrongName(PresentedIdentifiers presented, DomainName name) {
        return presented.match(name) ? Optional.empty()
            : Optional.of(new Problem(RecordVerdict.Mismatch.NAME, "its certificate is for " + presented + " and not for " + name));
    }
}
