/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;

import org.jamesdane.dns.Lookup;
import org.jamesdane.testing.dns.Records;
import org.jamesdane.testing.dns.Transport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRSIGRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Hostile replies: input from the network may be wrong in any way; a lookup ends well, or as a failure. */
class HostileWireTest extends WireTestBase {
    @Test
    void shouldPassOverASpoofedReplyWithAnotherId() {
        Lab lab = lab();
        lab.dns().rewriteWire((query, reply, transport) ->
            transport == Transport.UDP ? List.of(withOtherId(reply), reply) : List.of(reply));

        assertThat(lab.ask(WWW, "A")).isEqualTo("found secure");
    }

    private static byte[] withOtherId(byte[] reply) {
        byte[] other = reply.clone();
        other[1] ^= 1;
        return other;
    }

    /** RFC 5452 §9.2: the id, too, is part of what an attacker has to guess. */
    @Test
    void shouldDrawAFreshIdForEachQuery() {
        Lab lab = lab();
        List<Integer> ids = new CopyOnWriteArrayList<>();
        lab.dns().rewrite((query, reply, transport) -> {
            ids.add(query.getHeader().getID());
            return reply;
        });
        for (int i = 0; i < 64; i++) {
            lab.ask("no" + i + ".zone.example", "A");
        }

        assertThat(ids).hasSizeGreaterThanOrEqualTo(64);
        // Of 64 of 65,536 two are the same now and then, and next to never one follows another.
        assertThat(Set.copyOf(ids)).hasSizeGreaterThan(60);
        assertThat(IntStream.range(1, ids.size()).filter(i -> ids.get(i) == ids.get(i - 1) + 1).count()).isLessThan(4);
    }

    /** RFC 3597: a resolver may give more than was asked for, of types nobody knew when this was written. */
    @Test
    void shouldProveAnswersBesideRecordsOfUnknownTypes() {
        world.zone("zone.example").record("www", "TYPE65281", "\\# 3 0a0b0c").record("next", "TYPE65282", "\\# 0");
        Lab lab = lab();
        List<Record> unknown = world.signed("zone.example", "www", "TYPE65281");
        lab.dns().rewrite((query, reply, transport) -> {
            unknown.forEach(record -> reply.addRecord(record, Section.ANSWER));
            unknown.forEach(record -> reply.addRecord(record, Section.AUTHORITY));
            return reply;
        });

        assertThat(addresses(lab.lookup(WWW, "A"))).containsExactly("127.0.0.2");
        assertThat(lab.ask(WWW, "A")).isEqualTo("found secure");
        assertThat(lab.ask(WWW, "TLSA")).as("denied by a bitmap that names the unknown type").isEqualTo("nodata secure");
        assertThat(lab.ask("next.zone.example", "A")).isEqualTo("nodata secure");
    }

    @Test
    void shouldPassOverASpoofedReplyToAnotherQuestion() {
        Lab lab = lab();
        lab.dns().rewriteWire((query, reply, transport) -> transport == Transport.UDP
            ? List.of(toOtherQuestion(query, WWW, Type.AAAA), toOtherQuestion(query, "www.plain.example", Type.A), reply)
            : List.of(reply));

        assertThat(lab.ask(WWW, "A")).isEqualTo("found secure");
    }

    private static byte[] toOtherQuestion(Message query, String name, int type) {
        Message other = new Message(query.getHeader().getID());
        other.getHeader().setFlag(Flags.QR);
        other.getHeader().setRcode(Rcode.NXDOMAIN);
        other.addRecord(Record.newRecord(Records.name(name), type, DClass.IN), Section.QUESTION);
        return other.toWire();
    }

    @Test
    void shouldPassOverDatagramsThatAreNoReply() {
        Lab lab = lab();
        lab.dns().rewriteWire((query, reply, transport) -> transport == Transport.UDP
            ? List.of(new byte[0], new byte[] {1}, Arrays.copyOf(reply, 11), query.toWire(), reply) : List.of(reply));

        assertThat(lab.ask(WWW, "A")).isEqualTo("found secure");
    }

    @ParameterizedTest
    @ValueSource(strings = {"other id", "other question", "no question", "query", "cut in half", "rubbish", "header only", "nothing"})
    void shouldFailWhereNoReplyIsAReply(String kind) {
        Lab lab = impatient();
        lab.dns().rewriteWire((query, reply, transport) -> List.of(switch (kind) {
            case "other id" -> withOtherId(reply);
            case "other question" -> toOtherQuestion(query, "other.example", Type.A);
            case "no question" -> withoutQuestion(reply);
            case "query" -> query.toWire();
            case "cut in half" -> Arrays.copyOf(reply, reply.length / 2);
            case "rubbish" -> rubbish(query);
            case "header only" -> Arrays.copyOf(reply, 12);
            default -> new byte[0];
        }));

        assertThat(lab.ask(WWW, "A")).startsWith("failed ").isNotEqualTo("failed INTERNAL");
    }

    private static byte[] withoutQuestion(byte[] reply) {
        try {
            Message message = new Message(reply);
            message.removeAllRecords(Section.QUESTION);
            return message.toWire();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] rubbish(Message query) {
        byte[] octets = new byte[200];
        new Random(query.getHeader().getID()).nextBytes(octets);
        octets[0] = (byte) (query.getHeader().getID() >> 8);
        octets[1] = (byte) query.getHeader().getID();
        return octets;
    }

    @ParameterizedTest
    @CsvSource({"www.zone.example,A", "no.zone.example,A", "mx.zone.example,TLSA", "zone.example,MX"})
    void shouldNotMindUnrelatedRecordsInAnySection(String name, String type) {
        Lab lab = lab();
        String clean = lab.ask(name, type);
        Lab again = lab.fresh();
        open.add(again);
        again.dns().rewrite((query, reply, transport) -> {
            for (int section : List.of(Section.ANSWER, Section.AUTHORITY, Section.ADDITIONAL)) {
                reply.addRecord(Attack.record("www.evil.example", "A", "127.0.0.66"), section);
                reply.addRecord(Attack.record("evil.example", "SOA", "ns.evil.example. h.evil.example. 1 2 3 4 5"), section);
                reply.addRecord(Attack.record("evil.example", "NS", "ns.evil.example."), section);
            }
            reply.addRecord(Attack.record(name, "TXT", "rubbish"), Section.ADDITIONAL);
            return reply;
        });

        assertThat(clean).endsWith("secure");
        assertThat(again.ask(name, type)).isEqualTo(clean);
        assertThat(again.lookup(name, type).toString()).doesNotContain("127.0.0.66");
    }

    /** RFC 4343: names are the same in any case; resolvers change it as they like. */
    @ParameterizedTest
    @CsvSource({"www.zone.example,A,found secure", "no.zone.example,A,nxdomain secure", "mx.zone.example,TLSA,nodata secure",
        "www.plain.example,A,found insecure UNSIGNED_DELEGATION"})
    void shouldNotMindTheCaseOfNames(String name, String type, String verdict) {
        Lab lab = lab();
        lab.dns().rewrite((query, reply, transport) -> {
            for (int section : List.of(Section.ANSWER, Section.AUTHORITY)) {
                for (Record record : List.copyOf(reply.getSection(section))) {
                    reply.removeRecord(record, section);
                    reply.addRecord(Records.withName(record, Records.name(record.getName().toString().toUpperCase(Locale.ROOT))), section);
                }
            }
            return reply;
        });

        assertThat(lab.ask(name, type)).isEqualTo(verdict);
    }

    @Test
    void shouldNotReturnRecordsOfAnotherClass() {
        Lab lab = lab();
        lab.dns().rewrite((query, reply, transport) -> {
            if (asks(query, "www.plain.example", Type.A)) {
                reply.addRecord(Record.newRecord(Records.name("www.plain.example"), Type.A, DClass.CH, 300, new byte[] {127, 0, 0, 66}),
                    Section.ANSWER);
            }
            return reply;
        });

        assertThat(lab.lookup("www.plain.example", "A")).satisfiesAnyOf(
            found -> assertThat(addresses(found)).containsExactly("127.0.0.3"),
            failed -> assertThat(failed).isInstanceOf(Lookup.Failed.class));
    }

    @Test
    void shouldTakeAnAnswerOnlyFromTheAnswerSection() {
        Lab lab = lab();
        lab.dns().rewrite((query, reply, transport) -> {
            if (asks(query, WWW, Type.A)) {
                List<Record> answer = List.copyOf(reply.getSection(Section.ANSWER));
                reply.removeAllRecords(Section.ANSWER);
                answer.forEach(record -> reply.addRecord(record, Section.ADDITIONAL));
            }
            return reply;
        });

        assertThat(lab.ask(WWW, "A")).isEqualTo("failed BOGUS");
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain.example", "evil.test", ".", "www.zone.example", "zone.example"})
    void shouldNotTakeADenialForInsecureBecauseOfItsSoa(String zone) {
        Lab lab = lab();
        Attack attack = new Attack();
        lab.dns().rewrite(attack);
        Record soa = Attack.record(zone, "SOA", "ns.evil.example. h.evil.example. 1 2 3 4 5");
        for (String name : List.of("_25._tcp.mx.zone.example", "mx.zone.example", "_tcp.mx.zone.example")) {
            attack.denyWith(name, "DS", Rcode.NOERROR, List.of(soa));
            attack.denyWith(name, "TLSA", Rcode.NOERROR, List.of(soa));
            attack.denyWith(name, "A", Rcode.NXDOMAIN, List.of(soa));
        }

        assertThat(lab.ask("_25._tcp.mx.zone.example", "TLSA")).isEqualTo("failed BOGUS");
        assertThat(lab.ask("mx.zone.example", "TLSA")).isEqualTo("failed BOGUS");
        assertThat(lab.ask("mx.zone.example", "A")).isEqualTo("failed BOGUS");
    }

    @Test
    void shouldNotTakeADenialForInsecureBecauseItsSoaIsOfAnotherClass() {
        Lab lab = lab();
        Record soa = Attack.record("zone.example", "SOA", "ns.evil.example. h.evil.example. 1 2 3 4 5");
        Record chaos = Record.newRecord(soa.getName(), Type.SOA, DClass.CH, 300, Records.data(soa));
        lab.dns().rewrite(new Attack().denyWith("_25._tcp.mx.zone.example", "TLSA", Rcode.NOERROR, List.of(chaos)));

        assertThat(lab.ask("_25._tcp.mx.zone.example", "TLSA")).isEqualTo("failed BOGUS");
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.test", "plain.example", "sub.www.zone.example", "nowhere", "_25._tcp.mx.zone.example"})
    void shouldNotTakeAnAnswerForInsecureBecauseOfTheSignerItNames(String signer) {
        Lab lab = lab();
        lab.dns().rewrite((query, reply, transport) -> asks(query, "_25._tcp.mx.zone.example", Type.TLSA)
            ? Attack.with(reply, Rcode.NOERROR, List.of(Attack.record("_25._tcp.mx.zone.example", "TLSA", "3 1 1 " + "66".repeat(32)),
                signedBy(signer)), List.of()) : reply);

        assertThat(lab.ask("_25._tcp.mx.zone.example", "TLSA")).isEqualTo("failed BOGUS");
    }

    private static Record signedBy(String signer) {
        Name owner = Records.name("_25._tcp.mx.zone.example");
        Instant now = Instant.now();
        return new RRSIGRecord(owner, DClass.IN, 300, Type.TLSA, 8, 300, now.plusSeconds(3600), now.minusSeconds(3600), 4711,
            Records.name(signer), new byte[256]);
    }
}
