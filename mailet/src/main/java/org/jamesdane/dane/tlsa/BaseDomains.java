/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.tlsa;

import java.util.List;
import java.util.Optional;

import org.jamesdane.dane.routing.HostAddresses;
import org.jamesdane.dane.routing.Resolution;
import org.jamesdane.dns.CnameRecord;
import org.jamesdane.dns.DnsRecord;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.Proof;
import org.jamesdane.dns.Security;

/** Names at which the TLSA records of a host may stand (RFC 7672 §2.2.2). */
public sealed interface BaseDomains {

    /** The candidates in the order in which they are asked; one or two. */
    record Candidates(List<DomainName> names) implements BaseDomains {
        public Candidates {
            names = List.copyOf(names);
        }
    }

    /** No candidates: DANE does not apply to the host. */
    record None() implements BaseDomains {
    }

    /** The security of the first alias is not known apart from that of what it leads to: the CNAME record itself must be asked for. */
    record AliasSecurityUnknown(DomainName alias) implements BaseDomains {
    }

    /** The security of the first alias could not be found out. */
    record Failed(Lookup.Failed<? extends DnsRecord> failure) implements BaseDomains {
    }

    /** The candidates for a host whose addresses were found. */
    static BaseDomains candidates(DomainName host, HostAddresses.Found addresses) {
        List<Resolution.AliasStep> aliases = addresses.aliases();
        if (aliases.isEmpty()) {
            // RFC 7672 §2.2.2 "Non-CNAME": only a secure address leads to TLSA records. Name servers of unsigned zones that fail TLSA
            // queries are never asked.
            return addresses.security() == Security.SECURE ? new Candidates(List.of(host)) : new None();
        }
        if (addresses.security() == Security.SECURE) {
            // RFC 7672 §2.2.2 "Secure CNAME", RFC 7671 §7: the fully expanded name, then the initial one; names between them never.
            return new Candidates(List.of(aliases.get(aliases.size() - 1).target(), host));
        }
        // RFC 7672 §2.2.2 "Insecure CNAME": the initial name if its own alias is secure.
        Resolution.AliasStep first = aliases.get(0);
        if (first.security() == Security.SECURE) {
            return new Candidates(List.of(host));
        }
        // RFC 7672 §2.1.3: a resolver that validates for us calls the whole answer insecure if any part is.
        return first.proof() instanceof Proof.Insecure insecure && insecure.cause() == Proof.Cause.TRUST_AD
            ? new AliasSecurityUnknown(host) : new None();
    }

    /** The candidates once the alias itself was asked for. */
    static BaseDomains afterAsking(DomainName alias, Lookup<CnameRecord> answer) {
        if (answer instanceof Lookup.Failed<CnameRecord> failed) {
            // RFC 7672 §2.2.2: errors for any query in the process delay or abandon delivery.
            return new Failed(failed);
        }
        return answer.security().filter(Security.SECURE::equals).isPresent() ? new Candidates(List.of(alias)) : new None();
    }

    /**
     * The owner of the TLSA records of a base domain: {@code _25._tcp.mx.example.com}. Empty if that name would be too long for the
     * DNS, so that no such records can exist.
     */
    static Optional<DomainName> tlsaName(DomainName base, int port) {
        // RFC 7672 §2.2.3, RFC 6698 §4: the port actually connected to; RFC 6698 §3: in decimal without leading zeros.
        return DomainName.parse("_" + port + "._tcp." + base);
    }
}
