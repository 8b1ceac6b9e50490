/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tls;

import java.util.Optional;

import org.jamesdane.dns.DomainName;

/**
 * Offer of one handshake: the name of its server, what the operator lets be offered, and raw public keys or not. Connections made with
 * different settings never stand in for one another. So a connection with a raw public key never serves a delivery that needs a
 * certificate.
 *
 * @param serverName the name sent as SNI; under DANE the TLSA base domain (RFC 7672 §8.1); empty sends none
 * @param offer the operator's choice of versions, suites and groups
 * @param rawPublicKeys true offers raw public keys beside certificates (RFC 7250)
 */
public record TlsSettings(Optional<DomainName> serverName, TlsOffer offer, boolean rawPublicKeys) {

    /** The default offer, with that name as SNI. */
    public static TlsSettings forServer(DomainName serverName) {
        return new TlsSettings(Optional.of(serverName), TlsOffer.DEFAULT, false);
    }

    /** The default offer, without SNI. */
    public static TlsSettings withoutServerName() {
        return new TlsSettings(Optional.empty(), TlsOffer.DEFAULT, false);
    }
}
