/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.testing.pki;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyUsage;

/** An end-entity certificate: what a mail host shows. */
public final class Leaf extends CertificateWish<Leaf> {
    private Leaf(Spec spec, Optional<Authority> issuer) {
        super(spec, issuer);
    }

    static Leaf issuedBy(Authority issuer, String dnsName) {
        return new Leaf(leafSpec(dnsName, issuer.spec().now), Optional.of(issuer));
    }

    static Leaf selfSigned(String dnsName, Instant now) {
        return new Leaf(leafSpec(dnsName, now), Optional.empty());
    }

    private static Spec leafSpec(String dnsName, Instant now) {
        Spec spec = new Spec(now, Authority.commonName(dnsName), "leaf " + dnsName);
        spec.names = List.of(dns(dnsName));
        spec.keyUsage = Optional.of(KeyUsage.digitalSignature | KeyUsage.keyEncipherment);
        spec.purposes = List.of(Purpose.SERVER_AUTH);
        return spec;
    }

    private static GeneralName dns(String name) {
        return new GeneralName(GeneralName.dNSName, new DERIA5String(name, false));
    }

    @Override
    Leaf with(Spec changed) {
        return new Leaf(changed, issuer());
    }

    /** With exactly these DNS names as subject alternative names, wildcards and odd characters as they are. */
    public Leaf dnsNames(String... names) {
        return change(s -> s.names = Arrays.stream(names).map(Leaf::dns).toList());
    }

    /** With one more DNS name of these octets, which need not be characters of any alphabet. */
    public Leaf dnsNameOctets(byte[] octets) {
        // An implicitly tagged OCTET STRING has the same octets on the wire as an IA5String, which would not take all values.
        return change(s -> s.names = Spec.append(s.names, new GeneralName(GeneralName.dNSName, new DEROctetString(octets))));
    }

    /** With one more subject alternative name: this IP address, written as a literal. */
    public Leaf ipAddress(String literal) {
        return change(s -> s.names = Spec.append(s.names,
            new GeneralName(GeneralName.iPAddress, new DEROctetString(address(literal)))));
    }

    private static byte[] address(String literal) {
        try {
            return InetAddress.getByName(literal).getAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("\"" + literal + "\" is no IP address", e);
        }
    }

    /** With one more subject alternative name: this mail address. */
    public Leaf mailAddress(String address) {
        return change(s -> s.names = Spec.append(s.names, new GeneralName(GeneralName.rfc822Name, address)));
    }

    /** With one more subject alternative name: this URI. */
    public Leaf uri(String uri) {
        return change(s -> s.names = Spec.append(s.names, new GeneralName(GeneralName.uniformResourceIdentifier, uri)));
    }

    /** Without subject alternative names: the common name is all. */
    public Leaf withoutAlternativeNames() {
        return change(s -> s.names = List.of());
    }

    /** Without any name: an organisation as its subject, no common name, no alternative names. */
    public Leaf withoutNames() {
        return withoutAlternativeNames().subject("O=Nameless");
    }

    /** With an IP address as its only name. */
    public Leaf onlyIpAddress(String literal) {
        return withoutNames().ipAddress(literal);
    }

    /** With this common name in place of the first; alternative names stay. */
    public Leaf commonName(String name) {
        return commonName(name, StringEncoding.UTF8);
    }

    /** With this common name in this encoding. */
    public Leaf commonName(String name, StringEncoding encoding) {
        return change(s -> s.subject = new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, encoding.encode(name)).build());
    }

    /** With several common names, in this order. */
    public Leaf commonNames(String... names) {
        X500NameBuilder subject = new X500NameBuilder(BCStyle.INSTANCE);
        for (String name : names) {
            subject.addRDN(BCStyle.CN, StringEncoding.UTF8.encode(name));
        }
        return change(s -> s.subject = subject.build());
    }

    /** The certificate with its key and its chain: itself and its issuers up to the root. */
    public Credential issue() {
        List<X509Certificate> chain = new ArrayList<>();
        chain.add(certificate());
        issuer().ifPresent(authority -> chain.addAll(authority.path()));
        return new Credential(privateKey(), chain);
    }
}
