/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.util.ArrayList;
import java.util.List;

import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Proof;
import org.jamesdane.dns.validating.ZoneStatus.SecureZone;
import org.xbill.DNS.DSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;

/**
 * Makes the proofs of insecurity, one method for each cause there is. Each takes what the cause rests on as verified values; no
 * other code of the validator makes a {@link Proof.Insecure}.
 */
final class InsecurityProofs {
    private InsecurityProofs() {
    }

    /** The parent's NSEC or NSEC3 says that the name is a delegation without DS (RFC 4035 §5.2; RFC 6840 §4.4; RFC 5155 §8.9). */
    static Proof.Insecure unsignedDelegation(SecureZone parent, Name delegation, Denial.UnsignedDelegation denial) {
        requireParent(parent, delegation);
        return new Proof.Insecure(Proof.Cause.UNSIGNED_DELEGATION, WireNames.fromWire(delegation),
            chain(parent, List.of(denial.evidence())));
    }

    /** A verified closest-encloser proof with Opt-Out, for this name and what is below it only (RFC 5155 §8.6, §9.2). */
    static Proof.Insecure optOut(SecureZone zone, Name name, Denial.OptOut denial) {
        return new Proof.Insecure(Proof.Cause.OPT_OUT, WireNames.fromWire(name), chain(zone, denial.evidence()));
    }

    /** A verified DS RRset of which we support no pair of algorithm and digest (RFC 4035 §5.2; RFC 6840 §5.2). */
    static Proof.Insecure unsupportedAlgorithms(SecureZone parent, VerifiedRrset ds) {
        requireParent(parent, ds.owner());
        if (ds.set().type() != Type.DS || ds.set().records().stream().anyMatch(record -> DelegationKeys.isSupported((DSRecord) record))) {
            throw new IllegalStateException(ds.owner() + " has a DS record that can be used");
        }
        return new Proof.Insecure(Proof.Cause.UNSUPPORTED_ALGORITHMS, WireNames.fromWire(ds.owner()), chain(parent, List.of(ds)));
    }

    /** A verified NSEC3 whose iterations are above the limit (RFC 9276 §3.2). */
    static Proof.Insecure tooManyIterations(SecureZone zone, Name name, Denial.TooManyIterations denial) {
        return new Proof.Insecure(Proof.Cause.NSEC3_ITERATIONS, WireNames.fromWire(name), chain(zone, List.of(denial.evidence())));
    }

    /** The operator said so, for a time. */
    static Proof.Insecure negativeTrustAnchor(NegativeTrustAnchor anchor) {
        return new Proof.Insecure(Proof.Cause.NEGATIVE_TRUST_ANCHOR, anchor.zone(), List.of());
    }

    /** The configuration says so. */
    static Proof.Insecure configured(DomainName domain) {
        return new Proof.Insecure(Proof.Cause.CONFIGURED_INSECURE, domain, List.of());
    }

    /** A trusted resolver left AD clear, having shown lately that it sets it. */
    static Proof.Insecure trustedResolver(DomainName name) {
        return new Proof.Insecure(Proof.Cause.TRUST_AD, name, List.of());
    }

    /** The DS of a zone is its parent's to give or deny: the signer is strictly above the name. */
    private static void requireParent(SecureZone parent, Name delegation) {
        if (!WireNames.isBelow(delegation, parent.apex())) {
            throw new IllegalStateException(parent.apex() + " is no parent of " + delegation);
        }
    }

    private static List<Proof.Link> chain(SecureZone zone, List<VerifiedRrset> evidence) {
        List<Proof.Link> chain = new ArrayList<>(zone.chain());
        evidence.forEach(set -> chain.add(set.link()));
        return chain;
    }
}
