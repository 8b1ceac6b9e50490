/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.channel;

import java.util.List;
import java.util.Optional;

import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.pkix.Authorities;
import org.jamesdane.dane.routing.MxHost;
import org.jamesdane.dane.tlsa.UsableTlsaSet;
import org.jamesdane.dns.DomainName;

/**
 * Requirement on a connection to a host, to be met before a mail may be sent over it.
 */
public sealed interface TlsRequirement {

    /** No TLS: STARTTLS is not used even if it is offered. */
    record NoTls(MxHost host) implements TlsRequirement {
        @Override
        public Optional<DomainName> serverName() {
            return Optional.empty();
        }
    }

    /** TLS if it can be had; if STARTTLS or the handshake fails, once more in clear (RFC 7672 §2.2). */
    record Opportunistic(MxHost host) implements TlsRequirement {
        @Override
        public Optional<DomainName> serverName() {
            return Optional.empty();
        }
    }

    /**
     * TLS with whomever.
     *
     * @param base the TLSA base domain, where TLSA records that cannot be used are the reason
     */
    record Encrypt(MxHost host, Optional<DomainName> base) implements TlsRequirement {
        @Override
        public Optional<DomainName> serverName() {
            return base;
        }
    }

    /**
     * TLS with a host that the TLSA records authenticate.
     *
     * @param records the records
     * @param base the TLSA base domain
     * @param names the reference identifiers, the base domain first
     * @param label what a delivery may be called then
     */
    record Dane(MxHost host, UsableTlsaSet records, DomainName base, List<DomainName> names, SecurityLabel label)
            implements TlsRequirement {
        public Dane {
            names = List.copyOf(names);
        }

        @Override
        public Optional<DomainName> serverName() {
            return Optional.of(base);
        }
    }

    /**
     * TLS with a gateway whose certificate a public CA issued for its name ({@code verifyServerIdentity}).
     *
     * @param name the gateway's name; the server name to send and the one to find in the certificate
     * @param anchors the CAs
     */
    record Pkix(MxHost host, DomainName name, Authorities anchors) implements TlsRequirement {
        @Override
        public Optional<DomainName> serverName() {
            return Optional.of(name);
        }
    }

    /**
     * TLS with a host that a trusted CA authenticates, as an MTA-STS policy in mode {@code enforce} demands (RFC 8461 §4.2). The
     * certificate bears the host's name as a DNS-ID.
     *
     * @param name the name in the MX record, or the domain itself where there is none; the server name to send (RFC 8461 §7.1)
     * @param anchors the CAs
     * @param policyId the id of the policy
     */
    record Sts(MxHost.Named host, DomainName name, Authorities anchors, String policyId) implements TlsRequirement {
        @Override
        public Optional<DomainName> serverName() {
            return Optional.of(name);
        }
    }

    /** The host must not be connected to. */
    record HostNotUsed(MxHost host, HostFailure failure) implements TlsRequirement {
        @Override
        public Optional<DomainName> serverName() {
            return Optional.empty();
        }
    }

    /** The host. */
    MxHost host();

    /** The server name to send in the handshake: the TLSA base domain (RFC 7672 §8.1, RFC 7671 §3, RFC 7671 §7, RFC 7671 §10.2). */
    Optional<DomainName> serverName();

    /** Tests whether a connection without TLS cannot meet the requirement. */
    default boolean needsTls() {
        return this instanceof Encrypt || authenticates();
    }

    /** Tests whether a connection meets the requirement only with a host that is authenticated. */
    default boolean authenticates() {
        return this instanceof Dane || this instanceof Pkix || this instanceof Sts;
    }

    /** Proof of the host's name that a connection has which meets the requirement; empty where nothing but the requirement may show it. */
    default Optional<NameProof> namedBy() {
        if (this instanceof Sts) {
            return Optional.of(NameProof.MTA_STS);
        }
        return this instanceof Dane dane ? dane.label().namedBy() : Optional.empty();
    }
}
