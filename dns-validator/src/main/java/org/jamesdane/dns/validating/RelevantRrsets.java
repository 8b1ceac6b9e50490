/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.util.List;
import java.util.Optional;

import org.xbill.DNS.DNAMERecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.NameTooLongException;
import org.xbill.DNS.RRSIGRecord;
import org.xbill.DNS.Type;

/** The RRsets of a reply that bear on the question, picked by name and type alone. The rest of the reply is not looked at. */
sealed interface RelevantRrsets {
    /** The RRsets that must be signed for the answer to be secure. */
    List<SignedRrset> sets();

    /** The RRset that was asked for. */
    record Records(SignedRrset records, List<SignedRrset> denials) implements RelevantRrsets {
        @Override
        public List<SignedRrset> sets() {
            return List.of(records);
        }
    }

    /** An alias at the name. */
    record Cname(SignedRrset cname, List<SignedRrset> denials) implements RelevantRrsets {
        @Override
        public List<SignedRrset> sets() {
            return List.of(cname);
        }
    }

    /** An alias for everything below a name above. */
    record Dname(SignedRrset dname) implements RelevantRrsets {
        @Override
        public List<SignedRrset> sets() {
            return List.of(dname);
        }
    }

    /** No answer, but perhaps records that deny it. */
    record Negative(List<SignedRrset> denials) implements RelevantRrsets {
        @Override
        public List<SignedRrset> sets() {
            return denials;
        }
    }

    /** Sorts out a reply. */
    static RelevantRrsets of(Question question, Reply reply) {
        List<SignedRrset> denials = reply.authorities().stream()
            .filter(set -> set.type() == Type.NSEC || set.type() == Type.NSEC3)
            // Only a zone that encloses the name can deny it (RFC 4035 §5.3.1).
            .filter(set -> set.signatures().stream().anyMatch(signature -> encloses(signature.getSigner(), question)))
            .toList();
        Optional<SignedRrset> records = at(question.name(), question.type(), reply);
        Optional<SignedRrset> cname = at(question.name(), Type.CNAME, reply);
        Optional<SignedRrset> dname = reply.answers().stream()
            .filter(set -> set.type() == Type.DNAME && WireNames.isBelow(question.name(), set.owner()))
            .findFirst();
        // RFC 6672 §5.3.1: a CNAME that was synthesised from a DNAME is not signed; the DNAME is.
        boolean synthesised = dname.isPresent() && cname.stream().noneMatch(SignedRrset::isSigned);
        if (records.isPresent() && !(synthesised && question.type() == Type.CNAME)) {
            return new Records(records.get(), denials);
        }
        if (synthesised) {
            return new Dname(dname.get());
        }
        return cname.isPresent() ? new Cname(cname.get(), denials) : new Negative(denials);
    }

    private static Optional<SignedRrset> at(Name name, int type, Reply reply) {
        return reply.answers().stream().filter(set -> set.type() == type && set.owner().equals(name)).findFirst();
    }

    /**
     * Zone that claims to have signed: the deepest signer that encloses the name asked for. Where a DS is asked for, the signer encloses
     * the name strictly, since a DS is the parent's. Empty if nothing is signed.
     */
    default Optional<Name> signer(Question question) {
        return sets().stream()
            .flatMap(set -> set.signatures().stream())
            .map(RRSIGRecord::getSigner)
            .filter(signer -> encloses(signer, question))
            .reduce((a, b) -> b.labels() > a.labels() ? b : a);
    }

    private static boolean encloses(Name signer, Question question) {
        return question.type() == Type.DS ? WireNames.isBelow(question.name(), signer) : question.name().subdomain(signer);
    }

    /** The target of the DNAME for a name below it (RFC 6672 §2.2); empty if it would be too long. */
    static Optional<Name> synthesise(Name name, DNAMERecord dname) {
        try {
            return Optional.ofNullable(name.fromDNAME(dname));
        } catch (NameTooLongException e) {
            return Optional.empty();
        }
    }
}
