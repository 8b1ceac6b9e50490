/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import org.jamesdane.dns.Lookup;
import org.jamesdane.testing.dns.Denial;
import org.jamesdane.testing.dns.KeyAlgorithm;
import org.jamesdane.testing.dns.Records;
import org.jamesdane.testing.dns.Signatures;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.SignedWorld;
import org.jamesdane.testing.dns.SignedZone;
import org.jamesdane.testing.dns.SigningKey;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * Genuine signed records in places where they prove nothing: an attacker who can replay anything that was ever signed, and sign
 * nothing.
 */
class ReplayTest {
    private static final String ZONE = "zone.example";
    private static final String CHILD = "child.zone.example";
    private static final String BOGUS = "failed BOGUS";

    private final SignedWorld world = SignedDns.world().algorithm(KeyAlgorithm.RSASHA256);
    private final Attack attack = new Attack();
    private @Nullable Lab lab;

    @AfterEach
    void stop() {
        if (lab != null) {
            lab.close();
        }
    }

    private String ask(String name, String type) {
        if (lab == null) {
            lab = Lab.of(world);
            lab.dns().rewrite(attack);
        }
        return lab.ask(name, type);
    }

    private void forget() {
        lab = Objects.requireNonNull(lab).fresh();
    }

    static Stream<Denial> denials() {
        return Stream.of(Denial.nsec(), Denial.nsec3(0, ""), Denial.nsec3(2, "cafe"));
    }

    private SignedZone zone(Denial denial) {
        return world.zone(ZONE).denial(denial);
    }

    private List<Record> denial(String name) {
        return world.denial(ZONE, name, "TLSA");
    }

    /** The NSEC or NSEC3 that belongs to an existing name. */
    private List<Record> match(String name) {
        return Attack.proofs(denial(name));
    }

    private List<Record> soa() {
        return world.signed(ZONE, "@", "SOA");
    }

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

    /** Every NSEC or NSEC3 of the zone. */
    private List<Record> chain() {
        String file = world.zoneFiles().getOrDefault(ZONE + ".", "");
        return Attack.proofs(Records.parseLines(file));
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

    // RFC 4592 §2.2: the denial record of a wildcard belongs to the wildcard, not to the names it matches.

    @Test
    void shouldNotExpandTheDenialRecordOfAWildcard() {
        world.zone(ZONE).a("*.wild", "127.0.0.66").tlsa("real.wild", 3, 1, 1, new byte[32]);
        List<Record> expanded = Attack.at("real.wild.zone.example", match("*.wild.zone.example"));
        attack.denyWith("real.wild.zone.example", "TLSA", Rcode.NOERROR, Attack.all(soa(), expanded));

        assertThat(ask("real.wild.zone.example", "TLSA")).isEqualTo(BOGUS);
    }

    @Test
    void shouldNotTakeAWildcardDelegationsDenialForInsecurity() {
        world.zone(ZONE).delegation("*.wild", "ns.evil.example").tlsa("_25._tcp.mx.wild", 3, 1, 1, new byte[32]).a("mx.wild", "127.0.0.2");
        List<Record> expanded = Attack.at("mx.wild.zone.example", match("*.wild.zone.example"));
        attack.forge("_25._tcp.mx.wild.zone.example", "TLSA", "3 1 1 " + "66".repeat(32))
            .forge("mx.wild.zone.example", "A", "127.0.0.66")
            .denyWith("mx.wild.zone.example", "DS", Rcode.NOERROR, Attack.all(soa(), expanded));

        assertThat(ask("mx.wild.zone.example", "A")).isEqualTo(BOGUS);
        assertThat(ask("_25._tcp.mx.wild.zone.example", "TLSA")).isEqualTo(BOGUS);
    }

    // RFC 6840 §4.4: a denial of DS proves an insecure delegation only with the NS bit.

    @ParameterizedTest
    @MethodSource("denials")
    void shouldNotTakeAHostWithoutDsForADelegation(Denial way) {
        zone(way).a("mx", "127.0.0.2").tlsa("_25._tcp.mx", 3, 1, 1, new byte[32]);
        attack.forge("_25._tcp.mx.zone.example", "TLSA", "3 1 1 " + "66".repeat(32)).forge("mx.zone.example", "A", "127.0.0.66")
            .denyWith("mx.zone.example", "DS", Rcode.NOERROR, denial("mx.zone.example"));

        assertThat(ask("mx.zone.example", "A")).isEqualTo(BOGUS);
        assertThat(ask("_25._tcp.mx.zone.example", "TLSA")).isEqualTo(BOGUS);
    }

    @ParameterizedTest
    @MethodSource("denials")
    void shouldNotProveADelegationInsecureByItsInsecureSibling(Denial way) {
        zone(way);
        world.zone(CHILD).a("www", "127.0.0.2");
        world.zone("plain.zone.example").unsigned();
        attack.forge("www.child.zone.example", "A", "127.0.0.66")
            .denyWith(CHILD, "DS", Rcode.NOERROR, denial("plain.zone.example"));

        assertThat(ask("www.child.zone.example", "A")).isEqualTo(BOGUS);
    }

    @ParameterizedTest
    @MethodSource("denials")
    void shouldNotProveADelegationInsecureByAnythingInTheChain(Denial way) {
        zone(way).a("host", "127.0.0.2");
        world.zone(CHILD).denial(way).a("www", "127.0.0.2");
        world.zone("plain.zone.example").unsigned();
        for (int rcode : List.of(Rcode.NOERROR, Rcode.NXDOMAIN)) {
            attack.forge("www.child.zone.example", "A", "127.0.0.66")
                .denyWith(CHILD, "DS", rcode, Attack.all(soa(), chain()));
            assertThat(ask("www.child.zone.example", "A")).isEqualTo(BOGUS);
            forget();
        }
    }

    @Test
    void shouldNotTakeTheOptOutRecordsOfAnotherZone() {
        world.zone("other.example").optOut();
        world.zone("plain.other.example").unsigned();
        world.zone(ZONE).nsec3();
        world.zone(CHILD).a("www", "127.0.0.2");
        attack.forge("www.child.zone.example", "A", "127.0.0.66")
            .denyWith(CHILD, "DS", Rcode.NOERROR, world.denial("other.example", "plain.other.example", "DS"));

        assertThat(ask("www.child.zone.example", "A")).isEqualTo(BOGUS);
    }

    @Test
    void shouldNotFindOptOutBelowASignedDelegation() {
        world.zone(ZONE).optOut();
        world.zone(CHILD).a("www", "127.0.0.2").tlsa("_25._tcp.www", 3, 1, 1, new byte[32]);
        List<Record> proof = Attack.all(soa(), chain());
        attack.forge("www.child.zone.example", "A", "127.0.0.66").forge("_25._tcp.www.child.zone.example", "TLSA", "3 1 1 00")
            .denyWith(CHILD, "DS", Rcode.NOERROR, proof).denyWith("www.child.zone.example", "DS", Rcode.NOERROR, proof)
            .denyWith("_tcp.www.child.zone.example", "DS", Rcode.NOERROR, proof)
            .denyWith("_25._tcp.www.child.zone.example", "DS", Rcode.NOERROR, proof);

        assertThat(ask("www.child.zone.example", "A")).isEqualTo(BOGUS);
        assertThat(ask("_25._tcp.www.child.zone.example", "TLSA")).isEqualTo(BOGUS);
    }

    @Test
    void shouldNotFindOptOutAtANameThatHasItsOwnRecord() {
        world.zone(ZONE).optOut().a("mx", "127.0.0.2").tlsa("_25._tcp.mx", 3, 1, 1, new byte[32]);
        List<Record> proof = Attack.all(soa(), chain());
        for (String name : List.of("mx.zone.example", "_tcp.mx.zone.example", "_25._tcp.mx.zone.example")) {
            attack.denyWith(name, "DS", Rcode.NOERROR, proof);
        }
        attack.forge("mx.zone.example", "A", "127.0.0.66").forge("_25._tcp.mx.zone.example", "TLSA", "3 1 1 00");

        assertThat(ask("mx.zone.example", "A")).isEqualTo(BOGUS);
        assertThat(ask("_25._tcp.mx.zone.example", "TLSA")).isEqualTo(BOGUS);
    }

    // RFC 6840 §5.12 and RFC 4035 §5.3.1: which keys count.

    @Test
    void shouldIgnoreSignaturesOfUnknownKeysBesideAGoodOne() {
        SignedWorld evil = SignedDns.world();
        evil.zone(ZONE).a("www", "127.0.0.2");
        world.zone(ZONE).a("www", "127.0.0.2");
        List<Record> foreign = evil.signed(ZONE, "www", "A").stream().filter(record -> record.getType() == Type.RRSIG).toList();
        attack.on("www.zone.example", "A", reply -> Attack.with(reply, Rcode.NOERROR,
            Attack.all(Attack.all(foreign, world.signed(ZONE, "www", "A")), foreign), List.of()));

        assertThat(ask("www.zone.example", "A")).isEqualTo("found secure");
    }

    @Test
    void shouldNotTakeTheKeysOfAnotherZoneOrWorld() {
        SignedWorld evil = SignedDns.world();
        evil.zone(ZONE).a("www", "127.0.0.66");
        world.zone(ZONE).a("www", "127.0.0.2");
        world.zone("evil.example").a("www", "127.0.0.66");
        attack.answerWith("www.zone.example", "A", evil.signed(ZONE, "www", "A"), List.of())
            .answerWith(ZONE, "DNSKEY", evil.signed(ZONE, "@", "DNSKEY"), List.of());
        assertThat(ask("www.zone.example", "A")).isEqualTo(BOGUS);
        forget();

        attack.answerWith(ZONE, "DS", Attack.at(ZONE, world.signed("example", "evil", "DS")), List.of())
            .answerWith(ZONE, "DNSKEY", Attack.at(ZONE, world.signed("evil.example", "@", "DNSKEY")), List.of())
            .answerWith("www.zone.example", "A", Attack.at("www.zone.example", world.signed("evil.example", "www", "A")), List.of());
        assertThat(ask("www.zone.example", "A")).isEqualTo(BOGUS);
    }

    @Test
    void shouldNotTakeAChildsSignatureForItsParentsData() {
        world.zone(ZONE).a("www", "127.0.0.2");
        world.zone(CHILD).a("www", "127.0.0.66");
        attack.answerWith("www.zone.example", "A", Attack.at("www.zone.example", world.signed(CHILD, "www", "A")), List.of());

        assertThat(ask("www.zone.example", "A")).isEqualTo(BOGUS);
    }

    @Test
    void shouldNotTakeTheRecordsOfAnotherNameOrType() {
        world.zone(ZONE).a("www", "127.0.0.2").a("other", "127.0.0.66").tlsa("_25._tcp.www", 3, 1, 1, new byte[32])
            .tlsa("_25._tcp.other", 3, 1, 1, new byte[20]);
        attack.answerWith("www.zone.example", "A", Attack.at("www.zone.example", world.signed(ZONE, "other", "A")), List.of())
            .answerWith("_25._tcp.www.zone.example", "TLSA",
                Attack.at("_25._tcp.www.zone.example", world.signed(ZONE, "_25._tcp.other", "TLSA")), List.of())
            .answerWith("other.zone.example", "A", world.signed(ZONE, "www", "A"), List.of());

        assertThat(ask("www.zone.example", "A")).isEqualTo(BOGUS);
        assertThat(ask("_25._tcp.www.zone.example", "TLSA")).isEqualTo(BOGUS);
        assertThat(ask("other.zone.example", "A")).startsWith("failed ");
    }

    @Test
    void shouldNotAcceptPartOfAnRrset() {
        world.zone(ZONE).a("www", "127.0.0.2").a("www", "127.0.0.3");
        attack.on("www.zone.example", "A", reply -> Attack.with(reply, Rcode.NOERROR,
            world.signed(ZONE, "www", "A").subList(1, 3), List.of()));

        assertThat(ask("www.zone.example", "A")).isEqualTo(BOGUS);
    }

    @Test
    void shouldNotAcceptMoreThanTheRrset() {
        world.zone(ZONE).a("www", "127.0.0.2");
        attack.on("www.zone.example", "A", reply -> Attack.with(reply, Rcode.NOERROR,
            Attack.all(List.of(Attack.record("www.zone.example", "A", "127.0.0.66")), world.signed(ZONE, "www", "A")), List.of()));

        assertThat(ask("www.zone.example", "A")).isEqualTo(BOGUS);
    }

    @Test
    void shouldNotBelieveASynthesisedAliasThatIsNotWhatTheDnameSays() {
        world.zone(ZONE).dname("old", "new.example");
        world.zone("new.example").a("www", "127.0.0.2");
        List<Record> dname = world.signed(ZONE, "old", "DNAME");
        attack.answerWith("www.old.zone.example", "A",
            Attack.all(dname, List.of(Attack.record("www.old.zone.example", "CNAME", "www.evil.example."))), List.of());

        assertThat(String.valueOf(askData("www.old.zone.example", "A"))).doesNotContain("evil");
    }

    private Lookup<?> askData(String name, String type) {
        assertThat(ask(name, type)).isNotEmpty();
        return Objects.requireNonNull(lab).lookup(name, type);
    }

    @Test
    void shouldNotExpandAWildcardDname() {
        world.zone(ZONE).dname("*.wild", "evil.example").a("deep.host.wild", "127.0.0.2").a("host.wild", "127.0.0.2");
        world.zone("evil.example").a("deep", "127.0.0.66");
        List<Record> expanded = Attack.at("host.wild.zone.example", world.signed(ZONE, "*.wild", "DNAME"));
        attack.answerWith("deep.host.wild.zone.example", "A",
            Attack.all(expanded, List.of(Attack.record("deep.host.wild.zone.example", "CNAME", "deep.evil.example."))), chain());

        assertThat(ask("deep.host.wild.zone.example", "A")).isEqualTo(BOGUS);
    }

    @Test
    void shouldTakeTheGoodSignatureBesideAnExpiredOne() {
        List<Record> good = world.zone(ZONE).a("www", "127.0.0.2").world().signed(ZONE, "www", "A");
        List<Record> expired = world.zone(ZONE).signatures("www", "A", Signatures.EXPIRED).world().signed(ZONE, "www", "A");
        attack.answerWith("www.zone.example", "A", Attack.all(expired, good.subList(1, 2)), List.of());

        assertThat(ask("www.zone.example", "A")).isEqualTo("found secure");
    }

    // RFC 5011 §2.1, RFC 4034 §2.1.1

    @Test
    void shouldNotStartFromARevokedRootKey() {
        SigningKey root = SigningKey.combined(KeyAlgorithm.RSASHA256);
        world.zone(".").keys(root);
        world.zone(ZONE).a("www", "127.0.0.2");
        Lab fresh = Lab.of(world);
        lab = fresh;
        world.zone(".").keys(root.revoked());

        assertThat(fresh.ask("www.zone.example", "A")).startsWith("failed ");
    }
}
