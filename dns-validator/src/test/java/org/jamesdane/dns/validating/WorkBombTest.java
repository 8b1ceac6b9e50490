/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import org.jamesdane.dns.DomainName;
import org.jamesdane.dns.Lookup;
import org.jamesdane.dns.Proof;
import org.jamesdane.testing.dns.Denial;
import org.jamesdane.testing.dns.KeyAlgorithm;
import org.jamesdane.testing.dns.Records;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.SignedWorld;
import org.jamesdane.testing.dns.SigningKey;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRSIGRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Replies made to cost much, and times that must not be stretched. */
class WorkBombTest extends WireTestBase {
    /** Many keys of one tag, and many wrong signatures that name it (CVE-2023-50387). */
    @Test
    void shouldGiveUpOnTooManySignaturesAndKeys() {
        SignedWorld trap = SignedDns.world().algorithm(KeyAlgorithm.RSASHA256);
        List<SigningKey> twins = SigningKey.colliding(KeyAlgorithm.ECDSA_P256);
        trap.zone("trap.example").keys(twins.get(0), twins.get(1)).a("www", "127.0.0.2");
        List<Record> signed = trap.signed("trap.example", "www", "A");
        List<Record> many = new ArrayList<>(signed.subList(0, 1));
        RRSIGRecord signature = (RRSIGRecord) signed.get(1);
        for (int i = 0; i < 400; i++) {
            byte[] octets = signature.getSignature();
            octets[i % octets.length] ^= (byte) (1 + i / octets.length);
            many.add(new RRSIGRecord(signature.getName(), DClass.IN, 300, Type.A, signature.getAlgorithm(), 300, signature.getExpire(),
                signature.getTimeSigned(), signature.getFootprint(), signature.getSigner(), octets));
        }
        Lab lab = Lab.of(trap);
        open.add(lab);
        lab.dns().rewrite(new Attack().answerWith("www.trap.example", "A", many, List.of()));

        Lookup.Failed<?> failed = (Lookup.Failed<?>) lab.lookup("www.trap.example", "A");
        assertThat(failed.reason()).isEqualTo(Lookup.Reason.BOGUS);
        assertThat(failed.zone()).contains(DomainName.of("trap.example"));
        // Each of four ways to ask gets as many keys and signatures as one RRset may have; a few more make the chain.
        assertThat(lab.validator().status().work().signatures())
            .isLessThanOrEqualTo(3L * 2 * RrsetVerifier.MAX_SIGNATURES_PER_SET + 20);
    }

    /** RRsets without number, each with a wrong signature: the question ends, although no single RRset breaks a limit. */
    @Test
    void shouldGiveUpOnTooManyWrongSignaturesOverManyRrsets() {
        String deep = "a.".repeat(30) + "zone.example";
        Lab lab = lab();
        lab.dns().rewrite((query, reply, transport) -> {
            for (int section : List.of(Section.ANSWER, Section.AUTHORITY)) {
                for (Record record : List.copyOf(reply.getSection(section))) {
                    if (record instanceof RRSIGRecord signature && signature.getTypeCovered() == Type.NSEC
                        && signature.getSigner().equals(Records.name("zone.example"))) {
                        byte[] data = Records.data(record);
                        data[data.length - 1] ^= 1;
                        reply.removeRecord(record, section);
                        reply.addRecord(Records.withData(record, data), section);
                    }
                }
            }
            return reply;
        });
        long before = lab.validator().status().work().signatures();

        assertThat(lab.ask(deep, "A")).isEqualTo("failed BOGUS");
        assertThat(lab.validator().status().work().signatures() - before).isLessThanOrEqualTo(Budget.MAX_WRONG_SIGNATURES_IN_ALL + 20);
        assertThat(lab.dns().questions()).hasSizeLessThan(Budget.MAX_QUERIES);
    }

    /** A name of a hundred labels takes a hundred hashes; a zone that makes the question come back to it is stopped. */
    @Test
    void shouldHashNoMoreThanTheBudgetAllows() {
        world.zone("hashed.example").denial(Denial.nsec3(0, ""));
        Name zone = Records.name("hashed.example");
        List<SignedRrset> denials = SignedRrset.collect(world.denial("hashed.example", "no.hashed.example", "A")).stream()
            .filter(set -> set.type() == Type.NSEC3).toList();
        VerifiedRrset unrelated = new VerifiedRrset(denials.get(0), Optional.empty(),
            new Proof.Link(DomainName.ROOT, DomainName.ROOT, "NSEC3", 0, 0, Instant.MIN, Instant.MAX), 0);
        Budget budget = Budget.of(Duration.ofMinutes(1));
        int labels = 100;

        assertThatThrownBy(() -> {
            for (int i = 0; i <= Budget.MAX_HASHES / labels; i++) {
                new Nsec3Denial(List.of(unrelated), zone, budget).prove(Records.name("a.".repeat(labels) + "hashed.example"), Type.A);
            }
        }).isInstanceOfSatisfying(LookupFailure.class, failure -> assertThat(failure.reason()).isEqualTo(Lookup.Reason.BUDGET));
    }

    @Test
    void shouldGiveUpOnTooManyHashes() {
        world.zone("bomb.example").denial(Denial.nsec3(50, "aabbccdd"));
        String deep = "a.".repeat(110) + "bomb.example";
        Lab lab = lab();
        lab.dns().rewrite((query, reply, transport) -> {
            if (asks(query, deep, Type.A)) {
                List<Record> proofs = new ArrayList<>(reply.getSection(Section.AUTHORITY));
                Attack.proofs(proofs).stream().filter(record -> record.getType() == Type.NSEC3).forEach(record -> {
                    for (int i = 1; i < 60; i++) {
                        byte[] data = Records.data(record);
                        data[data.length - 1] ^= (byte) i;
                        reply.addRecord(Records.withName(Records.withData(record, data),
                            Records.name(String.format(Locale.ROOT, "%032d", i) + ".bomb.example")), Section.AUTHORITY);
                    }
                });
            }
            return reply;
        });

        // Only the first few records are looked at, and what does not verify is not hashed: the genuine proof is still found.
        assertThat(lab.ask(deep, "A")).isEqualTo("nxdomain secure");
    }

    /** RFC 9276 §3.2: the limit itself is still computed. */
    @Test
    void shouldComputeIterationsUpToTheLimit() {
        world.zone("limit.example").denial(Denial.nsec3(Nsec3Denial.MAX_ITERATIONS, ""));
        world.zone("above.example").denial(Denial.nsec3(Nsec3Denial.MAX_ITERATIONS + 1, ""));
        Lab lab = lab();

        assertThat(lab.ask("no.limit.example", "A")).isEqualTo("nxdomain secure");
        assertThat(lab.ask("no.above.example", "A")).isEqualTo("nxdomain insecure NSEC3_ITERATIONS");
    }

    @Test
    void shouldReturnTheFirstStepOfEndlessAliases() {
        world.zone("zone.example").cname("a", "b.zone.example").cname("b", "a.zone.example");
        Lab lab = lab();
        List<Record> loop = Attack.all(world.signed("zone.example", "a", "CNAME"), world.signed("zone.example", "b", "CNAME"));
        lab.dns().rewrite(new Attack().answerWith("a.zone.example", "A", loop, List.of()));

        Lookup<?> lookup = lab.lookup("a.zone.example", "A");
        assertThat(lookup).isInstanceOf(Lookup.Alias.class);
        assertThat(((Lookup.Alias<?>) lookup).target()).isEqualTo(DomainName.of("b.zone.example"));
    }

    @Test
    void shouldFailWhereADnameMakesANameTooLong() {
        String label = "x".repeat(60);
        world.zone("zone.example").dname("old", String.join(".", label, label, label, "new.example"));

        assertThat(lab().ask(label + "." + "old.zone.example", "A")).startsWith("failed ");
    }

    @Test
    void shouldKeepNothingLongerThanItsSignatureOrItsOriginalTtlAllow() {
        world.zone("zone.example").validity(Duration.ofHours(1), Duration.ofMinutes(2));
        Lab lab = lab();
        assertThat(((Lookup.Answer<?>) lab.lookup(WWW, "A")).ttl()).isLessThanOrEqualTo(Duration.ofMinutes(2)).isPositive();

        world.zone("zone.example").validity(Duration.ofHours(1), Duration.ofDays(7));
        Lab later = lab.fresh();
        open.add(later);
        later.dns().rewrite((query, reply, transport) -> {
            List<Record> raised = reply.getSection(Section.ANSWER).stream().map(record -> Records.withTtl(record, 86400)).toList();
            return Attack.with(reply, reply.getRcode(), raised, List.copyOf(reply.getSection(Section.AUTHORITY)));
        });
        assertThat(((Lookup.Answer<?>) later.lookup(WWW, "A")).ttl()).isLessThanOrEqualTo(Duration.ofMinutes(5)).isPositive();
    }

    @Test
    void shouldAllowForClocksThatAreALittleOff() {
        world.zone("zone.example").validity(Duration.ofHours(1), Duration.ofHours(1));
        Clock behind = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(-62));
        Clock ahead = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(62));
        Clock farAhead = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(90));
        for (Clock clock : List.of(behind, ahead)) {
            Lab lab = Lab.of(world.zone("zone.example"), Duration.ofSeconds(20), clock);
            open.add(lab);
            assertThat(lab.ask(WWW, "A")).isEqualTo("found secure");
        }
        Lab late = Lab.of(world.zone("zone.example"), Duration.ofSeconds(20), farAhead);
        open.add(late);
        assertThat(late.ask(WWW, "A")).isEqualTo("failed BOGUS");
    }
}
