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

/** Verifies a gateway's certificate against its name and the public CAs; never used for mail exchangers (RFC 7672 §1.3.4). */
final class PkixVerifier {
    private PkixVerifier() {
    }

    /** Finds what is wrong, as one clause; empty if the certificate is the gateway's. */
    static Optional<String> problem(List<PeerCertificate> chain, TlsRequirement.Pkix requirement, Instant now) {
        if (chain.isEmpty()) {
            return Optional.of("it sent no certificate");
        }
        Optional<X509Certificate> leaf = chain.get(0).parsed();
        if (leaf.isEmpty()) {
            return Optional.of("its certificate cannot be read");
        }
        CertificationPath.Result result = new CertificationPath(CertificationPath.readable(chain), requirement.anchors(), List.of(), now,
            PathValidation.AnchorDates.OF_ALL).find();
        if (result instanceof CertificationPath.NotFound none) {
            return Optional.of("its certificate is not from a trusted CA: " + none.text());
        }
        PresentedIdentifiers presented = PresentedIdentifiers.of(leaf.get());
        return presented.match(requirement.name()) ? Optional.empty()
            : Optional.of("its certificate is for " + presented + " and not for " + requirement.name());
    }
}
