/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.pki;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyUsage;

/**
 * A certification authority: a root or an intermediate, in order or in any way out of it. Issuing needs no leave: an authority that
 * lacks the right to sign signs all the same, so that a test can see it refused.
 */
public final class Authority extends CertificateWish<Authority> {
    private Authority(Spec spec, Optional<Authority> issuer) {
        super(spec, issuer);
    }

    static Authority root(String commonName, Instant now) {
        return new Authority(authoritySpec(commonName, now), Optional.empty());
    }

    private static Spec authoritySpec(String commonName, Instant now) {
        Spec spec = new Spec(now, commonName(commonName), "authority " + commonName);
        spec.basicConstraints = Optional.of(new BasicConstraints(true));
        spec.keyUsage = Optional.of(KeyUsage.keyCertSign | KeyUsage.cRLSign);
        return spec;
    }

    static X500Name commonName(String name) {
        return new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, StringEncoding.UTF8.encode(name)).build();
    }

    @Override
    Authority with(Spec changed) {
        return new Authority(changed, issuer());
    }

    /** An authority below this one. */
    public Authority intermediate(String commonName) {
        return new Authority(authoritySpec(commonName, spec().now), Optional.of(this));
    }

    /** An end-entity certificate below this authority, for a DNS name as subject alternative name and as common name. */
    public Leaf leaf(String dnsName) {
        return Leaf.issuedBy(this, dnsName);
    }

    /** This authority's name and key certified by another authority instead: a cross-certificate. */
    public Authority certifiedBy(Authority other) {
        return new Authority(spec().copy(), Optional.of(other));
    }

    /** With at most so many intermediate authorities below it (RFC 5280 §4.2.1.9). */
    public Authority pathLength(int intermediates) {
        return change(s -> s.basicConstraints = Optional.of(new BasicConstraints(intermediates)));
    }

    /** Without the basic constraints that make it an authority. */
    public Authority withoutBasicConstraints() {
        return change(s -> s.basicConstraints = Optional.empty());
    }

    /** With basic constraints that say it is none. */
    public Authority notAnAuthority() {
        return change(s -> s.basicConstraints = Optional.of(new BasicConstraints(false)));
    }

    /** With a key usage that allows signing data, but no certificates (RFC 5280 §4.2.1.3). */
    public Authority withoutKeyCertSign() {
        return keyUsage(KeyUsage.digitalSignature);
    }

    /** May issue for this DNS name and what is below it, beside others permitted (RFC 5280 §4.2.1.10). */
    public Authority permittedName(String dnsName) {
        return change(s -> s.permitted = Spec.append(s.permitted, subtree(dnsName)));
    }

    /** May not issue for this DNS name and what is below it. */
    public Authority excludedName(String dnsName) {
        return change(s -> s.excluded = Spec.append(s.excluded, subtree(dnsName)));
    }

    private static GeneralSubtree subtree(String dnsName) {
        return new GeneralSubtree(new GeneralName(GeneralName.dNSName, dnsName));
    }

    /** The certificates from this authority's up to the root's. */
    public List<X509Certificate> path() {
        List<X509Certificate> path = new ArrayList<>();
        for (Optional<Authority> at = Optional.of(this); at.isPresent(); at = at.flatMap(CertificateWish::issuer)) {
            path.add(at.get().certificate());
        }
        return List.copyOf(path);
    }
}
