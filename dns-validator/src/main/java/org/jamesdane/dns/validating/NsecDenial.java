/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.xbill.DNS.NSECRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.NameTooLongException;
import org.xbill.DNS.Type;

/** Denial of existence by NSEC (RFC 4035 §5.4), with what RFC 6840 §4 adds against replay. */
final class NsecDenial {
    /** An NSEC record at its own, un-expanded owner. */
    private record Span(VerifiedRrset set, Name owner, Name next, TypeBitMap types) {

        /** Tests whether the name lies strictly between owner and next name in canonical order (RFC 4034 §6.1), and may be denied by it. */
        boolean denies(Name name, Name apex) {
            boolean within = owner.compareTo(name) < 0 && (name.compareTo(next) < 0 || next.equals(apex));
            return within && (!WireNames.isBelow(name, owner) || types.mayDenyBelow());
        }

        /** Tests whether a name it covers exists without records, since the next name is below (RFC 4592 §2.2.2). */
        boolean isEmptyNonTerminal(Name name) {
            return WireNames.isBelow(next, name);
        }
    }

    private final List<Span> spans = new ArrayList<>();
    private final Name apex;

    /** Takes the NSEC records of one zone. */
    NsecDenial(List<VerifiedRrset> sets, Name apex) {
        this.apex = apex;
        for (VerifiedRrset set : sets) {
            // An NSEC that was expanded from a wildcard speaks of the wildcard, not of the name it now stands at.
            if (!set.isExpanded()) {
                set.single(NSECRecord.class)
                    // RFC 4034 §4.1.1: the next name is a name of the zone, or its apex at the end of the chain.
                    .filter(nsec -> nsec.getNext().subdomain(apex))
                    .ifPresent(nsec -> spans.add(new Span(set, nsec.getName(), nsec.getNext(), TypeBitMap.of(nsec))));
            }
        }
    }

    /** Finds what is proved about a type at a name in the zone. */
    Denial prove(Name name, int type) {
        for (Span span : spans) {
            if (span.owner().equals(name)) {
                return atName(span, type);
            }
        }
        Optional<Span> covering = spans.stream().filter(span -> span.denies(name, apex)).findFirst();
        if (covering.isEmpty()) {
            return new Denial.Unproven("no NSEC record is at or around " + name);
        }
        if (covering.get().isEmptyNonTerminal(name)) {
            return new Denial.NoData(List.of(covering.get().set()));
        }
        return atWildcard(covering.get(), name, type);
    }

    private static Denial atName(Span span, int type) {
        Optional<String> objection = span.types().objection(type);
        if (objection.isPresent()) {
            return new Denial.Unproven(objection.get());
        }
        return type == Type.DS && span.types().isDelegation()
            ? new Denial.UnsignedDelegation(span.set())
            : new Denial.NoData(List.of(span.set()));
    }

    /** RFC 4035 §5.4: the name does not exist; a wildcard at its closest encloser may still stand for it. */
    private Denial atWildcard(Span covering, Name name, int type) {
        Name wildcard;
        try {
            wildcard = WireNames.wildcardBelow(closestEncloser(covering, name));
        } catch (NameTooLongException e) {
            return new Denial.NameError(List.of(covering.set()));
        }
        for (Span span : spans) {
            if (span.owner().equals(wildcard)) {
                return wildcardExists(covering, span, type);
            }
        }
        for (Span span : spans) {
            if (span.denies(wildcard, apex)) {
                List<VerifiedRrset> evidence = both(covering, span);
                return span.isEmptyNonTerminal(wildcard) ? new Denial.NoData(evidence) : new Denial.NameError(evidence);
            }
        }
        return new Denial.Unproven("no NSEC record denies the wildcard " + wildcard);
    }

    private static Denial wildcardExists(Span covering, Span wildcard, int type) {
        // A delegation at a wildcard has no meaning (RFC 4592 §4.2), so nothing is concluded from one.
        if (wildcard.types().isDelegation()) {
            return new Denial.Unproven("the denial is of a delegation at a wildcard");
        }
        Optional<String> objection = wildcard.types().objection(type);
        return objection.isPresent() ? new Denial.Unproven(objection.get()) : new Denial.NoData(both(covering, wildcard));
    }

    private static List<VerifiedRrset> both(Span a, Span b) {
        return a.equals(b) ? List.of(a.set()) : List.of(a.set(), b.set());
    }

    /** The longest name above that exists: owner and next name do, and everything above them (RFC 4592 §2.2.2). */
    private static Name closestEncloser(Span covering, Name name) {
        Name byOwner = WireNames.commonAncestor(name, covering.owner());
        Name byNext = WireNames.commonAncestor(name, covering.next());
        return byOwner.labels() >= byNext.labels() ? byOwner : byNext;
    }

    /**
     * Finds the proof that a wildcard below the encloser was rightly used: nothing at or below the next closer name exists (RFC 4035
     * §5.3.4).
     */
    Denial proveWildcardAnswer(Name name, Name encloser) {
        Name nextCloser = WireNames.suffix(name, encloser.labels());
        for (Span span : spans) {
            if (span.denies(name, apex) && !span.owner().subdomain(nextCloser) && !span.next().subdomain(nextCloser)) {
                return new Denial.NameError(List.of(span.set()));
            }
        }
        return new Denial.Unproven("no NSEC record denies the next closer name " + nextCloser);
    }
}
