/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.util.ArrayList;
import java.util.List;

import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.validating.ZoneStatus.SecureZone;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRSIGRecord;
import org.xbill.DNS.Type;

/** Verifies the denial records of a reply against one zone and asks them what they prove. */
final class DenialVerifier {
    /** Denial records of a zone looked at; a proof needs three, a wildcard answer one. */
    static final int MAX_DENIALS = 8;

    private final RrsetVerifier verifier;

    DenialVerifier(RrsetVerifier verifier) {
        this.verifier = verifier;
    }

    /** Finds the denial of a type at a name that the records prove, as far as the zone signed them. */
    Denial prove(List<SignedRrset> denials, SecureZone zone, Question question, Budget budget) {
        Verified verified = verify(denials, zone, budget);
        Denial byNsec = new NsecDenial(verified.of(Type.NSEC), zone.apex()).prove(question.name(), question.type());
        return verified.explain(byNsec instanceof Denial.Unproven && verified.has(Type.NSEC3)
            ? new Nsec3Denial(verified.of(Type.NSEC3), zone.apex(), budget).prove(question.name(), question.type())
            : byNsec);
    }

    /** Finds the proof that a wildcard was rightly used for the name. */
    Denial proveWildcardAnswer(List<SignedRrset> denials, SecureZone zone, Name name, Name encloser, Budget budget) {
        Verified verified = verify(denials, zone, budget);
        Denial byNsec = new NsecDenial(verified.of(Type.NSEC), zone.apex()).proveWildcardAnswer(name, encloser);
        return verified.explain(byNsec instanceof Denial.Unproven && verified.has(Type.NSEC3)
            ? new Nsec3Denial(verified.of(Type.NSEC3), zone.apex(), budget).proveWildcardAnswer(name, encloser)
            : byNsec);
    }

    /**
     * The records that verified, and why others did not.
     *
     * @param failures in the order of the records
     */
    private record Verified(List<VerifiedRrset> sets, List<LookupFailure> failures) {
        List<VerifiedRrset> of(int type) {
            return sets.stream().filter(set -> set.set().type() == type).toList();
        }

        boolean has(int type) {
            return sets.stream().anyMatch(set -> set.set().type() == type);
        }

        /** A wrong signature says more than the gap it leaves. */
        Denial explain(Denial denial) {
            return denial instanceof Denial.Unproven && !failures.isEmpty() ? new Denial.Unproven(failures.get(0).text()) : denial;
        }
    }

    private Verified verify(List<SignedRrset> denials, SecureZone zone, Budget budget) {
        List<VerifiedRrset> sets = new ArrayList<>();
        List<LookupFailure> failures = new ArrayList<>();
        // What other zones signed, also those further up, takes up no place.
        List<SignedRrset> own = denials.stream()
            .filter(denial -> denial.signatures().stream().map(RRSIGRecord::getSigner).anyMatch(zone.apex()::equals))
            .limit(MAX_DENIALS)
            .toList();
        for (SignedRrset denial : own) {
            try {
                sets.add(verifier.verify(denial, zone.apex(), zone.keys(), budget));
            } catch (LookupFailure failure) {
                if (failure.reason() != Lookup.Reason.BOGUS) {
                    throw failure;
                }
                // Left out of the proof, which will not hold if it was needed.
                failures.add(failure);
            }
        }
        return new Verified(sets, failures);
    }
}
