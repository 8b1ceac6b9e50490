/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;

import org.jamesdane.testing.dns.Denial;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/** Genuine denial records in places where they prove nothing. */
class ReplayTest extends ReplayBed {
    // RFC 6840 §4.1: records of an ancestor delegation deny nothing but DS at their owner, and nothing below it.

    @ParameterizedTest
    @MethodSource("denials")
    void shouldNotTakeTheDelegationsRecordForNodataInTheChild(Denial way) {
        zone(way);
        world.zone(CHILD).denial(way).mx(10, "mx.child.zone.example").tlsa("@", 3, 1, 1, new byte[32]);
        attack.denyWith(CHILD, "MX", Rcode.NOERROR, denial(CHILD)).denyWith(CHILD, "TLSA", Rcode.NOERROR, denial(CHILD))
            .denyWith(CHILD, "AAAA", Rcode.NOERROR, denial(CHILD));

        assertThat(ask(CHILD, "MX")).isEqualTo(BOGUS);
        assertThat(ask(CHILD, "TLSA")).isEqualTo(BOGUS);
        assertThat(ask(CHILD, "AAAA")).isEqualTo(BOGUS);
    }

    @ParameterizedTest
    @MethodSource("denials")
    void shouldNotTakeTheDelegationsRecordForNonexistenceBelowTheCut(Denial way) {
        zone(way);
        world.zone(CHILD).denial(way).a("mx", "127.0.0.2").tlsa("_25._tcp.mx", 3, 1, 1, new byte[32]);
        // With NSEC the record at the cut also covers the names below it; with NSEC3 it is the closest encloser of a proof
        // whose next closer name needs a covering record, of which all of the zone's are given.
        List<Record> proof = Attack.all(soa(), chain());
        attack.denyWith("mx.child.zone.example", "A", Rcode.NXDOMAIN, proof)
            .denyWith("_25._tcp.mx.child.zone.example", "TLSA", Rcode.NXDOMAIN, proof)
            .denyWith("mx.child.zone.example", "AAAA", Rcode.NOERROR, proof);

        assertThat(ask("_25._tcp.mx.child.zone.example", "TLSA")).isEqualTo(BOGUS);
        assertThat(ask("mx.child.zone.example", "A")).isEqualTo(BOGUS);
        assertThat(ask("mx.child.zone.example", "AAAA")).isEqualTo(BOGUS);
    }

    @ParameterizedTest
    @MethodSource("denials")
    void shouldNotExpandAWildcardBelowACut(Denial way) {
        zone(way).a("*", "127.0.0.66");
        world.zone(CHILD).denial(way).a("www", "127.0.0.2");
        List<Record> wildcard = Attack.at("www.child.zone.example", world.signed(ZONE, "*", "A"));
        attack.answerWith("www.child.zone.example", "A", wildcard, chain());

        assertThat(ask("www.child.zone.example", "A")).isEqualTo(BOGUS);
    }

    @ParameterizedTest
    @MethodSource("denials")
    void shouldNotProveAnInsecureDelegationByAGrandparentsRecords(Denial way) {
        zone(way);
        world.zone(CHILD).denial(way);
        world.zone("grand.child.zone.example").a("www", "127.0.0.2");
        attack.forge("www.grand.child.zone.example", "A", "127.0.0.66")
            .denyWith("grand.child.zone.example", "DS", Rcode.NXDOMAIN, Attack.all(soa(), chain()));

        assertThat(ask("www.grand.child.zone.example", "A")).isEqualTo(BOGUS);
    }

    // RFC 6840 §4.1: a record with the DNAME bit denies nothing below its owner.

    @ParameterizedTest
    @MethodSource("denials")
    void shouldNotTakeTheRecordAtADnameForNonexistenceBelowIt(Denial way) {
        zone(way).dname("old", "new.example");
        world.zone("new.example").a("www", "127.0.0.2");
        List<Record> proof = Attack.all(soa(), chain());
        attack.denyWith("www.old.zone.example", "A", Rcode.NXDOMAIN, proof)
            .denyWith("www.old.zone.example", "TLSA", Rcode.NOERROR, proof);

        assertThat(ask("www.old.zone.example", "A")).isEqualTo(BOGUS);
        assertThat(ask("www.old.zone.example", "TLSA")).isEqualTo(BOGUS);
    }

    @ParameterizedTest
    @MethodSource("denials")
    void shouldNotExpandAWildcardBelowADname(Denial way) {
        zone(way).dname("old", "new.example").a("*", "127.0.0.66");
        world.zone("new.example").a("www", "127.0.0.2");
        attack.answerWith("www.old.zone.example", "A", Attack.at("www.old.zone.example", world.signed(ZONE, "*", "A")), chain());

        assertThat(ask("www.old.zone.example", "A")).isEqualTo(BOGUS);
    }

    // RFC 6840 §4.3: no NODATA where the CNAME bit is set.

    @ParameterizedTest
    @MethodSource("denials")
    void shouldNotTakeAnAliasForNodata(Denial way) {
        zone(way).cname("alias", "www.other.example");
        attack.denyWith("alias.zone.example", "TLSA", Rcode.NOERROR, denial("alias.zone.example"));

        assertThat(ask("alias.zone.example", "TLSA")).isEqualTo(BOGUS);
    }

    @ParameterizedTest
    @MethodSource("denials")
    void shouldNotTakeAWildcardAliasForNodata(Denial way) {
        zone(way).cname("*.wild", "www.other.example");
        attack.denyWith("x.wild.zone.example", "TLSA", Rcode.NOERROR, denial("x.wild.zone.example"));

        assertThat(ask("x.wild.zone.example", "TLSA")).isEqualTo(BOGUS);
    }

    // RFC 4035 §5.4, RFC 5155 §8.5: the bit of the type itself.

    @ParameterizedTest
    @MethodSource("denials")
    void shouldNotTakeARecordThatListsTheTypeForNodata(Denial way) {
        zone(way).tlsa("_25._tcp.mx", 3, 1, 1, new byte[32]).tlsa("*.wild", 3, 1, 1, new byte[32]);
        attack.denyWith("_25._tcp.mx.zone.example", "TLSA", Rcode.NOERROR, denial("_25._tcp.mx.zone.example"))
            .denyWith("x.wild.zone.example", "TLSA", Rcode.NOERROR, denial("x.wild.zone.example"));

        assertThat(ask("_25._tcp.mx.zone.example", "TLSA")).isEqualTo(BOGUS);
        assertThat(ask("x.wild.zone.example", "TLSA")).isEqualTo(BOGUS);
    }

    @ParameterizedTest
    @MethodSource("denials")
    void shouldNotTakeTheDenialOfOneNameForAnother(Denial way) {
        zone(way).tlsa("_25._tcp.mx", 3, 1, 1, new byte[32]).a("bare", "127.0.0.2").tlsa("zz", 3, 1, 1, new byte[32]);
        attack.denyWith("_25._tcp.mx.zone.example", "TLSA", Rcode.NOERROR, denial("bare.zone.example"))
            .denyWith("zz.zone.example", "TLSA", Rcode.NXDOMAIN, denial("no.zone.example"));

        assertThat(ask("_25._tcp.mx.zone.example", "TLSA")).isEqualTo(BOGUS);
        assertThat(ask("zz.zone.example", "TLSA")).isEqualTo(BOGUS);
    }

    /** No name that exists can be denied with any choice of the zone's own records, however many are given. */
    @ParameterizedTest
    @MethodSource("denials")
    void shouldNotDenyWhatExistsWithTheWholeChain(Denial way) {
        zone(way).a("mx", "127.0.0.2").tlsa("_25._tcp.mx", 3, 1, 1, new byte[32]).a("*.wild", "127.0.0.3").cname("alias", "mx.zone.example")
            .mx(10, "mx.zone.example").a("deep.ent", "127.0.0.4");
        List<Record> proof = Attack.all(soa(), chain());
        Map<String, String> questions = Map.of(ZONE, "MX", "mx.zone.example", "A", "_25._tcp.mx.zone.example", "TLSA",
            "x.wild.zone.example", "A", "*.wild.zone.example", "A", "alias.zone.example", "A", "deep.ent.zone.example", "A");
        for (int rcode : List.of(Rcode.NOERROR, Rcode.NXDOMAIN)) {
            questions.forEach((name, type) -> attack.denyWith(name, type, rcode, proof));
            questions.forEach((name, type) -> assertThat(ask(name, type)).as(name).isEqualTo(BOGUS));
            forget();
        }
    }

    /** ... and what the same records do prove is taken, though there are more than needed. */
    @ParameterizedTest
    @MethodSource("denials")
    void shouldFindTheProofAmongTheWholeChain(Denial way) {
        zone(way).a("mx", "127.0.0.2").a("*.wild", "127.0.0.3").a("deep.ent", "127.0.0.4");
        List<Record> proof = Attack.all(soa(), chain());
        attack.denyWith("mx.zone.example", "AAAA", Rcode.NOERROR, proof).denyWith("ent.zone.example", "A", Rcode.NOERROR, proof)
            .denyWith("x.wild.zone.example", "AAAA", Rcode.NOERROR, proof).denyWith("no.zone.example", "A", Rcode.NXDOMAIN, proof);

        assertThat(ask("mx.zone.example", "AAAA")).isEqualTo("nodata secure");
        assertThat(ask("ent.zone.example", "A")).isEqualTo("nodata secure");
        assertThat(ask("x.wild.zone.example", "AAAA")).isEqualTo("nodata secure");
        assertThat(ask("no.zone.example", "A")).isEqualTo("nxdomain secure");
    }

    // RFC 4035 §5.4: NXDOMAIN needs the denial of the wildcard, too.

    @ParameterizedTest
    @MethodSource("denials")
    void shouldNotDenyANameThatAWildcardMatches(Denial way) {
        zone(way).a("*.wild", "127.0.0.3");
        List<Record> proof = Attack.all(soa(), Attack.proofs(world.denial(ZONE, "x.wild.zone.example", "AAAA")));
        attack.denyWith("x.wild.zone.example", "A", Rcode.NXDOMAIN, proof).denyWith("y.wild.zone.example", "A", Rcode.NXDOMAIN, proof);

        assertThat(ask("x.wild.zone.example", "A")).isEqualTo(BOGUS);
        assertThat(ask("y.wild.zone.example", "A")).isEqualTo(BOGUS);
    }

    @ParameterizedTest
    @MethodSource("denials")
    void shouldNotDenyANameWhileItsWildcardIsNotDenied(Denial way) {
        zone(way).a("*.wild", "127.0.0.3").a("a.wild", "127.0.0.4");
        // The proof that comes with the genuine answer, and what is at the closest encloser: all but the wildcard's own denial.
        attack.on("x.wild.zone.example", "A", reply -> Attack.with(reply, Rcode.NXDOMAIN, List.of(),
            Attack.all(Attack.all(soa(), List.copyOf(reply.getSection(Section.AUTHORITY))), match("wild.zone.example"))));

        assertThat(ask("x.wild.zone.example", "A")).isEqualTo(BOGUS);
    }

    // RFC 4035 §5.3.4, RFC 5155 §8.8: an expanded answer needs the proof that there is no closer match.

    @ParameterizedTest
    @MethodSource("denials")
    void shouldNotExpandAWildcardForANameThatExists(Denial way) {
        zone(way).a("*.wild", "127.0.0.66").a("real.wild", "127.0.0.2").txt("bare.wild", "here").a("x.ent.wild", "127.0.0.2");
        for (String name : List.of("real.wild.zone.example", "bare.wild.zone.example", "ent.wild.zone.example", "y.ent.wild.zone.example",
                "x.wild.zone.example")) {
            List<Record> expanded = Attack.at(name, world.signed(ZONE, "*.wild", "A"));
            attack.answerWith(name, "A", expanded, name.equals("x.wild.zone.example") ? List.of() : chain());
        }

        assertThat(ask("real.wild.zone.example", "A")).isEqualTo(BOGUS);
        assertThat(ask("bare.wild.zone.example", "A")).isEqualTo(BOGUS);
        assertThat(ask("ent.wild.zone.example", "A")).isEqualTo(BOGUS);
        assertThat(ask("y.ent.wild.zone.example", "A")).isEqualTo(BOGUS);
        assertThat(ask("x.wild.zone.example", "A")).as("no proof at all").isEqualTo(BOGUS);
    }
}
