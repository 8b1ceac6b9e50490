/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import org.jamesdane.dns.CnameRecord;
import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.Proof;
import org.jamesdane.dns.validating.ZoneStatus.SecureZone;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DNAMERecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

/** Decides what a reply proves about a question, once it is known which zone the name is in. */
final class AnswerJudge {
    /** An answer is kept for a day at most (RFC 8767 §4 suggests a cap of 7; mail gains nothing by more than one). */
    static final Duration MAX_TTL = Duration.ofDays(1);
    /** A denial is kept for three hours at most (RFC 2308 §5). */
    static final Duration MAX_NEGATIVE_TTL = Duration.ofHours(3);

    private final RrsetVerifier verifier;
    private final DenialVerifier denials;
    private final Clock clock;

    AnswerJudge(RrsetVerifier verifier, DenialVerifier denials, Clock clock) {
        this.verifier = verifier;
        this.denials = denials;
        this.clock = clock;
    }

    /**
     * Judges a reply whose records the zone signed.
     *
     * @throws LookupFailure bogus if they do not prove an answer
     */
    Answer signed(Question question, RelevantRrsets evidence, Reply reply, SecureZone zone, Budget budget) {
        if (evidence instanceof RelevantRrsets.Records found) {
            Positive positive = positive(question, found.records(), found.denials(), zone, budget);
            return Answer.found(RecordMapping.of(found.records()), positive.proof(), positive.expiry());
        } else if (evidence instanceof RelevantRrsets.Cname alias) {
            Positive positive = positive(question, alias.cname(), alias.denials(), zone, budget);
            return Answer.alias(WireNames.fromWire(target(alias.cname())), positive.proof(), positive.expiry());
        } else if (evidence instanceof RelevantRrsets.Dname alias) {
            return ofDname(question, alias.dname(), zone, budget);
        }
        return ofDenial(question, denials.prove(evidence.sets(), zone, question, budget), reply, zone);
    }

    private record Positive(Proof proof, Instant expiry) {
    }

    private Positive positive(Question question, SignedRrset set, List<SignedRrset> denialSets, SecureZone zone, Budget budget) {
        VerifiedRrset verified = verifier.verify(set, zone.apex(), zone.keys(), budget);
        if (verified.wildcardEncloser().isEmpty()) {
            return secure(zone, List.of(verified));
        }
        // RFC 4035 §5.3.4: a wildcard answers only for names that do not exist.
        Name encloser = verified.wildcardEncloser().get();
        Denial denial = denials.proveWildcardAnswer(denialSets, zone, question.name(), encloser, budget);
        if (denial instanceof Denial.NameError noCloserMatch) {
            return secure(zone, with(verified, noCloserMatch.evidence()));
        } else if (denial instanceof Denial.OptOut optOut) {
            Proof proof = InsecurityProofs.optOut(zone, question.name(), optOut);
            return new Positive(proof, expiry(ttl(with(verified, optOut.evidence())), MAX_TTL, proof));
        } else if (denial instanceof Denial.TooManyIterations iterations) {
            Proof proof = InsecurityProofs.tooManyIterations(zone, question.name(), iterations);
            return new Positive(proof, expiry(ttl(with(verified, List.of(iterations.evidence()))), MAX_TTL, proof));
        }
        throw unproven(zone, question, denial);
    }

    private static List<VerifiedRrset> with(VerifiedRrset set, List<VerifiedRrset> more) {
        List<VerifiedRrset> all = new ArrayList<>(List.of(set));
        all.addAll(more);
        return all;
    }

    private Positive secure(SecureZone zone, List<VerifiedRrset> evidence) {
        Proof proof = proof(zone, evidence);
        return new Positive(proof, expiry(ttl(evidence), MAX_TTL, proof));
    }

    private Answer ofDname(Question question, SignedRrset dname, SecureZone zone, Budget budget) {
        VerifiedRrset verified = verifier.verify(dname, zone.apex(), zone.keys(), budget);
        if (verified.isExpanded()) {
            throw LookupFailure.bogus(zone.apex(), "the " + dname + " is from a wildcard");
        }
        Positive positive = secure(zone, List.of(verified));
        return ofSynthesised(question, dname, positive.proof(), positive.expiry());
    }

    /** The alias that follows from a DNAME, which is itself the answer where a CNAME was asked for. */
    private static Answer ofSynthesised(Question question, SignedRrset dname, Proof proof, Instant expiry) {
        DomainName target = WireNames.fromWire(synthesised(question, dname));
        return question.type() == Type.CNAME
            ? Answer.found(List.of(new CnameRecord(target)), proof, expiry)
            : Answer.alias(target, proof, expiry);
    }

    private Answer ofDenial(Question question, Denial denial, Reply reply, SecureZone zone) {
        if (denial instanceof Denial.NameError nameError) {
            return negative(false, proof(zone, nameError.evidence()), nameError.evidence(), reply);
        } else if (denial instanceof Denial.NoData noData) {
            return negative(true, proof(zone, noData.evidence()), noData.evidence(), reply);
        } else if (denial instanceof Denial.OptOut optOut) {
            return negative(nameExists(reply), InsecurityProofs.optOut(zone, question.name(), optOut), optOut.evidence(), reply);
        } else if (denial instanceof Denial.TooManyIterations iterations) {
            return negative(nameExists(reply), InsecurityProofs.tooManyIterations(zone, question.name(), iterations),
                List.of(iterations.evidence()), reply);
        }
        throw unproven(zone, question, denial);
    }

    private Answer negative(boolean nameExists, Proof proof, List<VerifiedRrset> evidence, Reply reply) {
        return Answer.negative(nameExists, proof, expiry(Math.min(ttl(evidence), reply.negativeTtl()), MAX_NEGATIVE_TTL, proof));
    }

    private static LookupFailure unproven(SecureZone zone, Question question, Denial denial) {
        String why = denial instanceof Denial.Unproven unproven ? unproven.why() : "the denial is of another kind";
        return LookupFailure.bogus(zone.apex(), "the answer for " + question + " is not proved: " + why);
    }

    private static Proof proof(SecureZone zone, List<VerifiedRrset> evidence) {
        List<Proof.Link> chain = new ArrayList<>(zone.chain());
        evidence.forEach(set -> chain.add(set.link()));
        return new Proof.Secure(Proof.Source.VALIDATED, chain);
    }

    /**
     * Takes a reply as it is: where nothing in it can be verified, as proved or configured, or on the word of a trusted resolver.
     *
     * @param limit when the proof itself ends
     */
    Answer taken(Question question, RelevantRrsets evidence, Reply reply, Proof proof, Instant limit) {
        Answer answer = taken(question, evidence, reply, proof);
        return answer.expiry().isAfter(limit)
            ? new Answer(answer.kind(), answer.records(), answer.target(), answer.proof(), limit)
            : answer;
    }

    private Answer taken(Question question, RelevantRrsets evidence, Reply reply, Proof proof) {
        if (evidence instanceof RelevantRrsets.Records found) {
            return Answer.found(RecordMapping.of(found.records()), proof, expiry(found.records().ttl(), MAX_TTL, proof));
        } else if (evidence instanceof RelevantRrsets.Cname alias) {
            return Answer.alias(WireNames.fromWire(target(alias.cname())), proof, expiry(alias.cname().ttl(), MAX_TTL, proof));
        } else if (evidence instanceof RelevantRrsets.Dname alias) {
            return ofSynthesised(question, alias.dname(), proof, expiry(alias.dname().ttl(), MAX_TTL, proof));
        }
        // A denial without SOA must not be kept (RFC 2308 §5).
        long ttl = reply.negativeTtl();
        return Answer.negative(nameExists(reply), proof, expiry(ttl == Long.MAX_VALUE ? 0 : ttl, MAX_NEGATIVE_TTL, proof));
    }

    private static boolean nameExists(Reply reply) {
        return reply.rcode() != Rcode.NXDOMAIN;
    }

    private static Name target(SignedRrset cname) {
        // RFC 2181 §10.1: one alias per name.
        if (cname.records().size() != 1) {
            throw LookupFailure.of(Lookup.Reason.MALFORMED, cname.owner() + " has " + cname.records().size() + " CNAME records");
        }
        return ((CNAMERecord) cname.records().get(0)).getTarget();
    }

    private static Name synthesised(Question question, SignedRrset dname) {
        if (dname.records().size() != 1) {
            throw LookupFailure.of(Lookup.Reason.MALFORMED, dname.owner() + " has " + dname.records().size() + " DNAME records");
        }
        return RelevantRrsets.synthesise(question.name(), (DNAMERecord) dname.records().get(0))
            .orElseThrow(() -> LookupFailure.of(Lookup.Reason.REFUSED, "the name that " + question.name() + " stands for by the "
                + dname + " is too long"));
    }

    private static long ttl(List<VerifiedRrset> evidence) {
        return evidence.stream().mapToLong(VerifiedRrset::ttl).min().orElse(0);
    }

    private Instant expiry(long ttl, Duration cap, Proof proof) {
        Instant byTtl = clock.instant().plusSeconds(Math.min(ttl, cap.toSeconds()));
        return proof.soonestExpiry().filter(byTtl::isAfter).orElse(byTtl);
    }
}
