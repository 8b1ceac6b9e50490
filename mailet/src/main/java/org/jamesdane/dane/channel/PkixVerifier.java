/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.channel;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.jamesdane.dane.pkix.CertificationPath;
import org.jamesdane.dane.pkix.PathValidation;
import org.jamesdane.dane.pkix.PeerCertificate;
import org.jamesdane.dane.pkix.PresentedIdentifiers;
import org.jamesdane.dane.pkix.RecordVerdict;

/** Verifies a gateway's certificate against its name and the public CAs; never used for mail exchangers (RFC 7672 §1.3.4). */
final class PkixVerifier {
    private PkixVerifier() {
    }

    /**
     * Reason for which a certificate is not the gateway's.
     *
     * @param mismatch how far the check got: to the name, the dates or the chain
     * @param text one clause, for people
     */
    record Problem(RecordVerdict.Mismatch mismatch, String text) {
        private static Problem chain(String text) {
            return new Problem(RecordVerdict.Mismatch.CHAIN, text);
        }
    }

    /** Finds what is wrong; empty if the certificate is the gateway's. */
    static Optional<Problem> problem(List<PeerCertificate> chain, TlsRequirement.Pkix requirement, Instant now) {
        if (chain.isEmpty()) {
            return Optional.of(Problem.chain("it sent no certificate"));
        }
        Optional<X509Certificate> leaf = chain.get(0).parsed();
        if (leaf.isEmpty()) {
            return Optional.of(Problem.chain("its certificate cannot be read"));
        }
        CertificationPath.Result result = new CertificationPath(CertificationPath.readable(chain), requirement.anchors(), List.of(), now,
            PathValidation.AnchorDates.OF_ALL).find();
        if (result instanceof CertificationPath.NotFound none) {
            return Optional.of(new Problem(none.mismatch(), "its certificate is not from a trusted CA: " + none.text()));
        }
        PresentedIdentifiers presented = PresentedIdentifiers.of(leaf.get());
        return presented.match(requirement.name()) ? Optional.empty()
            : Optional.of(new Problem(RecordVerdict.Mismatch.NAME, "its certificate is for " + presented + " and not for "
                + requirement.name()));
    }
}
