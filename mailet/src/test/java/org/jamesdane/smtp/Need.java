/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.smtp;

import java.util.List;
import java.util.Optional;

import org.jamesdane.dane.channel.SecurityLabel;
import org.jamesdane.dane.channel.TlsRequirement;
import org.jamesdane.dane.routing.MxHost;
import org.jamesdane.dane.tlsa.TlsaUsability;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.TlsaRecord;
import org.jamesdane.testing.pki.Association;
import org.jamesdane.testing.pki.Authority;
import org.jamesdane.testing.pki.Credential;
import org.jamesdane.testing.pki.TestPki;

/** Needs of a delivery of the fault suite from its host, which is {@code mx.example}. */
public enum Need {
    /** No TLS. */
    NONE,
    /** TLS if it can be had. */
    MAY,
    /** TLS with whomever. */
    ENCRYPT,
    /** TLS with the host whose key a DANE-EE(3) record names. */
    DANE_EE,
    /** TLS with a host below the authority that a DANE-TA(2) record names. */
    DANE_TA;

    public static final DomainName NAME = DomainName.of("mx.example");
    public static final Authority AUTHORITY = TestPki.authority("Suite CA");
    /** The host's certificate, as both kinds of records want it. */
    public static final Credential CREDENTIAL = AUTHORITY.leaf("mx.example").issue();
    private static final MxHost HOST = new MxHost.Named(NAME, 10);

    TlsRequirement requirement() {
        return switch (this) {
            case NONE -> new TlsRequirement.NoTls(HOST);
            case MAY -> new TlsRequirement.Opportunistic(HOST);
            case ENCRYPT -> new TlsRequirement.Encrypt(HOST, Optional.of(NAME));
            case DANE_EE -> dane(CREDENTIAL.association(3, 1, 1));
            case DANE_TA -> dane(Association.of(2, 0, 1, AUTHORITY.certificate()));
        };
    }

    private static TlsRequirement dane(Association association) {
        TlsaRecord record = new TlsaRecord(association.usage(), association.selector(), association.matchingType(), association.octets());
        return new TlsRequirement.Dane(HOST, TlsaUsability.of(List.of(record)).usable().orElseThrow(), NAME, List.of(NAME),
            SecurityLabel.VERIFIED);
    }
}
