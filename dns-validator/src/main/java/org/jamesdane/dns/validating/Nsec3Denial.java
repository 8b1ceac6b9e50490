/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jamesdane.dns.Lookup;
import org.xbill.DNS.NSEC3Record;
import org.xbill.DNS.Name;
import org.xbill.DNS.NameTooLongException;
import org.xbill.DNS.Type;
import org.xbill.DNS.utils.base32;

/** Denial of existence by NSEC3 (RFC 5155 §8), with what RFC 6840 §4 adds against replay. */
final class Nsec3Denial {
    /**
     * Rounds of hashing that are computed. RFC 9276 §3.2 lets a validator choose the limit; 150 is the one resolvers agreed on in
     * 2021, and higher than any zone of weight has.
     */
    static final int MAX_ITERATIONS = 150;

    /** The only hash algorithm (RFC 5155 §11). */
    private static final int SHA1 = 1;
    private static final int SHA1_OCTETS = 20;
    private static final int OPT_OUT = 1;
    private static final base32 BASE32HEX = new base32(base32.Alphabet.BASE32HEX, false, false);

    /**
     * An NSEC3 record whose fields can be used.
     *
     * @param owner the hash of its original owner in hexadecimal, which sorts as the octets do
     * @param next the hash of the next owner, likewise
     */
    private record Span(VerifiedRrset set, NSEC3Record nsec3, String owner, String next, TypeBitMap types) {

        boolean matches(String hash) {
            return owner.equals(hash);
        }

        boolean covers(String hash) {
            boolean afterOwner = owner.compareTo(hash) < 0;
            boolean beforeNext = hash.compareTo(next) < 0;
            // The last of the chain points to the first (RFC 5155 §3.1.7).
            boolean last = owner.compareTo(next) >= 0;
            return last ? (afterOwner || beforeNext) && !matches(hash) : afterOwner && beforeNext;
        }

        boolean isOptOut() {
            return (nsec3.getFlags() & OPT_OUT) != 0;
        }

        boolean hasParametersOf(Span other) {
            byte[] salt = nsec3.getSalt();
            byte[] otherSalt = other.nsec3.getSalt();
            return nsec3.getIterations() == other.nsec3.getIterations()
                && Arrays.equals(salt == null ? new byte[0] : salt, otherSalt == null ? new byte[0] : otherSalt);
        }
    }

    private final List<Span> spans;
    private final Optional<VerifiedRrset> tooManyIterations;
    private final Name apex;
    private final Budget budget;
    private final Map<Name, String> hashes = new HashMap<>();

    /** Takes the NSEC3 records of one zone. */
    Nsec3Denial(List<VerifiedRrset> sets, Name apex, Budget budget) {
        this.apex = apex;
        this.budget = budget;
        List<Span> usable = sets.stream().flatMap(set -> usable(set, apex).stream()).toList();
        List<Span> computable = usable.stream().filter(span -> span.nsec3().getIterations() <= MAX_ITERATIONS).toList();
        // RFC 5155 §8.2: records with other parameters than the first belong to another chain of the zone.
        this.spans = computable.stream().filter(span -> span.hasParametersOf(computable.get(0))).toList();
        this.tooManyIterations = computable.isEmpty() ? usable.stream().map(Span::set).findFirst() : Optional.empty();
    }

    /** RFC 5155 §8.1, §8.2: unknown hash algorithms and flags are ignored; the owner is a hash directly below the apex. */
    private static Optional<Span> usable(VerifiedRrset set, Name apex) {
        Optional<NSEC3Record> record = set.single(NSEC3Record.class);
        if (set.isExpanded() || record.isEmpty() || set.owner().labels() != apex.labels() + 1 || !set.owner().subdomain(apex)) {
            return Optional.empty();
        }
        NSEC3Record nsec3 = record.get();
        byte[] owner = BASE32HEX.fromString(set.owner().getLabelString(0));
        byte[] next = nsec3.getNext();
        boolean known = nsec3.getHashAlgorithm() == SHA1 && (nsec3.getFlags() & ~OPT_OUT) == 0;
        if (!known || owner == null || owner.length != SHA1_OCTETS || next.length != SHA1_OCTETS) {
            return Optional.empty();
        }
        return Optional.of(new Span(set, nsec3, HexFormat.of().formatHex(owner), HexFormat.of().formatHex(next), TypeBitMap.of(nsec3)));
    }

    /** Finds what is proved about a type at a name in the zone. */
    Denial prove(Name name, int type) {
        Optional<Denial> early = withoutSpans();
        if (early.isPresent()) {
            return early.get();
        }
        Optional<Span> match = matching(name);
        return match.isPresent() ? atName(match.get(), type) : byClosestEncloser(name, type);
    }

    private Optional<Denial> withoutSpans() {
        if (tooManyIterations.isPresent()) {
            return Optional.of(new Denial.TooManyIterations(tooManyIterations.get()));
        }
        return spans.isEmpty() ? Optional.of(new Denial.Unproven("no NSEC3 record can be used")) : Optional.empty();
    }

    /** RFC 5155 §8.5, §8.6 (a record at the name), §8.9. */
    private static Denial atName(Span span, int type) {
        Optional<String> objection = span.types().objection(type);
        if (objection.isPresent()) {
            return new Denial.Unproven(objection.get());
        }
        return type == Type.DS && span.types().isDelegation()
            ? new Denial.UnsignedDelegation(span.set())
            : new Denial.NoData(List.of(span.set()));
    }

    /** RFC 5155 §8.3, and with it §8.4 (no such name), §8.6 (opt-out), §8.7 (wildcard without the type). */
    private Denial byClosestEncloser(Name name, int type) {
        Name encloser = name;
        Optional<Span> match = Optional.empty();
        while (match.isEmpty()) {
            if (encloser.equals(apex)) {
                return new Denial.Unproven("no NSEC3 record is at a name above " + name);
            }
            encloser = WireNames.parent(encloser);
            match = matching(encloser);
        }
        // RFC 5155 §8.3: a delegation or a DNAME denies nothing below itself.
        if (!match.get().types().mayDenyBelow()) {
            return new Denial.Unproven("the closest encloser " + encloser + " is a delegation or has a DNAME");
        }
        Name nextCloser = WireNames.suffix(name, encloser.labels());
        Optional<Span> covering = covering(nextCloser);
        if (covering.isEmpty()) {
            return new Denial.Unproven("no NSEC3 record covers the next closer name " + nextCloser);
        }
        return atWildcard(new Encloser(encloser, match.get(), covering.get()), type);
    }

    /** A closest encloser with its two records. */
    private record Encloser(Name name, Span match, Span covering) {
        List<VerifiedRrset> with(Optional<Span> wildcard) {
            List<VerifiedRrset> evidence = new ArrayList<>(List.of(match.set()));
            for (Span span : List.of(covering, wildcard.orElse(covering))) {
                if (!evidence.contains(span.set())) {
                    evidence.add(span.set());
                }
            }
            return evidence;
        }
    }

    private Denial atWildcard(Encloser encloser, int type) {
        Optional<Name> wildcard = wildcardBelow(encloser.name());
        Optional<Span> match = wildcard.flatMap(this::matching);
        if (match.isPresent()) {
            // A delegation at a wildcard has no meaning (RFC 4592 §4.2), so nothing is concluded from one.
            Optional<String> objection = match.get().types().isDelegation()
                ? Optional.of("the denial is of a delegation at a wildcard")
                : match.get().types().objection(type);
            if (objection.isPresent()) {
                return new Denial.Unproven(objection.get());
            }
        }
        Optional<Span> covering = match.isPresent() ? Optional.empty() : wildcard.flatMap(this::covering);
        boolean optOut = encloser.covering().isOptOut();
        // RFC 5155 §8.4 asks for it with Opt-Out, too. §8.6: a DS needs none, for no wildcard is a delegation.
        boolean wildcardDenied = wildcard.isEmpty() || match.isPresent() || covering.isPresent() || (optOut && type == Type.DS);
        if (!wildcardDenied) {
            return new Denial.Unproven("no NSEC3 record denies the wildcard " + wildcard.get());
        }
        // RFC 5155 §9.2: an unsigned delegation may be there.
        if (optOut) {
            return new Denial.OptOut(encloser.with(match.or(() -> covering)));
        }
        return match.isPresent() ? new Denial.NoData(encloser.with(match)) : new Denial.NameError(encloser.with(covering));
    }

    private static Optional<Name> wildcardBelow(Name encloser) {
        try {
            return Optional.of(WireNames.wildcardBelow(encloser));
        } catch (NameTooLongException e) {
            return Optional.empty();
        }
    }

    /** Finds the proof that a wildcard below the encloser was rightly used for the name (RFC 5155 §8.8). */
    Denial proveWildcardAnswer(Name name, Name encloser) {
        Optional<Denial> early = withoutSpans();
        if (early.isPresent()) {
            return early.get();
        }
        Name nextCloser = WireNames.suffix(name, encloser.labels());
        Optional<Span> covering = covering(nextCloser);
        if (covering.isEmpty()) {
            return new Denial.Unproven("no NSEC3 record covers the next closer name " + nextCloser);
        }
        List<VerifiedRrset> evidence = List.of(covering.get().set());
        return covering.get().isOptOut() ? new Denial.OptOut(evidence) : new Denial.NameError(evidence);
    }

    private Optional<Span> matching(Name name) {
        String hash = hash(name);
        return spans.stream().filter(span -> span.matches(hash)).findFirst();
    }

    private Optional<Span> covering(Name name) {
        String hash = hash(name);
        return spans.stream().filter(span -> span.covers(hash)).findFirst();
    }

    private String hash(Name name) {
        return hashes.computeIfAbsent(name, unhashed -> {
            budget.spendHash();
            try {
                return HexFormat.of().formatHex(spans.get(0).nsec3().hashName(unhashed));
            } catch (NoSuchAlgorithmException e) {
                throw LookupFailure.of(Lookup.Reason.INTERNAL, "SHA-1 is not available");
            }
        });
    }
}
