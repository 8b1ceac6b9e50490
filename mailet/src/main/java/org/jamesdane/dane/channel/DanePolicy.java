/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.channel;

import java.util.Optional;

import org.jamesdane.dane.failure.FailureKind;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.failure.RfcSection;
import org.jamesdane.dane.pkix.Authorities;
import org.jamesdane.dane.policy.Policy;
import org.jamesdane.dane.routing.MxHost;
import org.jamesdane.dane.routing.Routing;
import org.jamesdane.dane.tlsa.TlsaDiscovery;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Security;

/**
 * Decision table: from the policy and the discoveries about a host to the requirement on a connection to it (RFC 7672 §2.2 and §6).
 */
public final class DanePolicy {
    private final Policy policy;
    private final Routing.Route route;
    private final MxHost host;

    private DanePolicy(Policy policy, Routing.Route route, MxHost host) {
        this.policy = policy;
        this.route = route;
        this.host = host;
    }

    /** The requirement for a host, one of the route's. */
    public static TlsRequirement requirementFor(Policy policy, Routing.Route route, MxHost host, TlsaDiscovery discovery) {
        return new DanePolicy(policy, route, host).requirement(discovery);
    }

    /**
     * The requirement for a gateway whose identity has to be verified: by its TLSA records where it has any, else by a public CA.
     *
     * <p>Insecure MX records of a gateway may be forged and name an attacker's host (RFC 7672 §1.3.2). Such a host has to prove the
     * gateway's own name; its TLSA records prove nothing.
     *
     * @param anchors the CAs
     */
    public static TlsRequirement requirementForVerified(Policy policy, Routing.Route route, MxHost host, TlsaDiscovery discovery,
            Authorities anchors) {
        boolean securelyNamed = route.security() == Security.SECURE;
        TlsRequirement byPolicy = requirementFor(policy, route, host, discovery);
        if (byPolicy instanceof TlsRequirement.HostNotUsed || (securelyNamed && byPolicy instanceof TlsRequirement.Dane)) {
            return byPolicy;
        }
        Optional<DomainName> name = securelyNamed ? nameOf(host) : route.nextHop().domain();
        return name.<TlsRequirement>map(each -> new TlsRequirement.Pkix(host, each, anchors))
            .orElseGet(() -> notUsed(host, FailureKind.IDENTITY_NOT_VERIFIED,
                "it is given by its address, to which no certificate can be matched", RfcSection.LOCAL_POLICY));
    }

    private static Optional<DomainName> nameOf(MxHost host) {
        return host instanceof MxHost.Named named ? Optional.of(named.name()) : Optional.empty();
    }

    private TlsRequirement requirement(TlsaDiscovery discovery) {
        return switch (policy.dane()) {
            case OFF -> withoutDane();
            case AUDIT, ENFORCE -> opportunistic(discovery);
            case MANDATORY -> mandatory(discovery);
        };
    }

    /** RFC 7672 §2.2: the four actions of opportunistic DANE TLS. */
    private TlsRequirement opportunistic(TlsaDiscovery discovery) {
        if (discovery instanceof TlsaDiscovery.Usable usable) {
            return authenticated(usable);
        }
        if (discovery instanceof TlsaDiscovery.Unusable unusable) {
            // RFC 7672 §2.2 and §2.2.3: secure TLSA records, usable or not, commit the host to TLS.
            return new TlsRequirement.Encrypt(host, Optional.of(unusable.base()));
        }
        if (discovery instanceof TlsaDiscovery.LookupFailed failed) {
            return notUsed(failed);
        }
        // RFC 7672 §2.2: insecure records, or proven absence: as without DANE.
        return withoutDane();
    }

    /** RFC 7672 §6: only an authenticated channel, and only to a host that the domain securely named. */
    private TlsRequirement mandatory(TlsaDiscovery discovery) {
        if (route.security() != Security.SECURE) {
            // RFC 7672 §2.2.1: with mandatory DANE insecure MX records delay delivery.
            return notUsed(host, FailureKind.DANE_REQUIRED, "the policy demands DANE, but the MX records that name it are not signed",
                RfcSection.MX_RESOLUTION);
        }
        if (discovery instanceof TlsaDiscovery.Usable usable) {
            return authenticated(usable);
        }
        if (discovery instanceof TlsaDiscovery.Unusable unusable) {
            // RFC 7671 §10.3: when authenticated TLS is mandatory, a host with unusable records only must not be connected to.
            return notUsed(host, FailureKind.TLSA_UNUSABLE, "the policy demands DANE, but none of its TLSA records can be used: "
                + unusable.records().get(0), RfcSection.UNUSABLE);
        }
        if (discovery instanceof TlsaDiscovery.LookupFailed failed) {
            return notUsed(failed);
        }
        String why = discovery instanceof TlsaDiscovery.NotApplicable none ? none.why().toString() : "it has no secure TLSA records";
        return notUsed(host, FailureKind.DANE_REQUIRED, "the policy demands DANE, but " + why, RfcSection.MANDATORY);
    }

    private TlsRequirement authenticated(TlsaDiscovery.Usable usable) {
        // RFC 7672 §2.2.1: a host that insecure MX records named is never called authenticated delivery to the domain.
        SecurityLabel label = route.security() == Security.SECURE ? SecurityLabel.VERIFIED : SecurityLabel.HOST_AUTHENTICATED;
        return new TlsRequirement.Dane(host, usable.records(), usable.base(), ReferenceIdentifiers.of(route, usable.base()), label);
    }

    private TlsRequirement notUsed(TlsaDiscovery.LookupFailed failed) {
        // RFC 7672 §2.1.2: a server whose TLSA lookup fails is treated as unreachable.
        return new TlsRequirement.HostNotUsed(host, HostFailure.lookup(FailureKind.TLSA_LOOKUP, host.toString(),
            "the TLSA records at " + failed.base(), failed.failure(), RfcSection.LOOKUP_FAILURE));
    }

    private TlsRequirement withoutDane() {
        return switch (policy.tls()) {
            case NONE -> new TlsRequirement.NoTls(host);
            case MAY -> new TlsRequirement.Opportunistic(host);
            // The least that such a host has to meet. Whether an MTA-STS policy authenticates it is for the rules of MTA-STS to say, and
            // they exclude the host otherwise.
            case ENCRYPT, AUTHENTICATE -> new TlsRequirement.Encrypt(host, Optional.empty());
        };
    }

    private static TlsRequirement notUsed(MxHost host, FailureKind kind, String text, RfcSection section) {
        return new TlsRequirement.HostNotUsed(host, HostFailure.of(kind, host.toString(), text, section));
    }
}
