/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.tls;

import java.util.Optional;
import java.util.Set;

import org.jamesdane.dns.DomainName;

/**
 * What a handshake offers. Connections made with different settings are never exchanged for one another.
 *
 * @param serverName the name sent as SNI; under DANE the TLSA base domain (RFC 7672 §8.1); empty sends none
 * @param protocols the versions offered, at least one
 */
public record TlsSettings(Optional<DomainName> serverName, Set<TlsProtocol> protocols) {
    /** TLS 1.2 and 1.3. */
    public static final Set<TlsProtocol> DEFAULT_PROTOCOLS = Set.of(TlsProtocol.TLS_1_2, TlsProtocol.TLS_1_3);

    public TlsSettings {
        protocols = Set.copyOf(protocols);
        if (protocols.isEmpty()) {
            throw new IllegalArgumentException("At least one TLS protocol must be offered");
        }
    }

    /** The default protocols, with that name as SNI. */
    public static TlsSettings forServer(DomainName serverName) {
        return new TlsSettings(Optional.of(serverName), DEFAULT_PROTOCOLS);
    }

    /** The default protocols, without SNI. */
    public static TlsSettings withoutServerName() {
        return new TlsSettings(Optional.empty(), DEFAULT_PROTOCOLS);
    }
}
