/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

import org.jamesdane.dns.Proof;
import org.jamesdane.dns.validating.ZoneStatus.InsecureZone;
import org.jamesdane.dns.validating.ZoneStatus.NoCut;
import org.jamesdane.dns.validating.ZoneStatus.NoCutBelow;
import org.jamesdane.dns.validating.ZoneStatus.SecureZone;
import org.xbill.DNS.DClass;
import org.xbill.DNS.DNAMERecord;
import org.xbill.DNS.DNSKEYRecord;
import org.xbill.DNS.DSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/**
 * Decides what a reply to a DS question, and to a DNSKEY question after it, proves about a name below a zone. The proof decides,
 * never the response code; only RRsets about the name itself, signed by the zone above, are a proof.
 */
final class DelegationJudge {
    /** Longest time for which the keys of a zone are kept. */
    static final Duration MAX_TTL = Duration.ofDays(1);
    /** Longest time for which a name is remembered as no signed zone; it may become one (RFC 2308 §5). */
    static final Duration MAX_NEGATIVE_TTL = Duration.ofHours(3);

    private final RrsetVerifier verifier;
    private final DenialVerifier denials;
    private final Clock clock;

    DelegationJudge(RrsetVerifier verifier, DenialVerifier denials, Clock clock) {
        this.verifier = verifier;
        this.denials = denials;
        this.clock = clock;
    }

    /** Verdict on a DS reply. */
    sealed interface Verdict {
        /** The name is a signed zone with this verified DS RRset; its keys come next. */
        record Signed(VerifiedRrset ds) implements Verdict {
        }

        /** A final verdict: no further question is needed. */
        record Settled(ZoneStatus step) implements Verdict {
        }
    }

    /**
     * Judges the reply to the DS question of a name below a zone, where nothing between the two is a zone.
     *
     * @throws LookupFailure bogus if nothing is proved
     */
    Verdict judge(Name name, Reply reply, SecureZone parent, Budget budget) {
        Question question = new Question(name, Type.DS);
        RelevantRrsets evidence = RelevantRrsets.of(question, reply);
        if (evidence instanceof RelevantRrsets.Records found) {
            return ofDs(parent, verify(found.records(), parent, budget));
        } else if (evidence instanceof RelevantRrsets.Cname alias) {
            VerifiedRrset cname = verify(alias.cname(), parent, budget);
            if (cname.isExpanded()) {
                // The wildcard could be replayed over any delegation that has no DS to contradict it.
                throw LookupFailure.bogus(parent.apex(), "the answer for the DS of " + name + " is an alias from a wildcard");
            }
            return settled(cname.ttl(), (expiry, now) -> new NoCut(expiry, now));
        } else if (evidence instanceof RelevantRrsets.Dname alias) {
            VerifiedRrset dname = verify(alias.dname(), parent, budget);
            if (dname.isExpanded() || dname.single(DNAMERecord.class).isEmpty()) {
                throw LookupFailure.bogus(parent.apex(), "the DNAME above " + name + " is not one record of its own name");
            }
            // RFC 6672 §2.4: nothing exists below a DNAME.
            return settled(dname.ttl(), (expiry, now) -> new NoCutBelow(expiry, now));
        }
        return ofDenial(name, denials.prove(evidence.sets(), parent, question, budget), parent, reply);
    }

    private VerifiedRrset verify(SignedRrset set, SecureZone parent, Budget budget) {
        return verifier.verify(set, parent.apex(), parent.keys(), budget);
    }

    private Verdict ofDs(SecureZone parent, VerifiedRrset ds) {
        if (ds.isExpanded()) {
            throw LookupFailure.bogus(parent.apex(), "the DS of " + ds.owner() + " is from a wildcard");
        }
        if (ds.set().records().stream().noneMatch(record -> DelegationKeys.isSupported((DSRecord) record))) {
            Proof.Insecure proof = InsecurityProofs.unsupportedAlgorithms(parent, ds);
            return settled(ds.ttl(), (expiry, now) -> new InsecureZone(ds.owner(), proof, expiry, now));
        }
        return new Verdict.Signed(ds);
    }

    private Verdict ofDenial(Name name, Denial denial, SecureZone parent, Reply reply) {
        if (denial instanceof Denial.UnsignedDelegation unsigned) {
            Proof.Insecure proof = InsecurityProofs.unsignedDelegation(parent, name, unsigned);
            return settled(ttl(List.of(unsigned.evidence()), reply), (expiry, now) -> new InsecureZone(name, proof, expiry, now));
        } else if (denial instanceof Denial.OptOut optOut) {
            Proof.Insecure proof = InsecurityProofs.optOut(parent, name, optOut);
            return settled(ttl(optOut.evidence(), reply), (expiry, now) -> new InsecureZone(name, proof, expiry, now));
        } else if (denial instanceof Denial.TooManyIterations iterations) {
            Proof.Insecure proof = InsecurityProofs.tooManyIterations(parent, name, iterations);
            return settled(ttl(List.of(iterations.evidence()), reply), (expiry, now) -> new InsecureZone(name, proof, expiry, now));
        } else if (denial instanceof Denial.NoData noData) {
            return settled(ttl(noData.evidence(), reply), (expiry, now) -> new NoCut(expiry, now));
        } else if (denial instanceof Denial.NameError nameError) {
            return settled(ttl(nameError.evidence(), reply), (expiry, now) -> new NoCutBelow(expiry, now));
        }
        throw LookupFailure.bogus(parent.apex(), "nothing proves whether " + name + " is a zone of its own: "
            + ((Denial.Unproven) denial).why());
    }

    /**
     * Judges the reply to the DNSKEY question of a zone whose DS RRset is verified (RFC 4035 §5.2).
     *
     * @param delegation the DS records of the zone, or its trust anchors in that form
     * @param above the verified links down to them
     * @param ttl how long they may be kept, in seconds
     * @throws LookupFailure bogus if the keys are not the zone's
     */
    SecureZone keys(Name zone, List<DSRecord> delegation, List<Proof.Link> above, long ttl, Reply reply, Budget budget) {
        RelevantRrsets evidence = RelevantRrsets.of(new Question(zone, Type.DNSKEY), reply);
        if (!(evidence instanceof RelevantRrsets.Records found)) {
            throw LookupFailure.bogus(zone, "the zone's keys are missing although " + (above.isEmpty() ? "a trust anchor" : "its parent")
                + " names one");
        }
        List<ZoneKey> vouched = DelegationKeys.vouchedFor(zone, delegation, found.records());
        VerifiedRrset dnskeys = verifier.verify(found.records(), zone, vouched, budget);
        List<ZoneKey> keys = found.records().records().stream()
            .map(record -> ZoneKey.of((DNSKEYRecord) record))
            .flatMap(Optional::stream)
            .toList();
        List<Proof.Link> chain = new ArrayList<>(above);
        chain.add(dnskeys.link());
        Instant now = clock.instant();
        return new SecureZone(zone, keys, chain, expiry(Math.min(ttl, dnskeys.ttl()), now), now);
    }

    /** The DS records of a verified RRset. */
    static List<DSRecord> records(VerifiedRrset ds) {
        return ds.set().records().stream().map(DSRecord.class::cast).toList();
    }

    /** The chain down to a verified DS RRset. */
    static List<Proof.Link> chain(SecureZone parent, VerifiedRrset ds) {
        List<Proof.Link> chain = new ArrayList<>(parent.chain());
        chain.add(ds.link());
        return chain;
    }

    private static long ttl(List<VerifiedRrset> evidence, Reply reply) {
        return Math.min(evidence.stream().mapToLong(VerifiedRrset::ttl).min().orElse(0), reply.negativeTtl());
    }

    private interface StepMaker {
        ZoneStatus make(Instant expiry, Instant now);
    }

    private Verdict settled(long ttl, StepMaker maker) {
        Instant now = clock.instant();
        return new Verdict.Settled(maker.make(expiry(Math.min(ttl, MAX_NEGATIVE_TTL.toSeconds()), now), now));
    }

    private static Instant expiry(long ttl, Instant now) {
        return now.plusSeconds(Math.min(ttl, MAX_TTL.toSeconds()));
    }

    /** A list of DS records as trust anchors give it. */
    static List<DSRecord> asDs(List<TrustAnchor> anchors) {
        List<DSRecord> records = new ArrayList<>();
        for (TrustAnchor anchor : anchors) {
            Record record = new DSRecord(WireNames.toWire(anchor.zone()), DClass.IN, 0, anchor.keyTag(), anchor.algorithm(),
                anchor.digestType(), HexFormat.of().parseHex(anchor.digest()));
            records.add((DSRecord) record);
        }
        return records;
    }
}
