/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dane.channel;


import org.jamesdane.dane.failure.FailureKind;
import org.jamesdane.dane.failure.HostFailure;
import org.jamesdane.dane.failure.RfcSection;
import org.jamesdane.dane.pkix.Authorities;
import org.jamesdane.dane.routing.MxHost;
import org.jamesdane.dane.routing.Routing;
import org.jamesdane.dns.Security;

/**
 * Demands of REQUIRETLS on a host beyond the policy (RFC 8689): a host that was securely named, is authenticated, and offers REQUIRETLS
 * itself. Signed MX records name a host securely, and so does an MTA-STS policy in mode {@code enforce} that names the host.
 *
 * <p>A host that does not meet it is not used. If no host does, the mail is returned at once and does not wait for the end of its lifetime.
 * A failed lookup or an unreachable host says nothing about REQUIRETLS and defers the mail as always.
 */
public final class RequireTls {
    private static final String DEMANDED = ", which the mail demands by REQUIRETLS: ";

    private RequireTls() {
    }

    /**
     * The requirement for a mail with REQUIRETLS.
     *
     * @param byPolicy the requirement without REQUIRETLS
     * @param anchors the public CAs, for hosts without TLSA records
     */
    public static TlsRequirement raise(TlsRequirement byPolicy, Routing.Route route, Authorities anchors) {
        if (byPolicy instanceof TlsRequirement.HostNotUsed) {
            return byPolicy;
        }
        // RFC 8689 §2: a server identified by an MX record has to be named by a signed one, or by an MTA-STS policy. Without MX records
        // it is the recipient's domain that the certificate has to prove, which no forged answer can change.
        if (route.usesMx() && route.security() != Security.SECURE && byPolicy.namedBy().isEmpty()) {
            return unmet(byPolicy.host(), "the MX records that name it are not signed, which the mail demands by REQUIRETLS");
        }
        if (byPolicy.authenticates()) {
            return byPolicy;
        }
        // RFC 8689 §2: verified by DANE, or by a chain to a certificate that the client trusts.
        return byPolicy.host() instanceof MxHost.Named named ? new TlsRequirement.Pkix(named, named.name(), anchors)
            : unmet(byPolicy.host(), "it is given by its address, to which no certificate can be matched");
    }

    /** A host's failure as a mail with REQUIRETLS sees it: what was wrong with TLS means that the demand is not met there. */
    public static HostFailure judge(HostFailure failure) {
        return switch (failure.kind()) {
            // RFC 8689 §4.2.1, steps 4 and 5: no TLS-protected session with an authenticated server.
            case STARTTLS_MISSING, STARTTLS_REFUSED, HANDSHAKE, NOT_AUTHENTICATED, STS_NOT_AUTHENTICATED, IDENTITY_NOT_VERIFIED ->
                HostFailure.of(FailureKind.REQUIRETLS_UNMET, failure.host(), "there is no authenticated TLS to it" + DEMANDED
                    + failure.text(), RfcSection.REQUIRETLS);
            default -> failure;
        };
    }

    private static TlsRequirement unmet(MxHost host, String text) {
        return new TlsRequirement.HostNotUsed(host,
            HostFailure.of(FailureKind.REQUIRETLS_UNMET, host.toString(), text, RfcSection.REQUIRETLS));
    }
}
