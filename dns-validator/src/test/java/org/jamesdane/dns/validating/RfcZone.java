/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

import org.jamesdane.dns.validating.ZoneStatus.SecureZone;
import org.xbill.DNS.DNSKEYRecord;
import org.xbill.DNS.Master;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/** A signed zone as an RFC prints it, and what it takes to judge replies from it. */
final class RfcZone {
    static final Name APEX = Name.fromConstantString("example.");

    private final List<SignedRrset> sets;
    private final Clock clock;
    private final RrsetVerifier verifier;

    private RfcZone(List<Record> records, Instant now) {
        this.sets = SignedRrset.collect(records);
        this.clock = Clock.fixed(now, ZoneOffset.UTC);
        this.verifier = new RrsetVerifier(new SignatureCheck(SignatureComputation.ofJdk()), clock, Duration.ZERO);
    }

    /** RFC 4035 Appendix A, denying with NSEC, at a time at which its signatures are valid. */
    static RfcZone rfc4035() {
        return new RfcZone(read("rfc4035-appendix-a.zone"), Instant.parse("2004-04-20T00:00:00Z"));
    }

    /** RFC 5155 Appendix A, denying with NSEC3 and Opt-Out, at a time at which its signatures are valid. */
    static RfcZone rfc5155() {
        return new RfcZone(read("rfc5155-appendix-a.zone"), Instant.parse("2010-01-01T00:00:00Z"));
    }

    private static List<Record> read(String resource) {
        try (InputStream in = Objects.requireNonNull(RfcZone.class.getResourceAsStream(resource), resource);
                Master master = new Master(in, Name.root)) {
            List<Record> records = new ArrayList<>();
            Record next;
            while ((next = master.nextRecord()) != null) {
                records.add(next);
            }
            return records;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All RRsets that have a signature. */
    List<SignedRrset> signed() {
        return sets.stream().filter(SignedRrset::isSigned).toList();
    }

    SignedRrset set(String owner, int type) {
        Name name = Name.fromConstantString(owner);
        return sets.stream().filter(set -> set.owner().equals(name) && set.type() == type).findFirst().orElseThrow();
    }

    /** The NSEC3 record at a hash. */
    SignedRrset hashed(String hash) {
        return set(hash + ".example.", Type.NSEC3);
    }

    /** The zone with its keys, as if a chain led to it. */
    SecureZone zone() {
        List<ZoneKey> keys = set("example.", Type.DNSKEY).records().stream()
            .flatMap(key -> ZoneKey.of((DNSKEYRecord) key).stream())
            .toList();
        return new SecureZone(APEX, keys, List.of(), clock.instant().plusSeconds(3600), clock.instant());
    }

    VerifiedRrset verify(SignedRrset set) {
        return verifier.verify(set, APEX, zone().keys(), Budget.of(Duration.ofMinutes(1)));
    }

    Denial prove(String name, int type, SignedRrset... denials) {
        return new DenialVerifier(verifier).prove(List.of(denials), zone(), new Question(Name.fromConstantString(name), type),
            Budget.of(Duration.ofMinutes(1)));
    }

    Denial proveWildcardAnswer(String name, String encloser, SignedRrset... denials) {
        return new DenialVerifier(verifier).proveWildcardAnswer(List.of(denials), zone(), Name.fromConstantString(name),
            Name.fromConstantString(encloser), Budget.of(Duration.ofMinutes(1)));
    }

    /** Verdict on a DS reply with these authority records. */
    DelegationJudge.Verdict judgeDs(String name, SignedRrset... denials) {
        return new DelegationJudge(verifier, new DenialVerifier(verifier), clock).judge(Name.fromConstantString(name),
            reply(List.of(), denials), zone(), Budget.of(Duration.ofMinutes(1)));
    }

    Answer judge(String name, int type, Optional<SignedRrset> answer, SignedRrset... denials) {
        Question question = new Question(Name.fromConstantString(name), type);
        Reply reply = reply(answer.stream().toList(), denials);
        return new AnswerJudge(verifier, new DenialVerifier(verifier), clock)
            .signed(question, RelevantRrsets.of(question, reply), reply, zone(), Budget.of(Duration.ofMinutes(1)));
    }

    private static Reply reply(List<SignedRrset> answers, SignedRrset... authorities) {
        return new Reply(Rcode.NOERROR, false, false, answers, List.of(authorities), OptionalInt.empty());
    }

    /** An RRset of a wildcard as a server sends it for a name. */
    static SignedRrset expanded(SignedRrset wildcard, String name) {
        Name owner = Name.fromConstantString(name);
        return SignedRrset.collect(Stream.concat(wildcard.records().stream(), wildcard.signatures().stream())
            .map(record -> renamed(record, owner)).toList()).get(0);
    }

    private static Record renamed(Record record, Name owner) {
        return Record.newRecord(owner, record.getType(), record.getDClass(), record.getTTL(), record.rdataToWireCanonical());
    }
}
