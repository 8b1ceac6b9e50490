/*
 * SPDX-FileCopyrightText: The James DANE authors
 * SPDX-License-Identifier: Apache-2.0
 */
package org.jamesdane.dns.validating;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;

import org.jamesdane.dns.Lookup;
import org.jamesdane.testing.dns.Denial;
import org.jamesdane.testing.dns.KeyAlgorithm;
import org.jamesdane.testing.dns.Signatures;
import org.jamesdane.testing.dns.SignedDns;
import org.jamesdane.testing.dns.SignedWorld;
import org.jamesdane.testing.dns.SigningKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/** Genuine signatures, keys and delegations in places where they prove nothing. */
class ReplayedRecordsTest extends ReplayBed {
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
