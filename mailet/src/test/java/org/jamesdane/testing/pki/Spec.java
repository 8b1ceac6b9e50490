/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.pki;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;

/** Contents of a certificate to be made. Changed only while it is being copied for a new wish. */
final class Spec {
    private static final AtomicLong SERIALS = new AtomicLong();
    private static final Duration HALF_LIFE = Duration.ofDays(45);

    Instant now;
    Instant notBefore;
    Instant notAfter;
    X500Name subject;
    final BigInteger serial = BigInteger.valueOf(SERIALS.incrementAndGet());
    KeyKind keyKind = KeyKind.P_256;
    String keyLabel;
    SignatureHash hash = SignatureHash.SHA256;
    List<GeneralName> names = List.of();
    Optional<BasicConstraints> basicConstraints = Optional.empty();
    Optional<Integer> keyUsage = Optional.empty();
    List<Purpose> purposes = List.of();
    List<GeneralSubtree> permitted = List.of();
    List<GeneralSubtree> excluded = List.of();
    List<Extension> extras = List.of();
    boolean withoutKeyIdentifiers;
    boolean keyWithoutParameters;
    boolean oddBooleans;
    boolean brokenSignature;
    boolean version1;
    boolean pssSignature;
    boolean undecodable;

    Spec(Instant now, X500Name subject, String keyLabel) {
        this.now = now;
        this.notBefore = now.minus(HALF_LIFE);
        this.notAfter = now.plus(HALF_LIFE);
        this.subject = subject;
        this.keyLabel = keyLabel;
    }

    private Spec(Spec other) {
        this.now = other.now;
        this.notBefore = other.notBefore;
        this.notAfter = other.notAfter;
        this.subject = other.subject;
        this.keyKind = other.keyKind;
        this.keyLabel = other.keyLabel;
        this.hash = other.hash;
        this.names = other.names;
        this.basicConstraints = other.basicConstraints;
        this.keyUsage = other.keyUsage;
        this.purposes = other.purposes;
        this.permitted = other.permitted;
        this.excluded = other.excluded;
        this.extras = other.extras;
        this.withoutKeyIdentifiers = other.withoutKeyIdentifiers;
        this.keyWithoutParameters = other.keyWithoutParameters;
        this.oddBooleans = other.oddBooleans;
        this.brokenSignature = other.brokenSignature;
        this.version1 = other.version1;
        this.pssSignature = other.pssSignature;
        this.undecodable = other.undecodable;
    }

    /** A copy; as another certificate it gets a serial number of its own. */
    Spec copy() {
        return new Spec(this);
    }

    /** Moves the certificate to another present; its validity moves along. */
    void moveTo(Instant present) {
        Duration by = Duration.between(now, present);
        now = present;
        notBefore = notBefore.plus(by);
        notAfter = notAfter.plus(by);
    }

    static <E> List<E> append(List<E> list, E more) {
        List<E> longer = new ArrayList<>(list);
        longer.add(more);
        return List.copyOf(longer);
    }

    void extra(Extension extra) {
        extras = append(extras, extra);
    }

    /** Tests if an extension was added by hand, so that the usual extension must be left out. */
    boolean replaces(ASN1ObjectIdentifier id) {
        return extras.stream().anyMatch(extra -> extra.getExtnId().equals(id));
    }
}
